"""Runs a program of this folder on an island: in a network namespace of its own with nothing but `lo`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
_SOURCE = HERE.parents[1]


def namespace() -> list[str]:
    """The command that runs another one on an island; skips the test where that is not permitted."""
    unshare = (
        ["unshare", "--net", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net", "--mount"]
    )
    if sys.platform != "linux" or not shutil.which("unshare") or not shutil.which("ip"):
        pytest.skip("network namespaces need Linux with unshare and ip")
    probe = subprocess.run([*unshare, "ip", "link", "set", "lo", "up"], capture_output=True, text=True, check=False)
    if probe.returncode != 0:
        pytest.skip(f"network namespaces are not permitted here: {probe.stderr.strip()}")
    return unshare


PATH = os.pathsep.join(map(str, (_SOURCE, HERE, HERE.parent)))
"""Where the programs of this folder find what they import."""


def on_island(program: str, *arguments: str) -> dict[str, Any]:
    """Run *program* on an island with *arguments* and return its report."""
    done = subprocess.run(
        [*namespace(), sys.executable, str(HERE / program), *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "PYTHONPATH": PATH},
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return report
