"""The article pages that wait to be fetched, as the daemon takes them: by lease, like feeds. Awaited calls.

A page is handed on once: what is killed on the way leaves a lease that ends by itself, and the page is fetched again.
"""

from __future__ import annotations

from collections.abc import Sequence

from redis.asyncio import Redis

from pipeline import wire
from pipeline.adapters.keys import Keys
from pipeline.adapters.leases import LEASE_MS
from pipeline.adapters.scripts import Value, call_async
from pipeline.model import PageLease, RawDocument

_PAGE_MARK = "-page-"
_MOST_WAITING = 64
_FULL_PAUSE_MS = 5_000


def is_page(document_id: str) -> bool:
    """Whether the document is the page of an article, and no feed."""
    return _PAGE_MARK in document_id


def page_name(feed_id: str, article_id: str) -> str:
    """What the ids of documents begin with that are the page of an article of a feed."""
    return f"{feed_id}{_PAGE_MARK}{article_id}-"


class PageStore:
    """The tasks of pages behind *client*."""

    def __init__(self, client: Redis, keys: Keys) -> None:
        self._client = client
        self._keys = keys

    async def lease(self, *, limit: int) -> tuple[list[PageLease], int]:
        """Lease at most *limit* pages that are due, and give the server's clock (ms).

        A task that cannot be read (another version wrote it) has no `url`: its article may wait for it, so it is not
        dropped.
        """
        answer = await call_async(
            self._client,
            "lease_due",
            keys={
                "due": self._keys.pages,
                "leases": self._keys.page_leases,
                "tokens": self._keys.tokens,
                "clocks": self._keys.clocks,
            },
            arguments={"limit": limit, "lease_ms": LEASE_MS, "until_ms": 0},
        )
        tokens = {article.decode(): int(token) for article, token in zip(answer[2::2], answer[3::2], strict=True)}
        if not tokens:
            return [], int(answer[0])
        async with self._client.pipeline(transaction=False) as pipe:
            for article_id in tokens:
                pipe.hmget(self._task(article_id), "feed", "task", "attempts")
            rows = await pipe.execute()
        leases = [
            _lease(article_id, token, *row) for (article_id, token), row in zip(tokens.items(), rows, strict=True)
        ]
        known = await self._client.hmget(self._keys.feeds, [lease.feed_id if lease else "" for lease in leases])
        wanted = [lease for lease, feed in zip(leases, known, strict=True) if lease is not None and feed is not None]
        await self._drop(sorted(tokens.keys() - {lease.article_id for lease in wanted}))
        return wanted, int(answer[0])

    async def _drop(self, article_ids: Sequence[str]) -> None:
        """Forget pages whose feed or task is gone."""
        if not article_ids:
            return
        async with self._client.pipeline(transaction=True) as pipe:
            pipe.zrem(self._keys.pages, *article_ids)
            pipe.hdel(self._keys.page_leases, *article_ids)
            pipe.delete(*map(self._task, article_ids))
            await pipe.execute()

    async def count_attempts(self, leases: Sequence[PageLease]) -> None:
        """Note that the pages of *leases* are asked for now, before they are: a crash counts, too."""
        if leases:
            await call_async(
                self._client,
                "count_attempts",
                keys={"tasks": self._keys.pages, "leases": self._keys.page_leases},
                arguments={},
                tail=_names_and_tokens(leases),
            )

    async def deliver(self, lease: PageLease, page: RawDocument) -> str:
        """Hand *page* to the workers and end the task; the fate in a word (see deliver_page.lua)."""
        document_id = f"{page_name(lease.feed_id, lease.article_id)}{lease.token}"
        fields = wire.document_to_fields(page)
        answer = await call_async(
            self._client,
            "deliver_page",
            keys={
                "pages": self._keys.pages,
                "page_leases": self._keys.page_leases,
                "feeds": self._keys.feeds,
                "document": self._keys.documents(document_id),
                "mailbox": self._keys.mailboxes(lease.feed_id),
                "backlog": self._keys.backlog,
            },
            arguments={
                "article": lease.article_id,
                "token": lease.token,
                "feed": lease.feed_id,
                "id": document_id,
                "most": _MOST_WAITING,
                "pause_ms": _FULL_PAUSE_MS,
                "kind": "page_task",
            },
            tail=[part for pair in fields.items() for part in pair],
        )
        return str(answer.decode())

    async def be_back_by(self, leases: Sequence[PageLease]) -> None:
        """Let pages whose articles are held back, and which now wait for their hosts, be looked at in time."""
        async with self._client.pipeline(transaction=False) as pipe:
            for lease in leases:
                if lease.until_ms is not None:
                    pipe.zadd(self._keys.pages, {lease.article_id: lease.until_ms}, xx=True, lt=True)
            await pipe.execute()

    async def renew(self, leases: Sequence[PageLease]) -> None:
        """Keep *leases* for another `LEASE_MS`."""
        await self._end_in(leases, ms=LEASE_MS)

    async def release(self, leases: Sequence[PageLease], *, after_ms: int = 0) -> None:
        """Give *leases* back: their pages are due again *after_ms* from now."""
        await self._end_in(leases, ms=after_ms)

    async def _end_in(self, leases: Sequence[PageLease], *, ms: int) -> None:
        if not leases:
            return
        await call_async(
            self._client,
            "renew_leases",
            keys={"due": self._keys.pages, "leases": self._keys.page_leases},
            arguments={"lease_ms": ms},
            tail=_names_and_tokens(leases),
        )

    def _task(self, article_id: str) -> str:
        return f"{self._keys.pages}:{article_id}"


def _names_and_tokens(leases: Sequence[PageLease]) -> list[Value]:
    return [value for lease in leases for value in (lease.article_id, lease.token)]


def _lease(
    article_id: str, token: int, feed: bytes | None, task: bytes | None, attempts: bytes | None
) -> PageLease | None:
    if feed is None or task is None:
        return None
    try:
        told, asked = wire.page_task_from_bytes(task), int(attempts or 0)
    except ValueError:
        return PageLease(article_id, feed.decode(), "", token, 0)
    return PageLease(article_id, feed.decode(), told.url, token, asked, told.until_ms)
