"""Follow the article stream as a subscriber: live, from any point, alone or in a consumer group.

The stream is the truth; a reader that was away reads on where it stopped. A group divides the articles among its
consumers and remembers what each has not acknowledged: a crashed consumer's deliveries go to another one. Not for
ever: a delivery at which every consumer fails is buried.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from pipeline import wire
from pipeline.adapters.connection import connect_async
from pipeline.adapters.consumers import is_gone
from pipeline.adapters.keys import Keys
from pipeline.adapters.store_errors import STORE_LOST
from pipeline.model import Article, ArticleKind

log = structlog.get_logger("pipeline.subscription")

_BATCH = 100
_BLOCK_MS = 2_000
_RECONNECT_SECONDS = 1.0
_DEAD_KEPT = 1_000
_Entry = tuple[str, dict[bytes, bytes]]


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
    most_deliveries: int = 10,
) -> AsyncGenerator[Delivery, None]:
    """Yield every article revision from the Redis at *url*, oldest first, for ever.

    With *group*, each delivery goes to one consumer of the group and must be acknowledged; what a consumer has not
    acknowledged within *claim_after_seconds* is given to another. A new group begins at *since* (default "0", all
    that the stream still holds). What was not acknowledged after *most_deliveries* tries is taken to be what ends its
    consumers: it goes to the stream `dead_deliveries`, and those behind it come. Without *group*, reading begins
    after the stream id *since* (default: only what comes from now on). A lost connection is waited for; nothing is
    skipped. A store that has forgotten the group (it was emptied, or died) is given it again, as a new one.
    """
    client = connect_async(url)
    key = Keys(namespace).articles
    try:
        if group is None:
            reader = _read_alone(client, key, since or "$")
        else:
            dead = Keys(namespace).dead_deliveries
            member = _Member(client, key, dead, group, consumer, since or "0", most_deliveries)
            reader = _read_in_group(member, claim_after_seconds)
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
            if (article := _article(stream_id, fields)) is not None:
                yield Delivery(article, stream_id, article.kind, _nothing_to_acknowledge)


async def _read_in_group(member: _Member, claim_after_seconds: float) -> AsyncIterator[Delivery]:
    """Hand out what is new, after what was handed out before: that one by one, so that each try is counted alone."""
    await _patiently(member.join)
    idle_ms, next_claim = int(claim_after_seconds * 1000), monotonic()
    last = "0"
    while entries := await member.ask(partial(member.read, last, count=1)):  # what we had not acknowledged
        last = entries[0][0]
        if (delivery := await member.ask(partial(member.again, *entries[0]))) is not None:
            yield delivery
    while True:
        if monotonic() >= next_claim:
            next_claim = monotonic() + claim_after_seconds / 2
            for stream_id in await member.ask(partial(member.left_by_others, idle_ms)):
                for entry in await member.ask(partial(member.take_over, stream_id, idle_ms)):
                    if (delivery := await member.ask(partial(member.again, *entry))) is not None:
                        yield delivery
        for entry in await member.ask(partial(member.read, ">", count=_BATCH)):
            if (delivery := await member.ask(partial(member.first, *entry))) is not None:
                yield delivery


@dataclass(frozen=True, slots=True)
class _Member:
    """A consumer of a group on the stream *key*, and what it asks Redis for. A new group begins at *since*."""

    client: Redis
    key: str
    dead: str
    group: str
    consumer: str
    since: str
    most_deliveries: int

    async def ask(self, call: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401 - whatever *call* brings
        """The answer to *call*; a lost server is waited for, and one that has forgotten the group is given it again.

        All that the stream holds comes again then: nobody knows any more what was acknowledged.
        """
        while True:
            try:
                return await _patiently(call)
            except ResponseError as error:
                if not is_gone(error):
                    raise
            log.warning("group_forgotten", group=self.group, since=self.since)
            await _patiently(self.join)

    async def join(self) -> None:
        """Make sure that there is the group."""
        try:
            await self.client.xgroup_create(self.key, self.group, id=self.since, mkstream=True)
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):  # it exists, which is what we want
                raise

    async def read(self, after: str, *, count: int) -> list[_Entry]:
        """The next entries, or those that this consumer has not acknowledged *after* an id.

        Each of the latter counts as delivered once more, whether it is handed out or not.
        """
        answer = await self.client.xreadgroup(
            self.group, self.consumer, {self.key: after}, count=count, block=_BLOCK_MS
        )
        return _entries(answer)

    async def left_by_others(self, idle_ms: int) -> list[str]:
        """Name what nobody has acknowledged for so long; nothing is counted by that."""
        pending: Any = await self.client.xpending_range(self.key, self.group, "-", "+", _BATCH, idle=idle_ms)
        return [state["message_id"].decode() for state in pending]

    async def take_over(self, stream_id: str, idle_ms: int) -> list[_Entry]:
        """Take over one delivery that nobody has acknowledged for so long; nothing where another was faster."""
        answer = await self.client.xclaim(self.key, self.group, self.consumer, idle_ms, [stream_id])
        return _entries([(self.key, answer)])

    async def acknowledge(self, stream_id: str) -> None:
        """Say that a delivery is done with."""
        await _patiently(partial(self.client.xack, self.key, self.group, stream_id))

    async def first(self, stream_id: str, fields: dict[bytes, bytes]) -> Delivery | None:
        """Hand out an entry; None for one that is no article that we can read, which is buried."""
        article = _article(stream_id, fields)
        if article is None:
            await self._bury(stream_id, fields, deliveries=0)
            return None
        return Delivery(article, stream_id, article.kind, self.acknowledge)

    async def again(self, stream_id: str, fields: dict[bytes, bytes]) -> Delivery | None:
        """Hand out once more an entry that nobody has acknowledged; after too many tries it is buried: None."""
        pending: Any = await self.client.xpending_range(self.key, self.group, stream_id, stream_id, 1)
        deliveries = max((state["times_delivered"] for state in pending), default=0)
        if deliveries <= self.most_deliveries and fields:
            return await self.first(stream_id, fields)
        await self._bury(stream_id, fields, deliveries=deliveries)
        return None

    async def _bury(self, stream_id: str, fields: dict[bytes, bytes], *, deliveries: int) -> None:
        """Keep an entry among the dead and acknowledge it; one that was trimmed away is only acknowledged."""
        buried: dict[Any, Any] = {"group": self.group, "stream_id": stream_id, "deliveries": deliveries, **fields}
        async with self.client.pipeline(transaction=True) as pipe:
            if fields:
                pipe.xadd(self.dead, buried, maxlen=_DEAD_KEPT, approximate=True)
            pipe.xack(self.key, self.group, stream_id)
            await pipe.execute()


async def _patiently(call: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401 - whatever *call* brings
    """The answer to *call*; a lost server is waited for."""
    while True:
        try:
            return await call()
        except STORE_LOST:
            await asyncio.sleep(_RECONNECT_SECONDS)


def _entries(answer: Any) -> list[_Entry]:  # noqa: ANN401 - RESP2 and RESP3 differ
    """The entries of a read, oldest first; those that were trimmed away while pending have no fields."""
    streams = answer.values() if isinstance(answer, dict) else [entries for _, entries in answer or ()]
    return [(stream_id.decode(), fields or {}) for entries in streams for stream_id, fields in _flattened(entries)]


def _flattened(entries: list[Any]) -> list[tuple[bytes, dict[bytes, bytes]]]:
    """RESP3 wraps the entries of a stream in one more list than RESP2."""
    return entries[0] if entries and isinstance(entries[0], list) else entries


def _article(stream_id: str, fields: dict[bytes, bytes]) -> Article | None:
    """Read an entry of the stream; None for one of another hand or of a version to come, which is said."""
    try:
        return wire.article_from_json(fields[b"article"])
    except (KeyError, ValueError) as error:
        log.warning("entry_left_out", stream_id=stream_id, reason=f"no article that this version reads: {error!r}")
        return None


async def _nothing_to_acknowledge(stream_id: str) -> None:
    """Outside a group nobody waits for an acknowledgement of *stream_id*."""
