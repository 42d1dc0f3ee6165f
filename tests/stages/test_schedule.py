"""When a feed is polled next."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import Feed, FeedState, Fresh, Gone, Outcome, RawDocument, Refused, Unchanged
from pipeline.settings import ScheduleSettings
from pipeline.stages.schedule import next_due_ms

NOW_MS = 1_790_000_000_000
SETTINGS = ScheduleSettings(kind="fixed", interval_seconds=900, min_interval_seconds=60, max_interval_seconds=86_400)
UNCHANGED = Unchanged(FeedState(), by="status")
FRESH = Fresh(FeedState(), RawDocument("f", "http://news.example/", NOW_MS, b"x"))


def feed(name: object = 1, interval_seconds: float | None = None) -> Feed:
    """Make a feed with an id of its own."""
    return Feed(
        sha256(str(name).encode()).hexdigest()[:16], "http://news.example/", interval_seconds=interval_seconds
    )


def refused(failures: int, retry_after_ms: int | None = None) -> Refused:
    """Make the outcome of the last of *failures* failures in a row."""
    return Refused(FeedState(failures=failures), "HTTP 503", retry_after_ms)


def wait_seconds(subject: Feed, outcome: Outcome, *, now_ms: int = NOW_MS) -> float:
    """Return the time from now until *subject* is due."""
    return (next_due_ms(subject, outcome, settings=SETTINGS, now_ms=now_ms) - now_ms) / 1000


@pytest.mark.parametrize("outcome", [FRESH, UNCHANGED])
@pytest.mark.parametrize(
    ("own_seconds", "interval_seconds"),
    [(None, 900), (3600, 3600), (1, 60), (0, 60), (1e9, 86_400)],
    ids=["the common one", "the feed's own", "too short", "nought", "too long"],
)
def test_polls_on_time_are_one_interval_apart(
    outcome: Outcome, own_seconds: float | None, interval_seconds: float
) -> None:
    """The feed's own interval wins, within the operator's bounds; lateness below a tenth of it adds nothing."""
    subject = feed(interval_seconds=own_seconds)
    due_ms = next_due_ms(subject, outcome, settings=SETTINGS, now_ms=NOW_MS)

    for late_ms in (0, 1, 250, int(interval_seconds * 99)):
        assert wait_seconds(subject, outcome, now_ms=due_ms + late_ms) == interval_seconds - late_ms / 1000


def test_a_very_late_poll_skips_a_slot_instead_of_doubling_it() -> None:
    """After an outage no feed is asked twice in quick succession."""
    due_ms = next_due_ms(feed(), UNCHANGED, settings=SETTINGS, now_ms=NOW_MS)

    assert wait_seconds(feed(), UNCHANGED, now_ms=due_ms + 500_000) == 1300


def test_a_fleet_is_spread_over_the_interval() -> None:
    """Feeds added together must not be polled together for ever: ten minutes of load in one second."""
    due = [next_due_ms(feed(number), UNCHANGED, settings=SETTINGS, now_ms=NOW_MS) for number in range(9000)]

    minutes = Counter(moment % 900_000 // 60_000 for moment in due)
    assert len(minutes) == 15
    assert max(minutes.values()) < 1.2 * 600


@pytest.mark.parametrize(
    ("failures", "longest_seconds"), [(1, 1800), (2, 3600), (6, 57_600), (7, 86_400), (10_000_000, 86_400)]
)
def test_failures_double_the_wait_up_to_the_longest(failures: int, longest_seconds: float) -> None:
    """A host in trouble is left in peace, yet asked again within a day of its return."""
    waits = [wait_seconds(feed(number), refused(failures)) for number in range(50)]

    assert all(0.75 * longest_seconds <= wait <= longest_seconds for wait in waits)
    assert len(set(waits)) > 40


@pytest.mark.parametrize("asked_seconds", [0, 60, 7200, 86_400])
def test_a_refused_feed_waits_at_least_as_long_as_its_host_asks(asked_seconds: int) -> None:
    """Asking earlier than told is how readers get blocked; the spread may only add to the wait."""
    waits = [wait_seconds(feed(number), refused(1, asked_seconds * 1000)) for number in range(50)]

    assert all(max(asked_seconds, 0.75 * 1800) <= wait <= max(asked_seconds + 900, 1800) for wait in waits)


def test_a_feed_that_is_gone_is_looked_at_once_a_week() -> None:
    """People say 410 by mistake, and feeds come back."""
    assert wait_seconds(feed(), Gone(FeedState(failures=1))) == 7 * 86_400


OUTCOMES = st.one_of(
    st.just(UNCHANGED),
    st.just(FRESH),
    st.builds(refused, st.integers(0, 10**9), st.none() | st.integers(0, 86_400_000)),
)
BOUNDS = st.lists(st.floats(0.5, 2_678_400), min_size=3, max_size=3).map(sorted)


@given(st.text(max_size=16), st.none() | st.floats(0, 1e12), OUTCOMES, BOUNDS, st.integers(0, 2**42))
def test_the_next_poll_is_always_ahead_and_never_out_of_reach(
    name: str, own_seconds: float | None, outcome: Outcome, bounds: list[float], now_ms: int
) -> None:
    """A due time in the past is a busy loop, one in the far future a feed that is lost."""
    low, middle, high = bounds
    settings = ScheduleSettings("fixed", middle, low, high)
    subject = Feed(name, "http://news.example/", interval_seconds=own_seconds)

    due_ms = next_due_ms(subject, outcome, settings=settings, now_ms=now_ms)

    asked_ms = (outcome.retry_after_ms or 0) if isinstance(outcome, Refused) else 0
    assert now_ms + max(asked_ms, 1) <= due_ms <= now_ms + asked_ms + 1.9 * high * 1000 + 2
    assert due_ms == next_due_ms(subject, outcome, settings=settings, now_ms=now_ms)
    if not isinstance(outcome, Refused):
        assert due_ms - now_ms >= low * 900 - 1
