"""How tests ask the web: a client with the settings of tests, wired as the daemon wires it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

from pipeline.adapters.web import Headers, Web
from pipeline.model import NoResponse, Response
from pipeline.settings import FetchSettings
from pipeline.stages.encoding import Damaged, unpack

LIMIT_BYTES = 100_000
SETTINGS = FetchSettings(
    allow_private_networks=True,
    max_body_bytes=LIMIT_BYTES,
    timeout_seconds=5,
    per_host_concurrency=4,
    per_host_gap_seconds=0,
    politeness_scope="host",
    concurrency=16,
    user_agent="newswire/0.1 (+https://newswire.invalid/bot)",
    max_redirects=5,
    audit_seconds=86_400,
    move_confirmations=5,
)


def digest(body: bytes, content_encoding: str, limit_bytes: int) -> str | NoResponse:
    """Unpack and digest as the daemon does."""
    plain = unpack(body, content_encoding, limit_bytes=limit_bytes)
    if isinstance(plain, Damaged):
        return NoResponse(plain.kind, plain.reason)
    return hashlib.sha256(plain).hexdigest() if plain else ""


def web(**changes: object) -> Web:
    """Make a client with the settings above but for *changes*."""
    return Web(replace(SETTINGS, **changes), digest=digest)  # type: ignore[arg-type]


def no_headers(_url: str) -> Headers:
    """Ask for nothing special."""
    return ()


def asking(etag: bytes) -> Callable[[str], Headers]:
    """Ask every address with *etag*."""
    return lambda _url: (("If-None-Match", etag),)


async def get(url: str, **changes: object) -> Response | NoResponse:
    """Ask once, with a client of its own."""
    async with web(**changes) as client:
        return await client.get(url, no_headers)


async def failure(url: str, **changes: object) -> NoResponse:
    """Ask once; there must be no response."""
    answer = await get(url, **changes)
    assert isinstance(answer, NoResponse), answer
    return answer
