"""Stopping in order, and several daemons on one Redis."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise

import pytest
from ledger import Reader, published
from newsroom import Newsroom
from origin import Origin, OriginThread
from system import System, running_system
from waiting import wait_until

from pipeline.adapters.embedded import EmbeddedStore

pytestmark = pytest.mark.flow

_GRACE_SECONDS = 10.0
_START_SECONDS = 30.0
NOTHING_WRONG: dict[str, list[tuple[str, str]]] = {"lost": [], "repeated": [], "wrong": []}


@pytest.fixture
def origin() -> Iterator[Origin]:
    """Give an origin."""
    with OriginThread() as origin:
        yield origin


def listed(system: System, room: Newsroom) -> str:
    """Write the addresses of all feeds of *room* to a list, and name it."""
    (system.folder / "feeds.txt").write_text("\n".join(room.urls), "utf-8")
    return "feeds.txt"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopping_under_load_loses_nothing_and_leaves_nothing(origin: Origin, number: signal.Signals) -> None:
    """A deployment stops it in the middle of its work: it ends by itself, and the next start has everything."""
    with (
        running_system(SCHEDULE__INTERVAL_SECONDS=0.5, WORKERS__GRACE_SECONDS=_GRACE_SECONDS) as system,
        Reader(system.url) as reader,
        Newsroom(origin, reader, 60, 40) as room,
    ):
        running = system.start("run", listed(system, room), "--workers", "2")
        wait_until(lambda: room.progress > 90, timeout_seconds=_START_SECONDS)
        told, running_since = time.monotonic(), running.pid
        running.signal(number)
        finished = running.ended(timeout_seconds=_GRACE_SECONDS + 5)
        assert (finished.code, running_since) == (0, running.pid)
        assert time.monotonic() - told < _GRACE_SECONDS + 2
        assert system.processes() == []
        assert "Traceback" not in finished.stderr
        room.states = 0  # every feed stays as it is
        assert system.run("run", "--once", "--workers", "1").code == 0
        with EmbeddedStore(system.data_dir) as store:
            assert room.deviations(published(store.url)) == NOTHING_WRONG


def test_a_second_signal_ends_a_command_that_waits(origin: Origin) -> None:
    """Whoever presses Ctrl-C twice wants the terminal back at once; the rest ends within the grace time."""
    origin.serve("/slow", b"", delay_seconds=30)
    with running_system(SCHEDULE__INTERVAL_SECONDS=0.5, WORKERS__GRACE_SECONDS=8) as system:
        running = system.start("run", origin.url("/slow"), "--workers", "1")
        wait_until(lambda: origin.requests("/slow"), timeout_seconds=_START_SECONDS)
        running.signal(signal.SIGINT)
        wait_until(lambda: len(system.processes("worker")) == 0, timeout_seconds=10)
        running.signal(signal.SIGINT)
        assert running.ended(timeout_seconds=1).code == -signal.SIGINT
        wait_until(lambda: not system.processes("newswire", "daemon", "worker", "horse"), timeout_seconds=8)


def test_slow_feeds_do_not_hold_the_end_longer_than_the_grace_time(origin: Origin) -> None:
    """A host that answers after half a minute must not delay a stop; its feed is polled again after the start."""
    for number in range(5):
        origin.serve(f"/{number}", b"", delay_seconds=30)
    with running_system(SCHEDULE__INTERVAL_SECONDS=0.5, WORKERS__GRACE_SECONDS=3) as system:
        running = system.start("run", *(origin.url(f"/{number}") for number in range(5)), "--workers", "1")
        wait_until(lambda: len(origin.log) >= 5, timeout_seconds=_START_SECONDS)
        told = time.monotonic()
        running.signal(signal.SIGTERM)
        assert running.ended(timeout_seconds=10).code == 0
        assert time.monotonic() - told < 3 + 2
        assert system.processes() == []


def test_two_daemons_share_the_feeds_and_poll_none_twice(origin: Origin) -> None:
    """More daemons must not mean more requests: a feed is asked once an interval, whoever asks, and both do work."""
    interval, feeds = 1.0, 40
    with ExitStack() as stack:
        folder = stack.enter_context(running_system()).folder
        store = stack.enter_context(EmbeddedStore(folder / "shared"))
        settings = {"REDIS_URL": store.url, "SCHEDULE__INTERVAL_SECONDS": interval, "LOG__LEVEL": "debug"}
        system = stack.enter_context(running_system(**settings))
        reader = stack.enter_context(Reader(store.url))
        room = stack.enter_context(Newsroom(origin, reader, feeds, 3))
        assert system.run("feeds", "import", listed(system, room)).code == 0
        daemons = [system.start("daemon"), system.start("daemon")]
        worker = system.start("worker", "--count", "1")
        wait_until(lambda: not room.unfinished and len(origin.log) > 8 * feeds, timeout_seconds=90)
        for running in (*daemons, worker):
            running.signal(signal.SIGTERM)
        ended = [running.ended() for running in (*daemons, worker)]
        assert [each.code for each in ended] == [0, 0, 0]
        assert [len(each.events("polled")) > feeds for each in ended] == [True, True, False]
        assert room.deviations(published(store.url)) == NOTHING_WRONG
        for desk in room.desks.values():
            assert_polite([request.at_seconds for request in origin.requests(desk.path)], interval)


def assert_polite(times: list[float], interval: float) -> None:
    """Check that no feed was asked twice for one interval, nor more often in all than the intervals that passed."""
    gaps = [after - before for before, after in pairwise(times)]
    assert min(gaps) > 0.5 * interval * 0.9, gaps
    assert len(times) <= (times[-1] - times[0]) / interval + 2
