"""Learns at which minutes of the day a desk keeps an appointment: the briefing at 06:00, the digest at 17:30.

Hours of the week and minutes of the hour, each by itself, cannot tell a full hour at which something appears every
day from one at which nothing does. A day has 1440 minutes and most of them mean nothing, so only the `KEPT` minutes
that were met most are remembered; a minute met for the first time takes the place of the one that weighs least.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log
from typing import TypeAlias

KEPT = 16
"""Minutes of the day that are remembered: three bytes each."""
MINUTES_OF_DAY = 1440

Appointments: TypeAlias = tuple[tuple[int, float], ...]
"""Minutes of the day (UTC) and their decayed counts."""

# A minute is an appointment when it was met so much more often than its hour and its minute of the hour explain (log
# of the likelihood ratio of Poisson counts): by chance one minute in 400. Measured: 4 to 6 nats give the same delay.
_CERTAIN_NATS = 6.0


def with_minutes(appointments: Appointments, met: Iterable[tuple[int, float]]) -> Appointments:
    """Return *appointments* with the minutes of the day that were *met*, and what each weighs."""
    counts = dict(appointments)
    for minute, weight in met:
        if minute not in counts and len(counts) >= KEPT:
            del counts[min(counts, key=lambda kept: counts[kept])]
        counts[minute] = counts.get(minute, 0.0) + weight
    return tuple(counts.items())


def moved(appointments: Appointments, hours: int) -> Appointments:
    """Return *appointments*, all of them *hours* later."""
    return tuple(((minute + 60 * hours) % MINUTES_OF_DAY, count) for minute, count in appointments)


def scaled(appointments: Appointments, factor: float) -> Appointments:
    """Return *appointments* with all counts times *factor*."""
    return tuple((minute, count * factor) for minute, count in appointments)


def certain(appointments: Appointments, *, day: Sequence[float], hour: Sequence[float]) -> dict[int, float]:
    """Return the minutes of the day that are appointments, and the count of each beyond what chance explains.

    *day* are the counts of all entries in 24 hours, *hour* the profile (mean 1) of the minutes of an hour.
    """
    found = {}
    for minute, count in appointments:
        by_chance = max(day[minute // 60] * hour[minute % 60] / 60, 1e-9)
        if count > by_chance and count * log(count / by_chance) - (count - by_chance) > _CERTAIN_NATS:
            found[minute] = count - by_chance
    return found
