"""Plans the polls of one feed: its rhythm, a price per request and the bounds around it give the next due times.

What an entry weighs: counting entries alike gives every poll to the busiest feeds, counting feeds alike wastes polls
on the silent ones. Polls go with the square root of rate x weight (Sia, Cho, Cho, TKDE 2007); a weight of
`rate ** -0.45` stands between the two. Measured on pages of very unlike rates: with -0.4 entries are seen 2 % sooner
in the mean of entries and 7 % later in that of feeds, with -0.5 it is 3 % later and 2 % sooner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

from pipeline.stages.planning.forecast import Forecast, expected
from pipeline.stages.planning.plan import best_polls, grid
from pipeline.stages.planning.rhythm import Rhythm, believed, hour_of_week
from pipeline.stages.planning.surge import surge

MOST_POLLS = 24
"""Polls in one plan: enough that planning costs next to nothing, few enough to be kept in a few bytes."""
LONGEST_PLAN_SECONDS = 18 * 3600.0
"""A plan is made anew after this. Measured: after 15 hours entries are seen as soon, for a fifth more work."""

_HOUR, _DAY = 3600.0, 86_400.0
# No more than a third of what the document can show is let pile up between two polls, in the mean of the busiest
# hour: entries come in batches, and what rolled out of the document is lost.
_FULL_SHARE = 1 / 3
_HURRIED_SHARE = 1 / 2
# A document of fewer entries than this is one that is still growing (WordPress shows 10); of one that was not counted
# yet, so many are assumed.
_LEAST_WINDOW, _ASSUMED_WINDOW = 10, 25
# A feed of one entry per hour weighs 1.
_REFERENCE_RATE = 1 / 60
_BUSY_DISCOUNT = 0.45
# The first minutes of waiting matter most: busy hours get a little more than their share of the polls. Measured: the
# mean delay hardly feels it, for it is flat about its best; the median falls by a twentieth.
_HOUR_EXPONENT = 1.15
_LEAST_PRICE = 1e-6
# Prices this near make the same plan but for one poll in ten; so do surges.
_SAME_PRICE, _SAME_SURGE = 1.25, 1.5


@dataclass(frozen=True, slots=True)
class Plan:
    """The next polls of a feed, in seconds, and what they were made with.

    `price` is in entry-seconds per request, of entries that count their weight; `appetite` is polls per day x the
    root of the price of entries that count 1, which hardly depends on the price: what the budget is shared by.
    `surge` is that of the rhythm then, all hours taken to be alike.
    """

    made_seconds: float
    price: float
    appetite: float
    polls: tuple[float, ...]
    surge: float = 1.0


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and the poll of it that comes next, in seconds."""

    plan: Plan
    due_seconds: float


@dataclass(frozen=True, slots=True)
class Bounds:
    """The shortest and the longest time between two polls."""

    shortest_seconds: float
    longest_seconds: float


@dataclass(frozen=True, slots=True)
class Moment:
    """The time, the price of a request now, and until when the host asks not to be asked."""

    now_seconds: float
    price: float
    not_before_seconds: float = 0.0


def next_poll(plan: Plan | None, rhythm: Rhythm, moment: Moment, *, bounds: Bounds, weight: float = 1.0) -> Planned:
    """Return when to poll after a poll at *moment*, and the plan that says so: *plan*, or a new one if it has ended.

    Never before the host allows it, nor sooner than the shortest nor, unless the host asks for it, later than the
    longest interval. A plan has also ended where price, weight or surge are no longer near those it was made with.
    *weight* is how much more than other feeds' an entry of this one counts.
    """
    earliest = max(moment.now_seconds + bounds.shortest_seconds, moment.not_before_seconds)
    latest = max(moment.now_seconds + bounds.longest_seconds, earliest)
    if plan is None or _ended(plan, rhythm, moment, weight) or plan.polls[-1:] < (earliest,):
        plan = planned(rhythm, moment, bounds=bounds, weight=weight)
    following = next((poll for poll in plan.polls if poll >= earliest), None)
    if following is None:  # the host asks for more patience than a plan looks ahead
        following = earliest if plan.polls else latest
    return Planned(plan, min(following, latest))


