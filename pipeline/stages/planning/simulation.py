"""Runs polling in virtual time over recorded posting times: how late is each entry seen, and for how many requests.

A document shows the newest `window` entries. The delay of an entry is the time from its date to the first poll that
shows it; an entry that rolled out of the document before any poll is missed. The first days of each feed teach the
policy and are not measured. Polls take no time and never fail.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from statistics import fmean
from typing import Protocol

DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Trace:
    """When a feed's entries appeared (`published`, rising, in seconds), between its begin and its end.

    `dates` is what the document says of each, where that is something else.
    """

    source: str
    begin_seconds: float
    end_seconds: float
    published: tuple[float, ...]
    dates: tuple[float | None, ...] | None = None


@dataclass(frozen=True, slots=True)
class Poll:
    """What a poll at `t` brought: dates of `new` entries, oldest first, and how many entries were `known`."""

    source: str
    t: float
    prev_t: float | None
    new: Sequence[float | None]
    size: int
    known: int
    changed: bool
    ttl: float = 0.0


class Policy(Protocol):
    """Decides when a feed is polled; all times in seconds."""

    def start(self, source: str, now: float, /) -> float:
        """Begin to follow *source* at *now*; return when its first poll is due."""

    def observe(self, result: Poll, /) -> float:
        """Return when the feed of a poll is due again."""


@dataclass(frozen=True, slots=True)
class Course:
    """The conditions of a run: entries a document shows, the bounds of every interval, days that are not measured."""

    window: int = 25
    shortest_seconds: float = 300.0
    longest_seconds: float = DAY_SECONDS
    warm_up_days: float = 7.0


@dataclass(frozen=True, slots=True)
class Measured:
    """What a policy reached: requests per feed and day, delays in seconds, and the share of entries never seen."""

    requests_per_day: float
    entries: int
    mean_seconds: float
    median_seconds: float
    p90_seconds: float
    feeds_mean_seconds: float
    missed_share: float


@dataclass(slots=True)
class _Run:
    trace: Trace
    measured_from: float
    seen: int = 0
    previous: float | None = None
    requests: int = 0
    missed: int = 0
    delays: list[float] = field(default_factory=list)

    def poll(self, now: float, window: int) -> Poll:
        """Ask at *now*: note the delays, and return what the document tells."""
        published = self.trace.published
        shown = bisect_right(published, now)
        oldest = max(0, shown - window)
        begin = max(self.seen, oldest)
        if self.previous is not None:
            self.missed += sum(date >= self.measured_from for date in published[self.seen : oldest])
            self.note(published[begin:shown], now)
        self.requests += now >= self.measured_from
        new = (published if self.trace.dates is None else self.trace.dates)[begin:shown]
        poll = Poll(
            self.trace.source, now, self.previous, new, shown - oldest, shown - oldest - len(new), changed=bool(new)
        )
        self.seen, self.previous = shown, now
        return poll

    def note(self, dates: Sequence[float], now: float) -> None:
        """Note the delays of entries published at *dates* and seen at *now*."""
        self.delays += [now - date for date in dates if date >= self.measured_from]


def simulated(traces: Sequence[Trace], policy: Policy, course: Course) -> Measured:
    """Return what *policy* reaches over *traces* under the conditions of *course*.

    Every interval is brought within the bounds of the course; what no poll had seen at the end of its trace counts as
    seen there.
    """
    runs = [_Run(trace, trace.begin_seconds + course.warm_up_days * DAY_SECONDS) for trace in traces]
    due: list[tuple[float, int]] = []
    for number, trace in enumerate(traces):
        heappush(due, (max(trace.begin_seconds, policy.start(trace.source, trace.begin_seconds)), number))
    while due:
        now, number = heappop(due)
        run = runs[number]
        if now >= run.trace.end_seconds:
            continue
        following = policy.observe(run.poll(now, course.window))
        following = min(max(following, now + course.shortest_seconds), now + course.longest_seconds)
        heappush(due, (following, number))
    for run in runs:
        last = bisect_right(run.trace.published, run.trace.end_seconds)
        run.note(run.trace.published[run.seen : last], run.trace.end_seconds)
    return _measured(runs)


def _measured(runs: Sequence[_Run]) -> Measured:
    delays = sorted(delay for run in runs for delay in run.delays)
    missed = sum(run.missed for run in runs)
    days = sum(max(run.trace.end_seconds - run.measured_from, 0.0) for run in runs) / DAY_SECONDS
    return Measured(
        requests_per_day=sum(run.requests for run in runs) / max(days, 1e-9),
        entries=len(delays),
        mean_seconds=fmean(delays) if delays else 0.0,
        median_seconds=_quantile(delays, 0.5),
        p90_seconds=_quantile(delays, 0.9),
        feeds_mean_seconds=fmean([fmean(run.delays) for run in runs if run.delays] or [0.0]),
        missed_share=missed / max(1, missed + len(delays)),
    )


def _quantile(rising: Sequence[float], share: float) -> float:
    """Return the value below which *share* of the *rising* values lie, between neighbours by a line."""
    if not rising:
        return 0.0
    place = share * (len(rising) - 1)
    low = int(place)
    high = min(low + 1, len(rising) - 1)
    return rising[low] + (place - low) * (rising[high] - rising[low])
