"""The whole system as real processes: start `newswire` in a folder of its own, look at its processes, end them all.

Every process of a `System` carries the same mark in its environment, whoever its parent is by now. By that mark
they are found in /proc, and each is ended by its pid.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from uuid import uuid4

from waiting import wait_until

from pipeline.adapters.embedded_server import identify, socket_path

_MARK = "TESTED_SYSTEM"
_SOURCE = Path(__file__).resolve().parents[1]
_SCRIPT = Path(sys.executable).with_name("newswire")
_SETTINGS: Mapping[str, object] = {
    "FETCH__ALLOW_PRIVATE_NETWORKS": "true",
    "FETCH__PER_HOST_GAP_SECONDS": 0,
    "FETCH__PER_HOST_CONCURRENCY": 32,
    "LOG__FORMAT": "json",
}
Role = Literal["newswire", "daemon", "worker", "horse", "server", "other"]


def command() -> list[str]:
    """Give the command under test: the installed console script, or without one the same from the source."""
    if _SCRIPT.exists():
        return [str(_SCRIPT)]
    return [sys.executable, "-P", "-c", "from workers.entry import main; main()"]


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that has ended; a negative *code* is the signal that ended it."""

    code: int
    stdout: str
    stderr: str

    @property
    def summary(self) -> dict[str, int]:
        """The JSON object on the last line of stdout."""
        summary: dict[str, int] = json.loads(self.stdout.splitlines()[-1])
        return summary

    @property
    def messages(self) -> list[str]:
        """The lines on stderr that are not log lines."""
        return [line for line in self.stderr.splitlines() if not line.startswith("{")]

    def events(self, name: str) -> list[dict[str, object]]:
        """The log lines of event *name*."""
        lines = [json.loads(line) for line in self.stderr.splitlines() if line.startswith("{")]
        return [line for line in lines if line.get("event") == name]


@dataclass(frozen=True, slots=True)
class Process:
    """A process of the system as /proc shows it."""

    pid: int
    parent: int
    command: tuple[str, ...]
    role: Role


@dataclass(slots=True)
class Running:
    """A command that was started and left running; its output goes to files in the system's folder."""

    process: subprocess.Popen[bytes]
    stdout: Path
    stderr: Path

    @property
    def pid(self) -> int:
        """The process id of the command itself."""
        return self.process.pid

    def signal(self, number: signal.Signals) -> None:
        """Send *number* to the command itself."""
        self.process.send_signal(number)

    def ended(self, *, timeout_seconds: float = 90.0) -> Finished:
        """Wait until the command ends; AssertionError after *timeout_seconds*."""
        try:
            code = self.process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.process.args!r} has not ended after {timeout_seconds} s") from None
        return Finished(code, self.stdout.read_text("utf-8"), self.stderr.read_text("utf-8"))


