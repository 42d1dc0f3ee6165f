"""Faults of time: processes that stand still until others have taken over their work, and then go on."""

from __future__ import annotations

import signal
import time

from faults.pipe import Pipe, running_pipe
from killing import find_horse
from system import kill
from waiting import wait_until

from pipeline.adapters.backlog import CLAIM_LEASE_MS, DISPATCH_LEASE_MS
from pipeline.adapters.leases import LEASE_MS

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
        assert pipe.events("lease_lost") or pipe.events("fenced_off"), "nobody woke too late"


def _freeze_daemon(pipe: Pipe) -> int:
    """Freeze a daemon that has feeds in flight."""
    pipe.web_relay.is_held = True
    time.sleep(1.5)
    pid = pipe.system.processes("daemon")[0].pid
    kill(pid, signal.SIGSTOP)
    pipe.web_relay.is_held = False
    return pid


def _freeze_worker(pipe: Pipe) -> list[int]:
    """Freeze a worker and its child in the middle of a job."""
    horse = wait_until(lambda: find_horse(pipe.system))
    kill(horse, signal.SIGSTOP)
    pids = [horse, *(process.parent for process in pipe.system.processes("horse") if process.pid == horse)]
    for pid in pids:
        kill(pid, signal.SIGSTOP)
    return pids
