"""Holds the price of a request where the budget of requests is kept.

One price for the whole system shares the budget so that no request could do more good elsewhere (Lagrange; Azar,
Horvitz, Lubetzky, Peres, Shahaf, "Tractable near-optimal policies for crawling", PNAS 2018). Rhythms tell beforehand
how many polls they are worth, so the price follows from them at once: polls per day are `appetite / sqrt(price)`,
exactly so for even posting. What they tell too much or too little is learnt, and what is overdrawn or left over is
repaid, both slowly: a price that moves is a worse price.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf, sqrt

_DAY = 86_400.0
# Measured: repaying within 2 days costs 4 % of delay against 10; not learning lets the budget slip by 3 %.
_REPAID_DAYS = 10.0
_FORGIVEN_HALF_LIFE_DAYS = 10.0
# A debt beyond two days of the budget is forgiven: it comes from a change of feeds or of the budget, not of the news.
_LARGEST_DEBT_DAYS = 2.0
# Repaying changes the pace by at most this share.
_LARGEST_CORRECTION = 0.5
# What was announced is compared with what was done over the last two weeks; at first it is worth five days of that.
# Measured against 30 and 10 days: the budget is found twice as fast, and entries are seen up to 3 % sooner. Faster
# still, the first days are taken for all.
_MOST_LEARNT_DAYS = 10.0
_TRUSTED_DAYS = 5.0
_LARGEST_RATIO = 5.0
# Booked once in minutes; who was away for a week learns nothing of it that counts for more than a day.
_LONGEST_LESSON_DAYS = 1.0
# A price beyond its square is one that nobody pays anyway.
_LARGEST_ROOT = 1e6

LOWEST_PRICE = 1e-3
"""Entry-seconds; at a hundredth of a second of one entry a request is as good as free."""
FIRST_PRICE = 1800.0
"""Entry-seconds: a feed with one entry an hour is asked once an hour for that, before anything is known."""


def first_price(interval_seconds: float) -> float:
    """Return the price at which a feed of one entry an hour is polled every *interval_seconds*; to begin with."""
    return max(interval_seconds**2 / 7200, LOWEST_PRICE)


@dataclass(frozen=True, slots=True)
class Account:
    """The price in entry-seconds, as it was set at `at_seconds`.

    `debt` are the requests made beyond the budget (below 0: saved); `realised` is how many requests were made for
    each that the rhythms announced, in the mean of the last `learnt_days`.
    """

    at_seconds: float
    price: float = FIRST_PRICE
    debt: float = 0.0
    realised: float = 1.0
    learnt_days: float = 0.0


def booked(
    account: Account, *, now_seconds: float, requests: float, requests_per_day: float, appetite: float
) -> Account:
    """Return *account* after *requests* were made since it was last booked.

    *requests_per_day* is the budget of all feeds now followed, *appetite* the sum of their plans'. Without a budget
    (`inf`) a request is as good as free, and nothing is owed. A clock that runs backwards books no time.
    """
    if requests_per_day == inf:
        return replace(account, at_seconds=now_seconds, price=LOWEST_PRICE, debt=0.0)
    days = max(now_seconds - account.at_seconds, 0.0) / _DAY
    most = _LARGEST_DEBT_DAYS * requests_per_day
    kept = account.debt * 0.5 ** (days / _FORGIVEN_HALF_LIFE_DAYS)
    debt = min(max(kept + requests - requests_per_day * days, -most), most)
    announced = appetite / sqrt(account.price) * days
    watched = min(days, _LONGEST_LESSON_DAYS)
    learnt_days = min(account.learnt_days + watched, _MOST_LEARNT_DAYS)
    realised = account.realised
    if announced > 0:
        ratio = _believable(requests, announced, hour=requests_per_day / 24) / announced
        realised += (ratio - realised) * watched / (_TRUSTED_DAYS + learnt_days)
        realised = min(max(realised, 1 / _LARGEST_RATIO), _LARGEST_RATIO)
    largest = _LARGEST_CORRECTION * requests_per_day
    pace = requests_per_day - min(max(debt / _REPAID_DAYS, -largest), largest)
    price = account.price
    if appetite > 0 and pace > 0:
        price = max(min(appetite * realised / pace, _LARGEST_ROOT) ** 2, LOWEST_PRICE)
    return Account(now_seconds, price, debt, realised, learnt_days)


def _believable(requests: float, announced: float, *, hour: float) -> float:
    """Return how many of *requests* say something of rhythms that *announced* so many.

    Five times as many come from feeds just added, a fifth from a daemon that was down: neither says anything of the
    rhythms. An *hour* of the budget more or less is chance, and counts in full: booked each minute, a short list of
    feeds makes no request at all in most of them.
    """
    return min(max(requests, announced / _LARGEST_RATIO - hour), announced * _LARGEST_RATIO + max(hour, 1.0))
