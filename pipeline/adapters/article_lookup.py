"""Finds what is known of one article by its id, for people who ask. Plain calls; slower than anything in the flow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from redis import Redis

from pipeline import wire
from pipeline.adapters.keys import Keys
from pipeline.adapters.replies import as_entries, as_values
from pipeline.adapters.seen_shards import shard_names
from pipeline.model import Article

_PORTION = 1_000
_MOST_READ = 500_000
"""Entries of the stream that are looked through at most: some seconds."""


class ArticleLookup:
    """Articles behind *client*."""

    def __init__(self, client: Redis, keys: Keys) -> None:
        self._client = client
        self._keys = keys

    def record(self, seen_id: bytes, feed_ids: Iterable[str]) -> tuple[str, bytes, bytes] | None:
        """Find the feed of *feed_ids* that knows *seen_id*, its record, and what was told with a page (b"": none)."""
        waiting = list(feed_ids)
        for start in range(0, len(waiting), _PORTION):
            part = waiting[start : start + _PORTION]
            for feed_id, record in self._records(part, seen_id):
                told = self._client.hget(self._keys.told(feed_id), seen_id)
                return feed_id, record, told if isinstance(told, bytes) else b""
        return None

    def _records(self, feed_ids: Sequence[str], seen_id: bytes) -> Iterator[tuple[str, bytes]]:
        """What those of *feed_ids* that know *seen_id* remember of it, each with its feed."""
        noted = as_values(self._client.hmget(self._keys.shards, list(feed_ids)))
        asked = [
            (feed_id, name)
            for feed_id, shards in zip(feed_ids, noted, strict=True)
            for name in shard_names(self._keys, feed_id, shards)
        ]
        with self._client.pipeline(transaction=False) as pipe:
            for _, name in asked:
                pipe.hget(name, seen_id)
            records = pipe.execute()
        yield from ((feed_id, record) for (feed_id, _), record in zip(asked, records, strict=True) if record)

    def told(self, article_id: str, *, from_ms: int) -> tuple[Article, ...]:
        """Give the revisions of the article that stand on the stream, in order, looked for from *from_ms* on."""
        found: list[bytes] = []
        start, read = str(max(0, from_ms)), 0
        while read < _MOST_READ:
            entries = as_entries(self._client.xrange(self._keys.articles, start, "+", count=_PORTION))
            if not entries:
                break
            found += [fields[b"article"] for _, fields in entries if fields.get(b"id") == article_id.encode()]
            start, read = f"({entries[-1][0].decode()}", read + len(entries)
        return tuple(map(wire.article_from_json, found))

    def page_waits(self, article_id: str) -> bool:
        """Whether the page of the article is still to be fetched."""
        return self._client.zscore(self._keys.pages, article_id) is not None
