"""What the entries of a feed count, and what that does to its polls."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posting import MONDAY, desk, newsrooms

from pipeline.model import LEAST_WEIGHT, MOST_WEIGHT, Feed, FeedState, Hints
from pipeline.settings import ScheduleSettings
from pipeline.stages.planning.planner import Bounds, Moment, next_poll, planned
from pipeline.stages.planning.rhythm import begun
from pipeline.stages.planning.simulation import Course, Poll, simulated
from pipeline.stages.planning.sooner import reweighed_due_ms
from pipeline.stages.schedule import SimulatorPolicy
from pipeline.stages.weights import Weight, folder_path, weight_of

FOLDERS = {"News": 2.0, "News/World": 5.0, "A b": 0.5}
SETTINGS = ScheduleSettings(
    kind="adaptive", interval_seconds=900, min_interval_seconds=60, max_interval_seconds=86_400
)
NOW_MS = 10_000_000_000
HOUR_MS = 3_600_000


@pytest.mark.parametrize(
    ("folder", "own", "expected"),
    [
        (None, None, Weight()),
        (None, 3.0, Weight(3.0, "feed")),
        ("News", None, Weight(2.0, "folder News")),
        ("News", 3.0, Weight(3.0, "feed")),
        ("News", 1.0, Weight(1.0, "feed")),
        ("News/Paris/Culture", None, Weight(2.0, "folder News")),
        ("News/World", None, Weight(5.0, "folder News/World")),
        (" News / World /Asia", None, Weight(5.0, "folder News/World")),
        ("Newspapers", None, Weight()),
        ("World/News", None, Weight()),
        ("A  b", None, Weight(0.5, "folder A b")),
        ("/", None, Weight()),
    ],
)
def test_the_nearest_word_says_what_a_feed_weighs(folder: str | None, own: float | None, expected: Weight) -> None:
    """One word for a folder holds for all in it; an exception needs a word of its own, and no more."""
    assert weight_of(Feed("0", "https://example.org/", folder=folder, weight=own), FOLDERS) == expected


@given(st.text(max_size=30))
def test_a_folder_has_one_path(folder: str) -> None:
    """Folders that are shown alike are one folder."""
    path = folder_path(folder)

    assert folder_path(path) == path
    assert folder_path(f" / {folder}/ ") == path


@pytest.mark.parametrize("per_day", [4.0, 20.0, 60.0])
@pytest.mark.parametrize("weight", [0.25, 4.0, 9.0])
def test_polls_go_with_the_root_of_the_weight(per_day: float, weight: float) -> None:
    """Four times the weight is twice the polls, and the budget knows it before the first of them is made."""
    now = MONDAY + 28 * 86_400 + 9 * 3600
    published = desk("weighed", per_day=per_day, hours=(0, 24), weekend=1).published
    rhythm = begun(published, now_seconds=now, shown=1000)  # no fear that the document overflows
    moment, bounds = Moment(now, 12_000.0), Bounds(60.0, 86_400.0)
    light = planned(rhythm, moment, bounds=bounds)
    heavy = planned(rhythm, moment, bounds=bounds, weight=weight)

    distances = [(plan.polls[-1] - plan.polls[0]) / (len(plan.polls) - 1) for plan in (light, heavy)]

    assert distances[0] / distances[1] == pytest.approx(sqrt(weight), rel=0.25)
    assert heavy.appetite / light.appetite == pytest.approx(sqrt(weight), rel=0.01)


def test_a_plan_ends_when_the_weight_is_another() -> None:
    """Who gives a feed weight does not wait until the plans of yesterday are used up."""
    now = MONDAY + 28 * 86_400 + 9 * 3600
    rhythm = begun(desk("reweighed", per_day=20).published, now_seconds=now)
    moment, bounds = Moment(now, 12_000.0), Bounds(60.0, 86_400.0)
    first = next_poll(None, rhythm, moment, bounds=bounds).plan

    assert next_poll(first, rhythm, moment, bounds=bounds).plan is first
    assert next_poll(first, rhythm, moment, bounds=bounds, weight=4.0).plan is not first
    heavy = next_poll(first, rhythm, moment, bounds=bounds, weight=4.0).plan
    assert next_poll(heavy, rhythm, moment, bounds=bounds, weight=4.0).plan is heavy


class _Counting(SimulatorPolicy):
    """The planner, and how often it polled each feed."""

    def __init__(self, weights: dict[str, float]) -> None:
        super().__init__(24.0, weights=weights)
        self.polls: dict[str, int] = {}

    def observe(self, result: Poll) -> float:
        """Count the poll."""
        self.polls[result.source] = self.polls.get(result.source, 0) + 1
        return super().observe(result)


def test_the_budget_is_kept_with_unlike_weights() -> None:
    """A weight takes polls from the other feeds; it must not make more of them."""
    weights = {"daily": 4.0, "weekly": 9.0, "agency": 0.25}
    even, weighed = _Counting({}), _Counting(weights)
    traces, course = newsrooms(days=49), Course(warm_up_days=14.0)

    simulated(traces, even, course)
    measured = simulated(traces, weighed, course)

    assert measured.requests_per_day == pytest.approx(24, rel=0.02)
    share = {name: weighed.polls[name] / even.polls[name] for name in even.polls}
    unweighed = (share["regional"] + share["science"]) / 2
    assert share["daily"] / unweighed == pytest.approx(2.0, rel=0.2)
    assert share["weekly"] / unweighed == pytest.approx(3.0, rel=0.2)
    assert share["agency"] / unweighed == pytest.approx(0.5, rel=0.2)


@pytest.mark.parametrize(
    ("state", "expected_ms"),
    [
        (FeedState(polled_ms=NOW_MS - HOUR_MS), 2 * HOUR_MS),
        (FeedState(polled_ms=NOW_MS - HOUR_MS, failures=1), 4 * HOUR_MS),
        (FeedState(), 4 * HOUR_MS),
        (FeedState(polled_ms=NOW_MS - HOUR_MS, wait_until_ms=NOW_MS + 3 * HOUR_MS), 3 * HOUR_MS),
        (FeedState(polled_ms=NOW_MS - HOUR_MS, fresh_until_ms=NOW_MS + 3 * HOUR_MS), 3 * HOUR_MS),
        (FeedState(polled_ms=NOW_MS - HOUR_MS, hints=Hints(ttl_ms=4 * HOUR_MS)), 3 * HOUR_MS),
    ],
    ids=["free", "failed", "never polled", "Retry-After", "max-age", "ttl"],
)
def test_a_feed_that_weighs_more_is_due_sooner_as_far_as_it_may_be(state: FeedState, expected_ms: int) -> None:
    """The wait that was planned yesterday for a feed of no weight is not what was asked for today."""
    due_ms = reweighed_due_ms(NOW_MS + 4 * HOUR_MS, state, before=1.0, after=4.0, settings=SETTINGS, now_ms=NOW_MS)

    assert due_ms == NOW_MS + expected_ms


weights = st.floats(LEAST_WEIGHT, MOST_WEIGHT)


@given(before=weights, after=weights, wait_ms=st.integers(-HOUR_MS, 50 * HOUR_MS), ago_ms=st.integers(0, HOUR_MS))
def test_no_weight_delays_a_feed_or_asks_its_host_too_soon(
    before: float, after: float, wait_ms: int, ago_ms: int
) -> None:
    """A feed that weighs less is planned so when it is polled next; the shortest interval holds for all."""
    state, due_ms = FeedState(polled_ms=NOW_MS - ago_ms), NOW_MS + wait_ms

    sooner = reweighed_due_ms(due_ms, state, before=before, after=after, settings=SETTINGS, now_ms=NOW_MS)

    assert sooner <= due_ms
    assert sooner >= min(due_ms, NOW_MS - ago_ms + 60_000)
    assert after > before or sooner == due_ms
