"""Asks the web: one address in, a complete response or the reason why there is none out.

Rules of this file: the only import of aiohttp's client; nothing foreign gets out, neither an exception (cancellation
passes through) nor a string that was decoded by guess; every amount is bounded: bytes, hops, seconds, sockets.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Self

from aiohttp import (
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientError,
    ClientOSError,
    ClientResponse,
    ClientSession,
    ClientSSLError,
    ClientTimeout,
    DummyCookieJar,
    ServerDisconnectedError,
    TCPConnector,
)
from aiohttp.resolver import AsyncResolver
from yarl import URL

from pipeline.adapters.addresses import ForbiddenAddressError, bounded, guarded_socket
from pipeline.adapters.exact_requests import ExactRequest, as_text
from pipeline.adapters.host_gate import HostGate
from pipeline.adapters.redirects import REDIRECT_STATUSES, target_of
from pipeline.adapters.spelling import lower_name, target_and_host
from pipeline.model import FailureKind, NoResponse, Redirect, Response
from pipeline.settings import FetchSettings

Headers = tuple[tuple[str, bytes], ...]

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, text/html;q=0.4, */*;q=0.1"
)
_CHUNK_BYTES = 65_536
_BODY_STATUSES = frozenset((200, 226))
# The page of a refusal says whether a wall stands there. It is worth little: 32 kB, one second, and no error.
_REFUSAL_STATUSES = frozenset((403, 405, 406, 409, 429, 503))
_LONGEST_REFUSAL_BYTES = 32_768
_REFUSAL_SECONDS = 1.0
# What unpacks to more is unpacked in a thread, whatever it measures on the wire (33 kB of zstd can be 1 GiB): these
# take 1 to 3 ms, and the event loop should not stand still for longer. Two such bodies at a time, and never on all
# cores: the loop would wait for one.
_UNPACK_HERE_BYTES = 262_144
_UNPACK_ASIDE_AT_ONCE = min(2, max(1, (os.cpu_count() or 1) - 1))
_LONGEST_DETAIL = 200
# A feed is asked again in minutes: an idle connection serves only redirects and other feeds of the same host.
_KEEP_ALIVE_SECONDS = 2.0


class Web:
    """A client for requests, an async context manager. Safe to use from many tasks of one event loop.

    *digest* gets a body, its Content-Encoding and how many bytes it may unpack to, and returns the hex digest of the
    unpacked body ("" if that is empty) or, when it cannot be unpacked whole, a NoResponse ("too-large" for more than
    these bytes). It may be called twice, and from another thread.
    """

    def __init__(self, settings: FetchSettings, *, digest: Callable[[bytes, str, int], str | NoResponse]) -> None:
        self._settings = settings
        self._digest = digest
        self._gate = HostGate(concurrency=settings.per_host_concurrency, gap_seconds=settings.per_host_gap_seconds)
        self._slots = asyncio.Semaphore(settings.concurrency)
        self._aside = asyncio.Semaphore(_UNPACK_ASIDE_AT_ONCE)
        self._session: ClientSession | None = None
        self._resolver: AsyncResolver | None = None

    async def __aenter__(self) -> Self:
        """Open the client; nothing is connected yet."""
        # Not the resolver of the system, which waits in a thread for each name: a few dead names occupy all threads.
        self._resolver = AsyncResolver()
        # The limits are ours (gate and slots), so that no request waits for them while its time runs. TLS uses the
        # one context that aiohttp makes for the process.
        connector = TCPConnector(
            limit=0,
            resolver=self._resolver,
            socket_factory=guarded_socket(allow_private_networks=self._settings.allow_private_networks),
            ttl_dns_cache=60,
            keepalive_timeout=_KEEP_ALIVE_SECONDS,
        )
        self._session = ClientSession(
            connector=bounded(connector),
            cookie_jar=DummyCookieJar(),
            headers={
                "User-Agent": self._settings.user_agent,
                "Accept": _ACCEPT,
                "Accept-Encoding": "gzip, deflate, br, zstd",
            },
            request_class=ExactRequest,
            timeout=ClientTimeout(total=None),
            auto_decompress=False,
            trust_env=False,
        )
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None
        if self._resolver is not None:
            await self._resolver.close()
            self._resolver = None

    async def get(self, url: str, headers: Callable[[str], Headers]) -> Response | NoResponse:
        """Ask for *url* (http or https, already percent-encoded), following redirects.

        *headers* gives the extra headers for each address on the way: validators must not go to another address
        than the one that gave them. The time limit covers all hops together, not the waiting for the host's turn.
        A body is kept for status 200 and 226 alone and always whole: cut or damaged ones are a NoResponse.
        """
        hops: list[Redirect] = []
        seen = {url}
        left_seconds = self._settings.timeout_seconds
        while True:
            answer, took_seconds = await self._hop(url, headers(url), left_seconds)
            left_seconds -= took_seconds
            if isinstance(answer, NoResponse):
                return answer
            if answer.status not in REDIRECT_STATUSES:
                answer = replace(answer, redirects=tuple(hops)) if hops else answer
                return await self._digested(answer) if answer.body else answer
            target = target_of(answer.header("location") or b"", url=url)
            if target is None:
                return NoResponse("redirects", f"HTTP {answer.status} with no address to follow, from {url}")
            if target in seen:
                return NoResponse("redirects", f"a circle: back to {target}")
            if len(hops) == self._settings.max_redirects:
                return NoResponse("redirects", f"more than {len(hops)} in a row, the last to {target}")
            hops.append(Redirect(answer.status, url, target))
            seen.add(target)
            url = target

    async def post(self, url: str, form: Mapping[str, str]) -> Response | NoResponse:
        """Post *form* to *url*, through the same door. A 307 or 308 takes it elsewhere (RFC 9110 section 15.4.8)."""
        seconds = self._settings.timeout_seconds
        for _ in range(self._settings.max_redirects + 1):
            answer, took = await self._hop(url, (), seconds, form)
            seconds -= took
            if isinstance(answer, NoResponse) or answer.status not in (307, 308):
                return answer
            target = target_of(answer.header("location") or b"", url=url)
            if target is None:
                return NoResponse("redirects", f"HTTP {answer.status} with no address to follow, from {url}")
            url = target
        return NoResponse("redirects", f"more than {self._settings.max_redirects} in a row, the last to {url}")

    async def _hop(
        self, url: str, headers: Headers, seconds: float, form: Mapping[str, str] | None = None
    ) -> tuple[Response | NoResponse, float]:
        """One request without redirects, within *seconds*; the answer, and the seconds that it took."""
        loop = asyncio.get_running_loop()
        try:
            target, host = target_and_host(url)
        except ValueError as error:
            return NoResponse(_kind(error), _one_line(error)), 0.0
        async with self._gate.turn(host), self._slots:
            start = loop.time()
            try:
                async with asyncio.timeout(seconds):
                    answer = await self._ask(target, url, headers, form)
            except (ClientError, OSError, ValueError, RuntimeError) as error:
                answer = _no_response(error, host=host)
            return answer, loop.time() - start

    async def _ask(
        self, target: URL, url: str, headers: Headers, form: Mapping[str, str] | None
    ) -> Response | NoResponse:
        if self._session is None:
            raise AssertionError("Web is used outside of its `async with` block")
        sent = [(name, as_text(value)) for name, value in headers]
        method = "GET" if form is None else "POST"
        async with self._session.request(method, target, headers=sent, data=form, allow_redirects=False) as answer:
            received = tuple([(lower_name(name), value) for name, value in answer.raw_headers])
            body = await self._body(answer) if answer.status in _BODY_STATUSES else b""
            refusal = await _refusal(answer) if answer.status in _REFUSAL_STATUSES else b""
        if isinstance(body, NoResponse):
            return body
        return Response(url, answer.status, received, body, "", refusal=refusal)

    async def _digested(self, response: Response) -> Response | NoResponse:
        """Check and digest the body of *response*: outside of the host's turn and time, which are over."""
        body = response.body
        codings = [value for name, value in response.headers if name == "content-encoding"]
        encoding = b", ".join(codings).decode("latin-1")
        limit = self._settings.max_body_bytes
        digest = self._digest(body, encoding, min(limit, _UNPACK_HERE_BYTES))
        if isinstance(digest, NoResponse) and digest.kind == "too-large" and limit > _UNPACK_HERE_BYTES:
            async with self._aside:
                digest = await asyncio.to_thread(self._digest, body, encoding, limit)
        return digest if isinstance(digest, NoResponse) else replace(response, digest=digest)

    async def _body(self, answer: ClientResponse) -> bytes | NoResponse:
        """Read the body as it is on the wire; return it, or NoResponse when it is longer than the limit."""
        limit = self._settings.max_body_bytes
        too_large = NoResponse("too-large", f"a body of more than {limit} bytes (fetch.max_body_bytes)")
        if (answer.content_length or 0) > limit:
            return too_large
        body = bytearray()
        async for chunk in answer.content.iter_chunked(_CHUNK_BYTES):
            body += chunk
            if len(body) > limit:
                return too_large
        return bytes(body)


