"""What planning costs: CPU for a plan, for a poll in the mean, and for 100,000 feeds at the default budget.

    python -m tests.benchmarks.bench_plan

Made-up desks of unlike rates, six weeks of polls each. "learn" is what a poll's new entries cost, "plan" one call of
the planner, "pack" and "unpack" a rhythm and a plan to bytes and back.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from pipeline.stages.planning.packing import plan_from_bytes, plan_to_bytes, rhythm_from_bytes, rhythm_to_bytes
from pipeline.stages.planning.planner import Bounds, Moment, planned
from pipeline.stages.planning.rhythm import begun, learned
from pipeline.stages.planning.rivals import FixedInterval
from pipeline.stages.planning.simulation import Course, Policy, simulated
from pipeline.stages.schedule import SimulatorPolicy
from tests.posting import MONDAY, newsrooms

_DAYS = 42
_FEEDS = 100_000
_BUDGET = 24.0
_NOW = MONDAY + _DAYS * 86_400
_PRICE = 700.0
_BOUNDS = Bounds(300.0, 86_400.0)


def main() -> None:
    """Measure and print."""
    traces = newsrooms(days=_DAYS)
    rhythms = [begun(trace.published, now_seconds=_NOW) for trace in traces]
    plans = [planned(rhythm, Moment(_NOW, _PRICE), bounds=_BOUNDS) for rhythm in rhythms]
    both = list(zip(rhythms, plans, strict=True))
    kept = [(rhythm_to_bytes(rhythm, now_seconds=_NOW), plan_to_bytes(plan)) for rhythm, plan in both]
    one = {
        "plan": _milliseconds(lambda: [planned(each, Moment(_NOW, _PRICE), bounds=_BOUNDS) for each in rhythms]),
        "learn": _milliseconds(
            lambda: [learned(each, [_NOW + 60], previous_seconds=_NOW, now_seconds=_NOW + 900) for each in rhythms]
        ),
        "pack": _milliseconds(
            lambda: [(rhythm_to_bytes(each, now_seconds=_NOW), plan_to_bytes(plan)) for each, plan in both]
        ),
        "unpack": _milliseconds(lambda: [(rhythm_from_bytes(each), plan_from_bytes(plan)) for each, plan in kept]),
    }
    for name, milliseconds in one.items():
        _say(f"{name:8} {milliseconds / len(rhythms):7.3f} ms each")
    _say(f"bytes    {max(len(rhythm) + len(plan) for rhythm, plan in kept):7d} of a feed at most")
    polls = _BUDGET * _DAYS * len(traces)
    planning = _run(SimulatorPolicy(_BUDGET)) - _run(FixedInterval(_BUDGET))
    _say(f"planning {planning / polls * 1000:7.3f} ms a poll in the mean, learning and budget included")
    share = planning / polls * _BUDGET * _FEEDS / 86_400
    _say(f"planning {share:7.1%} of a core for {_FEEDS:,} feeds at {_BUDGET:.0f} requests a day each")


def _milliseconds(work: Callable[[], object]) -> float:
    """Return the least CPU time of ten runs of *work*."""
    least = float("inf")
    for _ in range(10):
        begin = time.process_time()
        work()
        least = min(least, time.process_time() - begin)
    return least * 1000


def _run(policy: Policy) -> float:
    begin = time.process_time()
    simulated(newsrooms(days=_DAYS), policy, Course())
    return time.process_time() - begin


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
