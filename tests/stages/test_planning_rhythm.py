"""What is remembered of a feed's posting: also of feeds whose dates are missing or wrong, and across bad clocks."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from posting import MONDAY, desk

from pipeline.stages.planning.exposure import HALF_LIFE_SECONDS, leftovers, watched_hours
from pipeline.stages.planning.forecast import expected
from pipeline.stages.planning.rhythm import Rhythm, begun, hour_of_week, learned, rate_per_minute
from pipeline.stages.planning.simulation import Trace

HOUR, DAY = 3600.0, 86_400.0
PER_DAY = 1440.0
MONTH_END = MONDAY + 28 * DAY


def followed(trace: Trace, *, every: float = 1800.0, shift: float = 0.0, dated: bool = True) -> Rhythm:
    """Return what polls *every* so many seconds teach of *trace*, whose dates are wrong by *shift* or not there."""
    rhythm = begun([], now_seconds=trace.begin_seconds)
    now, seen = trace.begin_seconds, 0
    while now < trace.end_seconds:
        previous, now = now, now + every
        new = [date for date in trace.published[seen:] if date <= now]
        seen += len(new)
        told = [date + shift if dated else None for date in new]
        rhythm = learned(rhythm, told, previous_seconds=previous, now_seconds=now)
    return rhythm


def day_share(rhythm: Rhythm, first: int, last: int) -> float:
    """Return the share of all entries in the hours from *first* to before *last* of the day."""
    return sum(count for hour, count in enumerate(rhythm.week) if first <= hour % 24 < last) / sum(rhythm.week)


def test_the_first_document_already_tells_rate_and_hours() -> None:
    """A feed of a month's entries needs no month of polls."""
    trace = desk("known", per_day=24, weekend=1.0)
    rhythm = begun(trace.published, now_seconds=MONTH_END)

    assert rate_per_minute(rhythm, now_seconds=MONTH_END) * PER_DAY == pytest.approx(24, rel=0.1)
    assert day_share(rhythm, 6, 20) == pytest.approx(1)


def test_nothing_known_is_four_entries_a_day() -> None:
    """Without any history a feed is polled like a slow newsroom, neither hammered nor forgotten."""
    rhythm = begun([], now_seconds=MONDAY)

    assert rate_per_minute(rhythm, now_seconds=MONDAY) * PER_DAY == pytest.approx(4, rel=0.5)


def test_long_silence_lowers_the_rate_without_end() -> None:
    """A dead feed must not keep the polls of its good days."""
    rhythm = begun(desk("dies", per_day=24).published, now_seconds=MONTH_END)
    rates = [rate_per_minute(rhythm, now_seconds=MONTH_END + days * DAY) for days in (0, 35, 350, 3500)]

    assert rates == sorted(rates, reverse=True)
    assert rates[-1] * PER_DAY < 0.05


def test_an_entry_counts_half_after_five_weeks() -> None:
    """Desks change their habits; the newer habit wins."""
    later = learned(
        begun([MONDAY - 60, MONDAY], now_seconds=MONDAY),
        [MONDAY + HALF_LIFE_SECONDS - 60],
        previous_seconds=MONDAY + HALF_LIFE_SECONDS - 600,
        now_seconds=MONDAY + HALF_LIFE_SECONDS,
    )

    assert sum(later.week) == pytest.approx(1.5, rel=0.01)


@pytest.mark.parametrize("shift", [-86_400.0 * 365, -5 * HOUR, 9 * HOUR, 86_400.0 * 3650])
def test_wrong_dates_teach_the_hours_of_the_polls_instead(shift: float) -> None:
    """A feed in a wrong zone, or years away, is still posted at the hours at which its entries turn up."""
    trace = desk("wrong", per_day=24)
    rhythm = followed(trace, shift=shift)

    assert day_share(rhythm, 6, 20) > 0.95
    assert sum(rhythm.minutes) == 0
    assert rate_per_minute(rhythm, now_seconds=MONTH_END) == pytest.approx(
        rate_per_minute(followed(trace), now_seconds=MONTH_END), rel=0.02
    )


def test_missing_dates_teach_the_hours_too() -> None:
    """The time between two polls is all that is known then; it is enough for the hour."""
    assert day_share(followed(desk("undated", per_day=24), dated=False), 6, 20) > 0.95


def test_dates_of_whole_days_teach_no_hour() -> None:
    """`2026-05-01` is not posted at midnight."""
    rhythm = begun([MONDAY + day * DAY for day in range(20)], now_seconds=MONDAY + 20 * DAY)

    assert sum(rhythm.minutes) == 0
    assert max(rhythm.week) < 0.3
    assert rate_per_minute(rhythm, now_seconds=MONDAY + 20 * DAY) * PER_DAY == pytest.approx(1, rel=0.2)


