"""Decides what the entries of a feed count against those of others: what it says itself, else its nearest folder.

A weight is the operator's word. Polls go with its square root (`planner.py`); a fixed interval knows no weight.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.model import Feed


@dataclass(frozen=True, slots=True)
class Weight:
    """What each entry of a feed counts; `said_by` is "feed", "folder <path>", or None where nobody said anything."""

    value: float = 1.0
    said_by: str | None = None


UNSAID = Weight()


def weight_of(feed: Feed, folder_weights: Mapping[str, float]) -> Weight:
    """Return the weight of *feed*: its own, else that of the innermost folder around it that has one.

    *folder_weights* are those of folders by their path, as `folder_path` writes it.
    """
    if feed.weight is not None:
        return Weight(feed.weight, "feed")
    for path in folders_around(feed) if folder_weights else ():
        if path in folder_weights:
            return Weight(folder_weights[path], f"folder {path}")
    return UNSAID


def weight_words(weight: Weight) -> str:
    """Say whose weight it is, and what it is."""
    whose = "its own weight" if weight.said_by == "feed" else f"the weight of its {weight.said_by}"
    return f"{whose}, {weight.value:g}"


def folders_around(feed: Feed) -> list[str]:
    """Return the paths of the folders that *feed* is in, the innermost first."""
    parts = folder_parts(feed.folder)
    return ["/".join(parts[:depth]) for depth in range(len(parts), 0, -1)]


def folder_parts(folder: str | None) -> list[str]:
    """Return the names of the nested folders that *folder* joins with "/", outermost first, without idle blanks."""
    return [name for part in (folder or "").split("/") if (name := " ".join(part.split()))]


def folder_path(folder: str | None) -> str:
    """Return *folder* in the one form that folders are compared in; "" for none."""
    return "/".join(folder_parts(folder))
