"""Finds the polls of a day that cost least: a price for each request, and a second of delay for each entry.

The best continuation from a poll at stop i is `V(i) = min over j [price + delay(i, j) + V(j)]`, delay(i, j) being
the expected waiting of all entries that show between the two polls. With `L` the entries expected until a stop and
`M` the sum of the times they show at, `delay(i, j) = t_j (L_j - L_i) - (M_j - M_i)`, which is a line in `L_i` for
each j. So the minimum is the lower envelope of lines whose slopes only rise and that are asked at values that only
fall: every line enters and leaves once, and the whole plan is exact in O(n). (Lagrangian form of Sia, Cho, Cho, TKDE
2007; least-weight subsequences with such costs: Wilber, "The concave least-weight subsequence problem revisited",
1988.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from pipeline.stages.planning.forecast import HOURS_AHEAD, Forecast

# Best distances of polls from which on fewer stops an hour are as good.
_FINE_MINUTES, _MIDDLE_MINUTES = 30.0, 75.0


@dataclass(frozen=True, slots=True)
class Grid:
    """The stops ahead, from `begin`: `times` in minutes, `entries` expected and the sum of their times until each."""

    times: tuple[int, ...]
    entries: tuple[float, ...]
    moments: tuple[float, ...]


def grid(forecast: Forecast, *, first_hour: int, price: float) -> Grid:
    """Return the stops of `HOURS_AHEAD` hours from *first_hour*, an hour of the week; minute 0 is its beginning.

    Where polls at *price* will stand far apart, the stops do so too.
    """
    times: list[int] = []
    entries: list[float] = []
    moments: list[float] = []
    so_far = moment_so_far = 0.0
    for ahead in range(HOURS_AHEAD + 1):
        rate, begin = forecast.hourly[(first_hour + ahead) % len(forecast.hourly)], 60 * ahead
        fine, middle, coarse = forecast.stops[(first_hour + ahead) % len(forecast.stops)]
        apart = sqrt(2 * price / rate)  # the best distance of polls if the rate were the same for ever
        stops = fine if apart < _FINE_MINUTES else middle if apart < _MIDDLE_MINUTES else coarse
        times += [begin + stop for stop in stops.minutes]
        entries += [so_far + rate * share for share in stops.before]
        moments += [
            moment_so_far + rate * (begin * share + moment)
            for share, moment in zip(stops.before, stops.moments, strict=True)
        ]
        so_far, moment_so_far = entries[-1], moments[-1]
    return Grid(tuple(times), tuple(entries), tuple(moments))


def best_polls(ahead: Grid, *, now: float, price: float, gap: float) -> list[int]:
    """Return the best polls after *now*, in minutes of *ahead*; at least *gap* minutes apart and after *now*.

    *price* is what a request costs, in minutes that one entry waits. The last polls, near the end of the grid, know
    nothing of what comes after it: leave them unused.
    """
    costs, following = _continuations(ahead, now=now, price=price, gap=gap)
    begin = next((index for index, time in enumerate(ahead.times) if time > now), len(ahead.times))
    entries, moment = _until(ahead, begin, now)
    choices = [
        (time * (ahead.entries[index] - entries) - (ahead.moments[index] - moment) + costs[index], index)
        for index, time in enumerate(ahead.times)
        if time >= now + gap
    ]
    polls: list[int] = []
    index = min(choices)[1] if choices else len(costs)
    while index < len(costs):
        polls.append(ahead.times[index])
        index = following[index]
    return polls


def _continuations(ahead: Grid, *, now: float, price: float, gap: float) -> tuple[list[float], list[int]]:
    """Return for a poll at each stop the least cost of all that follows, and the stop of the next poll.

    `lines` (slope, base, stop) from `first` on are the envelope; one loop, because a plan passes it 500 times.
    """
    times, entries, moments = ahead.times, ahead.entries, ahead.moments
    size = len(times)
    costs, following = [0.0] * size, [size] * size
    lines: list[tuple[float, float, int]] = []
    first, unseen = 0, size - 1
    for index in range(size - 1, -1, -1):
        time, x = times[index], entries[index]
        if time <= now:
            break
        while times[unseen] >= time + gap:
            slope = -float(times[unseen])
            base = costs[unseen] - moments[unseen] - slope * entries[unseen]
            while len(lines) - first >= 2 and _hidden(lines[-2], lines[-1], slope, base):
                lines.pop()
            lines.append((slope, base, unseen))
            unseen -= 1
        if not lines:
            continue
        slope, base, best = lines[first]
        least = base + slope * x
        while first + 1 < len(lines):
            slope, base, other = lines[first + 1]
            if base + slope * x > least:
                break
            least, best, first = base + slope * x, other, first + 1
        costs[index], following[index] = price + moments[index] + least, best
    return costs, following


def _hidden(low: tuple[float, float, int], middle: tuple[float, float, int], slope: float, base: float) -> bool:
    """Say whether *middle* is nowhere the lowest of three lines whose slopes rise: *low*, it, *base* + *slope* x."""
    return (base - low[1]) * (middle[0] - low[0]) <= (middle[1] - low[1]) * (slope - low[0])


def _until(ahead: Grid, begin: int, now: float) -> tuple[float, float]:
    """Return the entries and moments expected until *now*, which lies before the stop *begin*."""
    known: Sequence[tuple[float, float, float]] = [
        (0.0, 0.0, 0.0),
        *zip(ahead.times[:begin], ahead.entries[:begin], ahead.moments[:begin], strict=True),
    ]
    time, entries, moment = known[-1]
    if begin == len(ahead.times):
        return entries, moment
    part = (now - time) / (ahead.times[begin] - time)
    return (
        entries + part * (ahead.entries[begin] - entries),
        moment + part * (ahead.moments[begin] - moment),
    )
