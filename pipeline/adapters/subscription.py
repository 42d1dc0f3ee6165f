"""Follow the article stream as a subscriber: live, from any point, alone or in a consumer group.

The stream is the truth; a reader that was away reads on where it stopped. A group divides the articles among its
consumers and remembers what each has not acknowledged: a crashed consumer's deliveries go to another one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from pipeline import wire
from pipeline.adapters.connection import connect_async
from pipeline.adapters.keys import Keys
from pipeline.adapters.store_errors import STORE_LOST
from pipeline.model import Article, ArticleKind

_BATCH = 100
_BLOCK_MS = 2_000
_RECONNECT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """One article revision as delivered; one that an earlier consumer did not acknowledge is delivered again."""

    article: Article
    stream_id: str
    kind: ArticleKind
    _acknowledge: Callable[[str], Awaitable[None]]

    async def ack(self) -> None:
        """Say that this delivery is done with. Outside a group there is nothing to say, and this does nothing."""
        await self._acknowledge(self.stream_id)


async def follow(
    url: str,
    *,
    group: str | None = None,
    consumer: str = "1",
    since: str | None = None,
    namespace: str = "newswire",
    claim_after_seconds: float = 60.0,
) -> AsyncGenerator[Delivery, None]:
    """Yield every article revision from the Redis at *url*, oldest first, for ever.

    With *group*, each delivery goes to one consumer of the group and must be acknowledged; what a consumer has not
    acknowledged within *claim_after_seconds* is given to another. A new group begins at *since* (default "0", all
    that the stream still holds). Without *group*, reading begins after the stream id *since* (default: only what
    comes from now on). A lost connection is waited for; nothing is skipped.
    """
    client = connect_async(url)
    key = Keys(namespace).articles
    try:
        if group is None:
            reader = _read_alone(client, key, since or "$")
        else:
            reader = _read_in_group(client, key, group, consumer, since or "0", claim_after_seconds)
        async for delivery in reader:
            yield delivery
    finally:
        await client.aclose()


async def _read_alone(client: Redis, key: str, since: str) -> AsyncIterator[Delivery]:
    last = since
    if since == "$":
        newest = await _patiently(partial(client.xrevrange, key, count=1))
        last = newest[0][0].decode() if newest else "0"
    while True:
        answer = await _patiently(partial(client.xread, {key: last}, _BATCH, _BLOCK_MS))
        for stream_id, fields in _entries(answer):
            last = stream_id
            yield _delivery(stream_id, fields, _nothing_to_acknowledge)


async def _read_in_group(
    client: Redis, key: str, group: str, consumer: str, since: str, claim_after_seconds: float
) -> AsyncIterator[Delivery]:
    async def acknowledge(stream_id: str) -> None:
        await _patiently(partial(client.xack, key, group, stream_id))

    await _patiently(partial(_create_group, client, key, group, since))
    own_pending_after: str | None = "0"  # first what this consumer had not acknowledged before it stopped
    idle_ms, next_claim = int(claim_after_seconds * 1000), monotonic()
    while True:
        if monotonic() >= next_claim:
            next_claim = monotonic() + claim_after_seconds / 2
            claimed = await _patiently(partial(client.xautoclaim, key, group, consumer, idle_ms, count=_BATCH))
            for stream_id, fields in _entries([(key, claimed[1])]):
                yield _delivery(stream_id, fields, acknowledge)
        after = own_pending_after or ">"
        answer = await _patiently(
            partial(client.xreadgroup, group, consumer, {key: after}, count=_BATCH, block=_BLOCK_MS)
        )
        entries = _entries(answer)
        if own_pending_after is not None:
            own_pending_after = entries[-1][0] if entries else None
        for stream_id, fields in entries:
            yield _delivery(stream_id, fields, acknowledge)


async def _create_group(client: Redis, key: str, group: str, since: str) -> None:
    try:
        await client.xgroup_create(key, group, id=since, mkstream=True)
    except ResponseError as error:
        if not str(error).startswith("BUSYGROUP"):  # it exists, which is what we want
            raise


async def _patiently(call: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401 - whatever *call* brings
    """The answer to *call*; a lost server is waited for."""
    while True:
        try:
            return await call()
        except STORE_LOST:
            await asyncio.sleep(_RECONNECT_SECONDS)


def _entries(answer: Any) -> list[tuple[str, dict[bytes, bytes]]]:  # noqa: ANN401 - RESP2 and RESP3 differ
    """The entries of a read, oldest first, without those that were trimmed away while pending (they are empty)."""
    streams = answer.values() if isinstance(answer, dict) else [entries for _, entries in answer or ()]
    return [
        (stream_id.decode(), fields) for entries in streams for stream_id, fields in _flattened(entries) if fields
    ]


def _flattened(entries: list[Any]) -> list[tuple[bytes, dict[bytes, bytes]]]:
    """RESP3 wraps the entries of a stream in one more list than RESP2."""
    return entries[0] if entries and isinstance(entries[0], list) else entries


def _delivery(stream_id: str, fields: dict[bytes, bytes], acknowledge: Callable[[str], Awaitable[None]]) -> Delivery:
    article = wire.article_from_json(fields[b"article"])
    return Delivery(article, stream_id, article.kind, acknowledge)


async def _nothing_to_acknowledge(stream_id: str) -> None:
    """Outside a group nobody waits for an acknowledgement of *stream_id*."""
