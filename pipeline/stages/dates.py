"""Reads the dates that feeds write: RFC 822, RFC 3339, their usual broken forms and seven languages.

Rules of this file: a date that can be read in two ways is None, and so is one outside the plausible window: a wrong
date is worse than none. What the text does not say (its zone) is named in `inferred`. Time is linear in the text,
of which at most 100 characters are read.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from pipeline.model import ArticleDate, Inferred, Precision
from pipeline.stages.calendar_names import month_number, weekday_number
from pipeline.stages.zones import east_of_place, read_zone, zone_of_place

FirstPart = Literal["day", "month"]

_MAX_CHARACTERS = 100
_DAY_MS = 86_400_000
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_EARLIEST_MS = 631_152_000_000  # 1990-01-01: no feed is older, and epoch 0 and year 1 mean "no date"
_LATEST_MS = 4_102_444_800_000  # 2100-01-01, where the moment of the fetch is not known
_AHEAD_MS = 26 * 3_600_000  # a day begins up to 14 hours before UTC's, and publishers write tomorrow's date

# A weekday; before a comma any word stands in its place (RFC 822 has room for nothing else there).
_WEEKDAY = r"(?:(?P<weekday>[^\W\d_]+(?:-[^\W\d_]+)?)\.?(?:(?P<comma> ?, ?)| ))?"
_MONTH = r"(?P<month>[^\W\d_]{3,12})"
_DAY = r"(?P<day>[0-9]{1,2})"

_YEAR_FIRST = re.compile(rf"(?P<year>[0-9]{{4}})(?P<mark>[-/.])(?P<month>[0-9]{{1,2}})(?P=mark){_DAY}(?![0-9])")
_YEAR_FIRST_SIGNED = re.compile(r"(?P<year>[0-9]{4})[年년] ?(?P<month>[0-9]{1,2})[月월] ?(?P<day>[0-9]{1,2})[日일]")
_COMPACT = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_YEAR_FIRST_NAMED = re.compile(rf"(?P<year>[0-9]{{4}})[-/ ]{_MONTH}\.?[-/ ]{_DAY}(?![0-9])")
# Two digits before a colon or an h are an hour, not a year: "9 Oct 14:54" does not say its year.
_DAY_FIRST = re.compile(
    rf"(?:(?:le|el|il|am|den|em|op|on) )?{_WEEKDAY}"
    rf"{_DAY}(?:st|nd|rd|th|er|\.|º|°)?(?: ?[-/] ?| de | ?){_MONTH}\.?(?: ?[-/,] ?| del? | ?)"
    r"(?P<year>[0-9]{4}(?![0-9])|[0-9]{2}(?![0-9:]| ?h))"
)
_MONTH_FIRST = re.compile(rf"{_WEEKDAY}{_MONTH}\.? ?{_DAY}(?:st|nd|rd|th)?(?: ?, ?| )(?P<year>[0-9]{{4}})(?![0-9])")
_NUMERIC = re.compile(
    rf"{_WEEKDAY}(?P<one>[0-9]{{1,2}})(?P<mark>[-/.])(?P<two>[0-9]{{1,2}})(?P=mark)(?P<year>[0-9]{{4}})(?![0-9])"
)
# As C's asctime and its followers write it: Fri Oct  9 14:54:00 [UTC] 2015.
_YEAR_LAST = re.compile(
    r"(?P<day>[^\W\d_]{2,12}[., ][^0-9]{0,12}[0-9]{1,2}) (?P<time>[0-9]{1,2}:.{2,40}) (?P<year>[0-9]{4})"
)

# The two forms of nearly all dates in feeds, RFC 822 and RFC 3339. Their days and zones are the same all day long.
_MAIL = re.compile(
    r"((?:[A-Z][a-z]{2}, )?[0-9]{1,2} [A-Z][a-z]{2} (?:[0-9]{2}){1,2}) ([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?()"
    r" ((?![AP]M$)[A-Z]{1,5}|[+-][0-9]{4})"
)
_INTERNET = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
# Languages, and regions of them, whose readers agree on the order; English alone and Canada do not.
_DAY_FIRST_LANGUAGES = "bg ca cs da de el es et fi fr gl hr id it lt lv nb nl nn no pl pt ro ru sk sl sr tr uk"
_FIRST_PARTS: dict[str, FirstPart | None] = {
    **dict.fromkeys(_DAY_FIRST_LANGUAGES.split(), "day"),
    **dict.fromkeys(("en-au", "en-gb", "en-ie", "en-in", "en-nz", "en-za"), "day"),
    "en-us": "month",
    "es-us": None,
    "fr-ca": None,
}
# Polish November is Croatian October; servers in China write their own time as America's.
_MEANT_IN = {
    **dict.fromkeys(("hr", "bs"), (("listopada", "oktober"),)),
    "zh": (("CST", "+0800"),),
}
_CLOCK = re.compile(
    r"(?: ?[Tt] ?|:| ?, ?| [-\u2013\u2014|@] | )(?:(?:at|à|a|às|as|um|om|alle|ore|a las) )?"
    r"(?P<hour>[0-9]{1,2})(?:(?:(?P<mark>[:.])| ?h ?)(?P<minute>[0-9]{2})(?![0-9])"
    r"(?:(?P=mark)(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]+))?)?(?![0-9:.])"
    r"|(?= ?(?:[AaPp]\.?[Mm]|h|[Uu]hr|uur)\b))"
    r"(?: ?(?P<half>[AaPp])\.? ?[Mm]\b\.?| ?(?:Uhr|uhr|uur|h|hs|hrs)\b)?"
)
# As news sites put the time before the day: 16:54 GMT, Friday 9 October 2015.
_CLOCK_FIRST = re.compile(
    r"(?P<time>[0-9]{1,2}(?:[:.][0-9]{2}|h[0-9]{2})(?: ?[AaPp]\.?[Mm]\b\.?)?(?: (?:[A-Z]{3,4}|Uhr|uur))?)"
    r"(?: - | ?, ?| )"
    r"(?P<day>[^\W\d_]{2,12}.{4,}|[0-9]{1,2}(?:[ ./-]|st|nd|rd|th|er).{4,})"
)
_COMPACT_CLOCK = re.compile(
    r"[Tt]?(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?:(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]+))?)?"
    r"(?![0-9:])(?P<half>)"
)


class _Moment(NamedTuple):
    at_ms: int
    precision: Precision
    zone_known: bool


def read_date(
    raw: str,
    *,
    source: str,
    fetched_ms: int | None = None,
    zone: str | int | None = None,
    language: str | None = None,
) -> ArticleDate | None:
    """Read the instant that *raw* names, or None where it names none, or two, or an implausible one.

    *source* is kept in the date ("feed:pubDate"), and so is the text, its whitespace folded. Plausible is 1990 to 26
    hours after *fetched_ms* (ms since the epoch; 2100 where that is not known). A time without a zone is read in
    *zone* (an IANA name or minutes east of UTC: what the feed, its history or its country says; UTC where nothing
    does) and its zone called inferred. *language* (BCP 47) tells the day from the month in 09/10/2015 where its
    readers agree; else that is None, as is a weekday that disagrees. A date without a time is 00:00 UTC of the day
    as written, whatever its zone.
    """
    if len(raw) > _MAX_CHARACTERS:
        return None
    text = " ".join(raw.split())
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    said = _meant(text, language) if language else text
    moment = _usual(said) or _epoch(said) or _written(said, first_part(language))
    latest_ms = _LATEST_MS if fetched_ms is None else fetched_ms + _AHEAD_MS
    if moment is None:
        return None
    if not moment.zone_known and zone is not None and moment.precision != "day":
        east_minutes = zone if isinstance(zone, int) else east_of_place(zone, moment.at_ms) or 0
        moment = moment._replace(at_ms=moment.at_ms - east_minutes * 60_000)
    if not _EARLIEST_MS <= moment.at_ms <= latest_ms:
        return None
    inferred: tuple[Inferred, ...] = () if moment.zone_known else ("zone",)
    return ArticleDate(moment.at_ms, moment.precision, source, text, inferred)


def _usual(text: str) -> _Moment | None:
    """Read *text* in the form of RFC 822 or RFC 3339; None for any other form, and for what needs a closer look."""
    match = _MAIL.fullmatch(text) or _INTERNET.fullmatch(text)
    if match is None:
        return None
    day, hour, minute, second, fraction, zone_text = match.groups()
    days, zone = _usual_day(day), _usual_zone(zone_text)
    hours, minutes, seconds = int(hour), int(minute), int(second or 0)
    if days is None or zone is None or zone_text == "BST" or hours > 23 or minutes > 59 or seconds > 59:
        return None
    at_seconds = days * 86_400 + hours * 3600 + (minutes - zone.east_minutes) * 60 + seconds
    at_ms = at_seconds * 1000 + (int(fraction[:3].ljust(3, "0")) if fraction else 0)
    return _Moment(at_ms, "second" if second else "minute", zone.known)


@lru_cache(maxsize=1024)
def _usual_day(text: str) -> int | None:
    """Count the days since the epoch of the day that *text* is, as `_written` reads it."""
    found = _numbered_day(text) if text[:4].isdigit() else _named_day(text, None)
    return found[0] if found is not None and found[1] == len(text) else None


_usual_zone = lru_cache(maxsize=256)(read_zone)


def _epoch(text: str) -> _Moment | None:
    """Read *text* as seconds (10 digits) or milliseconds (13 digits) since the epoch."""
    if len(text) not in (10, 13) or not (text.isascii() and text.isdigit()):
        return None
    return _Moment(int(text) * 1000 if len(text) == 10 else int(text), "second", zone_known=True)


def first_part(language: str | None) -> FirstPart | None:
    """Tell what readers of *language* (BCP 47) write first, the day or the month; None where they do either."""
    if language is None:
        return None
    tag = language.lower()
    return _FIRST_PARTS.get(tag, _FIRST_PARTS.get(tag.partition("-")[0]))


def _meant(text: str, language: str) -> str:
    """Give *text* with the words that mean something else in *language* than where they are better known."""
    for word, meaning in _MEANT_IN.get(language.partition("-")[0].lower(), ()):
        text = text.replace(word, meaning)
    return text


def _written(text: str, first: FirstPart | None = None) -> _Moment | None:
    """Read *text* as a day, then perhaps a time, then perhaps a zone, and nothing else."""
    year_last = _YEAR_LAST.fullmatch(text) if text[-4:].isdigit() else None
    if year_last is not None:
        text = f"{year_last['day']} {year_last['year']} {year_last['time']}"
    clock_first = _CLOCK_FIRST.fullmatch(text)
    if clock_first is not None:
        text = f"{clock_first['day']} {clock_first['time']}"
    found = _named_day(text, first) if not text[:4].isdigit() else _numbered_day(text)
    if found is None:
        return None
    days, end = found
    clock = _CLOCK.match(text, end) or _COMPACT_CLOCK.match(text, end)
    ending = text[clock.end() if clock else end :]
    time_ms = _time_ms(clock) if clock else 0
    if time_ms is None:
        return None
    local_ms = days * _DAY_MS + time_ms
    zone = read_zone(ending, local_ms) or zone_of_place(ending, local_ms)
    if zone is None:
        return None
    if clock is None:
        said_utc = zone.known and zone.east_minutes == 0
        return _Moment(days * _DAY_MS, "day", said_utc) if zone.known or end == len(text) else None
    precision: Precision = "second" if clock["second"] else "minute"
    return _Moment(local_ms - zone.east_minutes * 60_000, precision, zone.known)


def _numbered_day(text: str) -> tuple[int, int] | None:
    """Read the day that *text* begins with, year first: days since the epoch and where the day ends."""
    match = _YEAR_FIRST.match(text) or _COMPACT.match(text) or _YEAR_FIRST_NAMED.match(text)
    match = match or _YEAR_FIRST_SIGNED.match(text)
    if match is None:
        return None
    month = int(match["month"]) if match["month"].isdigit() else month_number(match["month"])
    return None if month is None else _days(int(match["year"]), month, int(match["day"]), match.end())


def _named_day(text: str, first: FirstPart | None) -> tuple[int, int] | None:
    """Read the day that *text* begins with, year last: days since the epoch and where the day ends."""
    match = _DAY_FIRST.match(text) or _MONTH_FIRST.match(text)
    if match is None:
        return _day_in_numbers(text, first)
    month = month_number(match["month"])
    if month is None or not _weekday_is_one(match):
        return None
    year = int(match["year"])
    if len(match["year"]) == 2:
        # RFC 5322 section 4.3.
        year += 2000 if year < 50 else 1900
    return _agreeing(match, _days(year, month, int(match["day"]), match.end()))


def _weekday_is_one(match: re.Match[str]) -> bool:
    """Whether the word before the day of *match* may stand there: none, a weekday, or any word before a comma."""
    word = match["weekday"]
    return not word or match["comma"] is not None or weekday_number(word) is not None


def _agreeing(match: re.Match[str], found: tuple[int, int] | None) -> tuple[int, int] | None:
    """Give *found*, a day and its end, unless the weekday of *match* is another's."""
    weekday = weekday_number(match["weekday"]) if match["weekday"] else None
    return found if found is None or weekday in (None, (found[0] + 3) % 7) else None


