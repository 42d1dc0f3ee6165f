"""The older pages of feeds that wait to be fetched after a gap, as the daemon takes them: by lease. Awaited calls.

A page that is killed on the way leaves a lease that ends by itself; it is fetched again, and handed on once. A walk
has a name of its own beside its feed's, so that its requests take turns of their own at the host.
"""

from __future__ import annotations

from collections.abc import Sequence

from redis.asyncio import Redis

from pipeline import wire
from pipeline.adapters.keys import Keys
from pipeline.adapters.leases import LEASE_MS
from pipeline.adapters.scripts import Value, call_async
from pipeline.model import BackfillLease, RawDocument

_MOST_WAITING = 64
_FULL_PAUSE_MS = 5_000


def name_of(feed_id: str) -> str:
    """The name of the walk over the older pages of a feed; `finish_document.lua` gives the same."""
    return f"{feed_id}-older"


def is_older(document_id: str) -> bool:
    """Whether *document_id* names the document of an older page."""
    return "-o" in document_id


class BackfillStore:
    """The walks behind *client*."""

    def __init__(self, client: Redis, keys: Keys) -> None:
        self._client = client
        self._keys = keys

    async def lease(self, *, limit: int) -> tuple[list[BackfillLease], int]:
        """Lease at most *limit* older pages that are due, and give the server's clock (ms)."""
        answer = await call_async(
            self._client,
            "lease_due",
            keys={
                "due": self._keys.backfills,
                "leases": self._keys.backfill_leases,
                "tokens": self._keys.tokens,
                "clocks": self._keys.clocks,
            },
            arguments={"limit": limit, "lease_ms": LEASE_MS, "until_ms": 0},
        )
        leases: list[BackfillLease] = []
        for name, token in zip(answer[2::2], answer[3::2], strict=True):
            async with self._client.pipeline(transaction=False) as pipe:
                pipe.hmget(self._task(name.decode()), "feed", "task", "attempts")
                ((feed, task, attempts),) = await pipe.execute()
            if feed is None or task is None:
                await self._drop(name.decode())
            else:
                leases.append(BackfillLease(feed.decode(), int(token), int(attempts or 0), task))
        return leases, int(answer[0])

    async def count_attempt(self, lease: BackfillLease) -> None:
        """Note that the page of *lease* is asked for now, before it is: a crash counts, too."""
        await call_async(
            self._client,
            "count_attempts",
            keys={"tasks": self._keys.backfills, "leases": self._keys.backfill_leases},
            arguments={},
            tail=[name_of(lease.feed_id), lease.token],
        )

    async def deliver(self, lease: BackfillLease, page: RawDocument) -> str:
        """Hand *page* to the workers and end the task; the fate in a word (see deliver_page.lua)."""
        document_id = f"{lease.feed_id}-o{lease.token}"
        fields = wire.document_to_fields(page)
        answer = await call_async(
            self._client,
            "deliver_page",
            keys={
                "pages": self._keys.backfills,
                "page_leases": self._keys.backfill_leases,
                "feeds": self._keys.feeds,
                "document": self._keys.documents(document_id),
                "mailbox": self._keys.mailboxes(lease.feed_id),
                "backlog": self._keys.backlog,
            },
            arguments={
                "article": name_of(lease.feed_id),
                "token": lease.token,
                "feed": lease.feed_id,
                "id": document_id,
                "most": _MOST_WAITING,
                "pause_ms": _FULL_PAUSE_MS,
                "kind": "backfill",
            },
            tail=[part for pair in fields.items() for part in pair],
        )
        return str(answer.decode())

    async def give_up(self, lease: BackfillLease) -> None:
        """End the walk of *lease*, unless it has meanwhile gone on without us."""
        if await self._client.hget(self._keys.backfill_leases, name_of(lease.feed_id)) == b"%d" % lease.token:
            await self._drop(name_of(lease.feed_id))

    async def renew(self, leases: Sequence[BackfillLease]) -> None:
        """Keep *leases* for another `LEASE_MS`."""
        await self._end_in(leases, ms=LEASE_MS)

    async def release(self, leases: Sequence[BackfillLease], *, after_ms: int = 0) -> None:
        """Give *leases* back: their pages are due again *after_ms* from now."""
        await self._end_in(leases, ms=after_ms)

    async def _end_in(self, leases: Sequence[BackfillLease], *, ms: int) -> None:
        if not leases:
            return
        tail: list[Value] = []
        for lease in leases:
            tail += [name_of(lease.feed_id), lease.token]
        await call_async(
            self._client,
            "renew_leases",
            keys={"due": self._keys.backfills, "leases": self._keys.backfill_leases},
            arguments={"lease_ms": ms},
            tail=tail,
        )

    async def _drop(self, name: str) -> None:
        async with self._client.pipeline(transaction=True) as pipe:
            pipe.zrem(self._keys.backfills, name)
            pipe.hdel(self._keys.backfill_leases, name)
            pipe.delete(self._task(name))
            await pipe.execute()

    def _task(self, name: str) -> str:
        return f"{self._keys.backfills}:{name}"
