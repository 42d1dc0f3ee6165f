"""Makes up posting times where no history is known: desks of an assumed rate, the same for the same name.

Chance comes from the feed's name, so that two runs of a simulation, and two people, see the same newsroom.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from math import exp, log

from pipeline.stages.planning.simulation import DAY_SECONDS, Trace

_HOUR_SECONDS = 3600.0
# A desk at work: its share of a day's entries for each hour, counted from the hour at which it opens.
_DAY_SHAPE = (2, 4, 6, 7, 7, 7, 6, 6, 6, 6, 5, 5, 5, 4, 4, 4, 3, 3, 3, 2, 1, 1, 1, 2)
_WEEKEND_SHARE = 0.6
# Three of ten entries are timed for a full or half hour (measured on three newspapers: 25 to 63 % of the dates on a
# multiple of five minutes, where chance gives 20).
_TIMED_SHARE = 0.3
# Rates of feeds spread as a log-normal does; measured on 57 pages: from 0.4 to 107 entries a day.
_SPREAD = 1.2


def assumed_trace(name: str, *, per_day: float, begin_seconds: float, days: int) -> Trace:
    """Return made-up posting times of the feed *name* for *days* from a midnight, *begin_seconds*.

    *per_day* is the median rate of all feeds made up so: each has a rate, opening hours and timed entries of its own.
    """
    chance = _chance(name)
    rate = per_day * exp(_SPREAD * _bell(chance))
    opens = int(4 + 6 * next(chance))
    peak = max(_DAY_SHAPE) / sum(_DAY_SHAPE)
    published: list[float] = []
    at = 0.0
    while True:  # a Poisson process of the busiest hour's rate, thinned (Lewis, Shedler 1979)
        at -= log(1 - next(chance)) / (rate * 24 * peak) * DAY_SECONDS
        if at >= days * DAY_SECONDS:
            break
        hour, day = int(at // _HOUR_SECONDS), int(at // DAY_SECONDS)
        share = _DAY_SHAPE[(hour - opens) % 24] / max(_DAY_SHAPE) * (_WEEKEND_SHARE if day % 7 >= 5 else 1.0)
        kept, timed = next(chance) < share, next(chance) < _TIMED_SHARE
        if kept:
            published.append(begin_seconds + (at - at % (_HOUR_SECONDS / 2) + 15 * next(chance) if timed else at))
    return Trace(name, begin_seconds, begin_seconds + days * DAY_SECONDS, tuple(sorted(published)))


def _chance(name: str) -> Iterator[float]:
    """Yield numbers from 0 to below 1 that look like chance and belong to *name*."""
    number = 0
    while True:
        digest = blake2b(f"{name}\0{number}".encode("utf-8", "surrogatepass"), digest_size=64).digest()
        for place in range(0, 64, 8):
            yield (int.from_bytes(digest[place : place + 8], "big") >> 11) / 2**53
        number += 1


def _bell(chance: Iterator[float]) -> float:
    """Return a number of about the standard normal distribution: twelve even ones, less their mean."""
    return sum(next(chance) for _ in range(12)) - 6
