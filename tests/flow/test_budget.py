"""A budget without a bound: feeds are polled as often as bounds, hosts and documents let us."""

from __future__ import annotations

import signal

import pytest
from documents import Item, rss
from origin import OriginThread
from system import running_system
from waiting import wait_until

pytestmark = pytest.mark.flow


def test_an_unlimited_budget_polls_at_the_shortest_interval_and_as_hosts_ask() -> None:
    """As fresh as the hosts allow: the interval of 15 minutes is out of the way, a host's word is not."""
    settings = {"BUDGET__REQUESTS_PER_DAY": "unlimited", "SCHEDULE__MIN_INTERVAL_SECONDS": 0.5}
    with OriginThread() as origin, running_system(**settings) as system:
        origin.serve("/free", rss([Item("1", "Free")]), etag='"1"')
        origin.serve("/asks", rss([Item("1", "Asks")]), etag='"1"', headers={"Cache-Control": "max-age=3600"})
        running = system.start("run", "--workers", "1", origin.url("/free"), origin.url("/asks"))
        wait_until(lambda: len(origin.requests("/free")) >= 8, timeout_seconds=60)
        why = system.run("explain", origin.url("/free")).stdout
        running.signal(signal.SIGTERM)
        assert running.ended().code == 0

    assert len(origin.requests("/asks")) == 1
    assert "(schedule.min_interval_seconds, for budget.requests_per_day is unlimited)" in why
