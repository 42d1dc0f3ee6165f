"""Reads how often a document says that it is worth a look: RSS `ttl`, `skipHours`, `skipDays`, and `sy:*`.

Rules of this file: the hints must be known when the next poll is chosen, which is before a worker has seen the
document; so they are read in the daemon, from the document's head, in one pass and without a parser. What cannot be
read says nothing; the bound on what is said is the schedule's affair.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from pipeline.model import Hints
from pipeline.stages.document_head import without_comments

_LONGEST_HINT_MS = 366 * 24 * 3600 * 1000
_FIRST_ITEM = re.compile(rb"<(?:[\w.-]{1,32}:)?(?:item|entry)[\s/>]", re.IGNORECASE)
_NUMBER = rb"\s{0,20}\+?(\d{1,18})(?:\.\d{0,9})?\s{0,20}<"
_TTL = re.compile(rb"<ttl(?:\s[^<>]{0,200})?>" + _NUMBER, re.IGNORECASE)
_PERIOD = re.compile(rb"<[\w.-]{1,32}:updatePeriod(?:\s[^<>]{0,200})?>\s{0,20}([A-Za-z]{1,20})", re.IGNORECASE)
_FREQUENCY = re.compile(rb"<[\w.-]{1,32}:updateFrequency(?:\s[^<>]{0,200})?>" + _NUMBER, re.IGNORECASE)
_BASE = re.compile(
    rb"<[\w.-]{1,32}:updateBase(?:\s[^<>]{0,200})?>\s{0,20}([0-9T:Z+.-]{10,40})\s{0,20}<", re.IGNORECASE
)
_SKIPPED_HOURS = re.compile(rb"<skipHours(?:\s[^<>]{0,200})?>", re.IGNORECASE)
_SKIPPED_DAYS = re.compile(rb"<skipDays(?:\s[^<>]{0,200})?>", re.IGNORECASE)
_HOUR = re.compile(rb"<hour>\s{0,20}(\d{1,2})\s{0,20}<", re.IGNORECASE)
_DAY = re.compile(rb"<day>\s{0,20}([A-Za-z]{3})", re.IGNORECASE)
_LONGEST_LIST = 4096
_DAY_MS = 24 * 3600 * 1000
_PERIODS = {
    b"hourly": 3600 * 1000,
    b"daily": _DAY_MS,
    b"weekly": 7 * _DAY_MS,
    b"monthly": 30 * _DAY_MS,
    b"yearly": 365 * _DAY_MS,
}
_DAYS = (b"mon", b"tue", b"wed", b"thu", b"fri", b"sat", b"sun")
_ALL_HOURS, _ALL_DAYS = (1 << 24) - 1, (1 << 7) - 1


def hints_of(head: bytes) -> Hints:
    """Read what the document that begins with *head* says before its first item.

    RSS 2.0 `ttl`, `skipHours` and `skipDays`, and the RSS 1.0 syndication module. A number that is none, nought or
    below says nothing, and neither does a list that leaves no hour or no day.
    """
    item = _FIRST_ITEM.search(head)
    head = without_comments(head[: item.start()] if item else head)
    period_ms = _update_period_ms(head)
    return Hints(
        ttl_ms=min((_number(_TTL, head) or 0) * 60_000, _LONGEST_HINT_MS),
        update_period_ms=period_ms,
        update_base_ms=_update_base_ms(head) if period_ms else None,
        skip_hours=_unless_all(_skipped_hours(head), _ALL_HOURS),
        skip_days=_unless_all(_skipped_days(head), _ALL_DAYS),
    )


def _number(pattern: re.Pattern[bytes], head: bytes) -> int | None:
    match = pattern.search(head)
    return int(match[1]) if match else None


def _update_period_ms(head: bytes) -> int:
    """The time between two updates: the period (a day when only a frequency is named), divided by the frequency."""
    period, frequency = _PERIOD.search(head), _number(_FREQUENCY, head)
    if period is None and frequency is None:
        return 0
    return _PERIODS.get(period[1].lower() if period else b"daily", 0) // max(frequency or 1, 1)


def _update_base_ms(head: bytes) -> int | None:
    match = _BASE.search(head)
    if match is None:
        return None
    try:
        moment = datetime.fromisoformat(match[1].decode("ascii"))
        return int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def _skipped_hours(head: bytes) -> int:
    hours = (int(number) for number in _listed(_SKIPPED_HOURS, _HOUR, b"</skiphours", head))
    return _bits(hour % 24 for hour in hours if hour <= 24)  # some count from 1 to 24


def _skipped_days(head: bytes) -> int:
    names = (name.lower() for name in _listed(_SKIPPED_DAYS, _DAY, b"</skipdays", head))
    return _bits(_DAYS.index(name) for name in names if name in _DAYS)


def _listed(opening: re.Pattern[bytes], item: re.Pattern[bytes], closing: bytes, head: bytes) -> list[bytes]:
    start = opening.search(head)
    if start is None:
        return []
    text = head[start.end() : start.end() + _LONGEST_LIST]
    end = text.lower().find(closing)
    return item.findall(text[:end] if end >= 0 else text)


def _bits(numbers: Iterable[int]) -> int:
    bits = 0
    for number in numbers:
        bits |= 1 << number
    return bits


def _unless_all(bits: int, every: int) -> int:
    return 0 if bits == every else bits