def planned(rhythm: Rhythm, moment: Moment, *, bounds: Bounds, weight: float = 1.0) -> Plan:
    """Return the plan for the time from *moment* on; *weight* as in `next_poll`."""
    now = moment.now_seconds
    first_hour_seconds = now - now % _HOUR
    forecast = expected(rhythm, now_seconds=now)
    price = moment.price / 60 * (forecast.rate / _REFERENCE_RATE) ** _BUSY_DISCOUNT / weight
    full = (_FULL_SHARE * _window(rhythm)) ** 2 / (2 * max(forecast.hourly))
    price = max(min(price, full), _LEAST_PRICE)
    forecast = _sharpened(forecast)
    ahead = grid(forecast, first_hour=hour_of_week(now), price=price)
    gap = max(bounds.shortest_seconds, 60.0) / 60
    polls = best_polls(ahead, now=(now - first_hour_seconds) / 60, price=price, gap=gap)
    times = [first_hour_seconds + 60 * minute for minute in polls]
    appetite = _polls_of_a_day(forecast, price=price, gap=gap) * sqrt(moment.price)
    return Plan(now, moment.price / weight, appetite, tuple(times[:MOST_POLLS]), surge(rhythm, now_seconds=now))


def _sharpened(forecast: Forecast) -> Forecast:
    """Return *forecast* with its hours to the power of `_HOUR_EXPONENT`, and the same mean."""
    powers = [rate**_HOUR_EXPONENT for rate in forecast.hourly]
    scale = sum(forecast.hourly) / sum(powers)
    return replace(forecast, hourly=tuple([power * scale for power in powers]))


def _ended(plan: Plan, rhythm: Rhythm, moment: Moment, weight: float) -> bool:
    age = moment.now_seconds - plan.made_seconds
    if not 0 <= age < LONGEST_PLAN_SECONDS:
        return True
    price, found = moment.price / weight, surge(rhythm, now_seconds=moment.now_seconds)
    return not (
        plan.price / _SAME_PRICE < price < plan.price * _SAME_PRICE
        and plan.surge / _SAME_SURGE < found < plan.surge * _SAME_SURGE
    )


def hurried(
    rhythm: Rhythm, published: Sequence[float | None], *, previous_seconds: float, now_seconds: float
) -> float | None:
    """Return when to poll at the latest after a poll found entries *published* then, None where the plan holds.

    Breaking news: when more than half of the document is new, the next interval is so much shorter than the last that
    at the same pace half would be new again. Only entries count that appeared since the poll before: a document that
    shows old ones by turns, or names all of them anew each time, is no news. The bounds of an interval are the
    caller's.
    """
    new = len(believed(published, previous_seconds=previous_seconds, now_seconds=now_seconds))
    room = _HURRIED_SHARE * _window(rhythm)
    return None if new <= room else now_seconds + (now_seconds - previous_seconds) * room / new


def _window(rhythm: Rhythm) -> int:
    return max(rhythm.window or _ASSUMED_WINDOW, _LEAST_WINDOW)


def _polls_of_a_day(forecast: Forecast, *, price: float, gap: float) -> float:
    """Return the polls of a mean day at *price*, as if the rate of each hour held for ever; *gap* is in minutes.

    At a rate r and a price m the best distance between two polls is then sqrt(2 m / r), but no hour has more polls
    than stops, and none are nearer than the gap.
    """
    most = [min(len(stops[0].minutes), 60 / gap) for stops in forecast.stops] * 7
    best = [60 * sqrt(rate / (2 * price)) for rate in forecast.hourly]
    return sum(map(min, best, most)) / 7
