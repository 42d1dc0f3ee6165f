"""The origin of the fetch benchmark: a process that answers any conditional GET with 304 and any other with a feed.

    python -m tests.benchmarks.fetch_origin [CERTIFICATE_AND_KEY]

With a certificate it speaks TLS and ends each connection after one answer, as between two polls of a feed. It prints
its port and serves until its standard input ends. It reads no more of a request than it must, because its own CPU
time is not counted but competes with what is measured.
"""

from __future__ import annotations

import asyncio
import gzip
import ssl
import sys
from functools import partial
from typing import cast

import uvloop

HOSTS = tuple(f"127.0.0.{number}" for number in range(1, 51))
"""Where the origin answers: loopback addresses, each a host of its own to whoever asks."""

_ITEM = "<item><guid>g{0}</guid><title>Item {0}</title><link>http://example.invalid/{0}</link></item>"
_FEED = (
    "<rss version='2.0'><channel><title>T</title><link>http://example.invalid/</link><description>d</description>"
    + "".join(map(_ITEM.format, range(400)))
    + "</channel></rss>"
).encode()
_BODY = gzip.compress(_FEED, mtime=0)
_FULL = (
    b'HTTP/1.1 200 OK\r\nETag: "one"\r\nContent-Type: application/rss+xml\r\nContent-Encoding: gzip\r\n'
    b"Content-Length: %d\r\n\r\n" % len(_BODY)
) + _BODY
_UNCHANGED = b'HTTP/1.1 304 Not Modified\r\nETag: "one"\r\n\r\n'


class _Answers(asyncio.Protocol):
    """Answers each request of one connection; only the first if it *closes*."""

    def __init__(self, *, closes: bool) -> None:
        self._held = b""
        self._closes = closes
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's own class, no heir of asyncio's

    def data_received(self, data: bytes) -> None:
        """Answer what is complete; addresses below /full always get the document."""
        self._held += data
        *requests, self._held = self._held.split(b"\r\n\r\n")
        for request in requests:
            known = b"if-none-match" in request.lower() and not request.startswith(b"GET /full")
            if self._transport is not None:
                self._transport.write(_UNCHANGED if known else _FULL)
                if self._closes:
                    self._transport.close()


def _tls(certificate: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


async def _serve(tls: ssl.SSLContext | None) -> None:
    loop = asyncio.get_running_loop()
    answers = partial(_Answers, closes=tls is not None)
    first = await loop.create_server(answers, HOSTS[0], 0, backlog=4096, ssl=tls)
    port = first.sockets[0].getsockname()[1]
    for host in HOSTS[1:]:
        await loop.create_server(answers, host, port, backlog=4096, ssl=tls)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    uvloop.run(_serve(_tls(sys.argv[1]) if len(sys.argv) > 1 else None))
