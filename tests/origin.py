"""Scripted web servers on loopback for tests: `Origin` speaks HTTP well, `RawOrigin` sends exactly what it is told.

`async with Origin() as origin:` runs in the test's own loop; `with OriginThread() as origin:` runs in a thread of its
own, for tests that are not async. What an origin serves may be replaced at any time, from any thread.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Self

from aiohttp import web

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came in: *path* with its query, header names in lower case, values as bytes."""

    method: str
    path: str
    headers: tuple[tuple[str, bytes], ...]
    at_seconds: float

    def header(self, name: str) -> bytes | None:
        """Return the first value of header *name* (lower case), or None."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True)
class Served:
    """What a path answers with; where it *is_cut*, half of the body comes and then the connection ends."""

    body: bytes
    status: int
    headers: Mapping[str, str]
    delay_seconds: float
    is_cut: bool = False

    def is_known_to(self, request: Received) -> bool:
        """Whether *request* holds our validators: exact equality, If-None-Match before If-Modified-Since."""
        etag, modified = self.headers.get("ETag"), self.headers.get("Last-Modified")
        asked_etag, asked_modified = request.header("if-none-match"), request.header("if-modified-since")
        if asked_etag is not None:
            return etag is not None and asked_etag == etag.encode()
        return modified is not None and asked_modified == modified.encode()


@dataclass(slots=True)
class Origin:
    """A web server at *host*, on *port* (0: any free one). `log` holds every request, oldest first.

    While there is `trouble`, it is the answer to all requests, given the body of the path that was asked for.
    """

    host: str = "127.0.0.1"
    port: int = 0
    log: list[Received] = field(default_factory=list)
    most_at_once: int = 0
    trouble: Served | None = None
    _paths: dict[str, Served] = field(default_factory=dict)
    _running: int = 0
    _runner: web.ServerRunner | None = None

    async def __aenter__(self) -> Self:
        """Start to listen; `port` is the real one from here on."""
        self._runner = web.ServerRunner(web.Server(self._answer), shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, self.host, self.port).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Stop to listen and drop every connection."""
        if self._runner is not None:
            await self._runner.cleanup()

    def url(self, path: str = "/") -> str:
        """Return the address of *path*."""
        return f"http://{self.host}:{self.port}{path}"

    def serve(
        self,
        path: str,
        body: bytes = b"",
        *,
        status: int = 200,
        headers: Mapping[str, str] = _NOTHING,
        etag: str | None = None,
        last_modified: str | None = None,
        delay_seconds: float = 0,
    ) -> None:
        """Answer *path* like this from now on; requests that know *etag* or *last_modified* get a 304."""
        validators = {"ETag": etag, "Last-Modified": last_modified}
        given = {name: value for name, value in validators.items() if value is not None}
        self._paths[path] = Served(body, status, {**given, **headers}, delay_seconds)

    def requests(self, path: str) -> list[Received]:
        """Return the requests for *path* so far, oldest first."""
        return [request for request in list(self.log) if request.path == path]

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        headers = tuple((name.decode("latin-1").lower(), value) for name, value in request.raw_headers)
        received = Received(request.method, request.raw_path, headers, time.monotonic())
        self.log.append(received)
        served = self._paths.get(received.path)
        if served is None:
            return web.Response(status=404, text="nothing here")
        if self.trouble is not None:
            served = replace(self.trouble, body=served.body)
        self._running += 1
        self.most_at_once = max(self.most_at_once, self._running)
        try:
            await asyncio.sleep(served.delay_seconds)
        finally:
            self._running -= 1
        if served.status == 200 and served.is_known_to(received):
            kept = {name: value for name, value in served.headers.items() if name in ("ETag", "Last-Modified")}
            return web.Response(status=304, headers=kept)
        if served.is_cut:
            return await _answer_half(request, served)
        return web.Response(
            body=served.body, status=served.status, headers={"Content-Type": "application/rss+xml", **served.headers}
        )


async def _answer_half(request: web.BaseRequest, served: Served) -> web.StreamResponse:
    answer = web.StreamResponse(status=served.status, headers=served.headers)
    answer.content_length = len(served.body)
    await answer.prepare(request)
    await answer.write(served.body[: len(served.body) // 2])
    if request.transport is not None:
        request.transport.close()
    return answer


class OriginThread:
    """Runs an `Origin` in a thread with a loop of its own; the block gets that Origin."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self._origin = Origin(host, port)
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="origin", daemon=True)

    def __enter__(self) -> Origin:
        """Start the thread and wait until the origin listens."""
        self._thread.start()
        assert self._ready.wait(timeout=10), "the origin does not start"
        assert self._stop is not None, "the origin could not listen"
        return self._origin

    def __exit__(self, *exception: object) -> None:
        """Stop the origin and its thread."""
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(timeout=10)

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        finally:
            self._ready.set()

    async def _main(self) -> None:
        async with self._origin:
            self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
            self._ready.set()
            await self._stop.wait()


class RawOrigin:
    """A server that answers each request, whatever it asks, with *pieces*: bytes to send, numbers to wait (seconds).

    After the last piece the connection is closed. `heads` holds the request heads, byte for byte, oldest first;
    `asked` is set with the first.
    """

    def __init__(self, *pieces: bytes | float, host: str = "127.0.0.1") -> None:
        self.pieces: Sequence[bytes | float] = pieces
        self.heads: list[bytes] = []
        self.asked = asyncio.Event()
        self._host = host
        self._server: asyncio.Server | None = None
        self._answering: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Start to listen on a free port."""
        self._server = await asyncio.start_server(self._connected, self._host, 0)
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Stop to listen and break off every answer."""
        if self._server is not None:
            self._server.close()
            for task in self._answering:
                task.cancel()
            await asyncio.gather(*self._answering, return_exceptions=True)
            await self._server.wait_closed()

    def url(self, path: str = "/") -> str:
        """Return the address of *path*."""
        assert self._server is not None
        return f"http://{self._host}:{self._server.sockets[0].getsockname()[1]}{path}"

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._answer(reader, writer))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.heads.append(await reader.readuntil(b"\r\n\r\n"))
            self.asked.set()
            for piece in self.pieces:
                if isinstance(piece, bytes):
                    writer.write(piece)
                    await writer.drain()
                else:
                    await asyncio.sleep(piece)
        except (OSError, asyncio.IncompleteReadError):
            pass  # the client has gone: that is its right
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
