"""What appears at the same minute of many days is known, and chance is not taken for it."""

from __future__ import annotations

from random import Random

import pytest
from posting import MONDAY

from pipeline.stages.planning.appointments import KEPT, certain, moved, with_minutes
from pipeline.stages.planning.forecast import expected
from pipeline.stages.planning.planner import Bounds, Moment, planned
from pipeline.stages.planning.rhythm import begun

HOUR, DAY = 3600.0, 86_400.0
DAYS = 42
NOW = MONDAY + DAYS * DAY


def even_dates(name: str, *, per_day: float) -> list[float]:
    """Return dates of a desk without any habit."""
    chance = Random(name)
    return [MONDAY + chance.random() * DAYS * DAY for _ in range(int(per_day * DAYS))]


def briefings(*minutes: int) -> list[float]:
    """Return a date at each of *minutes* of the day, every day."""
    return [MONDAY + day * DAY + minute * 60 + 5 for day in range(DAYS) for minute in minutes]


def test_a_briefing_is_polled_right_after_it() -> None:
    """At 06:30 every day, among entries at any time; no other half hour of the day is better for it."""
    rhythm = begun(sorted(even_dates("desk", per_day=6) + briefings(390)), now_seconds=NOW)
    forecast = expected(rhythm, now_seconds=NOW)
    plan = planned(rhythm, Moment(NOW + 4 * HOUR, 1800.0), bounds=Bounds(300.0, DAY))

    assert set(forecast.appointments) == {390}
    # How long entries take to show is not known yet: a few minutes are assumed.
    assert {391, 392, 393, 394, 395, 396} & {int(poll % DAY // 60) for poll in plan.polls}
    assert forecast.stops[5] == forecast.stops[7] != forecast.stops[6]


@pytest.mark.parametrize("per_day", [1, 6, 40, 400])
def test_a_desk_without_habits_keeps_no_appointment(per_day: float) -> None:
    """Among 1440 minutes some are always met more often than others."""
    for name in ("one", "two", "three"):
        rhythm = begun(sorted(even_dates(name, per_day=per_day)), now_seconds=NOW)

        assert len(expected(rhythm, now_seconds=NOW).appointments) <= 1


def test_a_batch_is_no_appointment() -> None:
    """Thirty entries of one minute of one day say nothing of the next day."""
    batch = [MONDAY + 20 * DAY + 6 * HOUR + second for second in range(30)]
    rhythm = begun(sorted(even_dates("batch", per_day=3) + batch), now_seconds=NOW)

    assert not expected(rhythm, now_seconds=NOW).appointments


def test_an_appointment_survives_the_entries_between() -> None:
    """Only sixteen minutes are remembered; those met once give way first, and the others stay."""
    remembered = with_minutes((), [(390, 1.0), (1050, 1.0), (390, 1.0)])
    for minute in range(0, 1440, 7):
        remembered = with_minutes(remembered, [(minute, 1.0)])

    assert len(remembered) == KEPT
    assert dict(remembered)[390] == 2.0


def test_appointments_move_with_the_clocks() -> None:
    """When summer time begins, what came at 06:30 UTC comes at 05:30, and midnight is passed both ways."""
    assert moved(((390, 2.0), (30, 1.0)), -1) == ((330, 2.0), (1410, 1.0))
    assert moved(((1410, 1.0),), 1) == ((30, 1.0),)


def test_nothing_met_is_nothing_certain() -> None:
    """Without any count there is no chance to compare with."""
    assert certain(((390, 0.0),), day=[0.0] * 24, hour=[1.0] * 60) == {}
