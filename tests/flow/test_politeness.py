"""Hosts, as two real daemons treat them together: never crowded, never forgotten, and no host delays another."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import pairwise

import pytest
from documents import Item, rss
from origin import OriginThread
from system import running_system
from waiting import wait_until

from pipeline.adapters.embedded import EmbeddedStore

pytestmark = pytest.mark.flow

_GAP_SECONDS = 0.2
_IN_A_ROW = 10
FEED = rss((Item("1", "A story"),))


def _run_two_daemons(stack: ExitStack, urls: Sequence[str], **settings: object) -> None:
    folder = stack.enter_context(running_system()).folder
    store = stack.enter_context(EmbeddedStore(folder / "shared"))
    system = stack.enter_context(running_system(REDIS_URL=store.url, **settings))
    (system.folder / "feeds.txt").write_text("\n".join(urls), "utf-8")
    assert system.run("feeds", "import", "feeds.txt").code == 0
    daemons = [system.start("daemon"), system.start("daemon")]

    def end() -> None:
        for daemon in daemons:
            daemon.signal(signal.SIGTERM)
        assert [daemon.ended().code for daemon in daemons] == [0, 0]

    stack.callback(end)


def test_two_daemons_keep_a_hosts_limits_together() -> None:
    """Each by itself would be polite, and both together a flood: turns are given by the store that they share."""
    with ExitStack() as stack:
        origin = stack.enter_context(OriginThread())
        for number in range(30):
            origin.serve(f"/{number}", FEED, delay_seconds=0.3)
        limits = {"FETCH__PER_HOST_GAP_SECONDS": _GAP_SECONDS, "FETCH__PER_HOST_CONCURRENCY": 2}
        urls = [origin.url(f"/{number}") for number in range(30)]
        _run_two_daemons(stack, urls, SCHEDULE__INTERVAL_SECONDS=600, **limits)
        wait_until(lambda: len({request.path for request in origin.log}) == 30, timeout_seconds=90)
        starts = [request.at_seconds for request in origin.log]

    assert len(starts) == 30
    assert origin.most_at_once <= 2
    # A request may reach the host later than its turn was given, and so near to the next; ten in a row may not.
    shortest = min(after - before for before, after in zip(starts, starts[_IN_A_ROW:], strict=False))
    assert shortest > _GAP_SECONDS * _IN_A_ROW * 0.8


def test_a_host_that_never_answers_delays_no_other() -> None:
    """Two hundred feeds on a dead server are daily life; every other feed is polled on time all the same."""
    interval = 1.0
    with ExitStack() as stack:
        hole = stack.enter_context(OriginThread("127.0.0.3"))
        well = stack.enter_context(OriginThread())
        for number in range(200):
            hole.serve(f"/{number}", FEED, delay_seconds=60)
        for number in range(20):
            well.serve(f"/{number}", FEED, etag='"1"')
        urls = [hole.url(f"/{number}") for number in range(200)] + [well.url(f"/{number}") for number in range(20)]
        settings = {"FETCH__TIMEOUT_SECONDS": 20, "FETCH__CONCURRENCY": 16, "FETCH__PER_HOST_GAP_SECONDS": 0}
        settings |= {"FETCH__PER_HOST_CONCURRENCY": 2}
        _run_two_daemons(stack, urls, SCHEDULE__INTERVAL_SECONDS=interval, WORKERS__GRACE_SECONDS=1, **settings)
        wait_until(lambda: len(well.log) > 20 * 8, timeout_seconds=90)
        times = {f"/{n}": [request.at_seconds for request in well.requests(f"/{n}")] for n in range(20)}

    waits = [after - before for each in times.values() for before, after in pairwise(each)]
    assert max(waits) < 2 * interval + 2
    assert hole.most_at_once <= 2
