"""How long after its date an article was first seen: a histogram that adds up, and what it says.

Rules of this file: buckets grow by about a half, so a percentile is right to that; an article whose feed was read for
the first time, or whose date lies ahead or a week back, says nothing about how soon we look.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.stages.planning.visibility import AGES, Visibility, lag_shares

BOUNDS_SECONDS: tuple[int, ...] = (
    1, 2, 3, 5, 8, 12, 20, 30, 45, 60, 90, 120, 180, 300, 450, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200, 10_800,
    14_400, 21_600, 43_200, 86_400, 172_800, 604_800,
)  # fmt: skip
"""The upper ends of the buckets."""

_ENOUGH_POLLS = 10
_TOLD_APART_SECONDS = 60.0
"""What is seen within a minute of its date has shown no lag that could be told from none."""
_LONGEST_SECONDS = BOUNDS_SECONDS[-1]


@dataclass(frozen=True, slots=True)
class Latency:
    """How soon articles were seen: how many count, percentiles in seconds, and the share of the feeds' own lag.

    The share is of all the time between dates and first sights; None where no article counts.
    """

    articles: int
    p50_seconds: float | None
    p90_seconds: float | None
    p99_seconds: float | None
    lag_share: float | None


def counted(latencies_seconds: list[float], visibility: Visibility) -> dict[str, int]:
    """Give what to add to the counters for articles first seen so long after their dates, of a feed that lags so.

    Counters are named by bucket; "seconds" and "lag_seconds" are sums.
    """
    lag = mean_lag_seconds(visibility)
    counters: dict[str, int] = {}
    for seconds in latencies_seconds:
        if 0 <= seconds <= _LONGEST_SECONDS:
            bucket = str(bisect_left(BOUNDS_SECONDS, seconds))
            lagged = 0 if seconds < _TOLD_APART_SECONDS else round(min(lag, seconds))
            for name, amount in ((bucket, 1), ("seconds", round(seconds)), ("lag_seconds", lagged)):
                counters[name] = counters.get(name, 0) + amount
    return counters


def latency_of(counters: Mapping[str, int]) -> Latency:
    """Read *counters* as `counted` names them; what has another name is left out."""
    buckets = [counters.get(str(at), 0) for at in range(len(BOUNDS_SECONDS))]
    articles, seconds = sum(buckets), counters.get("seconds", 0)
    if not articles:
        return Latency(0, None, None, None, None)
    share = round(counters.get("lag_seconds", 0) / seconds, 3) if seconds else 0.0
    return Latency(articles, _percentile(buckets, 0.5), _percentile(buckets, 0.9), _percentile(buckets, 0.99), share)


def mean_lag_seconds(visibility: Visibility) -> float:
    """Give how long an entry takes to show in its feed on average, as far as polls could tell.

    What shows within its first minute cannot be told from what shows at once, and what takes longer than is told
    apart counts as if it took just that long. Of a feed that few polls have met with a new entry nothing is known: 0.
    """
    if sum(visibility.asked) < _ENOUGH_POLLS:
        return 0.0
    shares = lag_shares(visibility)
    later = max(1.0 - sum(shares), 0.0)
    return sum((age + 0.5) * 60 * share for age, share in enumerate(shares) if age) + later * AGES * 60


def _percentile(buckets: list[int], share: float) -> float:
    """Find the *share* of *buckets*, taking articles to lie evenly between the ends of theirs."""
    wanted = share * sum(buckets)
    passed, start = 0, 0
    for count, end in zip(buckets, BOUNDS_SECONDS, strict=True):
        if count and passed + count >= wanted:
            return round(start + (end - start) * (wanted - passed) / count, 1)
        passed, start = passed + count, end
    return float(_LONGEST_SECONDS)
