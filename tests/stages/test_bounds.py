"""How long a feed is left alone, whatever the plan says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import FeedState, Hints
from pipeline.stages.bounds import not_before_ms

NOW_MS = 1_789_999_200_000
"""Monday 21 September 2026, 14:00 UTC."""
HOUR_MS = 3600 * 1000
DAY_MS = 24 * HOUR_MS
PLANNED_MS = NOW_MS + 600_000
EVERY_HOUR_BUT_20 = ((1 << 24) - 1) & ~(1 << 20)


def wait_ms(state: FeedState, *, longest_ms: int = DAY_MS, phase_ms: int = 0, planned_ms: int = PLANNED_MS) -> int:
    """How long a feed in *state*, planned in ten minutes, has to wait from now."""
    due_ms = not_before_ms(state, planned_ms, now_ms=NOW_MS, longest_ms=longest_ms, phase_ms=phase_ms)
    return due_ms - NOW_MS


@pytest.mark.parametrize(
    ("state", "wait"),
    [
        (FeedState(), 600_000),
        (FeedState(fresh_until_ms=NOW_MS + 60_000), 600_000),
        (FeedState(fresh_until_ms=NOW_MS + HOUR_MS), HOUR_MS),
        (FeedState(fresh_until_ms=NOW_MS + 9 * DAY_MS), DAY_MS),
        (FeedState(wait_until_ms=NOW_MS + HOUR_MS), HOUR_MS),
        (FeedState(hints=Hints(ttl_ms=HOUR_MS)), HOUR_MS),
        (FeedState(hints=Hints(ttl_ms=60_000)), 600_000),
        (FeedState(hints=Hints(ttl_ms=90 * DAY_MS)), DAY_MS),
        (FeedState(hints=Hints(ttl_ms=HOUR_MS, update_period_ms=2 * HOUR_MS)), 2 * HOUR_MS),
        (FeedState(hints=Hints(update_period_ms=DAY_MS, update_base_ms=HOUR_MS * 20)), 6 * HOUR_MS),
        (FeedState(hints=Hints(update_period_ms=DAY_MS, update_base_ms=NOW_MS + 99 * DAY_MS)), DAY_MS),
        (FeedState(hints=Hints(skip_hours=1 << 13)), 600_000),
        (FeedState(hints=Hints(skip_hours=1 << 14)), HOUR_MS),
        (FeedState(hints=Hints(skip_hours=1 << 14 | 1 << 15)), 2 * HOUR_MS),
        (FeedState(hints=Hints(skip_hours=EVERY_HOUR_BUT_20)), 6 * HOUR_MS),
        (FeedState(hints=Hints(skip_days=1 << 0)), 10 * HOUR_MS),
        (FeedState(hints=Hints(skip_days=1 << 1)), 600_000),
        (FeedState(hints=Hints(skip_days=0b0011111)), DAY_MS),
        (FeedState(hints=Hints(skip_hours=(1 << 24) - 1)), 600_000),
        (FeedState(hints=Hints(skip_days=(1 << 7) - 1)), 600_000),
    ],
)
def test_the_latest_wish_counts_and_none_beyond_the_longest_interval(state: FeedState, wait: int) -> None:
    """Hosts that are heard stay friendly; a feed that asks for a year is polled every day all the same."""
    assert wait_ms(state) == wait


def test_a_host_that_refuses_is_heard_beyond_the_longest_interval() -> None:
    """Retry-After has a limit of its own; polling within it is what gets readers blocked."""
    assert wait_ms(FeedState(wait_until_ms=NOW_MS + DAY_MS), longest_ms=HOUR_MS) == DAY_MS


def test_feeds_that_pause_together_do_not_come_back_together() -> None:
    """A platform that puts the same skipHours into a million feeds would be stormed at the full hour."""
    state = FeedState(hints=Hints(skip_hours=1 << 14))

    assert [wait_ms(state, phase_ms=phase) for phase in (0, 7_000, HOUR_MS + 9)] == [
        HOUR_MS,
        HOUR_MS + 7_000,
        HOUR_MS + 9,
    ]


def test_a_plan_beyond_the_longest_interval_stands() -> None:
    """A bound from below never brings a poll forward: a feed that is gone waits its week."""
    assert wait_ms(FeedState(hints=Hints(ttl_ms=HOUR_MS)), planned_ms=NOW_MS + 7 * DAY_MS) == 7 * DAY_MS


MOMENT = st.none() | st.integers(0, 2**43)
STATES = st.builds(
    FeedState,
    fresh_until_ms=MOMENT,
    wait_until_ms=st.none(),  # a host's own Retry-After holds in full
    hints=st.builds(
        Hints,
        st.integers(0, 2**40),
        st.integers(0, 2**40),
        st.none() | st.integers(-(2**45), 2**45),
        st.integers(0, (1 << 24) - 1),
        st.integers(0, (1 << 7) - 1),
    ),
)


@given(STATES, st.integers(1, 2**32), st.integers(1, 2**33), st.integers(0, 2**30))
def test_no_wish_brings_a_poll_forward_or_puts_it_out_of_reach(
    state: FeedState, planned_in_ms: int, longest_ms: int, phase_ms: int
) -> None:
    """Whatever a feed asks, it is polled between the plan and the longest interval."""
    wait = wait_ms(state, planned_ms=NOW_MS + planned_in_ms, longest_ms=longest_ms, phase_ms=phase_ms)

    assert planned_in_ms <= wait <= max(planned_in_ms, longest_ms)
