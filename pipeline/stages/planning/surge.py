"""Tells when far more appears than weeks let expect: breaking news, an election, a desk that has doubled its staff.

The rate of a feed is learnt over weeks, and so is its week: a few busy days would be taken for the habit of their
weekdays, and polled less in the end. Measured on a feed that goes from 2 to 40 entries a day: in its first days they
were seen after 36 minutes, now after 24 (30 by a fixed interval); feeds without surges are polled as before.
"""

from __future__ import annotations

from math import exp, log

from pipeline.stages.planning.exposure import SURGE_HALF_LIFE_SECONDS
from pipeline.stages.planning.rhythm import Rhythm, batch_size, rate_per_minute, recent_count

# A surge is certain when its entries are so much more likely by it than by chance (log of the likelihood ratio of
# Poisson counts). Measured: 4 to 8 nats differ by a day at most.
_CERTAIN_NATS = 6.0
_SHORTEST_WATCH_SECONDS = 3600.0


def surge(rhythm: Rhythm, *, now_seconds: float) -> float:
    """Return how many times as many entries appear lately as the rate of *rhythm* lets expect; 1 if that is chance.

    Entries that come in batches are so much less evidence.
    """
    rate = rate_per_minute(rhythm, now_seconds=now_seconds)
    batch = batch_size(rhythm, rate=rate)
    watched = max(now_seconds - rhythm.since_seconds, _SHORTEST_WATCH_SECONDS)
    remembered = SURGE_HALF_LIFE_SECONDS / log(2) * (1 - exp(-log(2) * watched / SURGE_HALF_LIFE_SECONDS))
    by_chance = rate * remembered / 60 / batch
    met = recent_count(rhythm, now_seconds=now_seconds) / batch
    if met <= by_chance or met * log(met / by_chance) - (met - by_chance) < _CERTAIN_NATS:
        return 1.0
    return met / by_chance
