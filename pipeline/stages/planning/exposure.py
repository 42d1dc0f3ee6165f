"""Tells which hours of the week were watched, and which entries of a first document are leftovers.

What was not watched is not silence: a document of two days says nothing of the other five, and one that keeps three
entries of last month says nothing of how many it has dropped since.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import groupby
from math import ceil, log

HOURS = 168
HALF_LIFE_SECONDS = 35 * 86_400.0
"""Measured: 28 to 42 days differ by less than 2 % of the delay, 14 and 60 lose on one kind of source each."""

SURGE_HALF_LIFE_SECONDS = 1.5 * 86_400.0
"""Measured on feeds whose rate jumps: half a day more or less makes no difference."""

BATCH_SECONDS = 900.0
"""Entries of one quarter of an hour are one batch, and one piece of evidence."""

_HOUR, _DAY = 3600.0, 86_400.0
# What an hour counts for when it is 0, 1, ... hours ago, and a week on.
_FADED = tuple(0.5 ** (hours_ago * _HOUR / HALF_LIFE_SECONDS) for hours_ago in range(HOURS))
_FADING = 0.5 ** (HOURS * _HOUR / HALF_LIFE_SECONDS)
# Evidence (natural logarithm) before a document's oldest entries are taken for leftovers.
_CERTAIN_NATS = 8.0


def watched_hours(since_seconds: float, now_seconds: float, *, first_hour: int) -> list[float]:
    """Return for each hour of the week how much it was watched from *since_seconds* to *now_seconds*; the mean is 1.

    *first_hour* is the hour of the week at *since_seconds*. A begun hour counts as a whole one, and what is long past
    less, as entries do.
    """
    begin = since_seconds - since_seconds % _HOUR
    hours = max(ceil((now_seconds - begin) / _HOUR), 1)
    weeks, rest = divmod(hours, HOURS)
    earlier = (1 - _FADING**weeks) / (1 - _FADING)
    week = [0.0] * HOURS
    for hours_ago in range(min(hours, HOURS)):
        # The newest `rest` hours of the week were met once more than the others.
        times = earlier * (_FADING if hours_ago < rest else 1.0) + (hours_ago < rest)
        week[(first_hour + hours - 1 - hours_ago) % HOURS] = times * _FADED[hours_ago]
    scale = HOURS / sum(week)
    return [watched * scale for watched in week]


def leftovers(dates: Sequence[float], now_seconds: float) -> int:
    """Return how many of the rising *dates* of a first document are leftovers, older than what it shows in full.

    Documents keep pinned entries, and drop others out of order, so their older part may be thinner than what was
    posted. Where does the rate rise most likely, and is it certain? (Log of the likelihood ratio of two rates of a
    Poisson process against one: Raftery, Akman, "Bayesian analysis of a Poisson process with a change-point",
    Biometrika 1986.) Entries of one quarter of an hour are one batch, and count once; the newer part counts as a day
    at least, for a morning is always busier than its night.
    """
    batches = [next(batch) for _, batch in groupby(dates, key=lambda date: date // BATCH_SECONDS)]
    total, span = len(batches) - 1, now_seconds - batches[0]
    most, begin = _CERTAIN_NATS, batches[0]
    for older in range(1, total):
        newer, recent = total - older, max(now_seconds - batches[older], _DAY)
        if recent >= span or newer / recent <= older / (span - recent):
            continue
        nats = newer * log(newer / recent) + older * log(older / (span - recent)) - total * log(total / span)
        if nats > most:
            most, begin = nats, batches[older]
    return bisect_left(dates, begin)
