"""What a feed's rhythm and plan look like on Redis: small, versioned, and the same tomorrow as today."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posting import MONDAY, desk

from pipeline.stages.planning.appointments import KEPT
from pipeline.stages.planning.packing import plan_from_bytes, plan_to_bytes, rhythm_from_bytes, rhythm_to_bytes
from pipeline.stages.planning.planner import Bounds, Moment, Plan, next_poll
from pipeline.stages.planning.rhythm import Rhythm, begun, learned
from pipeline.stages.planning.visibility import Visibility

DAY = 86_400.0
RHYTHM = Rhythm(
    MONDAY,
    MONDAY - 3 * DAY,
    week=tuple(float(hour % 5) for hour in range(168)),
    minutes=tuple(minute / 4 for minute in range(60)),
    visibility=Visibility(tuple(range(16)), tuple(age / 2 for age in range(16))),
    earlier=1.5,
    later=0.25,
    appointments=((360, 4.0), (1439, 0.5)),
    squares=12.5,
    window=20,
    recent=3.5,
)
PLAN = Plan(MONDAY + 7, 1800.0, 24.5, (MONDAY + 60, MONDAY + 3600, MONDAY + DAY), 2.5)
GOLDEN_HEAD = "0300ff5a6980f403001804fcfcfc"
GOLDEN_DIGEST = "9fdd33395fb30f30"
GOLDEN_DIGEST_OF_2 = "7b80b62593e125a4"
GOLDEN_PLAN = "0207ff5a690000e1440000c4410000204001003c00a005"


def test_a_rhythm_is_written_as_it_was_when_version_3_was_made() -> None:
    """A changed form without a changed version would be read wrongly by the processes of an earlier release."""
    data = rhythm_to_bytes(RHYTHM, now_seconds=MONDAY)

    assert data[:14].hex() == GOLDEN_HEAD
    assert sha256(data).hexdigest()[:16] == GOLDEN_DIGEST
    assert rhythm_from_bytes(data) == RHYTHM


def test_a_plan_is_written_as_it_was_when_version_2_was_made() -> None:
    """The same for plans."""
    assert plan_to_bytes(PLAN).hex() == GOLDEN_PLAN
    assert plan_from_bytes(bytes.fromhex(GOLDEN_PLAN)) == PLAN


def test_a_feed_takes_at_most_400_bytes() -> None:
    """A million feeds must fit the memory of one Redis; the busiest feed has the fullest plan."""
    busy = begun(desk("busy", per_day=2000, hours=(0, 24)).published, now_seconds=MONDAY + 28 * DAY)
    plan = next_poll(None, busy, Moment(MONDAY + 28 * DAY, 0.001), bounds=Bounds(60, DAY)).plan

    assert len(busy.appointments) == KEPT
    size = len(rhythm_to_bytes(busy, now_seconds=MONDAY)) + len(plan_to_bytes(plan))
    assert size <= 400


def test_a_rhythm_kept_in_bytes_learns_as_one_kept_in_memory() -> None:
    """Rounded down at each poll, the counts of a busy feed would stand still."""
    trace = desk("long", per_day=300, days=56, hours=(6, 20))
    kept = begun(trace.published[:100], now_seconds=MONDAY + DAY)
    packed = kept
    for day in range(1, 56):
        now, previous = MONDAY + (day + 1) * DAY, MONDAY + day * DAY
        new = [date for date in trace.published if previous < date <= now]
        kept = learned(kept, new, previous_seconds=previous, now_seconds=now)
        again = rhythm_from_bytes(
            rhythm_to_bytes(learned(packed, new, previous_seconds=previous, now_seconds=now), now_seconds=now)
        )
        assert again
        packed = again

    assert sum(packed.week) == pytest.approx(sum(kept.week), rel=0.02)
    assert sum(packed.minutes) == pytest.approx(sum(kept.minutes), rel=0.02)


def test_what_did_not_change_is_read_and_written_without_end() -> None:
    """Most polls learn nothing; a thousand of them may not wear a rhythm away."""
    data = rhythm_to_bytes(RHYTHM, now_seconds=MONDAY)
    for poll in range(1000):
        again = rhythm_from_bytes(data)
        assert again
        data = rhythm_to_bytes(again, now_seconds=MONDAY + poll)

    assert rhythm_from_bytes(data) == RHYTHM


def test_a_rhythm_of_version_1_or_2_is_still_read() -> None:
    """An update must not let every feed begin anew: the window came with version 3, appointments with version 2."""
    data = rhythm_to_bytes(RHYTHM, now_seconds=MONDAY)
    second = b"\x02" + data[1:278] + data[283:]

    assert sha256(second).hexdigest()[:16] == GOLDEN_DIGEST_OF_2
    assert rhythm_from_bytes(second) == replace(RHYTHM, window=0, recent=0.0)
    assert rhythm_from_bytes(b"\x01" + data[1:274]) == replace(
        RHYTHM, appointments=(), squares=0.0, window=0, recent=0.0
    )


@given(st.binary(max_size=400))
def test_bytes_that_are_no_rhythm_or_plan_are_none_or_usable(data: bytes) -> None:
    """A store written by a later release, or damaged, begins the feed anew instead of stopping the daemon."""
    tail = 3 * (len(data) % 17)
    for version, size in ((b"", 274), (b"\x01", 274), (b"\x02", 278 + tail), (b"\x03", 283 + tail)):
        rhythm = rhythm_from_bytes((version + data).ljust(size, b"\xff")[:size])
        assert rhythm is None or next_poll(None, rhythm, Moment(MONDAY, 1.0), bounds=Bounds(300, DAY)).due_seconds
        plan = plan_from_bytes(version + data)
        assert plan is None or plan.price > 0


def test_another_version_is_not_read() -> None:
    """Nor is half a rhythm."""
    data = rhythm_to_bytes(RHYTHM, now_seconds=MONDAY)

    assert [rhythm_from_bytes(bad) for bad in (b"", data[:-1], b"\x04" + data[1:], data + b"\x00")] == [None] * 4
    assert [plan_from_bytes(bad) for bad in (b"", b"\x02", b"\x01" + plan_to_bytes(PLAN)[1:])] == [None] * 3
