"""Tells when far more appears than weeks let expect: breaking news, an election, a desk that has doubled its staff.

The rate of a feed is learnt over weeks, and so is its week: a few busy days would be taken for the habit of their
weekdays, and polled less in the end. Measured on a feed that goes from 2 to 40 entries a day: in its first days they
were seen after 36 minutes, now after 24 (30 by a fixed interval); feeds without surges are polled as before.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, log
from operator import mul

from pipeline.stages.planning.exposure import HOURS, SURGE_HALF_LIFE_SECONDS
from pipeline.stages.planning.rhythm import Rhythm, batch_size, hour_of_week, rate_per_minute, recent_count

# A surge is certain when its entries are so much more likely by it than by chance (log of the likelihood ratio of
# Poisson counts). Measured: 4 to 8 nats differ by a day at most.
_CERTAIN_NATS = 6.0
_FEWEST_ENTRIES = 3.0  # fewer are no surge, however rare
_HOUR_SECONDS = 3600.0
# What an entry counts for that came 0, 1, ... hours ago, and all of them before that.
_FADED = tuple(0.5 ** ((ago + 0.5) * _HOUR_SECONDS / SURGE_HALF_LIFE_SECONDS) for ago in range(HOURS))
_FADED_SO_FAR = tuple(sum(_FADED[:ago]) for ago in range(HOURS + 1))


def surge(rhythm: Rhythm, *, now_seconds: float, week: Sequence[float] = ()) -> float:
    """Return how many times as many entries appear lately as the rate of *rhythm* lets expect; 1 if that is chance.

    *week* is the share of each of 168 hours (mean 1) as it is expected, () where all are taken to be alike: then the
    day on which a weekly appears is a surge. Entries that come in batches are so much less evidence.
    """
    count = recent_count(rhythm, now_seconds=now_seconds)
    if count < _FEWEST_ENTRIES:
        return 1.0
    rate = rate_per_minute(rhythm, now_seconds=now_seconds)
    batch = batch_size(rhythm, rate=rate)
    hours = min(max(ceil((now_seconds - rhythm.since_seconds) / _HOUR_SECONDS), 1), HOURS)
    usual = 60 * rate / batch * (_remembered(week, hours, now_seconds) if week else _FADED_SO_FAR[hours])
    met = count / batch
    if met <= usual or met * log(met / usual) - (met - usual) < _CERTAIN_NATS:
        return 1.0
    return met / usual


def _remembered(week: Sequence[float], hours: int, now_seconds: float) -> float:
    """Return how many mean hours the last *hours* were worth, by *week*, as far as they are remembered."""
    this = hour_of_week(now_seconds) + 1
    newest_first = [*reversed(week[:this]), *reversed(week[this:])]
    return float(sum(map(mul, newest_first[:hours], _FADED)))