def test_dates_in_the_future_are_not_history() -> None:
    """An entry announced for next year would otherwise be the only thing known."""
    assert begun([MONDAY + 365 * DAY], now_seconds=MONDAY) == begun([], now_seconds=MONDAY)


def test_a_pinned_entry_does_not_make_a_busy_feed_slow() -> None:
    """One entry of three years ago among today's says nothing of the rate."""
    today = [MONTH_END - hour * HOUR for hour in range(24)]
    rhythm = begun([MONDAY - 1000 * DAY, *today], now_seconds=MONTH_END)

    assert rate_per_minute(rhythm, now_seconds=MONTH_END) * PER_DAY > 15


def test_entries_left_over_from_last_month_do_not_make_a_busy_feed_slow() -> None:
    """Some documents drop most entries after a day and keep a few for weeks; those say nothing of the rate."""
    newest = [MONTH_END - hour * HOUR for hour in range(42)]
    kept = [MONTH_END - days * DAY for days in (30, 25, 16, 11, 8, 6)]
    rhythm = begun([*kept, *newest], now_seconds=MONTH_END)

    assert rate_per_minute(rhythm, now_seconds=MONTH_END) * PER_DAY == pytest.approx(24, rel=0.1)


@pytest.mark.parametrize("hour", [3, 12, 20])
def test_a_quiet_night_leaves_nothing_over(hour: int) -> None:
    """Whoever looks at noon sees a morning that is busier than the day before; that is no thinned document."""
    now = MONDAY + 20 * DAY + hour * HOUR
    dates = [date for date in desk("nights", per_day=15, hours=(6, 22), weekend=1.0).published if date <= now][-45:]

    assert leftovers(dates, now) == 0


def test_days_that_were_not_watched_are_expected_to_be_like_the_others() -> None:
    """A document of Thursday and Friday says nothing of Sunday; taken for silence, it went unpolled for hours."""
    friday_night = MONDAY + 5 * DAY
    dates = [friday_night - (place + 0.5) * HOUR for place in range(48)]
    hourly = expected(begun(dates, now_seconds=friday_night), now_seconds=friday_night).hourly
    sunday, friday = sum(hourly[144:]), sum(hourly[96:120])

    assert sunday == pytest.approx(friday, rel=0.1)


def test_a_day_that_has_just_begun_is_not_taken_for_a_quiet_one() -> None:
    """Nothing between midnight and three is what every night is like."""
    trace = desk("begun", per_day=60, hours=(6, 20), weekend=1.0)
    now = MONDAY + 3 * DAY + 3 * HOUR
    rhythm = begun([date for date in trace.published if MONDAY < date < now], now_seconds=now)
    hourly = expected(rhythm, now_seconds=now).hourly

    assert sum(hourly[72:96]) > 0.6 * sum(hourly[48:72])


def test_an_hour_is_expected_to_be_like_its_neighbours() -> None:
    """Twenty entries cannot tell the hours of a morning apart, but they can tell morning from night."""
    dates = [MONDAY + day * DAY + (7 + 2 * (day % 3)) * HOUR + 60 * day for day in range(21)]
    hourly = expected(begun(dates, now_seconds=MONDAY + 21 * DAY), now_seconds=MONDAY + 21 * DAY).hourly
    day = [sum(hourly[hour::24]) for hour in range(24)]

    assert day[8] > 3 * day[20]
    assert day[19] == pytest.approx(day[22], rel=0.05)


def test_hours_that_were_never_watched_are_not_taken_for_quiet_ones() -> None:
    """Their neighbours were not watched either, and say nothing."""
    noon = MONDAY + 12 * HOUR
    dates = [noon - 600 * place for place in range(30, 0, -1)]
    hourly = expected(begun(dates, now_seconds=noon), now_seconds=noon).hourly

    assert hourly[20] > 0.8 * max(hourly)


def test_a_weekend_has_hours_of_its_own() -> None:
    """A desk of weekday mornings that works through the evening on Saturdays is not late on Mondays."""
    dates = sorted(MONDAY + day * DAY + (18 if day % 7 >= 5 else 7) * HOUR + 60 * day for day in range(21))
    hourly = expected(begun(dates, now_seconds=MONDAY + 21 * DAY), now_seconds=MONDAY + 21 * DAY).hourly

    assert hourly[7] > 2 * hourly[5 * 24 + 7]
    assert hourly[5 * 24 + 18] > 5 * hourly[18]


