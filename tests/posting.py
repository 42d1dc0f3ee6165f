"""Newsrooms made up for tests of the planner: when they post follows rules that each test can see."""

from __future__ import annotations

from random import Random

from pipeline.stages.planning.simulation import DAY_SECONDS, Trace

MONDAY = 1_767_571_200.0
"""2026-01-05 00:00 UTC."""


def desk(
    name: str,
    *,
    per_day: float,
    days: float = 28,
    begin: float = MONDAY,
    hours: tuple[int, int] = (6, 20),
    minutes: tuple[int, ...] = (),
    weekend: float = 0.4,
) -> Trace:
    """Return a desk that posts *per_day* entries on a weekday between *hours* UTC, at the weekend less.

    Half of the entries stand within 20 seconds after one of *minutes* of the hour, if there are any; all are chance,
    the same for the same *name*.
    """
    chance = Random(name)
    published: list[float] = []
    open_hours = hours[1] - hours[0]
    for day in range(int(days)):
        share = weekend if day % 7 >= 5 else 1.0
        for _ in range(_poisson(chance, per_day * share)):
            second = chance.random() * 3600
            if minutes and chance.random() < 0.5:
                second = chance.choice(minutes) * 60 + chance.random() * 20
            hour = hours[0] + chance.randrange(open_hours)
            published.append(begin + day * DAY_SECONDS + hour * 3600 + second)
    return Trace(name, begin, begin + days * DAY_SECONDS, tuple(sorted(published)))


def newsrooms(days: float = 28) -> list[Trace]:
    """Return desks of unlike rates and habits."""
    return [
        desk("agency", per_day=60, days=days, hours=(0, 24), minutes=(0, 30), weekend=0.8),
        desk("daily", per_day=25, days=days, hours=(5, 21), minutes=(0, 15, 30, 45)),
        desk("regional", per_day=12, days=days, hours=(6, 18), minutes=(5,)),
        desk("science", per_day=4, days=days, hours=(13, 18)),
        desk("weekly", per_day=1, days=days, hours=(8, 12), weekend=0),
    ]


def _poisson(chance: Random, mean: float) -> int:
    """Return a number of events of a Poisson process within one unit of its mean time."""
    count, passed = 0, chance.expovariate(1.0)
    while passed < mean:
        count += 1
        passed += chance.expovariate(1.0)
    return count
