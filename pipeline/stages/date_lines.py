"""Reads the date lines that pages show: "Mis à jour le 9 octobre 2015 à 16h54", "Last updated: Oct 9, 4:54 PM".

Rules of this file: a line counts only if it is nothing but labels, dates and what a separator sets apart: a sentence
that mentions a date is prose. A year that is not said is the latest that is not after the fetch and agrees with the
weekday; without a moment of fetching it stays unknown, and the line says so. Linear in the line, of which at most
240 characters are read.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from pipeline.model import ArticleDate
from pipeline.stages.calendar_names import month_number, weekday_number
from pipeline.stages.date_words import FILLERS, KIND_OF_LABEL, DateKind
from pipeline.stages.dates import FirstPart, first_part, read_date
from pipeline.stages.zones import place_of_language

_MAX_CHARACTERS = 240
_LONGEST_COUNTED = 40
_AHEAD = timedelta(hours=26)  # as in `dates`: publishers write tomorrow's date

_LABEL = re.compile(
    r"(?<!\w)(?:" + "|".join(re.escape(label) for label in sorted(KIND_OF_LABEL, key=len, reverse=True)) + r")(?!\w)"
)
_SEPARATOR = re.compile(r" ?(?:[|\u2022\u00b7/;()]| [-\u2013\u2014]) ?")
_FILLER = re.compile(rf"(?:[ ,:.]|(?:{'|'.join(sorted(set(FILLERS.split()), key=len, reverse=True))})(?!\w))*+")
_CLOCK = re.compile(
    r"(?P<hour>[0-9]{1,2})(?:(?::| ?h ?|\.)(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?(?![0-9:./-])"
    r"(?: ?(?P<half>[ap])\.?m\b\.?)?|(?P<bare> ?h\b| ?uhr\b)| ?(?P<short>[ap])\.?m\b\.?)(?: ?(?:uhr|uur|h|hs|hrs)\b)?"
)
_ZONE = re.compile(
    r" ?\(?(?P<zone>(?:gmt|utc)(?:[+-][0-9]{1,2}(?::?[0-9]{2})?)?"
    r"|[ce]e?s?t|[ecmp][sd]?t|bst|mez|mesz|[+-][0-9]{2}:?[0-9]{2}|z)\b\)?"
)
# What the American press writes all year round, whether the clocks are changed or not.
_AMERICAN = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}
_NAMED = re.compile(
    r"(?P<day>[0-9]{1,2})(?:er|st|nd|rd|th|\.|º|°)?(?: de)? ?(?P<month>[^\W\d_]{3,12})\.?"
    r"(?:,? (?:del? )?(?P<year>[0-9]{4})(?![0-9]))?"
)
_MONTH_FIRST = re.compile(
    r"(?P<month>[^\W\d_]{3,12})\.? (?P<day>[0-9]{1,2})(?:st|nd|rd|th)?(?![0-9:])(?:,? (?P<year>[0-9]{4})(?![0-9]))?"
)
_ISO = re.compile(r"(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})(?![0-9])t?")
_NUMBERS = re.compile(
    r"(?P<one>[0-9]{1,2})(?P<mark>[-/.])(?P<two>[0-9]{1,2})(?:(?P=mark)(?P<year>[0-9]{4}|[0-9]{2})(?![0-9:]))?"
    r"\.?(?![0-9:h])"
)
# What may stand before a label or an unlabelled date ("Madrid, 9 de octubre"), and who dates it behind.
_ITEM = re.compile(r"(?:article|artikel|articolo|articulo|artigo|beitrag|story) ")
_PLACE = re.compile(r"[^\W\d_][^\W\d_.'-]*(?:[ '-][^\W\d_][^\W\d_.]*){0,2}(?:,| [-\u2013\u2014|]) ")
_BY = re.compile(
    r" ?(?:par|by|von|por|di|da|de|door) (?:la |the |der |de )?"
    r"(?:admin|staff|newsroom|redaction|redaktion|redaccion|redazione|redacao|redactie)\b"
)
_COUNTED = re.compile(
    r"(?<!\w)(?:(?:il y a|vor|hace|ha) [0-9]{1,3} |[0-9]{1,3} [^\W\d_]{1,9}\.? (?:ago|fa|geleden|atras)\b"
    r"|(?:today|yesterday|aujourd.hui|hier|heute|gestern|hoy|ayer|oggi|ieri|hoje|ontem|vandaag|gisteren)(?!\w))"
)
_WEEKDAY = re.compile(r"(?P<weekday>[^\W\d_]{2,14}(?:-feira)?)\.?,? ?")


@dataclass(frozen=True, slots=True)
class DateLine:
    """What a line of a page dates: *date* is None where it cannot be known, and *problem* says why then."""

    kind: DateKind
    date: ArticleDate | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class _Day:
    """A day as written: *year* is None where it is not said, *weekday* (0 is Monday) likewise."""

    year: int | None
    month: int
    day: int
    weekday: int | None


def read_date_lines(
    line: str,
    *,
    source: str = "text",
    language: str | None = None,
    fetched_ms: int | None = None,
    zone: str | int | None = None,
) -> tuple[DateLine, ...]:
    """Read the dates that *line*, one visible line of a page, is made of; () where it is no date line.

    *language* (BCP 47) settles the order of day and month, and the zone where nothing better does; *fetched_ms* (ms
    since the epoch) the year; *zone* (IANA name or minutes east) is what a time without one is read in. A line that
    is a whole date without a label is the date of publication.
    """
    if not 5 < len(line) <= _MAX_CHARACTERS or not any(map(str.isdigit, line)):
        return ()
    text = unicodedata.normalize("NFC", " ".join(line.split()))
    folded = _folded(text)
    labels = [label for label in _LABEL.finditer(folded) if _opens(folded, label.start())]
    found: list[DateLine] = []
    ends = [*(label.start() for label in labels[1:]), len(folded)][: len(labels)]
    place = zone if zone is not None else place_of_language(language)
    for label, end in zip(labels, ends, strict=True):
        read = _read_part(folded, label.end(), end, language)
        if read is not None:
            found.append(_dated(KIND_OF_LABEL[label[0]], read, text, source, fetched_ms, place))
        elif not found:
            return _counted(KIND_OF_LABEL[label[0]], folded[label.end() : end], text)
    if not labels:
        whole = _read_part(folded, 0, len(folded), language)
        place_first = _PLACE.match(folded) if whole is None else None
        read = _read_part(folded, place_first.end(), len(folded), language) if place_first else whole
        if read is not None and read[0].year is not None:
            found.append(_dated("published", read, text, source, fetched_ms, place))
    return tuple(found)


def _counted(kind: DateKind, part: str, text: str) -> tuple[DateLine, ...]:
    """Say that *part*, what follows a label, counts from a moment nobody kept: "hier", "2 hours ago"; else ()."""
    match = _COUNTED.search(part)
    is_first = match is not None and match.start() <= 2 and len(part) < _LONGEST_COUNTED
    return (DateLine(kind, None, f'{kind} date relative to the reader: "{text[:80]}"'),) if is_first else ()


def _folded(text: str) -> str:
    """Lower *text* and drop its accents, each character staying where it is."""
    if text.isascii():
        return text.lower()
    bases = (unicodedata.normalize("NFD", character)[0].lower() for character in text)
    return "".join(base if len(base) == 1 else "?" for base in bases)


def _opens(folded: str, start: int) -> bool:
    """Tell whether a label at *start* opens its part of the line: nothing but separators or a date before it."""
    before = folded[:start].rstrip(" ,:&")
    return (
        not before
        or _ITEM.fullmatch(f"{before} ") is not None
        or before[-1] in "|•·/;()-\u2013\u2014."
        or before[-1].isdigit()
        or before.endswith((" et", " and", " uhr"))
    )


def _read_part(folded: str, start: int, end: int, language: str | None) -> tuple[_Day, str] | None:
    """Read the day and the time ("16:54:00+02:00", "" for none) in the part of the line from *start* to *end*."""
    part = folded[start:end].removesuffix(" et ").removesuffix(" and ").rstrip(" ,.&-\u2013\u2014|(/;")
    at = _skip(part, 0)
    clock, at = _clock(part, at)
    at = _skip(part, at)
    found = _day(part, at, language)
    if found is None:
        return None
    day, at = found
    if not clock:
        clock, at = _clock(part, _skip_dash(part, at))
    at = _skip(part, at)
    if at < len(part) and not any(mark.match(part, end) for mark in (_SEPARATOR, _BY) for end in (at, at - 1)):
        return None
    return day, clock


def _skip(part: str, at: int) -> int:
    match = _FILLER.match(part, at)
    return match.end() if match else at


def _skip_dash(part: str, at: int) -> int:
    """Go over what stands between a day and its time: fillers, or a dash or bar before a clock."""
    at = _skip(part, at)
    separator = _SEPARATOR.match(part, at) or _SEPARATOR.match(part, at - 1)
    after = _skip(part, separator.end()) if separator else at
    return after if _CLOCK.match(part, after) else at


def _clock(part: str, at: int) -> tuple[str, int]:
    """Read the time at *at* of *part* as RFC 3339 writes it ("" for none), and where it ends."""
    match = _CLOCK.match(part, at)
    if match is None or (part[match.start() : match.end()].count(".") == 1 and _NUMBERS.match(part, at) and at == 0):
        return "", at
    hour, half = int(match["hour"]), match["half"] or match["short"]
    if half:
        if not 1 <= hour <= 12:
            return "", at
        hour = hour % 12 + 12 * (half == "p")
    second = f":{match['second']}" if match["second"] else ""
    zone = _ZONE.match(part, match.end())
    shown = f" {zone['zone'].upper()}" if zone else ""
    return f"{hour:02}:{match['minute'] or '00'}{second}{shown}", zone.end() if zone else match.end()


def _day(part: str, at: int, language: str | None) -> tuple[_Day, int] | None:
    """Read the day at *at* of *part*, and where it ends; None where there is none or two readings."""
    weekday = None
    named = _WEEKDAY.match(part, at)
    if named and (weekday := weekday_number(named["weekday"])) is not None and month_number(named["weekday"]) is None:
        at = _skip(part, named.end())
    else:
        weekday = None
    match = _ISO.match(part, at)
    if match:
        return _Day(int(match["year"]), int(match["month"]), int(match["day"]), weekday), match.end()
    match = _NUMBERS.match(part, at)
    if match:
        order = _in_order(int(match["one"]), int(match["two"]), first_part(language))
        year = match["year"]
        whole = None if year is None else int(year) + (2000 if len(year) == 2 else 0)
        return (_Day(whole, *order, weekday), match.end()) if order else None
    match = _NAMED.match(part, at) or _MONTH_FIRST.match(part, at)
    month = month_number(match["month"]) if match else None
    if match is None or month is None:
        return None
    return _Day(int(match["year"]) if match["year"] else None, month, int(match["day"]), weekday), match.end()


def _in_order(one: int, two: int, first: FirstPart | None) -> tuple[int, int] | None:
    """Give month and day of the numbers *one* and *two*; None where both orders are possible and none is usual."""
    if two > 12:
        return one, two
    if one > 12 or one == two:
        return two, one
    if first is None:
        return None
    return (two, one) if first == "day" else (one, two)


def _dated(
    kind: DateKind, read: tuple[_Day, str], raw: str, source: str, fetched_ms: int | None, zone: str | int | None
) -> DateLine:
    """Make the line's date of the day and time in *read*, its year inferred where it is not said."""
    day, clock = read
    if day.year is not None:
        date = _instant(day, day.year, clock, source, fetched_ms, zone)
        problem = None if date else f'{kind} date not believed: "{raw[:80]}"'
        return DateLine(kind, date and replace(date, raw=raw), problem)
    if fetched_ms is None:
        return DateLine(kind, None, f'{kind} date without a year: "{raw[:80]}"')
    try:
        latest = datetime.fromtimestamp(fetched_ms / 1000, UTC) + _AHEAD
    except (ValueError, OverflowError, OSError):
        return DateLine(kind, None, f'{kind} date without a year: "{raw[:80]}"')
    for year in (latest.year, latest.year - 1):
        date = _instant(day, year, clock, source, fetched_ms, zone)
        if date:
            return DateLine(kind, replace(date, raw=raw, inferred=("year", *date.inferred)))
    return DateLine(kind, None, f'{kind} date not believed: "{raw[:80]}"')


def _instant(
    day: _Day, year: int, clock: str, source: str, fetched_ms: int | None, zone: str | int | None
) -> ArticleDate | None:
    """Give the instant of *day* in *year*; None where no calendar has it, its weekday differs or it is to come."""
    try:
        weekday = datetime(year, day.month, day.day).weekday()  # noqa: DTZ001 - a day of the calendar, not an instant
    except ValueError:
        return None
    if day.weekday not in (None, weekday):
        return None
    place = _AMERICAN.get(clock[-2:])
    if place is not None:
        clock, zone = clock[:-3], place
    written = f"{year:04}-{day.month:02}-{day.day:02} {clock}"
    return read_date(written, source=source, fetched_ms=fetched_ms, zone=zone)
