"""Faults of time: processes that stand still until others have taken over their work, and then go on.

What they hold when they are frozen is made sure of, and that they notice when they wake: else nothing was tried.
"""

from __future__ import annotations

import signal
import time

from faults.pipe import Pipe, running_pipe
from killing import find_horse
from system import kill
from waiting import wait_until

from pipeline.adapters.backlog import CLAIM_LEASE_MS, DISPATCH_LEASE_MS
from pipeline.adapters.connection import connect
from pipeline.adapters.keys import Keys
from pipeline.adapters.leases import LEASE_MS

_KEYS = Keys("newswire")
_FROZEN_SECONDS = max(LEASE_MS, CLAIM_LEASE_MS, DISPATCH_LEASE_MS) / 1000 + 2


def run() -> None:
    """Run two daemons and two workers; freeze one of each for longer than any lease lasts."""
    with running_pipe() as pipe:
        pipe.start_daemon()
        pipe.start_worker()
        pipe.system.wait_for("daemon", 2)
        pipe.go_on()
        with pipe.fault(10, 11, 12):
            pids = [_freeze_daemon(pipe), *_freeze_worker(pipe)]
            thaw = time.monotonic() + _FROZEN_SECONDS
            pipe.go_on(2)
            wait_until(lambda: time.monotonic() > thaw, timeout_seconds=_FROZEN_SECONDS + 1)
            for pid in pids:
                kill(pid, signal.SIGCONT)
        assert len(pipe.system.processes("daemon")) == 2
        wait_until(lambda: _woke_too_late(pipe))


def _woke_too_late(pipe: Pipe) -> bool:
    """Whether a daemon noticed that its feeds are another's, at a renewal or at the end of a poll."""
    return bool(pipe.events("lease_lost")) or any(not poll["settled"] for poll in pipe.events("polled"))


def _freeze_daemon(pipe: Pipe) -> int:
    """Freeze a daemon that has feeds in flight; where the other has them all, try again."""
    pid = pipe.system.processes("daemon")[0].pid
    while True:
        pipe.web_relay.is_held = True
        time.sleep(1.5)
        kill(pid, signal.SIGSTOP)
        pipe.web_relay.is_held = False
        if _leases_that_stay(pipe):
            return pid
        kill(pid, signal.SIGCONT)
        pipe.go_on()


def _leases_that_stay(pipe: Pipe) -> bool:
    """Whether any lease outlasts the answers that were held back: whoever is awake ends its polls at once."""
    with connect(pipe.store.url) as client:
        before = client.hgetall(_KEYS.leases)
        time.sleep(1.0)
        return bool(before.items() & client.hgetall(_KEYS.leases).items())


def _freeze_worker(pipe: Pipe) -> list[int]:
    """Freeze a worker and its child in the middle of a job."""
    horse = wait_until(lambda: find_horse(pipe.system))
    kill(horse, signal.SIGSTOP)
    pids = [horse, *(process.parent for process in pipe.system.processes("horse") if process.pid == horse)]
    for pid in pids:
        kill(pid, signal.SIGSTOP)
    return pids
