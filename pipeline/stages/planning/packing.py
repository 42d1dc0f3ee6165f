"""Writes a rhythm and a plan down in a few hundred bytes, and reads them back; both forms have a version.

A count takes one byte, in units that double where the largest count of its list would not fit. Between two units
chance decides, fairly and repeatably (Morris, "Counting large numbers of events in small registers", CACM 1978): to
round down always would let a busy feed forget every new entry.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

from pipeline.stages.planning.appointments import KEPT, MINUTES_OF_DAY
from pipeline.stages.planning.exposure import HOURS
from pipeline.stages.planning.planner import Plan
from pipeline.stages.planning.rhythm import MINUTES, Rhythm
from pipeline.stages.planning.visibility import AGES, Visibility

RHYTHM_VERSION = 3
PLAN_VERSION = 2
# Version, reference, seconds watched before it, evidence of a moved clock twice, the units of three lists.
_RHYTHM_HEAD = struct.Struct("<BIIBBbbb")
_RHYTHM_SIZE = _RHYTHM_HEAD.size + HOURS + MINUTES + 2 * AGES
# Since version 2 squares follow, and appointments: each a minute of the day, and a count in the unit of the minutes.
# Since version 3 the window and the recent count stand between them.
_TAIL = struct.Struct("<fBf")
_HEAD_SIZE = _RHYTHM_SIZE + _TAIL.size
_MOST = 1e30
_WITHOUT_APPOINTMENTS, _WITHOUT_WINDOW = 1, 2
_NO_SQUARES, _NOTHING_RECENT = bytes(4), bytes(5)
_APPOINTMENT = struct.Struct("<HB")
# Version, when it was made, price, appetite, surge; then two bytes for each poll: minutes after it was made.
_PLAN_HEAD = struct.Struct("<BIfff")
_FINEST_UNIT, _COARSEST_UNIT = -4, 100
_LARGEST = 255
_EVIDENCE_UNIT = 1 / 16
# Multiples of the golden ratio spread evenly, whatever number they begin with (Knuth, TAOCP 3, section 6.4).
_GOLDEN = (math.sqrt(5) - 1) / 2
_LARGEST_SECONDS = 2**32 - 1


def rhythm_to_bytes(rhythm: Rhythm, *, now_seconds: float) -> bytes:
    """Return *rhythm* in 283 bytes and three for each appointment.

    *now_seconds* only seeds the rounding of counts between two units.
    """
    seen = rhythm.visibility
    lists = (rhythm.week, rhythm.minutes, (*seen.asked, *seen.shown))
    units = [_unit(counts) for counts in lists]
    seed = int(now_seconds)
    head = _RHYTHM_HEAD.pack(
        RHYTHM_VERSION,
        _seconds(rhythm.reference_seconds),
        _seconds(rhythm.reference_seconds - rhythm.since_seconds),
        min(_LARGEST, int(rhythm.earlier / _EVIDENCE_UNIT)),
        min(_LARGEST, int(rhythm.later / _EVIDENCE_UNIT)),
        *units,
    )
    body = b"".join(_counts_to_bytes(counts, unit, seed) for counts, unit in zip(lists, units, strict=True))
    met = _counts_to_bytes([count for _, count in rhythm.appointments[:KEPT]], units[1], seed)
    minutes = [minute for minute, _ in rhythm.appointments]
    tail = b"".join(_APPOINTMENT.pack(minute, count) for minute, count in zip(minutes, met, strict=False) if count)
    more = _TAIL.pack(min(rhythm.squares, _MOST), min(rhythm.window, _LARGEST), min(rhythm.recent, _MOST))
    return head + body + more + tail


def rhythm_from_bytes(data: bytes) -> Rhythm | None:
    """Return the rhythm that *data* says; None if it is of another version or no rhythm at all: then begin anew."""
    data = _upgraded(data)
    tail = len(data) - _HEAD_SIZE
    if tail not in range(0, KEPT * _APPOINTMENT.size + 1, _APPOINTMENT.size) or data[0] != RHYTHM_VERSION:
        return None
    squares, window, recent = _TAIL.unpack_from(data, _RHYTHM_SIZE)
    _, reference, watched, earlier, later, *units = _RHYTHM_HEAD.unpack_from(data)
    lists, at = [], _RHYTHM_HEAD.size
    for unit, size in zip(units, (HOURS, MINUTES, 2 * AGES), strict=True):
        one = 2.0**unit
        lists.append(tuple([count * one for count in data[at : at + size]]))
        at += size
    week, minutes, ages = lists
    one = 2.0 ** units[1]
    appointments = {minute: count * one for minute, count in _APPOINTMENT.iter_unpack(data[_HEAD_SIZE:])}
    return Rhythm(
        float(reference),
        float(reference - watched),
        week,
        minutes,
        Visibility(ages[:AGES], ages[AGES:]),
        earlier * _EVIDENCE_UNIT,
        later * _EVIDENCE_UNIT,
        tuple((minute, count) for minute, count in appointments.items() if minute < MINUTES_OF_DAY),
        squares if 0 <= squares <= _MOST else 0.0,
        window,
        recent if 0 <= recent <= _MOST else 0.0,
    )


def _upgraded(data: bytes) -> bytes:
    """Return *data* as version 3 writes it, if it is a rhythm of a version before."""
    if data[:1] == bytes([_WITHOUT_APPOINTMENTS]) and len(data) == _RHYTHM_SIZE:
        data = bytes([_WITHOUT_WINDOW]) + data[1:] + _NO_SQUARES
    if data[:1] == bytes([_WITHOUT_WINDOW]):
        squares_end = _RHYTHM_SIZE + len(_NO_SQUARES)
        data = bytes([RHYTHM_VERSION]) + data[1:squares_end] + _NOTHING_RECENT + data[squares_end:]
    return data


def plan_to_bytes(plan: Plan) -> bytes:
    """Return *plan* in 17 bytes and two for each poll."""
    made = _seconds(plan.made_seconds)
    begin = made - made % 60
    polls = [min(max(round((poll - begin) / 60), 0), 65_535) for poll in plan.polls]
    head = _PLAN_HEAD.pack(PLAN_VERSION, made, plan.price, plan.appetite, plan.surge)
    return head + struct.pack(f"<{len(polls)}H", *polls)


def plan_from_bytes(data: bytes) -> Plan | None:
    """Return the plan that *data* says; None if it is of another version or no plan at all: then plan anew."""
    if len(data) < _PLAN_HEAD.size or data[0] != PLAN_VERSION or (len(data) - _PLAN_HEAD.size) % 2:
        return None
    _, made, price, appetite, found = _PLAN_HEAD.unpack_from(data)
    if not (math.isfinite(price) and price > 0 and math.isfinite(appetite) and math.isfinite(found)):
        return None
    begin = made - made % 60
    minutes = struct.unpack_from(f"<{(len(data) - _PLAN_HEAD.size) // 2}H", data, _PLAN_HEAD.size)
    return Plan(float(made), price, appetite, tuple([float(begin + 60 * minute) for minute in minutes]), found)


def _unit(counts: Sequence[float]) -> int:
    """Return the exponent of two in whose units the largest of *counts* takes one byte."""
    largest = max(counts)
    if largest <= _LARGEST * 2.0**_FINEST_UNIT:
        return _FINEST_UNIT
    return min(math.ceil(math.log2(largest / _LARGEST)), _COARSEST_UNIT)


def _counts_to_bytes(counts: Sequence[float], unit: int, seed: int) -> bytes:
    one = 2.0**unit
    return bytes(
        [
            min(_LARGEST, int(count / one + ((seed + place) * _GOLDEN) % 1.0)) if count else 0
            for place, count in enumerate(counts)
        ]
    )


def _seconds(value: float) -> int:
    return min(max(round(value), 0), _LARGEST_SECONDS)
