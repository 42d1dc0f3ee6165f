"""Backpressure, real: no worker runs, polling stops by itself, and nothing is missing when one comes."""

from __future__ import annotations

import json
import signal
import time

import pytest
from documents import Item, rss
from ledger import published, repeated
from origin import OriginThread
from system import System, running_system
from waiting import wait_until

pytestmark = pytest.mark.flow

_FEEDS = 400
_MOST_WAITING = 20


def status(system: System) -> dict[str, object]:
    """Give what `newswire status --json` says."""
    found: dict[str, object] = json.loads(system.run("status", "--json").stdout)
    return found


def test_polling_waits_for_the_workers_and_loses_nothing() -> None:
    """Workers that are down for an hour must not fill the memory; what was due is polled when they are back."""
    settings = {"WORKERS__MOST_WAITING": _MOST_WAITING, "FETCH__CONCURRENCY": 16, "SCHEDULE__KIND": "fixed"}
    with running_system(**settings) as system, OriginThread() as origin:
        for number in range(_FEEDS):
            origin.serve(f"/{number}", rss([Item(f"{number}", f"News of feed {number}")]))
        urls = "\n".join(origin.url(f"/{number}") for number in range(_FEEDS))
        (system.folder / "feeds.txt").write_text(urls, "utf-8")
        assert system.run("feeds", "import", "feeds.txt").code == 0
        daemon = system.start("daemon")
        wait_until(lambda: bool(status(system)["waits"]))
        time.sleep(1.5)
        polled = sum(len(origin.requests(f"/{number}")) for number in range(_FEEDS))
        assert _MOST_WAITING <= polled < _FEEDS / 2
        worker = system.start("worker")
        wait_until(lambda: len(published(system.url)) >= _FEEDS, timeout_seconds=60)
        lines = published(system.url)
        assert (len({line.title for line in lines}), repeated(lines)) == (_FEEDS, [])
        for running in (daemon, worker):
            running.signal(signal.SIGTERM)
            assert running.ended().code == 0