def _day_in_numbers(text: str, first: FirstPart | None) -> tuple[int, int] | None:
    """Read a day in numbers, year last, if only one order of day and month is possible (31/12, 9/9) or usual."""
    match = _NUMERIC.match(text)
    if match is None or not _weekday_is_one(match):
        return None
    one, two = int(match["one"]), int(match["two"])
    if one > 12 or one == two or (two <= 12 and first == "day"):
        day, month = one, two
    elif two > 12 or first == "month":
        month, day = one, two
    else:
        return None
    return _agreeing(match, _days(int(match["year"]), month, day, match.end()))


def _days(year: int, month: int, day: int, end: int) -> tuple[int, int] | None:
    """Count the days since the epoch, and keep *end* beside them; None for a day that no calendar has."""
    try:
        return date(year, month, day).toordinal() - _EPOCH_ORDINAL, end
    except ValueError:
        return None


def _time_ms(clock: re.Match[str]) -> int | None:
    """Give the time of day of *clock* in ms, 24:00 and second 60 allowed; None for a time that no clock shows."""
    hour, minute, second = int(clock["hour"]), int(clock["minute"] or 0), int(clock["second"] or 0)
    fraction_ms = int(clock["fraction"][:3].ljust(3, "0")) if clock["fraction"] else 0
    half = clock["half"]
    if half:
        is_afternoon = half in "Pp"
        # 14:54 PM is seen and clear; 14:54 AM and 0:30 PM are not.
        if hour == 0 if is_afternoon else hour > 12:
            return None
        hour = hour % 12 + 12 * is_afternoon if hour <= 12 else hour
    time_ms = ((hour * 60 + minute) * 60 + second) * 1000 + fraction_ms
    possible = minute <= 59 and second <= 60 and (hour <= 23 or time_ms == _DAY_MS)
    return time_ms if possible else None
