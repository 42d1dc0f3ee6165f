"""A newsroom on its first day: what the daemon and the workers do, in virtual time, with nothing known but documents.

The functions are those that the daemon calls after a poll, a worker after a document and the housekeeping of the
budget; only clock, network and store are left out.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from statistics import fmean

import pytest
from posting import MONDAY, desk

from pipeline.model import Feed, FeedState, Lease, Unchanged
from pipeline.settings import ScheduleSettings
from pipeline.stages.planning.accounting import Book, rebooked
from pipeline.stages.planning.live import decided
from pipeline.stages.planning.packing import plan_from_bytes, rhythm_from_bytes, rhythm_to_bytes
from pipeline.stages.planning.price import Account, first_price
from pipeline.stages.planning.rhythm import begun, learned

HOUR, DAY = 3600.0, 86_400.0
SETTINGS = ScheduleSettings(
    kind="adaptive", interval_seconds=3600, min_interval_seconds=60, max_interval_seconds=86_400
)
ANSWERED = Unchanged(FeedState(etag=b'"1"'), "status")
SHOWN = 30
LEFT_OVER_DAYS = (9, 12, 20, 33)


@dataclass(slots=True)
class Desk:
    """A feed of the newsroom, as the store knows it, and what it publishes."""

    lease: Lease
    published: Sequence[float]
    polls: list[float] = field(default_factory=list)

    def document(self, now: float) -> list[float]:
        """Return the dates of what it shows: the newest entries, and some of last month that it never dropped."""
        newest = self.published[: bisect_right(self.published, now)][-SHOWN:]
        return [*(self.published[0] - days * DAY for days in LEFT_OVER_DAYS), *newest]

    def poll(self, now: float, price: float) -> float:
        """Do what the daemon does after a poll, and then what a worker does; return when the next poll is due."""
        now_ms = round(now * 1000)
        decision = decided(self.lease, ANSWERED, settings=SETTINGS, price=price, now_ms=now_ms)
        rhythm = rhythm_from_bytes(self.lease.rhythm) if self.lease.rhythm else None
        if rhythm is None:
            rhythm = begun(self.document(now), now_seconds=now)
        else:
            previous = self.polls[-1]
            new = [date for date in self.document(now) if date > previous]
            rhythm = learned(rhythm, new, previous_seconds=previous, now_seconds=now)
        self.lease = replace(
            self.lease, rhythm=rhythm_to_bytes(rhythm, now_seconds=now), plan=decision.plan or self.lease.plan
        )
        self.polls.append(now)
        return decision.due_ms / 1000

    def delays(self, begin: float, end: float) -> list[float]:
        """Return how late each entry of the time from *begin* to *end* was seen."""
        dates = self.published[bisect_right(self.published, begin) : bisect_left(self.published, end)]
        return [[*self.polls, end][bisect_left(self.polls, date)] - date for date in dates]


def newsroom(begin: float) -> list[Desk]:
    """Return eight desks of unlike rates that post on all days alike, a little less at night."""
    desks = []
    for number in range(8):
        name, per_day = f"cold {number}", 4.0 * 1.5**number
        day = desk(name, per_day=0.8 * per_day, days=16, hours=(6, 23), weekend=1.0)
        night = desk(f"{name} night", per_day=0.2 * per_day, days=16, hours=(0, 24), weekend=1.0)
        feed = Feed(f"{number:016x}", f"https://news.example/{number}")
        desks.append(Desk(Lease(feed, FeedState(), 1), sorted([*day.published, *night.published])))
    assert all(one.published[0] < begin - 7 * DAY for one in desks)
    return desks


def first_days(begin: float, hours: float) -> tuple[float, float]:
    """Return the requests a day and feed of the newsroom's first *hours*, and the mean delay in seconds."""
    end, desks = begin + hours * HOUR, newsroom(begin)
    book = Book(Account(begin, first_price(SETTINGS.interval_seconds)), 0)
    due = [(begin, number) for number in range(len(desks))]
    booked_at = begin
    while due[0][0] < end:
        now, number = heappop(due)
        while booked_at + HOUR / 6 <= now:
            booked_at += HOUR / 6
            plans = [plan_from_bytes(one.lease.plan) for one in desks if one.lease.plan]
            book = rebooked(
                book,
                now_seconds=booked_at,
                requests=sum(len(one.polls) for one in desks),
                requests_per_day=24.0 * len(desks),
                appetite=sum(plan.appetite for plan in plans if plan),
            )
        heappush(due, (desks[number].poll(now, book.account.price), number))
    requests = sum(len(one.polls) for one in desks) / len(desks) / (hours / 24)
    return requests, fmean([delay for one in desks for delay in one.delays(begin, end)])


@pytest.mark.parametrize("day", range(8, 15))
def test_a_new_newsroom_waits_no_longer_than_a_fixed_interval_for_the_same_requests(day: int) -> None:
    """Documents of two days know nothing of the third; taken for silence, it was polled every three hours.

    A fixed interval waits half of itself, at any number of requests.
    """
    requests, mean_seconds = first_days(MONDAY + day * DAY, 24)

    assert requests == pytest.approx(24, rel=0.25)
    assert mean_seconds < DAY / requests / 2
