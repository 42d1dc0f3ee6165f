"""A relay of TCP connections for tests: what passes through it can be delayed, held, cut or refused.

`with Relay(target) as relay:` listens on a free port of loopback, in a thread of its own; its fields may be set at
any time, from any thread. It stands before a Redis as well as before a web server.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

_PAUSE_SECONDS = 0.01
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER of no time at all: closing sends RST and throws away what was not sent."""

Target = Path | tuple[str, int]
"""Where the connections really go: a unix socket, or host and port."""


@dataclass(slots=True)
class Relay:
    """Hands connections on to *target*.

    `delay_seconds` is what each piece of an answer waits; while `is_held` nothing passes, while `is_refused` new
    connections are reset; so many next answers as `cuts_left` says are reset after their first half. With the first
    question that has the bytes `held_from` in it, all is held, and it is the first to wait.
    """

    target: Target
    delay_seconds: float = 0.0
    is_held: bool = False
    held_from: bytes = b""
    is_refused: bool = False
    cuts_left: int = 0
    cuts_made: int = 0
    port: int = 0
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _loop: asyncio.AbstractEventLoop | None = None
    _ended: asyncio.Event | None = None
    _ready: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="relay", daemon=True)
        self._thread.start()
        assert self._ready.wait(10), "the relay does not start"
        return self

    def __exit__(self, *exception: object) -> None:
        """Reset every connection and stop to listen."""
        if self._loop is not None and self._ended is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._ended.set)
            self._thread.join(10)

    def cut(self) -> int:
        """Reset every open connection now; returns how many those were."""
        count = len(self._open) // 2
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._reset_all)
        return count

    def _reset_all(self) -> None:
        for writer in list(self._open):
            _reset(writer)

    async def _serve(self) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._ended.wait()
        server.close()
        self._reset_all()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._relay(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_refused:
            _reset(writer)
            return
        await self._wait_while_held()
        try:
            inner_reader, inner_writer = await self._reach()
        except OSError:
            _reset(writer)
            return
        both = {writer, inner_writer}
        self._open |= both
        try:
            await asyncio.gather(
                self._pump(reader, inner_writer, self._pass_question),
                self._pump(inner_reader, writer, self._pass_answer),
            )
        finally:
            self._open -= both
            for each in both:
                each.close()

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        match self.target:
            case Path() as path:
                return await asyncio.open_unix_connection(str(path))
            case host, port:
                return await asyncio.open_connection(host, port)

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        hand_on: Callable[[asyncio.StreamWriter, bytes], Awaitable[None]],
    ) -> None:
        try:
            while piece := await reader.read(65_536):
                await self._wait_while_held()
                await hand_on(writer, piece)
            if writer.can_write_eof():
                writer.write_eof()
        except OSError:
            _reset(writer)

    async def _wait_while_held(self) -> None:
        while self.is_held:  # noqa: ASYNC110 - set from other threads, as a plain field
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _pass_question(self, writer: asyncio.StreamWriter, piece: bytes) -> None:
        if self.held_from and self.held_from in piece:
            self.is_held, self.held_from = True, b""
            await self._wait_while_held()
        writer.write(piece)
        await writer.drain()

    async def _pass_answer(self, writer: asyncio.StreamWriter, piece: bytes) -> None:
        if self.delay_seconds:
            await asyncio.sleep(self.delay_seconds)
        if self.cuts_left > 0:
            self.cuts_left -= 1
            self.cuts_made += 1
            writer.write(piece[: len(piece) // 2])
            await writer.drain()
            _reset(writer)
            raise ConnectionResetError
        writer.write(piece)
        await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close the connection at once, with RST where it is one of TCP."""
    connection = writer.get_extra_info("socket")
    if connection is not None and connection.family == socket.AF_INET:
        with suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
    writer.transport.abort()
