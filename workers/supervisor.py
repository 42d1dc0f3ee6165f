"""Keep the processes of one machine running: start them, restart them on any exit, end them in order.

On any exit, not only on failure: an RQ worker that meets a job hash it cannot read leaves with exit code 0.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from types import TracebackType
from typing import Self

import structlog

from workers.lifecycle import SUPERVISOR_PID

log = structlog.get_logger("workers.supervisor")

_WATCH_SECONDS = 0.25
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 10.0
_HEALTHY_SECONDS = 10.0
"""A process that ran this long starts again at once; one that keeps dying sooner waits twice as long each time."""


@dataclass(slots=True)
class Child:
    """One process to keep running: `module` is run with `python -m`, with *arguments*."""

    name: str
    module: str
    arguments: Sequence[str] = ()
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause_seconds: float = _FIRST_PAUSE_SECONDS
    start_at: float = 0.0

    def put_off(self, *, lived_seconds: float) -> None:
        """Let the next start wait: a moment, but each time twice as long if the last process *lived_seconds* only."""
        is_healthy = lived_seconds >= _HEALTHY_SECONDS
        longer = min(self.pause_seconds * 2, _LONGEST_PAUSE_SECONDS)
        self.pause_seconds = _FIRST_PAUSE_SECONDS if is_healthy else longer
        self.start_at = monotonic() + self.pause_seconds


@dataclass(slots=True)
class Supervisor:
    """Runs *children* with *environment* added to ours; *tend* is called each second (the embedded server's care).

    A context manager: inside it the children run, watched by a thread; at its end they get SIGTERM, then
    *grace_seconds*, then SIGKILL, each by its pid. With *restart* False a child that ends stays ended.
    """

    children: Sequence[Child]
    environment: Mapping[str, str]
    grace_seconds: float
    tend: Callable[[], object] | None = None
    restart: bool = True
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        for child in self.children:
            self._start(child)
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        running = [child.process for child in self.children if child.process and child.process.poll() is None]
        for process in running:
            process.terminate()
        deadline = monotonic() + self.grace_seconds
        for process in running:
            try:
                process.wait(max(0.0, deadline - monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("process_killed", pid=process.pid)
                process.kill()
                process.wait()

    def wait(self) -> None:
        """Wait until every child has ended by itself (with *restart* False)."""
        for child in self.children:
            if child.process is not None:
                child.process.wait()

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-P", "-m", child.module, *child.arguments],
            env={**os.environ, **self.environment, SUPERVISOR_PID: str(os.getpid())},
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # a Ctrl-C on the terminal reaches the supervisor alone, which ends all in order
        )
        child.started = monotonic()
        log.info("process_started", name=child.name, pid=child.process.pid)

    def _watch(self) -> None:
        next_tending = monotonic()
        while not self._stopping.wait(_WATCH_SECONDS):
            if monotonic() >= next_tending:
                self._tend_once()
                next_tending = monotonic() + 1.0
            for child in self.children if self.restart else ():
                self._revive(child)

    def _tend_once(self) -> None:
        try:
            if self.tend is not None:
                self.tend()
        except Exception:  # tending is tried again in a second; the children must stay watched
            log.exception("tending_failed")

    def _revive(self, child: Child) -> None:
        if child.process is not None and (status := child.process.poll()) is not None:
            lived = monotonic() - child.started
            log.warning("process_ended", name=child.name, status=status, lived_seconds=round(lived, 1))
            child.process = None
            child.put_off(lived_seconds=lived)
        if child.process is None and monotonic() >= child.start_at:
            try:
                self._start(child)
            except Exception:  # no process or memory to be had; it is tried again, and the others must stay watched
                log.exception("process_not_started", name=child.name)
                child.put_off(lived_seconds=0.0)
