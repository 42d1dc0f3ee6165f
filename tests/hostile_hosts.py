"""Hosts that go wrong below the document, one loopback address for each way, and what became of their feeds."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass

from transport_cases import FEED, RESET, Case

from pipeline.adapters.connection import connect
from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.keys import Keys
from pipeline.stages.urls import feed_id

_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER: to close is to reset."""


class Hosts:
    """One loopback address for each case and each of some healthy feeds, on one port; `asked` is when each was."""

    def __init__(self, faults: dict[str, Case], *, healthy: int = 0) -> None:
        self.addresses = {f"127.0.3.{number}": name for number, name in enumerate(faults, 1)}
        self.healthy = [f"127.0.4.{number}" for number in range(1, healthy + 1)]
        self.asked: dict[str, list[float]] = {host: [] for host in (*self.addresses, *self.healthy)}
        self.port = 0
        self.faults = faults
        self._ready = threading.Event()

    def start(self) -> None:
        """Serve from a thread that ends with the process."""
        threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True).start()
        assert self._ready.wait(10)

    def url(self, host: str) -> str:
        """Return the address of the feed at *host*."""
        return f"http://{host}:{self.port}/feed"

    async def _serve(self) -> None:
        for host in self.asked:
            server = await asyncio.start_server(self._answer, host, self.port)
            self.port = self.port or int(server.sockets[0].getsockname()[1])
        self._ready.set()
        await asyncio.Event().wait()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = str(writer.get_extra_info("sockname")[0])
        with suppress(OSError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            self.asked[host].append(time.monotonic())
            whole = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(FEED) + FEED
            for piece in self.faults[self.addresses[host]][1] if host in self.addresses else [whole]:
                if piece == RESET:
                    await asyncio.sleep(0.2)  # what was sent before must have been read: a reset throws it away
                    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
                    continue
                if isinstance(piece, float):
                    await asyncio.sleep(piece)
                    continue
                for data in [piece] if isinstance(piece, bytes) else piece():
                    writer.write(data)
                    await writer.drain()
        writer.close()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is *said* of the feed with the fault *name*, and whether that is what the case asks for."""

    name: str
    said: str
    is_right: bool


def verdicts(url: str, hosts: Hosts) -> list[Verdict]:
    """Judge each faulty feed of *hosts* by what the Redis at *url* says of it."""
    with connect(url) as client:
        store = FeedStore(client, Keys("newswire"))
        return [_verdict(store, feed_id(hosts.url(host)), name, hosts) for host, name in hosts.addresses.items()]


def _verdict(store: FeedStore, feed: str, name: str, hosts: Hosts) -> Verdict:
    state, wanted = store.state(feed), hosts.faults[name][0]
    said = state.problem or ("" if state.status else "never answered")
    read = store.counts(feed).get("entries", 0)
    is_right = re.match(wanted, said) is not None if wanted else said == "" and read > 0
    return Verdict(name, said or f"{read} entries read", is_right)
