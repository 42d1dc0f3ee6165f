"""The embedded Valkey: started by the first command that needs it, shared by all, stopped by the last.

Files in the data directory: `valkey.users` (each user holds a shared flock on it), `valkey.start` (held while
somebody starts or stops the server), `valkey.life` (held by the server itself, names its pid and socket),
`valkey.sock`, `valkey.log` and the data (`appendonlydir`). Locks are released by the kernel when a process dies,
so nothing has to be cleaned up after a crash: a server that survived is used again, a dead one is started again.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import structlog
from structlog.typing import FilteringBoundLogger

from pipeline.adapters import embedded_server
from pipeline.adapters.embedded_server import PAUSE_SECONDS, Server
from pipeline.errors import EmbeddedStoreError

_log: FilteringBoundLogger = structlog.get_logger()

_READY_SECONDS = 60.0  # reading the data back takes about 1 second for 100 MB
_UNREACHABLE_SECONDS = 3.0  # between being started and listening it takes some 10 ms
_LOCK_SECONDS = 90.0  # longer than a start and a stop together


class _StillLoading(EmbeddedStoreError):
    """The server needs longer to read its data. It is left running: stopping it would begin all over again."""


class EmbeddedStore:
    """A Valkey on the data in *data_dir* for as long as the `with` block lasts; `url` is its address.

    The folder is made if it is missing. Entering starts the server or uses the one that runs; leaving stops it
    when no other user is left. Raises EmbeddedStoreError when the server cannot be had.
    """

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._pid = os.getpid()
        self._users = -1
        self._life = -1
        self._server: Server | None = None

    @property
    def url(self) -> str:
        """The address for Redis clients, `unix://...`."""
        return "unix://" + quote(str(self._running.socket))

    @property
    def pid(self) -> int:
        """The process id of the server."""
        return self._running.pid

    def __enter__(self) -> Self:
        """Start the server, or join those who use it already."""
        self._pid = os.getpid()
        try:
            self._data_dir = self._data_dir.resolve()
            self._data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._start_lock():
                self._join()
                self._find_or_start()
        except _StillLoading:
            self._close()
            raise
        except OSError as error:
            self.__exit__(None, None, None)
            raise self._trouble(error.strerror or str(error)) from None
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave, and stop the server when nobody else is left. In a forked child: nothing."""
        if os.getpid() != self._pid:
            return
        try:
            if self._users >= 0 and self._server is not None:
                self._leave()
        finally:
            self._close()

    def ensure(self) -> bool:
        """Start the server again if it died; return whether that was needed.

        Cheap (one connection and one PING) and meant to be called every second. A server that is slow to answer
        is left alone. Raises EmbeddedStoreError when it cannot be started again.
        """
        server = self._running
        answer = embedded_server.ask(server.socket, b"PING")
        if answer:
            return False
        if not embedded_server.is_alive(self._life):
            embedded_server.reap(server)
        elif answer is not None:
            return False
        try:
            self._data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._start_lock():
                return self._find_or_start()
        except OSError as error:
            raise self._trouble(error.strerror or str(error)) from None

    @property
    def _running(self) -> Server:
        if self._server is None:
            raise EmbeddedStoreError(f"{self._data_dir}: the embedded Valkey is used outside of its `with` block")
        return self._server

    def _find_or_start(self) -> bool:
        """With the start lock held: have a server that answers; return whether one had to be started."""
        self._open_life()
        server = self._found()
        started = server is None or not self._becomes_ready(server)
        if server is None or started:
            server = self._start()
            if not self._becomes_ready(server):  # killed by somebody, or it cannot: the second try tells
                server = self._start()
                if not self._becomes_ready(server):
                    raise self._trouble(f"the embedded Valkey ended at once: {self._last_words()}")
        self._server = server
        _log.debug(
            "embedded_started" if started else "embedded_reused",
            pid=server.pid,
            socket=str(server.socket),
            data_dir=str(self._data_dir),
        )
        return started

    def _join(self) -> None:
        """Be one of the users of the folder."""
        self._users = self._open("valkey.users")
        fcntl.flock(self._users, fcntl.LOCK_SH)

    def _open_life(self) -> None:
        """Open the `valkey.life` that is in the folder now: the folder may have been removed and made again."""
        life, before = self._open("valkey.life"), self._life
        if before < 0:
            self._life = life
        elif os.path.sameopenfile(life, before):
            os.close(life)
        else:
            self._stop()
            self._close()
            self._life = life
            self._join()

    def _close(self) -> None:
        for descriptor in (self._users, self._life):
            if descriptor >= 0:
                os.close(descriptor)
        self._users = self._life = -1
        self._server = None

    def _found(self) -> Server | None:
        """Return the server that lives in the folder, or None; one that lost its socket is stopped."""
        if not embedded_server.is_alive(self._life):
            return None
        deadline = time.monotonic() + _UNREACHABLE_SECONDS
        while embedded_server.is_alive(self._life):
            server = embedded_server.read_server(self._life) or self._unrecorded()
            if server and embedded_server.ask(server.socket, b"PING") is not None:
                return server
            if time.monotonic() > deadline:
                self._remove(server)
            time.sleep(PAUSE_SECONDS)
        return None

    def _unrecorded(self) -> Server | None:
        """Return the server whose starter was killed before it could record it."""
        server = embedded_server.identify(embedded_server.socket_path(self._data_dir))
        return embedded_server.record(server, self._life) if server else None

    def _remove(self, server: Server | None) -> None:
        """Stop a server that lives but has lost its socket. One with a socket elsewhere may be reached by others."""
        if server is None or server.socket.parent != self._data_dir:
            which = f"process {server.pid} at {server.socket}" if server else "its process is unknown"
            raise self._trouble(f"a Valkey uses this folder and does not answer ({which}); stop it")
        embedded_server.stop(server, self._life)

    def _start(self) -> Server:
        if self._server:
            embedded_server.reap(self._server)
        path = self._server.socket if self._server else embedded_server.socket_path(self._data_dir)
        life = self._open("valkey.life")
        try:
            fcntl.flock(life, fcntl.LOCK_EX)
            self._server = embedded_server.spawn(self._data_dir, path, life)
            return self._server  # remembered before it is ready: who is interrupted now has to stop it
        finally:
            os.close(life)

    def _becomes_ready(self, server: Server) -> bool:
        """Wait until *server* has read its data and answers; False when it ends instead."""
        deadline = time.monotonic() + _READY_SECONDS
        while True:
            answer = embedded_server.ask(server.socket, b"PING")
            if answer and not answer.startswith(b"-LOADING"):
                return True
            if not embedded_server.is_alive(self._life):
                embedded_server.reap(server)
                return False
            if time.monotonic() > deadline:
                raise _StillLoading(
                    f"data_dir {self._data_dir}: the embedded Valkey (process {server.pid}) is not ready after "
                    f"{_READY_SECONDS:.0f} s and goes on reading its data: try again later"
                )
            time.sleep(PAUSE_SECONDS)

    def _last_words(self) -> str:
        lines = (self._data_dir / "valkey.log").read_text("utf-8", "replace")[-4096:].split("\n")
        last = next((line for line in reversed(lines) if line.strip()), "it said nothing")
        return last.partition(" # ")[2] or last

    def _leave(self) -> None:
        try:
            with self._start_lock():
                self._stop_if_last()
        except OSError:  # the folder is gone: nobody can come any more
            self._stop_if_last()

    def _stop_if_last(self) -> None:
        fcntl.flock(self._users, fcntl.LOCK_UN)
        if _locked(self._users):
            self._stop()

    def _stop(self) -> None:
        server = embedded_server.read_server(self._life)
        if server and embedded_server.is_alive(self._life):
            embedded_server.stop(server, self._life)
            _log.debug("embedded_stopped", pid=server.pid, data_dir=str(self._data_dir))

    def _open(self, name: str) -> int:
        return os.open(self._data_dir / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @contextlib.contextmanager
    def _start_lock(self) -> Iterator[None]:
        """Be the only one who starts or stops the server."""
        lock = self._open("valkey.start")
        try:
            deadline = time.monotonic() + _LOCK_SECONDS
            while not _locked(lock):
                if time.monotonic() > deadline:
                    raise self._trouble("another command has been starting the embedded Valkey for too long")
                time.sleep(PAUSE_SECONDS)
            yield
        finally:
            os.close(lock)

    def _trouble(self, reason: str) -> EmbeddedStoreError:
        return EmbeddedStoreError(
            f"data_dir {self._data_dir}: {reason}; set data_dir (NEWSWIRE_DATA_DIR) to another folder, or redis_url "
            "(NEWSWIRE_REDIS_URL) to a Redis of your own"
        )


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
