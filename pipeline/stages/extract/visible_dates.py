"""When a page says, in words for people, that it was published and last changed.

Rules of this file: a year that is not written is the latest that puts the day not after the fetch; without the
moment of the fetch it is unknown, and so is the date. Days in numbers are read in the order of the language; English
has two orders.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

from pipeline.model import ArticleDate
from pipeline.stages.calendar_names import month_number
from pipeline.stages.dates import read_date
from pipeline.stages.extract.moments import is_date_line, parts_of, speaks_of_change

Pair = tuple[ArticleDate | None, ArticleDate | None]

_AHEAD_MS = 26 * 3_600_000  # a day begins up to 14 hours before UTC's, and clocks are set wrong
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[-/.年] ?(\d{1,2})[-/.月] ?(\d{1,2})(?!\d)")
_NUMBERS = re.compile(
    r"(?<![\d:])(\d{1,2})([./-])(\d{1,2})(?:\2(\d{4}|\d{2}))?(?![\d:]| ?(?:uur|uhr|h)\b)", re.IGNORECASE
)
_DAY_NAMED = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|º|°|ª|\.)?(?: de)?[ -]([^\W\d_]{3,12})\.?,?(?:(?: de| del)?[ -](\d{4}))?"
)
_MONTH_NAMED = re.compile(r"([^\W\d_]{3,12})\.? (\d{1,2})(?:st|nd|rd|th)?(?!\d)(?:,? (\d{4}))?")
_CLOCK = re.compile(
    r"(?<![\d/.-])(\d{1,2})(?:(?::| ?h ?| ?Uhr ?|\.)(\d{2})(?::(\d{2}))?(?![\d/.-])|(?= ?(?:h|Uhr|uur|[ap]\.?m)\b))"
    r"(?: ?([ap])\.?m\b)?",
    re.IGNORECASE,
)
_ZONE = re.compile(
    r"(?:(?:UTC|GMT)? ?[+-]\d{1,2}:?\d{2}|(?:UTC|GMT)[+-]\d{1,2}"
    r"|\b(?:GMT|UTC|CES?T|ME[SZ]?Z|BST|E[SD]T|P[SD]T|C[SD]T)\b)"
)
_MONTH_FIRST = frozenset({"en-US", "en-PH"})
_DAY_FIRST_ENGLISH = frozenset({"en-GB", "en-IE", "en-AU", "en-NZ", "en-IN", "en-ZA"})


def visible_dates(
    lines: Iterable[str], *, language: str | None, fetched_ms: int | None
) -> tuple[Pair, tuple[str, ...]]:
    """Give when the date lines among *lines* say the page was published and changed, and what could not be read.

    *language* (BCP 47) tells the order of day and month, *fetched_ms* (ms since the epoch) the year that is not said.
    """
    published: ArticleDate | None = None
    updated: ArticleDate | None = None
    problems: list[str] = []
    for part in (part for line in lines if is_date_line(line) for part in parts_of(line)):
        written = _written(part, language)
        if written is None:
            continue
        when = _dated(part, written, fetched_ms)
        if when is None and not written[0]:
            problems.append(f'year unknown: "{part[:80]}"')
        elif speaks_of_change(part):
            updated = updated or when
        else:
            published = published or when
    return (published, updated), tuple(dict.fromkeys(problems))


def _written(text: str, language: str | None) -> tuple[int, int, int] | None:
    """Read the year (0 when not said), month and day that *text* writes; None when it has none, or two readings."""
    for year, month, day in _readings(text, language):
        try:
            date(year or 2000, month, day)
        except ValueError:
            continue
        return year, month, day
    return None


def _readings(text: str, language: str | None) -> Iterator[tuple[int, int, int]]:
    if found := _YEAR_FIRST.search(text):
        yield int(found[1]), int(found[2]), int(found[3])
    for found in _DAY_NAMED.finditer(text):
        if month := month_number(found[2]):
            yield int(found[3] or 0), month, int(found[1])
    for found in _MONTH_NAMED.finditer(text):
        if month := month_number(found[1]):
            yield int(found[3] or 0), month, int(found[2])
    for found in _NUMBERS.finditer(text):
        if order := _order(int(found[1]), int(found[3]), found[2], language):
            yield _whole_year(found[4]), *order


def _order(first: int, second: int, mark: str, language: str | None) -> tuple[int, int] | None:
    """Tell month and day of *first* and *second*, which *mark* parts; None where they may be either."""
    if second > 12 or (language in _MONTH_FIRST and first <= 12 and mark == "/"):
        return first, second
    one_reading = first > 12 or first == second or mark == "."
    day_first = one_reading or language in _DAY_FIRST_ENGLISH or not (language or "en").startswith("en")
    return (second, first) if day_first else None


def _whole_year(written: str | None) -> int:
    if written is None:
        return 0
    return int(written) + (2000 if len(written) == 2 else 0)


def _dated(text: str, written: tuple[int, int, int], fetched_ms: int | None) -> ArticleDate | None:
    """Give the instant of the day *written* in *text*, with the time and zone that *text* says."""
    year, month, day = written
    if year:
        return _at(text, year, month, day, fetched_ms)
    if fetched_ms is None:
        return None
    latest = datetime.fromtimestamp((fetched_ms + _AHEAD_MS) / 1000, UTC).year
    for candidate in range(latest, latest - 9, -1):  # 29 February comes back within eight years
        when = _at(text, candidate, month, day, fetched_ms)
        if when is not None and when.at_ms <= fetched_ms + _AHEAD_MS:
            return replace(when, inferred=("year", *when.inferred))
    return None


def _at(text: str, year: int, month: int, day: int, fetched_ms: int | None) -> ArticleDate | None:
    """Give the instant of a day of the calendar with the time of day in *text*, as read by the rules of all dates."""
    clock = _CLOCK.search(_YEAR_FIRST.sub(" ", _NUMBERS.sub(" ", text)))
    zone = _ZONE.search(text[text.find(clock[0]) + len(clock[0]) :]) if clock else None
    written = f"{year:04}-{month:02}-{day:02}"
    if clock is not None:
        half = f" {clock[4]}m" if clock[4] else ""
        written += f" {int(clock[1]):02}:{clock[2] or '00'}{':' + clock[3] if clock[3] else ''}{half}"
        written += f" {zone[0].strip()}" if zone else ""
    when = read_date(written, source="text", fetched_ms=fetched_ms)
    return None if when is None else replace(when, raw=text)
