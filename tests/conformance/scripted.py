"""A web server whose answers are scripts: each row of the conformance suite has a loopback address of its own.

A host that says 429 is left in peace as a whole, so no two rows may share one.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came in: *path* with its query, header names in lower case, values as bytes."""

    path: str
    headers: tuple[tuple[str, bytes], ...]
    at_seconds: float

    def header(self, name: str) -> bytes | None:
        """Return the first value of header *name*, or None."""
        return next((value for key, value in self.headers if key == name), None)

    @property
    def is_conditional(self) -> bool:
        """Whether it asks only for what is new."""
        return any(key in ("if-none-match", "if-modified-since") for key, _ in self.headers)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Script = Callable[[str, int, Request], Reply]
"""What answers: the path, how often that path was asked before, and the request."""


@dataclass(slots=True)
class ScriptedOrigin:
    """Serves *scripts*, each on a loopback address of its own; `log` holds each address's requests, oldest first.

    A context manager; the server runs in a thread of its own.
    """

    scripts: Mapping[str, Script]
    log: dict[str, list[Request]] = field(default_factory=dict)
    _hosts: dict[str, str] = field(default_factory=dict)
    _port: int = 0
    _ready: threading.Event = field(default_factory=threading.Event)
    _loop: asyncio.AbstractEventLoop | None = None
    _stop: asyncio.Event | None = None
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Listen on one port at every address."""
        self._hosts = {f"127.0.{1 + index // 200}.{1 + index % 200}": name for index, name in enumerate(self.scripts)}
        self.log.update({name: [] for name in self.scripts})
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()), name="scripted", daemon=True)
        self._thread.start()
        assert self._ready.wait(timeout=10), "the origin does not start"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop to listen."""
        if self._loop is not None and self._stop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(timeout=10)

    def url(self, name: str, path: str = "/feed") -> str:
        """Return the address of *path* at the host of the script *name*."""
        host = next(host for host, each in self._hosts.items() if each == name)
        return f"http://{host}:{self._port}{path}"

    def requests(self, name: str, path: str = "/feed") -> list[Request]:
        """Return the requests for *path* at the host of the script *name*, oldest first."""
        return [request for request in list(self.log[name]) if request.path == path]

    async def _main(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        runner = web.ServerRunner(web.Server(self._answer), shutdown_timeout=0.1)
        await runner.setup()
        for host in self._hosts:
            await web.TCPSite(runner, host, self._port).start()
            self._port = self._port or int(runner.addresses[0][1])
        self._ready.set()
        await self._stop.wait()
        await runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        name = self._hosts[(request.host or "").partition(":")[0]]
        headers = tuple((key.decode("latin-1").lower(), value) for key, value in request.raw_headers)
        received = Request(request.raw_path, headers, time.monotonic())
        earlier = sum(each.path == received.path for each in self.log[name])
        self.log[name].append(received)
        reply = self.scripts[name](received.path, earlier, received)
        kind = {"Content-Type": "application/rss+xml"} if reply.body else {}
        return web.Response(body=reply.body, status=reply.status, headers={**kind, **reply.headers})
