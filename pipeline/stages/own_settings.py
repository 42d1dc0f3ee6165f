"""What an operator set for one feed or folder, as attributes of OPML in a namespace of our own.

OPML has no words for these, and an export without them would be no backup. Rules of this file: what is written reads
back the same; a value that is none of those allowed counts as not there, and is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from pipeline.model import (
    FULL_TEXTS,
    LEAST_WEIGHT,
    LONGEST_INTERVAL_SECONDS,
    MOST_WEIGHT,
    SHORTEST_INTERVAL_SECONDS,
    Feed,
    FullText,
)
from pipeline.stages.number_ranges import number_within, range_words

NAMESPACE = ' xmlns:newswire="https://pypi.org/project/newswire/"'
"""Declares the prefix of the attributes."""

_PREFIX = "newswire:"
_TRUTHS = {"true": True, "false": False}
_Choice = TypeVar("_Choice")


@dataclass(frozen=True, slots=True)
class OwnSettings:
    """What was set for a feed; of a folder, only the weight counts. None is what holds for all."""

    weight: float | None = None
    interval_seconds: float | None = None
    full_text: FullText | None = None
    paused: bool = False


NOTHING_SET = OwnSettings()


class BadSetting(NamedTuple):
    """An attribute that cannot be meant: its name, its text, and what would be allowed."""

    name: str
    text: str
    allowed: str


def own_settings(attributes: Mapping[str, str]) -> tuple[OwnSettings, tuple[BadSetting, ...]]:
    """Read what the *attributes* of an outline set, their names in lower case, and which of them set nothing."""
    if not any(name.startswith(_PREFIX) for name in attributes):
        return NOTHING_SET, ()
    reader = _Reader(attributes)
    settings = OwnSettings(
        weight=reader.number("weight", LEAST_WEIGHT, MOST_WEIGHT),
        interval_seconds=reader.number("interval", SHORTEST_INTERVAL_SECONDS, LONGEST_INTERVAL_SECONDS),
        full_text=reader.choice("fullText", FULL_TEXTS),
        paused=reader.choice("paused", _TRUTHS) or False,
    )
    return settings, tuple(reader.bad)


def own_settings_of(feed: Feed) -> OwnSettings:
    """Give what was set for *feed*."""
    return OwnSettings(feed.weight, feed.interval_seconds, feed.full_text, feed.paused)


def as_attributes(settings: OwnSettings) -> str:
    """Write *settings* as attributes, each with a blank before it; "" for nothing."""
    written = {
        "weight": _number(settings.weight),
        "interval": _number(settings.interval_seconds),
        "fullText": settings.full_text,
        "paused": "true" if settings.paused else None,
    }
    return "".join(f' {_PREFIX}{name}="{text}"' for name, text in written.items() if text is not None)


def _number(number: float | None) -> str | None:
    return None if number is None else repr(float(number)).removesuffix(".0")


class _Reader:
    """Reads *attributes* one by one, and keeps the bad ones."""

    def __init__(self, attributes: Mapping[str, str]) -> None:
        self._attributes = attributes
        self.bad: list[BadSetting] = []

    def number(self, name: str, low: float, high: float) -> float | None:
        text = self._text(name)
        if text is None:
            return None
        number = number_within(text, low, high)
        if number is None:
            self._refuse(name, range_words(low, high))
        return number

    def choice(self, name: str, choices: Mapping[str, _Choice]) -> _Choice | None:
        text = self._text(name)
        if text is None:
            return None
        if text not in choices:
            self._refuse(name, " or ".join(choices))
        return choices.get(text)

    def _text(self, name: str) -> str | None:
        text = self._attributes.get(f"{_PREFIX}{name}".lower())
        return None if text is None else text.strip()

    def _refuse(self, name: str, allowed: str) -> None:
        self.bad.append(BadSetting(f"{_PREFIX}{name}", self._attributes[f"{_PREFIX}{name}".lower()], allowed))
