"""Requests whose headers go out as the bytes that they came as.

aiohttp writes headers in UTF-8 and drops lone surrogates, so a validator in Latin-1 (legal, RFC 9110 section 8.8.3)
cannot be sent as it came. Its bytes 80 to FF travel as U+E080 to U+E0FF and are put right where the head is
written. Only for such requests does anything stand between aiohttp and its transport.
"""

from __future__ import annotations

import asyncio
import re

from aiohttp import ClientRequest, ClientResponse
from aiohttp.connector import Connection

_STAND_IN = re.compile("[\ue080-\ue0ff]")
_STAND_IN_UTF8 = re.compile(rb"\xee([\x82\x83])([\x80-\xbf])")


def as_text(value: bytes) -> str:
    """Return a text that is sent as exactly *value*."""
    if value.isascii():
        return value.decode("ascii")
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if text and not _STAND_IN.search(text):
        return text
    return "".join(chr(byte if byte < 0x80 else 0xE000 + byte) for byte in value)


def _original_byte(match: re.Match[bytes]) -> bytes:
    return bytes((match[2][0] | (match[1] == b"\x83") << 6,))


class _ExactTransport:
    """Stands in for *transport* while one request head is written, and puts its bytes right."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def __getattr__(self, name: str) -> object:
        return getattr(self._transport, name)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._transport.write(_STAND_IN_UTF8.sub(_original_byte, bytes(data)))


class ExactRequest(ClientRequest):
    """A request whose headers go out as the bytes that they came as."""

    async def send(self, conn: Connection) -> ClientResponse:
        """Write the request to *conn*."""
        if all(map(str.isascii, self.headers.values())):
            return await super().send(conn)
        protocol = conn.protocol
        if protocol is None or protocol.transport is None or not any(map(_STAND_IN.search, self.headers.values())):
            return await super().send(conn)
        transport = protocol.transport
        protocol.transport = _ExactTransport(transport)  # type: ignore[assignment]
        try:
            return await super().send(conn)
        finally:
            if protocol.transport is not None:
                protocol.transport = transport
