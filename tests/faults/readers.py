"""Faults of those who read the stream: one stands still while it grows, one dies with articles in its hands."""

from __future__ import annotations

import json
import signal
import sys
from collections import Counter
from pathlib import Path

from faults.pipe import Pipe, running_pipe
from ledger import published
from system import Running, kill
from waiting import wait_until

_SUBSCRIBER = Path(__file__).with_name("subscriber.py")
_PATIENCE_SECONDS = 60.0
_ALL = 10**9
_TAKEN_BEFORE_DEATH = 3


def run() -> None:
    """Inject them one after the other into one running pipe."""
    with running_pipe() as pipe:
        _slow(pipe)
        _dies(pipe)


def _slow(pipe: Pipe) -> None:
    """25: the only consumer of a group is frozen while the feeds go on; later it finds every article, each once."""
    subscriber = _start(pipe, "slow", "frozen", _ALL)
    wait_until(lambda: _told(subscriber), timeout_seconds=_PATIENCE_SECONDS)
    with pipe.fault(25):
        kill(subscriber.pid, signal.SIGSTOP)
        pipe.go_on(4)
        kill(subscriber.pid, signal.SIGCONT)
    stream = Counter(line.fact for line in published(pipe.store.url))
    wait_until(lambda: Counter(_told(subscriber)) == stream, timeout_seconds=_PATIENCE_SECONDS)


def _dies(pipe: Pipe) -> None:
    """26: a consumer is killed with deliveries that it never acknowledged; another of its group gets all of these."""
    dying = _start(pipe, "heirs", "dies", _TAKEN_BEFORE_DEATH)
    wait_until(lambda: len(_told(dying)) > _TAKEN_BEFORE_DEATH, timeout_seconds=_PATIENCE_SECONDS)
    with pipe.fault(26):
        kill(dying.pid)
        heir = _start(pipe, "heirs", "inherits", _ALL)
    stream = {line.fact for line in published(pipe.store.url)}
    acknowledged = set(_told(dying)[:_TAKEN_BEFORE_DEATH])
    wait_until(lambda: set(_told(heir)) == stream - acknowledged, timeout_seconds=_PATIENCE_SECONDS)


def _start(pipe: Pipe, group: str, consumer: str, acknowledged: int) -> Running:
    words = [pipe.store.url, group, consumer, str(acknowledged)]
    return pipe.system.launch([sys.executable, "-P", str(_SUBSCRIBER), *words])


def _told(subscriber: Running) -> list[tuple[str, str]]:
    """Kind and title of each delivery that *subscriber* printed in full."""
    lines = subscriber.stdout.read_text("utf-8").splitlines(keepends=True)
    return [(kind, title) for kind, title in (json.loads(line) for line in lines if line.endswith("\n"))]
