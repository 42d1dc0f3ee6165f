"""Faults of the processes: they die at the worst moments, together, and in turn at a rolling restart."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

from faults.pipe import Pipe, running_pipe
from system import Running, kill
from waiting import wait_until

_SUDDEN_DEATH = Path(__file__).with_name("sudden_death.py")
_PATIENCE_SECONDS = 60.0


def run() -> None:
    """Inject them one after the other into one running pipe."""
    with running_pipe() as pipe:
        _at_the_worst_moments(pipe)
        _all_workers(pipe)
        _rolling_restart(pipe)


def _at_the_worst_moments(pipe: Pipe) -> None:
    """2, 4, 6, 7, 8: each point of death once; a daemon that dies as well holds the feeds back for its leases."""
    with pipe.fault(2, 4, 6, 7, 8):
        _stop(pipe.workers.pop())
        dying = [_dying(pipe, point) for point in ("popped", "registered", "reading", "published")]
        _assert_killed(dying)
        _stop(pipe.daemons.pop())
        pipe.start_worker()
        _assert_killed([_dying(pipe, "fetched")])
        pipe.start_daemon()


def _all_workers(pipe: Pipe) -> None:
    """9: every worker and its supervisor is killed, polling goes on for a while, then there are new ones."""
    with pipe.fault(9):
        pids = [process.pid for process in pipe.system.processes("worker", "horse")]
        for pid in (pipe.workers.pop().pid, *pids):
            kill(pid)
        time.sleep(4)
        pipe.start_worker()


def _rolling_restart(pipe: Pipe) -> None:
    """47: the next daemon and worker are up before the last ones are told to stop, under load."""
    with pipe.fault(47, times=2):
        before = [pipe.workers.pop(), pipe.daemons.pop()]
        pipe.start_worker()
        pipe.start_daemon()
        pipe.go_on()
        for running in before:
            _stop(running)


def _dying(pipe: Pipe, point: str) -> Running:
    return pipe.system.launch([sys.executable, "-P", str(_SUDDEN_DEATH), point])


def _assert_killed(dying: list[Running]) -> None:
    ends = [running.ended(timeout_seconds=_PATIENCE_SECONDS) for running in dying]
    assert [end.code for end in ends] == [-signal.SIGKILL] * len(dying), [end.stderr[-500:] for end in ends]


def _stop(running: Running) -> None:
    running.signal(signal.SIGTERM)
    ended = running.ended(timeout_seconds=_PATIENCE_SECONDS)
    assert ended.code == 0, ended.stderr[-2000:]
    wait_until(lambda: running.process.poll() is not None)
