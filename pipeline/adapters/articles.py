"""Published articles: remember, publish, trim. Plain calls, for the workers and the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from redis import Redis
from redis.exceptions import ResponseError

from pipeline.adapters.backlog import Claim
from pipeline.adapters.consumers import is_gone
from pipeline.adapters.keys import Keys
from pipeline.adapters.replies import as_counters, as_fields
from pipeline.adapters.scripts import Value, call
from pipeline.adapters.seen_shards import shard_count
from pipeline.model import Tidied

_ITEMS_PER_CALL = 200
"""A call of 200 items of 5 KB holds the server for about 1.5 ms; the next client waits no longer than that."""
_ADDRESS_DAYS = 3  # as lua/accept_articles.lua keeps them
_IDS_PER_CALL = 500
"""At about 2 microseconds each, a call holds the server for a millisecond."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What is to be remembered and, unless *json* is empty, published of one article.

    *expected* is the record that the verdict was reached from (b"" = none); the publication takes place only if
    it still stands. *counted* is the fate it counts as: "new", "revised" or "near_duplicates". With a *page_task* its
    page is fetched; *told* is what the JSON tells when a page was read for it, remembered with its
    stream id. What another feed of its site has told as new, by its *address*, is not published: a conflict.
    """

    seen_id: bytes
    expected: bytes
    record: bytes
    kind: str = ""
    counted: str = ""
    article_id: str = ""
    language: str = ""
    json: str = ""
    page_task: bytes = b""
    told: bytes = b""
    address: bytes = b""

    @property
    def is_held_back(self) -> bool:
        """Whether an article is remembered for the first time, and told when its page has come."""
        return bool(self.page_task) and not (self.json or self.expected)


@dataclass(frozen=True, slots=True)
class Owner:
    """Which article of which feed stands at an address, and what was told of it last."""

    feed_id: str
    article_id: str
    stream_id: str


@dataclass(frozen=True, slots=True)
class Published:
    """The fate of a publication: its stream id, "" when it only refreshed the memory."""

    stream_id: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """The memory changed since the verdict: read it again and judge again."""


class FencedOff(Exception):
    """Nothing more may be written of this document: another worker has it, or the store forgot what it accepted."""


class ArticleStore:
    """The seen-index and the article stream behind *client*."""

    def __init__(self, client: Redis, keys: Keys) -> None:
        self._client = client
        self._keys = keys

    def recall(self, feed_id: str, seen_ids: Sequence[bytes]) -> list[bytes]:
        """The records remembered for *seen_ids*, in order; b"" for an article never seen."""
        records: list[bytes] = []
        for start in range(0, len(seen_ids), _IDS_PER_CALL):
            part = seen_ids[start : start + _IDS_PER_CALL]
            records += call(
                self._client,
                "recall_articles",
                keys=self._memory_keys(feed_id),
                arguments={"feed": feed_id},
                tail=part,
            )
        return records

    def aliases(self, feed_id: str) -> bytes:
        """What `publish` kept of the feed's aliases; b"" for nothing."""
        kept = self._client.get(self._keys.aliases(feed_id))
        return kept if isinstance(kept, bytes) else b""

    def publish(
        self,
        feed_id: str,
        claim: Claim,
        *,
        publications: Sequence[Publication],
        aliases: bytes = b"",
    ) -> list[Published | Conflict]:
        """Publish articles of a feed in order, in portions that are each all or nothing, and count these in *claim*.

        Raises FencedOff when the claim was lost, or the store died and forgot what it had accepted under it.
        *aliases*, unless empty, replace what is kept of the feed's, at once with the first portion. The document of
        *claim* may be of another feed of the site, which shows the article, too.
        """
        fates: list[Published | Conflict] = []
        for start in range(0, len(publications) or bool(aliases), _ITEMS_PER_CALL):
            part = publications[start : start + _ITEMS_PER_CALL]
            answer = call(
                self._client,
                "accept_articles",
                keys=self._publishing_keys(feed_id, claim.document.id),
                arguments={
                    "feed": feed_id,
                    "fence": claim.fence,
                    "aliases": b"" if start else aliases,
                    "claimant": claim.document.feed_id,
                    "accepted": claim.accepted,
                },
                tail=_flat(part),
            )
            if answer is None:
                raise FencedOff(claim.document.id)
            claim.accepted += 1
            fates += [Conflict() if fate == b"conflict" else Published(fate.decode()) for fate in answer]
        return fates

    def _publishing_keys(self, feed_id: str, document_id: str) -> dict[str, str]:
        return {
            **self._memory_keys(feed_id),
            "claims": self._keys.claims,
            "articles": self._keys.articles,
            "document": self._keys.documents(document_id),
            "aliases": self._keys.aliases(feed_id),
            "pages": self._keys.pages,
            "told": self._keys.told(feed_id),
            "addresses": self._keys.addresses,
        }

    def owners(self, addresses: Sequence[bytes], *, today: int) -> list[Owner | None]:
        """Who told of the articles at *addresses* in the last days, in order; *today* counts from the epoch."""
        asked = [each for each in addresses if each]
        if not asked:
            return [None] * len(addresses)
        with self._client.pipeline(transaction=False) as pipe:
            for day in range(today + 1, today - _ADDRESS_DAYS - 1, -1):  # the server's day may have begun
                pipe.hmget(f"{self._keys.addresses}:{day}", asked)
            answers = pipe.execute()
        found = {address: next(filter(None, owners), None) for address, *owners in zip(asked, *answers, strict=True)}
        return [_owner(found.get(address)) for address in addresses]

    def memory(self, feed_id: str) -> Iterator[list[tuple[bytes, bytes]]]:
        """Every (seen id, record) remembered of one feed, in portions of a few hundred.

        Of a memory that grows meanwhile, some may be given twice, and none is left out.
        """
        number, count = 0, 1
        while number < count:
            with self._client.pipeline(transaction=True) as pipe:
                pipe.hget(self._keys.shards, feed_id)
                pipe.hgetall(self._keys.seen(feed_id, shard=number))
                noted, shard = pipe.execute()
            yield list(as_fields(shard).items())
            number, count = number + 1, shard_count(noted)

    def tidy(self, feed_id: str, changes: Sequence[Tidied]) -> int:
        """Forget or shrink articles of a feed that are still remembered as expected; returns how many it forgot."""
        forgotten = 0
        for start in range(0, len(changes), _IDS_PER_CALL):
            part = changes[start : start + _IDS_PER_CALL]
            forgotten += call(
                self._client,
                "tidy_articles",
                keys={**self._memory_keys(feed_id), "told": self._keys.told(feed_id)},
                arguments={"feed": feed_id},
                tail=[value for each in part for value in (each.seen_id, each.expected, each.record)],
            )
        return forgotten

    def _memory_keys(self, feed_id: str) -> dict[str, str]:
        return {"seen": self._keys.seen(feed_id), "shards": self._keys.shards}

    def trim(self, *, before_ms: int) -> int:
        """Drop stream entries older than *before_ms* that every consumer group has read and acknowledged."""
        needed = (self._low_mark(group) for group in self._groups())
        oldest = min((f"{before_ms}-0", *(mark for mark in needed if mark is not None)), key=_id_order)
        if oldest == "0-0":
            return 0
        return int(self._client.xtrim(self._keys.articles, minid=oldest, approximate=True))

    def _groups(self) -> Sequence[Mapping[str, bytes]]:
        if not self._client.exists(self._keys.articles):
            return ()
        return self._client.xinfo_groups(self._keys.articles)

    def _low_mark(self, group: Mapping[str, bytes]) -> str | None:
        """The oldest entry that *group* may still need; None if it was destroyed meanwhile."""
        pending: Mapping[str, bytes | None]
        try:
            pending = self._client.xpending(self._keys.articles, group["name"])
        except ResponseError as error:
            if is_gone(error):
                return None
            raise
        mark = pending["min"] or group["last-delivered-id"]
        return mark.decode()

    def length(self) -> int:
        """How many entries stand on the stream."""
        return int(self._client.xlen(self._keys.articles))

    def totals(self) -> dict[str, int]:
        """Item accounting over all feeds, by counter."""
        return as_counters(self._client.hgetall(self._keys.totals))


def _flat(publications: Sequence[Publication]) -> list[Value]:
    values: list[Value] = []
    for each in publications:
        values += [each.seen_id, each.expected, each.record, each.kind, each.counted]
        values += [each.article_id, each.language, each.json, each.page_task, each.told, each.address]
    return values


def _owner(said: bytes | None) -> Owner | None:
    if said is None:
        return None
    text = said.decode("ascii", "replace")
    return Owner(text[:16], text[16:48], text[48:])


def _id_order(stream_id: str) -> tuple[int, int]:
    milliseconds, _, sequence = stream_id.partition("-")
    return int(milliseconds), int(sequence or 0)
