"""Faults of clocks: those of daemon and worker are wrong, or jump by an hour, a year, and back."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

from faults.pipe import Pipe, running_pipe
from system import Running
from waiting import wait_until

_WRONG_CLOCK = Path(__file__).with_name("wrong_clock.py")
_PATIENCE_SECONDS = 60.0
_JUMPS = "31536000,3600,-3600,0"
_YEAR_AHEAD, _LATE = "31536000", "-600"


def run() -> None:
    """Run daemons and workers by wrong clocks beside a store whose clock is right."""
    with running_pipe() as pipe:
        for running in (pipe.workers.pop(), pipe.daemons.pop()):
            _stop(running)
        _under(pipe, 34, daemon=_JUMPS, worker=_JUMPS)
        _under(pipe, 35, daemon=_YEAR_AHEAD, worker=_LATE)
        pipe.start_worker()
        pipe.start_daemon()
        pipe.go_on()


def _under(pipe: Pipe, number: int, *, daemon: str, worker: str) -> None:
    """Let a daemon and a worker work by such clocks for some seconds: as much as ever, and no more."""
    running = [_by_clock(pipe, "daemon", daemon), _by_clock(pipe, "worker", worker)]
    pipe.go_on()
    before, began = len(pipe.room.origin.log), time.monotonic()
    with pipe.fault(number):
        wait_until(lambda: time.monotonic() > began + 9, timeout_seconds=10)
    polls, seconds = len(pipe.room.origin.log) - before, time.monotonic() - began
    assert polls <= pipe.room.count * (seconds + 2), f"{polls} polls in {seconds:.1f} s: a storm"
    for each in running:
        _stop(each)


def _by_clock(pipe: Pipe, role: str, offsets: str) -> Running:
    return pipe.system.launch([sys.executable, "-P", str(_WRONG_CLOCK), role, offsets])


def _stop(running: Running) -> None:
    running.signal(signal.SIGTERM)
    ended = running.ended(timeout_seconds=_PATIENCE_SECONDS)
    assert ended.code == 0, ended.stderr[-2000:]
