"""The archive of real states of BBC feeds: unpacked, listed in the order of time, and what names an entry in it."""

from __future__ import annotations

import tarfile
import xml.etree.ElementTree as ET
from pathlib import Path

import paths

_SNAPSHOTS = paths.CORPUS / "traces" / "bbc-snapshots.tar.xz"


def unpack(folder: Path) -> None:
    """Unpack all of it into *folder*."""
    with tarfile.open(_SNAPSHOTS) as archive:
        archive.extractall(folder, filter="data")


def states_of(feed: str, folder: Path) -> list[Path]:
    """List the states of *feed* in the *folder* it was unpacked to, oldest first; each is called by its time."""
    return sorted((folder / feed).glob("*.xml"), key=seconds_of)


def seconds_of(state: Path) -> int:
    """Give when *state* was archived."""
    return int(state.stem)


def items_of(document: bytes) -> list[tuple[str, ET.Element]]:
    """List the items of *document* in its order, each with its guid, or its link where it has none."""
    items = ET.fromstring(document).iter("item")  # noqa: S314 - our own corpus
    return [((item.findtext("guid") or item.findtext("link") or "").strip(), item) for item in items]