def test_round_minutes_are_expected_to_be_alike() -> None:
    """A desk that is often on a quarter past will also be at a quarter to, before it ever was."""
    dates = [MONDAY + hour * HOUR + (900 if hour % 4 == 0 else 61 * (hour * 37 % 59)) for hour in range(100)]
    forecast = expected(begun(dates, now_seconds=MONDAY + 5 * DAY), now_seconds=MONDAY + 5 * DAY)

    assert {16, 46} <= set(forecast.stops[0][1].minutes)


def test_every_watched_hour_counts_as_often_as_it_was_met() -> None:
    """Ten days meet three days of the week twice; what is long past counts less."""
    week = watched_hours(MONDAY, MONDAY + 10 * DAY, first_hour=0)
    month = watched_hours(MONDAY, MONDAY + 280 * DAY, first_hour=0)

    assert sum(week) == pytest.approx(168)
    assert week[0] / week[167] == pytest.approx(2, rel=0.1)
    assert max(month) / min(month) < 1.2
    assert [hour for hour, seen in enumerate(watched_hours(MONDAY, MONDAY + 2 * HOUR, first_hour=0)) if seen] == [
        0,
        1,
    ]


def test_an_entry_that_showed_late_counts_when_it_showed() -> None:
    """Dated at noon and not shown at one: who polls for it at noon polls in vain."""
    noon = MONDAY + 12 * HOUR
    late = learned(begun([], now_seconds=MONDAY), [noon], previous_seconds=noon + HOUR, now_seconds=noon + 1.5 * HOUR)

    assert late.week[12] == 0
    assert late.week[13] == pytest.approx(1, rel=0.05)


def test_summer_time_turns_the_week_within_days() -> None:
    """When the clocks change, a desk posts an hour earlier in UTC; learning that anew would take weeks."""
    winter = desk("summer", per_day=30, days=28, hours=(8, 16))
    summer = desk("summer 2", per_day=30, days=5, begin=MONTH_END, hours=(7, 15))
    trace = Trace("both", MONDAY, MONTH_END + 5 * DAY, winter.published + summer.published)

    before, after = followed(winter), followed(trace)

    assert day_share(before, 7, 8) < 0.01
    assert day_share(after, 7, 8) > 0.1
    assert day_share(after, 15, 16) < 0.01


@pytest.mark.parametrize("hours", [(0, 24), (6, 20), (12, 13)])
def test_the_week_of_a_desk_that_does_not_move_is_not_turned(hours: tuple[int, int]) -> None:
    """A false alarm would cost more than summer time does."""
    trace = desk("stays", per_day=30, days=84, hours=hours, weekend=1.0)

    assert day_share(followed(trace), *hours) > 0.97


def test_a_clock_that_jumps_back_breaks_nothing() -> None:
    """A machine without a battery begins in 1970; what it learns then weighs little, and it plans on."""
    rhythm = begun([MONDAY - HOUR, MONDAY - 60], now_seconds=MONDAY)
    jumped = learned(rhythm, [None, 30.0], previous_seconds=MONDAY, now_seconds=60.0)

    assert all(math.isfinite(count) and count >= 0 for count in jumped.week)
    assert math.isfinite(expected(jumped, now_seconds=60.0).rate)


@settings(max_examples=60)
@given(
    told=st.lists(st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False)), max_size=30),
    times=st.lists(st.floats(0, 4e9), min_size=2, max_size=6),
)
def test_no_date_and_no_clock_makes_a_rhythm_unusable(told: list[float | None], times: list[float]) -> None:
    """Dates are written by strangers, and clocks by machines."""
    rhythm = begun(told, now_seconds=times[0])
    for previous, now in pairwise(times):
        rhythm = learned(rhythm, told, previous_seconds=previous, now_seconds=now)
        forecast = expected(rhythm, now_seconds=now)

        assert all(math.isfinite(rate) and rate > 0 for rate in forecast.hourly)


def test_the_week_begins_on_monday() -> None:
    """1970-01-01 was a Thursday, and people write rotas from Monday."""
    assert [hour_of_week(at) for at in (MONDAY, MONDAY + 25 * HOUR, 0.0, -HOUR)] == [0, 25, 72, 71]


def test_nothing_new_changes_nothing() -> None:
    """Most polls of most feeds; they cost no work."""
    rhythm = replace(begun([], now_seconds=MONDAY), earlier=1.0)

    assert learned(rhythm, [], previous_seconds=MONDAY, now_seconds=MONDAY + 60) is rhythm