async def _refusal(answer: ClientResponse) -> bytes:
    """Read the page that stands behind a refusal; b"" where that is long, slow or broken off."""
    page = bytearray()
    with suppress(TimeoutError, ClientError):
        async with asyncio.timeout(_REFUSAL_SECONDS):
            async for chunk in answer.content.iter_chunked(_LONGEST_REFUSAL_BYTES):
                page += chunk
                if len(page) > _LONGEST_REFUSAL_BYTES:
                    return b""
            return bytes(page)
    return b""


# --- Foreign errors become values --------------------------------------------------------------------------------


def _no_response(error: Exception, *, host: str) -> NoResponse:
    """Say in our terms what *error*, raised while *host* was asked, means."""
    match error:
        case ClientConnectorError(os_error=ForbiddenAddressError() as refusal):
            return NoResponse("forbidden-address", f"{host}: {refusal}")
        case TimeoutError():
            return NoResponse("timeout", f"{host} did not answer completely in time (fetch.timeout_seconds)")
    return NoResponse(_kind(error), _one_line(error))


def _kind(error: Exception) -> FailureKind:
    match error:
        case ClientConnectorDNSError() | UnicodeError():  # the latter: a name that no DNS query can carry
            return "dns"
        case ClientSSLError() | ssl.SSLError():
            return "tls"
        case ClientOSError() | ServerDisconnectedError() | OSError():
            return "connection"
        # uvloop raises RuntimeError where asyncio raises OSError when a socket cannot be connected.
        case RuntimeError():
            return "connection"
        # Left are what aiohttp says of heads and bodies it cannot read, and yarl of addresses.
        case _:
            return "protocol"


def _one_line(error: Exception) -> str:
    """Return the text of *error* as one printable line; its class when it says nothing."""
    line = " ".join(str(error)[: 4 * _LONGEST_DETAIL].split()) or type(error).__name__
    return "".join(character if character.isprintable() else "?" for character in line)[:_LONGEST_DETAIL]
