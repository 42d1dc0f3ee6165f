"""Killing one process of a running system, chosen by what it is."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Literal

from system import System, kill

Kind = Literal["daemon", "worker", "horse", "server"]
KINDS: tuple[Kind, ...] = ("daemon", "worker", "horse", "server")
"""What may be killed: the polling daemon, an RQ worker, the worker's child for one job, the embedded server."""

_PATIENCE_SECONDS = 20.0


def kill_one(system: System, kind: Kind) -> int | None:
    """Kill -9 one process of *kind*, as soon as there is one (a horse lives for milliseconds); its pid, or None."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        pid = find_horse(system) if kind == "horse" else _pid(system, kind)
        if pid is not None and kill(pid):
            return pid
        time.sleep(0.0005 if kind == "horse" else 0.02)
    return None


def _pid(system: System, kind: Kind) -> int | None:
    if kind == "server":
        return system.server_pid()
    found = system.processes(kind)
    return found[0].pid if found else None


def find_horse(system: System) -> int | None:
    """Give the pid of a horse, or None; only children of workers are looked at, for it lives for milliseconds."""
    workers = system.processes("worker")
    deadline = time.monotonic() + 0.5
    while time.monotonic() < deadline:
        for worker in workers:
            for child in _children(worker.pid):
                return child
    return None


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
    except OSError:
        return []
