"""Nothing is lost and nothing is told twice, whatever process is killed, and service is back within a minute."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from killing import KINDS, Kind, kill_one
from ledger import Reader, published, repeated
from newsroom import Newsroom
from origin import OriginThread
from system import System, running_system
from waiting import wait_until

pytestmark = pytest.mark.flow

_FEEDS, _STATES = 40, 6
_RECOVERY_SECONDS = 60.0
NOTHING_WRONG: dict[str, list[tuple[str, str]]] = {"lost": [], "repeated": [], "wrong": []}


@contextmanager
def newsroom(system: System, *, feeds: int, states: int) -> Iterator[Newsroom]:
    """Give a newsroom whose feeds stand in the system's `feeds.txt`."""
    with OriginThread() as origin, Reader(system.url) as reader, Newsroom(origin, reader, feeds, states) as room:
        (system.folder / "feeds.txt").write_text("\n".join(room.urls), "utf-8")
        yield room


def has_told(room: Newsroom, states: int) -> bool:
    """Whether so many states have been told in full."""
    return room.progress >= states


@pytest.mark.parametrize("kind", KINDS)
def test_killing_a_process_loses_and_repeats_nothing(kind: Kind) -> None:
    """Machines crash: each article stands on the stream once, and service is back within 60 s of the last kill."""
    chance = random.Random(kind)
    with (
        running_system(SCHEDULE__INTERVAL_SECONDS=0.5) as system,
        newsroom(system, feeds=_FEEDS, states=_STATES) as room,
    ):
        running = system.start("run", "feeds.txt", "--workers", "2")
        for _ in range(2):
            further = room.progress + _FEEDS // 2
            wait_until(partial(has_told, room, further), timeout_seconds=_RECOVERY_SECONDS)
            time.sleep(chance.random() * 0.5)
            assert kill_one(system, kind), f"no {kind} to kill"
        wait_until(lambda: not room.unfinished, timeout_seconds=_RECOVERY_SECONDS)
        lines = published(system.url)
        assert room.deviations(lines) == NOTHING_WRONG
        assert repeated(room.reader.lines) == []
        running.signal(signal.SIGTERM)
        assert running.ended().code == 0


def test_a_killed_supervisor_leaves_a_server_that_the_next_one_uses() -> None:
    """Killing `newswire run` itself ends its processes, keeps the data, and the next `newswire run` goes on."""
    with running_system(SCHEDULE__INTERVAL_SECONDS=0.5) as system, newsroom(system, feeds=10, states=6) as room:
        first = system.start("run", "feeds.txt", "--workers", "2")
        wait_until(lambda: room.progress > 10)
        server = system.server_pid()
        first.signal(signal.SIGKILL)
        wait_until(lambda: not system.processes("newswire", "daemon", "worker", "horse"), timeout_seconds=15)
        assert system.server_pid() == server is not None
        second = system.start("run", "--workers", "2")
        wait_until(lambda: not room.unfinished, timeout_seconds=_RECOVERY_SECONDS)
        assert system.server_pid() == server
        assert room.deviations(published(system.url)) == NOTHING_WRONG
        second.signal(signal.SIGTERM)
        assert second.ended().code == 0
        assert system.processes() == []
