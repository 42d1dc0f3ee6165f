"""Reads the time zone at the end of a date: numeric offsets, the common names, and both together.

Rules of this file: a name counts only if it commonly means one offset. Other names (IST: India, Israel, Ireland) and
the single letters of RFC 822 are read as not said (RFC 5322 section 4.3), never as an offset picked by chance.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Zone(NamedTuple):
    """An offset east of UTC in minutes (-720 to 840); *known* is False when the text does not say it."""

    east_minutes: int
    known: bool


_UNSAID = Zone(0, known=False)

# Minutes east of UTC, and the names that mean them.
_TABLE = """
-600 HST
-540 AKST
-480 AKDT PST
-420 MST PDT
-360 CST MDT
-300 CDT EST HNE
-240 EDT HAE
-210 NST
-180 ADT ART BRT
-150 NDT
0 GMT UT UTC WET Z
60 BST CET MET MEZ WAT WEST
120 CAT CEST EET MEST MESZ SAST
180 EAT EEST MSK TRT
300 PKT
420 ICT WIB
480 AWST HKT PHT SGT
540 JST KST
570 ACST
600 AEST
630 ACDT
660 AEDT
720 NZST
780 NZDT
"""
_NAMED_MINUTES = {
    name: int(minutes) for minutes, *names in map(str.split, _TABLE.strip().splitlines()) for name in names
}

# The texts seen all day long are answered without a regular expression.
_COMMON = {
    **{name: Zone(minutes, known=True) for name, minutes in _NAMED_MINUTES.items()},
    **dict.fromkeys(("+0000", "-0000", "+00:00"), Zone(0, known=True)),
    "": _UNSAID,
}

_ZONE = re.compile(
    r"(?P<before>[A-Za-z]{1,5})? ?"
    r"(?:(?P<sign>[+\u2212-])(?P<hours>[0-9]{1,2}(?![0-9])|[0-9]{2})(?::?(?P<minutes>[0-9]{2}))?"
    r"(?: ?(?P<after>[A-Za-z]{1,5}))?)?"
    r"(?: ?\((?P<comment>[\w .,:/+-]*)\)| ?\[(?P<place>[\w/+-]+)\])?"
)
_PLACE = re.compile(r"[A-Z][A-Za-z]+(?:/[A-Z][\w+-]*){1,2}")


# The zone that all readers of a language, or of its region, live in, as far as the news goes.
_PLACE_OF_LANGUAGE = {
    "cs": "Europe/Prague", "da": "Europe/Copenhagen", "de": "Europe/Berlin", "el": "Europe/Athens",
    "en-gb": "Europe/London", "en-ie": "Europe/Dublin", "es-ar": "America/Argentina/Buenos_Aires",
    "es-co": "America/Bogota", "es-es": "Europe/Madrid", "fi": "Europe/Helsinki", "fr": "Europe/Paris",
    "fr-ca": "America/Toronto", "hu": "Europe/Budapest", "it": "Europe/Rome", "ja": "Asia/Tokyo",
    "ko": "Asia/Seoul", "nb": "Europe/Oslo", "nl": "Europe/Amsterdam", "no": "Europe/Oslo", "pl": "Europe/Warsaw",
    "pt-br": "America/Sao_Paulo", "pt-pt": "Europe/Lisbon", "ro": "Europe/Bucharest", "sv": "Europe/Stockholm",
    "tr": "Europe/Istanbul",
}  # fmt: skip


def place_of_language(language: str | None) -> str | None:
    """Give the IANA zone in which news in *language* (BCP 47) is dated; None where its readers live in several."""
    tag = (language or "").lower()
    return _PLACE_OF_LANGUAGE.get(tag) or _PLACE_OF_LANGUAGE.get(tag.partition("-")[0])


def east_of_place(place: str, local_ms: int) -> int | None:
    """Give how many minutes east of UTC clocks in *place* (an IANA name) are at *local_ms*, the time they show.

    The local time is in ms since 1970 as those clocks count; None for a place that the tz database lacks.
    """
    zone = _place(place)
    if zone is None:
        return None
    try:
        local = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=local_ms)
        offset = local.replace(tzinfo=zone).utcoffset()
    except OverflowError:
        return None
    return None if offset is None else int(offset.total_seconds()) // 60


@lru_cache(maxsize=256)
def _place(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None


def zone_of_place(text: str, local_ms: int) -> Zone | None:
    """Read the zone of the place that *text*, the end of a date, names (Europe/Paris); None if it names none.

    *local_ms* is the time that the date says, in ms since 1970 as its own clock counts.
    """
    name = text.strip(" []")
    east = east_of_place(name, local_ms) if _PLACE.fullmatch(name) else None
    return None if east is None else Zone(east, known=True)


def read_zone(text: str, local_ms: int | None = None) -> Zone | None:
    """Read the zone that *text*, the end of a date, names; None if it is no zone, or one named by a place.

    *local_ms* is the time that the date says, in ms since 1970 as its own clock counts: BST is Britain's only while
    Britain has summer time, and not said otherwise.

    No text and an ambiguous name give a zone that is not known. What is said twice must agree: `+0200 CEST` does,
    `+0100 GMT` is None. `GMT+2` is two hours east. Whitespace is single spaces.
    """
    text = text.strip()
    common = _COMMON.get(text)
    if common is not None:
        return _UNSAID if text == "BST" and not _is_british_summer(local_ms) else common
    match = _ZONE.fullmatch(text)
    if match is None:
        return None
    return _from_names(match) if match["sign"] is None else _from_offset(match)


def _is_british_summer(local_ms: int | None) -> bool:
    return local_ms is None or east_of_place("Europe/London", local_ms) == 60


def _from_offset(match: re.Match[str]) -> Zone | None:
    """Read the numeric offset of *match*; None if it is no offset on Earth or a name beside it disagrees."""
    east = int(match["hours"]) * 60 + int(match["minutes"] or 0)
    if match["sign"] != "+":
        east = -east
    if not -720 <= east <= 840 or int(match["minutes"] or 0) > 59:
        return None
    before = _NAMED_MINUTES.get((match["before"] or "").upper(), east)
    after = _NAMED_MINUTES.get((match["after"] or "").upper(), east)
    # A name of UTC before the offset is what the offset counts from; anywhere else names repeat the offset.
    return Zone(east, known=True) if before in (0, east) and after == east else None


def _from_names(match: re.Match[str]) -> Zone | None:
    """Read the name of *match*, or the comment that stands for one; None for a word that can be no zone."""
    if match["place"] and not match["before"]:
        return None  # as Java writes it, its offset missing
    name = match["before"] or match["comment"] or ""
    minutes = _NAMED_MINUTES.get(name.upper())
    if minutes is not None:
        return Zone(minutes, known=True)
    return _UNSAID if match["before"] is None or name.isupper() else None
