"""Detection latency: a histogram that adds up, and the percentiles that it gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.latency import BOUNDS_SECONDS, Latency, counted, latency_of, mean_lag_seconds
from pipeline.stages.planning.visibility import NOTHING_SEEN, Visibility


def test_percentiles_are_right_to_a_bucket() -> None:
    """An editor asks within how many seconds half of the news is seen."""
    found = latency_of(counted([float(seconds) for seconds in range(1, 1001)], NOTHING_SEEN))

    assert found.articles == 1000
    assert found.p50_seconds == pytest.approx(500, rel=0.1)
    assert found.p90_seconds == pytest.approx(900, rel=0.1)
    assert found.p99_seconds == pytest.approx(990, rel=0.25)


def test_what_has_no_latency_is_not_counted() -> None:
    """A date ahead of the clock, or of last month, says nothing about how soon we look."""
    assert counted([-1.0, BOUNDS_SECONDS[-1] + 1.0], NOTHING_SEEN) == {}
    assert latency_of({}) == Latency(0, None, None, None, None)


def test_the_share_of_the_feeds_own_lag_is_told() -> None:
    """Nobody can see an article before its feed shows it: that part is not ours to shorten."""
    late = Visibility((50.0,) * 16, (0.0,) * 5 + (50.0,) * 11)
    assert mean_lag_seconds(late) == pytest.approx(330, rel=0.15)

    share = latency_of(counted([660.0] * 10, late)).lag_share

    assert share == pytest.approx(0.5, abs=0.1)


def test_a_feed_that_shows_at_once_has_no_lag_to_blame() -> None:
    """Polled each two seconds, half of the delay is ours; a share of 100 % would hide that."""
    prompt = Visibility((200.0, *[0.0] * 15), (200.0, *[0.0] * 15))

    assert latency_of(counted([2.0] * 10, prompt)).lag_share == 0
    assert latency_of(counted([300.0] * 10, prompt)).lag_share == pytest.approx(0, abs=0.03)
    assert latency_of(counted([300.0] * 10, NOTHING_SEEN)).lag_share == 0


@given(st.lists(st.floats(0, 604_800)), st.lists(st.floats(0, 604_800)))
def test_counters_of_two_documents_add_up(first: list[float], second: list[float]) -> None:
    """Feeds and workers count apart, and the sum is the whole."""
    one, other, both = (counted(ages, NOTHING_SEEN) for ages in (first, second, first + second))

    assert {name: one.get(name, 0) + other.get(name, 0) for name in both} == both
