"""The supervisor: processes come back on any exit and end in order."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from waiting import wait_until

from workers.supervisor import Child, Supervisor

_WRITER = """
import os, pathlib, sys, time
with open(sys.argv[1], "a") as log:
    log.write(f"{os.getpid()}\\n")
if sys.argv[2] == "stay":
    time.sleep(60)
"""
_DEVOTED = """
import os
from workers.lifecycle import end_with_parent

end_with_parent()
print("lives on under", os.getppid())
"""
_FIRST_PROCESS = """
from workers.supervisor import Child, Supervisor

with Supervisor([Child("devoted", "devoted")], {}, grace_seconds=5, restart=False) as supervisor:
    supervisor.wait()
"""


def _child(tmp_path: Path, behaviour: str) -> tuple[Child, Path, dict[str, str]]:
    (tmp_path / "writer.py").write_text(_WRITER)
    log = tmp_path / "starts"
    return Child("writer", "writer", [str(log), behaviour]), log, {"PYTHONPATH": str(tmp_path)}


def _pids(log: Path) -> list[int]:
    return [int(line) for line in log.read_text().split()] if log.exists() else []


def _container() -> list[str]:
    """The command that makes another one process 1, as in a container; skips the test where that is not permitted."""
    unshare = ["unshare", *([] if os.geteuid() == 0 else ["--map-root-user"]), "--pid", "--fork"]
    if sys.platform != "linux" or not shutil.which("unshare"):
        pytest.skip("namespaces of process ids need Linux with unshare")
    probe = subprocess.run([*unshare, "true"], capture_output=True, text=True, check=False)
    if probe.returncode != 0:
        pytest.skip(f"namespaces of process ids are not permitted here: {probe.stderr.strip()}")
    return unshare


def test_the_first_process_of_a_container_keeps_its_children(tmp_path: Path) -> None:
    """`docker run` makes newswire process 1, which elsewhere adopts orphans: its children must know it."""
    (tmp_path / "devoted.py").write_text(_DEVOTED)
    path = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))

    done = subprocess.run(
        [*_container(), sys.executable, "-c", _FIRST_PROCESS],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert "lives on under 1" in done.stdout.splitlines()


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


def test_a_process_that_cannot_be_started_is_tried_again_and_the_others_stay_watched(tmp_path: Path) -> None:
    """On a machine short of memory or processes no new one is to be had for a while; it must not end the watch."""
    child, log, environment = _child(tmp_path, "stay")
    others = tmp_path / "others"
    neighbour = Child("neighbour", "writer", [str(others), "stay"])

    with Supervisor([child, neighbour], environment, grace_seconds=5):
        wait_until(lambda: len(_pids(log)) == len(_pids(others)) == 1)
        child.arguments = ["x" * 2**20, "stay"]  # more than the system takes: OSError
        os.kill(_pids(log)[0], signal.SIGKILL)
        wait_until(lambda: child.pause_seconds >= 0.8, timeout_seconds=20)
        os.kill(_pids(others)[0], signal.SIGKILL)
        wait_until(lambda: len(_pids(others)) == 2, timeout_seconds=20)
        child.arguments = [str(log), "stay"]
        wait_until(lambda: len(_pids(log)) == 2, timeout_seconds=20)
