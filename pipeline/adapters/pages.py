"""The article pages that wait to be fetched, as the daemon takes them. Awaited calls."""

from __future__ import annotations

from collections.abc import Sequence

from redis.asyncio import Redis

from pipeline import wire
from pipeline.adapters.fetch_tasks import FetchTasks, TaskKeys
from pipeline.adapters.keys import Keys
from pipeline.model import PageLease

_PAGE_MARK = "-page-"


def is_page(document_id: str) -> bool:
    """Whether the document is the page of an article, and no feed."""
    return _PAGE_MARK in document_id


def page_name(feed_id: str, article_id: str) -> str:
    """What the ids of documents begin with that are the page of an article of a feed."""
    return f"{feed_id}{_PAGE_MARK}{article_id}-"


class PageStore(FetchTasks[PageLease]):
    """The tasks of pages behind *client*, by article id.

    A task that cannot be read (another version wrote it, or it is damaged) has no `url`: its article may wait for it,
    so it is not dropped.
    """

    def __init__(self, client: Redis, keys: Keys) -> None:
        super().__init__(client, keys, TaskKeys(keys.pages, keys.page_leases, "page_task"))

    def _lease_of(self, name: str, token: int, feed_id: str, task: bytes, attempts: int | None) -> PageLease:
        unreadable = PageLease(name, feed_id, "", token, 0)
        try:
            told = wire.page_task_from_bytes(task)
        except ValueError:
            return unreadable
        if attempts is None:
            return unreadable
        return PageLease(name, feed_id, told.url, token, attempts, told.until_ms)

    def _document_id(self, lease: PageLease) -> str:
        return f"{page_name(lease.feed_id, lease.article_id)}{lease.token}"

    async def be_back_by(self, leases: Sequence[PageLease]) -> None:
        """Let pages whose articles are held back, and which now wait for their hosts, be looked at in time."""
        async with self._client.pipeline(transaction=False) as pipe:
            for lease in leases:
                if lease.until_ms is not None:
                    pipe.zadd(self._own.due, {lease.name: lease.until_ms}, xx=True, lt=True)
            await pipe.execute()
