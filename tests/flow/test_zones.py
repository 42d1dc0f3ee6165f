"""A feed that writes local times without a zone is understood after a while, and its readers are told so."""

from __future__ import annotations

import signal
import time

import pytest
from ledger import published
from origin import OriginThread
from system import running_system
from waiting import wait_until

from pipeline import wire

pytestmark = pytest.mark.flow

_EAST_SECONDS = 7200


def feed(count: int, began_seconds: float) -> bytes:
    """Give a feed of *count* items, dated as clocks two hours east of UTC show when each was written."""
    items = "".join(
        f"<item><guid>{n}</guid><title>Item {n} of the day</title>"
        f"<pubDate>{_local(began_seconds, n)}</pubDate></item>"
        for n in range(count)
    )
    return f"<rss version='2.0'><channel><title>Local</title>{items}</channel></rss>".encode()


def _local(began_seconds: float, n: int) -> str:
    return time.strftime("%a, %d %b %Y %H:%M:%S", time.gmtime(began_seconds + n + _EAST_SECONDS))


def test_the_zone_of_a_feed_is_learnt_while_it_is_polled() -> None:
    """The first items lie two hours in the future; once several agree, the next are right to the second."""
    with OriginThread() as origin, running_system(SCHEDULE__INTERVAL_SECONDS=0.5) as system:
        began = time.time()
        origin.serve("/feed", feed(1, began))
        running = system.start("run", "--workers", "1", origin.url("/feed"))
        for count in range(1, 8):
            origin.serve("/feed", feed(count, began))
            wait_until(lambda wanted=count: len(published(system.url)) >= wanted)  # type: ignore[misc]
        dates = {line.title: line.article["published"] for line in published(system.url)}
        running.signal(signal.SIGTERM)
        assert running.ended().code == 0
    ahead = [wire.ms_from_rfc3339(dates[f"Item {n} of the day"]["at"]) / 1000 - began - n for n in (0, 6)]
    assert [round(seconds) // 60 for seconds in ahead] in ([120, 0], [119, -1], [120, -1], [119, 0])
    assert all(date["inferred"] == ["zone"] for date in dates.values())