@dataclass(slots=True)
class System:
    """Commands that share one data directory in *folder*, with *settings* as `NEWSWIRE_*` (names without prefix)."""

    folder: Path
    settings: Mapping[str, object] = field(default_factory=dict)
    mark: str = field(default_factory=lambda: uuid4().hex)
    _started: list[Running] = field(default_factory=list)

    @property
    def data_dir(self) -> Path:
        """Where the embedded server keeps its data."""
        return self.folder / "var"

    @property
    def url(self) -> str:
        """The address of the Redis in use: the configured one, else the embedded server."""
        configured = str(self.settings.get("REDIS_URL", ""))
        return configured or f"unix://{socket_path(self.data_dir)}"

    def run(self, *arguments: str, stdin: bytes = b"", timeout_seconds: float = 180.0) -> Finished:
        """Run a command to its end; AssertionError when it takes longer than *timeout_seconds*."""
        return self._run([*command(), *arguments], stdin=stdin, timeout_seconds=timeout_seconds)

    def run_shell(self, arguments: str) -> Finished:
        """Run a command as a line of bash: *arguments* come after `newswire`; a failure anywhere in a pipe counts."""
        line = f"{shlex.join(command())} {arguments}"
        return self._run(["bash", "-o", "pipefail", "-c", line], stdin=b"", timeout_seconds=60)

    def _run(self, words: Sequence[str], *, stdin: bytes, timeout_seconds: float) -> Finished:
        try:
            done = subprocess.run(
                words,
                input=stdin,
                capture_output=True,
                timeout=timeout_seconds,
                check=False,
                env=self.environment(),
                cwd=self.folder,
            )
        except subprocess.TimeoutExpired as error:
            raise AssertionError(f"{words} has not ended after {timeout_seconds} s: {error.stderr!r}") from None
        return Finished(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))

    def start(self, *arguments: str) -> Running:
        """Start a command and leave it running."""
        return self.launch([*command(), *arguments])

    def launch(self, words: Sequence[str]) -> Running:
        """Start any program as a process of this system, and leave it running."""
        number = len(self._started)
        stdout, stderr = self.folder / f"stdout-{number}", self.folder / f"stderr-{number}"
        with stdout.open("wb") as out, stderr.open("wb") as err:
            process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env=self.environment(),
                cwd=self.folder,
                start_new_session=True,
            )
        running = Running(process, stdout, stderr)
        self._started.append(running)
        return running

    def environment(self) -> dict[str, str]:
        """Give the environment of a command of this system: ours without `NEWSWIRE_*`, its settings, its mark."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("NEWSWIRE_")}
        settings = {"DATA_DIR": self.data_dir, **_SETTINGS, **self.settings}
        path = os.pathsep.join(filter(None, (str(_SOURCE), os.environ.get("PYTHONPATH"))))
        ours |= {} if _SCRIPT.exists() else {"PYTHONPATH": path}
        return ours | {f"NEWSWIRE_{name}": str(value) for name, value in settings.items()} | {_MARK: self.mark}

    def processes(self, *roles: Role) -> list[Process]:
        """List the living processes of this system that have one of *roles* (none given: all)."""
        self._reap()
        marked = f"{_MARK}={self.mark}".encode()
        found = [process for pid in _pids() if (process := _process(pid, marked)) is not None]
        workers = {process.pid for process in found if process.role == "worker"}
        judged = [_with_horse(process, workers) for process in found]
        return [process for process in judged if not roles or process.role in roles]

    def server_pid(self) -> int | None:
        """Give the pid of the embedded server by what it says itself; None when it does not answer."""
        server = identify(socket_path(self.data_dir))
        return server.pid if server else None

    def wait_for(self, role: Role, count: int = 1, *, timeout_seconds: float = 90.0) -> list[Process]:
        """Wait until at least *count* processes of *role* live, and list them."""

        def enough() -> list[Process]:
            found = self.processes(role)
            return found if len(found) >= count else []

        return wait_until(enough, timeout_seconds=timeout_seconds)

    def end(self) -> None:
        """Kill, each by its pid, whatever still lives; returns when nothing does."""
        deadline = time.monotonic() + 10
        while (left := self.processes()) and time.monotonic() < deadline:
            for process in left:
                kill(process.pid)
            time.sleep(0.02)
        for running in self._started:
            running.process.wait(5)
        with suppress(OSError):
            socket_path(self.data_dir).unlink(missing_ok=True)

    def _reap(self) -> None:
        for running in self._started:
            running.process.poll()


@contextmanager
def running_system(**settings: object) -> Iterator[System]:
    """Give a system in a new folder; at the end of the block every process of it is ended and the folder removed."""
    with tempfile.TemporaryDirectory(prefix="nw-", ignore_cleanup_errors=True) as folder:
        system = System(Path(folder), settings)
        try:
            yield system
        finally:
            system.end()


def kill(pid: int, number: signal.Signals = signal.SIGKILL) -> bool:
    """Send *number* to *pid*; False when there is no such process any more."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def resident_bytes(pid: int) -> int:
    """Give the memory that process *pid* has now; AssertionError when there is no such process any more."""
    return _memory_bytes(pid, "VmRSS")


def peak_bytes(pid: int) -> int:
    """Give the most memory that process *pid* ever had; AssertionError when there is no such process any more."""
    return _memory_bytes(pid, "VmHWM")


def _memory_bytes(pid: int, name: str) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text("utf-8", "replace")
    except OSError:
        status = ""
    kilobytes = next((line.split()[1] for line in status.splitlines() if line.startswith(f"{name}:")), None)
    assert kilobytes is not None, f"process {pid} has ended"
    return int(kilobytes) * 1024


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208 - hundreds, often


def _process(pid: int, marked: bytes) -> Process | None:
    """Read process *pid*; None when it is gone, a zombie, or not *marked* in its environment."""
    folder = Path(f"/proc/{pid}")
    try:
        if marked not in (folder / "environ").read_bytes().split(b"\0"):
            return None
        command_line = (folder / "cmdline").read_bytes()
        state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:
        return None
    if state in "ZX":
        return None
    words = tuple(os.fsdecode(word) for word in command_line.split(b"\0")[:-1])
    return Process(pid, int(parent), words, _role(words))


def _role(words: Sequence[str]) -> Role:
    if words and Path(words[0]).name == "valkey-server":
        return "server"
    if "workers.daemon_process" in words:
        return "daemon"
    if "workers.worker" in words:
        return "worker"
    return "newswire" if words[: len(command())] == tuple(command()) or _is_script(words) else "other"


def _is_script(words: Sequence[str]) -> bool:
    return len(words) > 1 and Path(words[1]).name == "newswire"


def _with_horse(process: Process, workers: set[int]) -> Process:
    """RQ's child for one job has its worker's command line; what makes it a child is its parent."""
    is_horse = process.role == "worker" and process.parent in workers
    return Process(process.pid, process.parent, process.command, "horse") if is_horse else process
