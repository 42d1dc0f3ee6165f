"""The best polls of a day: checked against every choice there is, and against what a reader can work out."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from posting import MONDAY, desk

from pipeline.stages.planning.forecast import Forecast, Stops, expected
from pipeline.stages.planning.plan import Grid, best_polls, grid
from pipeline.stages.planning.planner import Bounds, Moment, hurried, next_poll
from pipeline.stages.planning.rhythm import Rhythm, begun, learned

HOUR, DAY = 3600.0, 86_400.0
BOUNDS = Bounds(300.0, DAY)
QUARTERS = Stops((15, 30, 45, 60), (15.0, 30.0, 45.0, 60.0), (112.5, 450.0, 1012.5, 1800.0))


def rhythm() -> Rhythm:
    """Return the rhythm of a desk that has been read for four weeks."""
    return begun(desk("read", per_day=30).published, now_seconds=MONDAY + 28 * DAY)


def cost(ahead: Grid, polls: list[int], *, now: float, price: float, until: int) -> float:
    """Return the price of *polls*, and the waiting of all entries until the last of them, summed one by one."""
    total = 0.0
    for before, poll in pairwise([now, *polls]):
        total += price
        for index, time in enumerate(ahead.times):
            earlier = ahead.entries[index - 1] if index else 0.0
            moment = ahead.moments[index] - (ahead.moments[index - 1] if index else 0.0)
            if before < time <= poll:
                total += poll * (ahead.entries[index] - earlier) - moment
    assert not polls or polls[-1] <= until
    return total


def cheapest(ahead: Grid, *, price: float, gap: int) -> float:
    """Return the least cost there is, by trying every next poll from every poll (O(n^2))."""
    size = len(ahead.times)
    best = [0.0] * size
    for index in range(size - 1, -1, -1):
        later = [
            price
            + ahead.times[other] * (ahead.entries[other] - ahead.entries[index])
            - (ahead.moments[other] - ahead.moments[index])
            + best[other]
            for other in range(index + 1, size)
            if ahead.times[other] >= ahead.times[index] + gap
        ]
        best[index] = min(later, default=0.0)
    return min(
        price + ahead.times[other] * ahead.entries[other] - ahead.moments[other] + best[other]
        for other in range(size)
        if ahead.times[other] >= gap
    )


@settings(max_examples=40)
@given(
    hourly=st.lists(st.floats(1e-4, 2.0), min_size=8, max_size=8),
    price=st.floats(0.5, 500.0),
    gap=st.sampled_from([5, 15, 40]),
)
def test_the_linear_plan_is_the_best_of_all_plans(hourly: list[float], price: float, gap: int) -> None:
    """The envelope of lines is an optimisation, so it must find what trying everything finds."""
    ahead = grid(Forecast(1.0, tuple(hourly * 21), ((QUARTERS,) * 3,)), first_hour=0, price=price)

    polls = best_polls(ahead, now=0.0, price=price, gap=gap)

    found = cost(ahead, polls, now=0.0, price=price, until=ahead.times[-1])
    assert found == pytest.approx(cheapest(ahead, price=price, gap=gap), rel=1e-9)
    assert all(later - earlier >= gap for earlier, later in pairwise([0, *polls]))


def test_even_posting_is_polled_at_the_square_root_of_twice_the_price_by_the_rate() -> None:
    """The one case that can be worked out by hand: sqrt(2 x 90 / 0.05) = 60 minutes."""
    even = Forecast(0.05, (0.05,) * 168, ((QUARTERS,) * 3,))
    ahead = grid(even, first_hour=0, price=90.0)

    polls = best_polls(ahead, now=0.0, price=90.0, gap=5.0)

    assert sqrt(2 * 90 / 0.05) == 60
    assert polls[:6] == [60, 120, 180, 240, 300, 360]


def test_a_desk_that_posts_on_the_hour_is_polled_just_after_it() -> None:
    """Polling at :00 itself is the worst phase there is: it just misses what appears then."""
    dates = [MONDAY + hour * HOUR + 10 for hour in range(24 * 14)]
    learnt = begun(dates, now_seconds=dates[-1] + 60)
    for hour in range(24):
        now = MONDAY + 14 * DAY + hour * HOUR + 60
        learnt = learned(learnt, [now - 50], previous_seconds=now - HOUR, now_seconds=now)

    plan = next_poll(None, learnt, Moment(MONDAY + 15 * DAY + 60, 900.0), bounds=BOUNDS).plan

    minutes = [int(poll % HOUR // 60) for poll in plan.polls]
    assert set(minutes[:6]) == {1}
    assert 0 not in minutes


def test_few_polls_fall_into_a_quiet_night() -> None:
    """The desk posts between 6 and 20 h UTC; the polls go where the entries are."""
    plan = next_poll(None, rhythm(), Moment(MONDAY + 28 * DAY, 900.0), bounds=BOUNDS).plan

    night = [poll for poll in plan.polls if poll < MONDAY + 28 * DAY + 5 * HOUR]
    morning = [poll for poll in plan.polls if 6 * HOUR <= (poll - MONDAY) % DAY < 11 * HOUR]
    assert len(night) < len(morning) / 3


@pytest.mark.parametrize(("price", "other"), [(100.0, 400.0), (1000.0, 4000.0)])
def test_a_price_four_times_as_high_halves_the_polls(price: float, other: float) -> None:
    """The controller of the budget relies on the square root; a weight does the opposite of a price."""
    now = MONDAY + 28 * DAY + 8 * HOUR
    last = [
        next_poll(None, rhythm(), Moment(now, each), bounds=BOUNDS, weight=weight).plan.polls[5] - now
        for each, weight in ((price, 1.0), (other, 1.0), (other, other / price))
    ]

    assert last[1] == pytest.approx(2 * last[0], rel=0.25)
    assert last[2] == last[0]


def test_a_host_that_asks_for_patience_is_not_asked_before() -> None:
    """Retry-After, max-age and ttl win over every plan; the longest interval gives way to them too."""
    now = MONDAY + 28 * DAY
    for wait in (10.0, HOUR, 20 * HOUR, 3 * DAY):
        found = next_poll(None, rhythm(), Moment(now, 10.0, now + wait), bounds=Bounds(60.0, 2 * HOUR))

        assert found.due_seconds >= now + max(wait, 60.0)
        assert found.due_seconds <= now + max(wait, 2 * HOUR)


def test_a_plan_is_kept_until_it_ends_or_the_price_moves() -> None:
    """Planning costs a thousand times what looking up a plan does."""
    now = MONDAY + 28 * DAY + 8 * HOUR
    first = next_poll(None, rhythm(), Moment(now, 900.0), bounds=BOUNDS)
    again = next_poll(first.plan, rhythm(), Moment(first.due_seconds, 1000.0), bounds=BOUNDS)

    assert again.plan is first.plan
    assert again.due_seconds == first.plan.polls[1]
    for later, price in ((now + 16 * HOUR, 900.0), (first.due_seconds, 2000.0), (now - DAY, 900.0)):
        assert next_poll(first.plan, rhythm(), Moment(later, price), bounds=BOUNDS).plan is not first.plan


def test_a_small_document_is_polled_before_it_overflows() -> None:
    """At any price: what rolled out of the document unseen is lost."""
    busy = begun(desk("flood", per_day=600, hours=(0, 24)).published, now_seconds=MONDAY + 28 * DAY)
    found = next_poll(None, replace(busy, window=10), Moment(MONDAY + 28 * DAY, 1e9), bounds=BOUNDS)

    assert found.due_seconds - (MONDAY + 28 * DAY) < HOUR / 3


def test_breaking_news_is_looked_after_sooner() -> None:
    """A document that is new from end to end may have lost entries already."""

    def wait(new: int, window: int) -> float | None:
        now, dates = MONDAY, [MONDAY - 60.0] * new
        due = hurried(replace(rhythm(), window=window), dates, previous_seconds=now - HOUR, now_seconds=now)
        return None if due is None else due - now

    assert {new: wait(new, 0) for new in (0, 12, 25, 250)} == {0: None, 12: None, 25: HOUR / 2, 250: HOUR / 20}
    assert {window: wait(20, window) for window in (1, 10, 20, 40)} == {
        1: HOUR / 4,  # a document that is still growing is taken for one of ten
        10: HOUR / 4,
        20: HOUR / 2,
        40: None,
    }


def test_a_document_of_old_entries_by_turns_is_no_breaking_news() -> None:
    """It would be polled ever faster, up to once a minute, and never show anything new."""
    dates = [MONDAY - 30 * DAY] * 20 + [None] * 20 + [MONDAY + DAY] * 20

    assert hurried(rhythm(), dates, previous_seconds=MONDAY - HOUR, now_seconds=MONDAY) is None


def test_an_expectation_is_never_nought() -> None:
    """An hour in which nothing ever appeared may still bring something; a price is divided by its rate."""
    for remembered in (rhythm(), begun([], now_seconds=MONDAY)):
        forecast = expected(remembered, now_seconds=MONDAY + 28 * DAY)

        assert min(forecast.hourly) > 0
        assert sum(forecast.hourly) / 168 == pytest.approx(forecast.rate)
