"""What the workers know of article pages: what readers were told with them, and what hosts repeat. Plain calls."""

from __future__ import annotations

from collections.abc import Sequence

from redis import Redis

from pipeline import wire
from pipeline.adapters.keys import Keys
from pipeline.adapters.pages import page_name
from pipeline.adapters.replies import as_entries, as_names, as_values
from pipeline.model import Article

MOST_PAGES = 10_000
"""More pages than this do not wait: at 5 kB a task that is 50 MB, and at a page a second three hours of one host."""
_SITE_SECONDS = 30 * 86_400


class PageMemory:
    """The memory of article pages behind *client*."""

    def __init__(self, client: Redis, keys: Keys) -> None:
        self._client = client
        self._keys = keys

    def waiting(self) -> int:
        """How many pages wait to be fetched or are being fetched."""
        return int(self._client.zcard(self._keys.pages))

    def waiting_ids(self) -> list[str]:
        """The articles whose pages wait to be fetched or are being fetched."""
        return as_names(self._client.zrange(self._keys.pages, 0, -1))

    def still_waiting(self, article_ids: Sequence[str]) -> list[str]:
        """Those of *article_ids* whose pages are still to come."""
        if not article_ids:
            return []
        scores = self._client.zmscore(self._keys.pages, list(article_ids))
        return [each for each, score in zip(article_ids, scores, strict=True) if score is not None]

    def to_come(self, feed_id: str, article_ids: Sequence[str]) -> set[str]:
        """Those of *article_ids*, articles of one feed, whose pages are still to be fetched or to be read."""
        if not article_ids:
            return set()
        with self._client.pipeline(transaction=True) as pipe:  # a page goes from the one to the other in one step
            pipe.zmscore(self._keys.pages, list(article_ids))
            pipe.lrange(self._keys.mailboxes(feed_id), 0, -1)
            scores, mailbox = pipe.execute()
        documents = as_names(mailbox)
        return {
            article_id
            for article_id, score in zip(article_ids, scores, strict=True)
            if score is not None or any(each.startswith(page_name(feed_id, article_id)) for each in documents)
        }

    def told(self, feed_id: str, seen_ids: Sequence[bytes]) -> list[bytes]:
        """What readers were told of articles whose pages came, in order; b"" where none did."""
        if not seen_ids:
            return []
        return [record or b"" for record in as_values(self._client.hmget(self._keys.told(feed_id), list(seen_ids)))]

    def published(self, stream_id: str) -> Article | None:
        """The article that stands at *stream_id*; None when it stands there no more."""
        found = as_entries(self._client.xrange(self._keys.articles, stream_id, stream_id, count=1))
        try:
            return wire.article_from_json(found[0][1][b"article"]) if found else None
        except (KeyError, ValueError):
            return None

    def site(self, host: str) -> bytes:
        """The lines that pages of *host* repeat, as they were kept; b"" for none."""
        kept = self._client.get(self._keys.sites(host))
        return kept if isinstance(kept, bytes) else b""

    def keep_site(self, host: str, lines: bytes) -> None:
        """Keep the *lines* of *host* until it has brought no page for a month."""
        self._client.set(self._keys.sites(host), lines, ex=_SITE_SECONDS)
