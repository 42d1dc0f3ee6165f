"""The supervisor: processes come back on any exit and end in order."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from waiting import wait_until

from workers.supervisor import Child, Supervisor

_WRITER = """
import os, pathlib, sys, time
with open(sys.argv[1], "a") as log:
    log.write(f"{os.getpid()}\\n")
if sys.argv[2] == "stay":
    time.sleep(60)
"""


def _child(tmp_path: Path, behaviour: str) -> tuple[Child, Path, dict[str, str]]:
    (tmp_path / "writer.py").write_text(_WRITER)
    log = tmp_path / "starts"
    return Child("writer", "writer", [str(log), behaviour]), log, {"PYTHONPATH": str(tmp_path)}


def _pids(log: Path) -> list[int]:
    return [int(line) for line in log.read_text().split()] if log.exists() else []


def test_a_process_that_leaves_with_success_is_started_again(tmp_path: Path) -> None:
    """An RQ worker that meets a job hash it cannot read leaves with exit code 0."""
    child, log, environment = _child(tmp_path, "leave")

    with Supervisor([child], environment, grace_seconds=5):
        wait_until(lambda: len(_pids(log)) >= 3)


def test_a_killed_process_is_started_again_and_the_last_one_ends(tmp_path: Path) -> None:
    """After a kill -9 normal service must be back; after the end nothing may be left."""
    child, log, environment = _child(tmp_path, "stay")

    with Supervisor([child], environment, grace_seconds=5):
        wait_until(lambda: len(_pids(log)) == 1)
        os.kill(_pids(log)[0], signal.SIGKILL)
        wait_until(lambda: len(_pids(log)) == 2)

    last = child.process
    assert last is not None
    assert last.returncode == -signal.SIGTERM


def test_a_process_that_keeps_dying_is_not_started_in_a_storm(tmp_path: Path) -> None:
    """A worker that cannot start must not eat the machine: each pause is twice as long as the one before."""
    child, log, environment = _child(tmp_path, "leave")

    with Supervisor([child], environment, grace_seconds=5):
        wait_until(lambda: child.pause_seconds >= 0.8)

    assert len(_pids(log)) <= 4


def test_a_failing_tender_does_not_stop_the_watch(tmp_path: Path) -> None:
    """The care of the embedded server may fail for a while; the processes must stay watched."""
    child, log, environment = _child(tmp_path, "stay")
    calls = []

    def tend() -> None:
        calls.append(1)
        raise OSError("no space left on device")

    with Supervisor([child], environment, grace_seconds=5, tend=tend):
        wait_until(lambda: len(calls) >= 2 and len(_pids(log)) == 1)
        os.kill(_pids(log)[0], signal.SIGKILL)
        wait_until(lambda: len(_pids(log)) == 2)
