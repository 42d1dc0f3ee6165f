"""Breaking news: when far more appears of late than weeks let expect, and what the planner makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posting import MONDAY, desk, newsrooms

from pipeline.stages.planning.forecast import expected
from pipeline.stages.planning.packing import rhythm_from_bytes, rhythm_to_bytes
from pipeline.stages.planning.planner import Bounds, Moment, next_poll
from pipeline.stages.planning.rhythm import Rhythm, begun, learned
from pipeline.stages.planning.simulation import Course, Poll, Trace, simulated
from pipeline.stages.planning.surge import surge
from pipeline.stages.planning.words import posting_words
from pipeline.stages.schedule import SimulatorPolicy

HOUR, DAY = 3600.0, 86_400.0
QUIET_DAYS = 56


def followed(published: Sequence[float], *, days: int) -> Iterator[tuple[float, Rhythm]]:
    """Poll a feed each hour for so many *days*: yield the time (days) and what is known, from the second week on."""
    rhythm, previous = None, MONDAY
    for hour in range(24, 24 * days):
        now = MONDAY + hour * HOUR
        new = [date for date in published if previous < date <= now]
        if rhythm is None:
            rhythm = begun(new, now_seconds=now, shown=len(new))
        else:
            rhythm = learned(rhythm, new, previous_seconds=previous, now_seconds=now, shown=25)
        previous = now
        if hour >= 24 * 7:
            yield hour / 24, rhythm


def quiet_then_busy(name: str, *, before: float, after: float) -> list[float]:
    """Return when a desk posts whose rate jumps after eight weeks, for two weeks."""
    later = desk(f"{name} later", per_day=after, days=14, begin=MONDAY + QUIET_DAYS * DAY)
    return [*desk(name, per_day=before, days=QUIET_DAYS).published, *later.published]


HABITS = (
    *newsrooms(days=70),
    desk("wire", per_day=300, days=70, weekend=0.3),
    Trace("weekly", MONDAY, MONDAY + 70 * DAY, tuple(MONDAY + (7 * week + 3) * DAY + 9 * HOUR + 300 * number
                                                     for week in range(10) for number in range(30))),
)  # fmt: skip


@pytest.mark.parametrize("trace", HABITS, ids=lambda trace: trace.source)
def test_habits_and_chance_are_no_surge(trace: Trace) -> None:
    """A surge that is none costs other feeds their polls: one hour in two hundred may see one, once all is known."""
    seen = [
        expected(rhythm, now_seconds=MONDAY + day * DAY).surge
        for day, rhythm in followed(trace.published, days=70)
        if day > 28 and day * 24 % 3 == 0
    ]

    assert sum(found > 1 for found in seen) <= len(seen) / 200


def test_a_digest_is_no_surge() -> None:
    """Twenty entries at six every day are one piece of evidence a day."""
    published = [MONDAY + day * DAY + 6 * HOUR + second for day in range(42) for second in range(20)]

    assert {surge(rhythm, now_seconds=MONDAY + day * DAY) for day, rhythm in followed(published, days=42)} == {1.0}


@pytest.mark.parametrize(("before", "after"), [(2.0, 40.0), (0.5, 20.0), (10.0, 60.0)])
def test_a_jump_of_the_rate_is_seen_within_a_day(before: float, after: float) -> None:
    """And expected for as long as it lasts, while the slow count of weeks rises and that of days takes its leave."""
    published = quiet_then_busy("jump", before=before, after=after)
    seen = {
        day - QUIET_DAYS: expected(rhythm, now_seconds=MONDAY + day * DAY)
        for day, rhythm in followed(published, days=QUIET_DAYS + 14)
        if day % 1 == 0
    }
    in_the_mean = after * (5 + 2 * 0.4) / 7  # there is less at the weekend

    assert seen[0].surge == 1
    assert seen[1].surge > 2
    assert seen[7].surge > seen[13].surge
    assert [seen[day].rate * 1440 for day in (7, 13)] == pytest.approx([in_the_mean] * 2, rel=0.25)


def test_a_surge_ends_the_plan_that_knew_nothing_of_it() -> None:
    """A plan looks ahead for most of a day; and at the end of the surge there are again too many polls."""
    published = quiet_then_busy("plan", before=2.0, after=40.0)
    states = {round(day * 24): rhythm for day, rhythm in followed(published, days=QUIET_DAYS + 2)}
    noon, night = QUIET_DAYS * 24 + 8, QUIET_DAYS * 24 + 18
    bounds = Bounds(300.0, DAY)

    made = next_poll(None, states[noon], Moment(MONDAY + noon * HOUR, 5000.0), bounds=bounds)
    again = next_poll(made.plan, states[night], Moment(MONDAY + night * HOUR, 5000.0), bounds=bounds)
    kept = next_poll(made.plan, states[noon], Moment(MONDAY + night * HOUR, 5000.0), bounds=bounds)

    assert kept.plan is made.plan
    assert again.plan is not made.plan
    assert again.due_seconds < kept.due_seconds


class Listening:
    """The planner, and how late (s) it sees entries of busy desks once they are."""

    def __init__(self) -> None:
        self.delays: list[float] = []
        self._policy = SimulatorPolicy(24)

    def start(self, source: str, now: float) -> float:
        """Begin to follow *source*."""
        return self._policy.start(source, now)

    def observe(self, result: Poll) -> float:
        """Note the delays, and ask when the next poll is due."""
        if result.source.startswith("busy"):
            self.delays += [result.t - date for date in result.new if date and date > MONDAY + QUIET_DAYS * DAY]
        return self._policy.observe(result)


def test_breaking_news_is_seen_sooner_than_at_fixed_times() -> None:
    """Taken for a habit of its weekdays, what a feed tells that has just become busy was seen after 27 minutes."""
    busy = [
        Trace(f"busy {number}", MONDAY, MONDAY + 60 * DAY, tuple(quiet_then_busy(f"{number}", before=2, after=40)))
        for number in range(2)
    ]
    others = [replace(trace, source=f"{trace.source} {copy}") for copy in range(2) for trace in newsrooms(days=60)]
    listening = Listening()

    simulated([*busy, *others], listening, Course())

    assert len(listening.delays) > 200
    assert fmean(listening.delays) < 0.7 * HOUR / 2


@given(
    st.lists(st.floats(0, 30 * DAY), max_size=60).map(sorted),
    st.floats(0, 40 * DAY),
)
def test_a_surge_is_a_finite_number_from_one(ages: list[float], later: float) -> None:
    """It multiplies the rate that all plans are made from, also of what was kept in bytes."""
    now = MONDAY + 30 * DAY
    rhythm = begun([now - age for age in ages], now_seconds=now)
    kept = rhythm_from_bytes(rhythm_to_bytes(rhythm, now_seconds=now))
    assert kept

    assert 1 <= surge(rhythm, now_seconds=now + later) < 1e6
    assert 1 <= surge(kept, now_seconds=now + later) < 1e6


def test_a_surge_is_told() -> None:
    """An editor who looks why a feed is polled so often reads it there."""
    published = quiet_then_busy("told", before=2.0, after=40.0)
    *_, (day, rhythm) = followed(published, days=QUIET_DAYS + 3)

    assert "times as many as in the weeks before: " in posting_words(rhythm, now_seconds=MONDAY + day * DAY)
