"""The planner against a fixed interval, in virtual time: sooner, for the same number of requests."""

from __future__ import annotations

import json
from itertools import accumulate
from pathlib import Path
from random import Random

import pytest
from posting import MONDAY, desk, newsrooms

from pipeline.stages.planning.rivals import EntryFrequency, FixedInterval, entry_frequency
from pipeline.stages.planning.simulation import Course, Measured, Poll, Trace, simulated
from pipeline.stages.schedule import SimulatorPolicy

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "simulation" / "traces" / "dev.jsonl"
COURSE = Course()
BUDGET = 24.0


def recorded(name: str, *, most: int) -> list[Trace]:
    """Return at most *most* recorded traces of the set *name*."""
    if not RECORDED.exists():
        pytest.skip(f"{RECORDED.name} is absent")
    found = [json.loads(line) for line in RECORDED.read_text("utf-8").splitlines()]
    return [
        Trace(trace["source"], trace["t0"], trace["t1"], tuple(accumulate(map(float, trace["deltas"]))))
        for trace in found
        if trace["set"] == name
    ][:most]


def reached(traces: list[Trace], budget: float = BUDGET) -> tuple[Measured, Measured]:
    """Return what a fixed interval reaches, and what the planner does."""
    return simulated(traces, FixedInterval(budget), COURSE), simulated(traces, SimulatorPolicy(budget), COURSE)


@pytest.mark.parametrize("budget", [12.0, 48.0])
def test_planned_polls_see_entries_sooner_than_fixed_ones_for_the_same_requests(budget: float) -> None:
    """This is what the planner is for; every mean that an operator may care for gains, and the budget holds."""
    fixed, planned = reached(newsrooms(days=49), budget)

    assert planned.requests_per_day == pytest.approx(budget, rel=0.03)
    assert planned.mean_seconds < 0.6 * fixed.mean_seconds
    assert planned.median_seconds < 0.5 * fixed.median_seconds
    assert planned.p90_seconds < 0.85 * fixed.p90_seconds
    assert planned.feeds_mean_seconds < 0.85 * fixed.feeds_mean_seconds
    assert planned.missed_share <= fixed.missed_share


@pytest.mark.parametrize(("name", "most", "share"), [("rss2025", 2, 0.7), ("pages2016", 5, 0.7)])
def test_the_order_holds_on_recorded_postings(name: str, most: int, share: float) -> None:
    """What real desks do is not what a test makes up."""
    fixed, planned = reached(recorded(name, most=most))

    assert planned.requests_per_day == pytest.approx(BUDGET, rel=0.02)
    assert planned.mean_seconds < share * fixed.mean_seconds
    assert planned.p90_seconds < fixed.p90_seconds
    assert planned.missed_share <= fixed.missed_share


def test_polling_in_proportion_to_the_rate_gains_no_mean_of_feeds() -> None:
    """Slow feeds pay for busy ones there; the planner leaves none behind."""
    traces = newsrooms(days=49)
    fixed, planned = reached(traces)
    proportional = entry_frequency(traces, COURSE, requests_per_day=BUDGET)

    assert proportional.requests_per_day == pytest.approx(BUDGET, rel=0.02)
    assert proportional.feeds_mean_seconds > fixed.feeds_mean_seconds > planned.feeds_mean_seconds
    assert proportional.mean_seconds > planned.mean_seconds


def test_a_fixed_interval_waits_half_of_itself() -> None:
    """The yardstick itself is straight."""
    fixed = simulated([desk("even", per_day=40, hours=(0, 24), weekend=1)], FixedInterval(BUDGET), COURSE)

    assert fixed.mean_seconds == pytest.approx(1800, rel=0.05)
    assert fixed.requests_per_day == pytest.approx(BUDGET, rel=0.001)


def test_entries_that_rolled_out_are_missed_and_not_late() -> None:
    """A document of two entries shows the last two; three were posted between two polls."""
    trace = Trace("burst", 0.0, 86_400.0, (20_000.0, 20_001.0, 20_002.0))
    course = Course(window=2, longest_seconds=86_400.0, warm_up_days=0.0)

    measured = simulated([trace], FixedInterval(4), course)

    assert (measured.entries, measured.missed_share) == (2, pytest.approx(1 / 3))


def test_batches_at_any_time_are_no_habit() -> None:
    """Forty entries at once at a chance hour say as much of tomorrow as one does.

    Taken for forty pieces of evidence, the polls crowd where the last batches were: four times the delay.
    """
    traces = []
    for seed in range(4):
        chance = Random(seed)
        begins = [MONDAY + (day + chance.random()) * 86_400 for day in range(56)]
        published = sorted(begin + 40 * place for begin in begins for place in range(40))
        traces.append(Trace(f"batches {seed}", MONDAY, MONDAY + 56 * 86_400, tuple(published)))
    fixed, planned = reached(traces)

    assert planned.mean_seconds < 1.35 * fixed.mean_seconds


def test_a_feed_that_ends_takes_no_budget_with_it() -> None:
    """Requests that are no longer made for one feed are there for the others, and no more than those."""
    traces = [desk("stays", per_day=20, days=42), *(desk(f"ends {n}", per_day=20, days=21) for n in range(3))]

    measured = simulated(traces, SimulatorPolicy(BUDGET), COURSE)

    assert measured.requests_per_day == pytest.approx(BUDGET, rel=0.05)


def test_a_feed_that_has_not_begun_brings_no_budget() -> None:
    """Its requests would be made for the others until then."""
    early = [desk(f"early {n}", per_day=20, days=56) for n in range(2)]
    late = [desk(f"late {n}", per_day=20, days=14, begin=MONDAY + 42 * 86_400) for n in range(6)]

    measured = simulated([*early, *late], SimulatorPolicy(BUDGET), Course(warm_up_days=7.0))

    assert measured.requests_per_day == pytest.approx(BUDGET, rel=0.05)


@pytest.mark.parametrize("budget", [24.0, 192.0])
def test_the_budget_is_found_within_two_weeks(budget: float) -> None:
    """What rhythms announce too much is learnt from the first days on, or known: five minutes between two polls."""
    measured = simulated(newsrooms(days=42), SimulatorPolicy(budget), Course(warm_up_days=14.0))

    assert measured.requests_per_day == pytest.approx(budget, rel=0.02)


def test_a_host_that_asks_for_patience_gets_it() -> None:
    """A document's own time to live is a lower bound, whatever the plan says."""
    policy = SimulatorPolicy(288.0)
    policy.start("patient", MONDAY)

    due = policy.observe(Poll("patient", MONDAY, None, [MONDAY - 60.0], 1, 0, changed=True, ttl=7200.0))

    assert due >= MONDAY + 7200.0


def test_a_feed_without_entries_is_still_polled() -> None:
    """The rule of others with nothing to count, and ours."""
    empty = Poll("silent", MONDAY, None, [], 0, 0, changed=True)
    for policy in (SimulatorPolicy(BUDGET), EntryFrequency(1.0)):
        policy.start("silent", MONDAY)

        assert MONDAY < policy.observe(empty) <= MONDAY + 86_400
