"""The rules that others poll by, to be measured against: a fixed interval, and Miniflux's entry frequency."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from math import ceil

from pipeline.stages.planning.simulation import DAY_SECONDS, Course, Measured, Poll, Trace, simulated

_WEEK_SECONDS = 7 * DAY_SECONDS
_SHORTEST_SECONDS = 300.0
# A rule with a knob is asked for the budget within this share, in at most so many runs.
_NEAR_ENOUGH = 0.01
_MOST_RUNS = 12


class FixedInterval:
    """Polls every feed *requests_per_day* times a day; the phases are spread evenly over the feeds."""

    def __init__(self, requests_per_day: float) -> None:
        self._interval = DAY_SECONDS / requests_per_day
        self._phase = 0.0

    def start(self, _source: str, now: float) -> float:
        """Begin somewhere in the first interval (a golden ratio apart, so that any number of feeds is spread)."""
        self._phase = (self._phase + 0.618034) % 1.0
        return now + self._phase * self._interval

    def observe(self, result: Poll) -> float:
        """Return the next moment of the interval."""
        return result.t + self._interval


class EntryFrequency:
    """Polls in proportion to the entries of the last week, *factor* times for each: Miniflux's `entry_frequency`.

    The week's count is a week by the mean gap of its entries; with fewer than two of them, once a day.
    """

    def __init__(self, factor: float) -> None:
        self._factor = factor
        self._dates: dict[str, list[float]] = {}

    def start(self, source: str, now: float) -> float:
        """Begin at once."""
        self._dates[source] = []
        return now

    def observe(self, result: Poll) -> float:
        """Return the time after one interval of the last week's rate."""
        dates = sorted([*self._dates[result.source], *(date for date in result.new if date is not None)])
        week = dates[bisect_left(dates, result.t - _WEEK_SECONDS) :]
        self._dates[result.source] = week
        interval = DAY_SECONDS
        if len(week) >= 2 and week[-1] > week[0]:
            count = ceil(_WEEK_SECONDS * (len(week) - 1) / (week[-1] - week[0]))
            interval = min(DAY_SECONDS, max(_SHORTEST_SECONDS, _WEEK_SECONDS / (count * self._factor)))
        return result.t + interval


def entry_frequency(traces: Sequence[Trace], course: Course, *, requests_per_day: float) -> Measured:
    """Return what `EntryFrequency` reaches with the factor that makes it spend *requests_per_day* per feed.

    Found by bisection of the factor's logarithm, on the run itself: the rule has no budget of its own.
    """
    low, high, factor = 1e-3, 1e3, 1.0
    reached = simulated(traces, EntryFrequency(factor), course)
    for _ in range(_MOST_RUNS):
        if abs(reached.requests_per_day / requests_per_day - 1) < _NEAR_ENOUGH:
            break
        if reached.requests_per_day < requests_per_day:
            low = factor
        else:
            high = factor
        factor = (low * high) ** 0.5
        reached = simulated(traces, EntryFrequency(factor), course)
    return reached
