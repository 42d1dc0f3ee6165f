"""Finds what is known of one article by its id, for people who ask. Plain calls; slower than anything in the flow."""

from __future__ import annotations

from collections.abc import Iterable

from redis import Redis

from pipeline import wire
from pipeline.adapters.keys import Keys
from pipeline.adapters.replies import as_entries
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
            with self._client.pipeline(transaction=False) as pipe:
                for feed_id in part:
                    pipe.hget(self._keys.seen(feed_id), seen_id)
                found = [(feed_id, record) for feed_id, record in zip(part, pipe.execute(), strict=True) if record]
            for feed_id, record in found:
                told = self._client.hget(self._keys.told(feed_id), seen_id)
                return feed_id, record, told if isinstance(told, bytes) else b""
        return None

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
