"""The older pages of feeds that wait to be fetched after a gap, as the daemon takes them. Awaited calls.

A walk has a name of its own beside its feed's, so that its requests take turns of their own at the host.
"""

from __future__ import annotations

from redis.asyncio import Redis

from pipeline.adapters.fetch_tasks import FetchTasks, TaskKeys
from pipeline.adapters.keys import Keys
from pipeline.model import BackfillLease


def is_older(document_id: str) -> bool:
    """Whether *document_id* names the document of an older page."""
    return "-o" in document_id


class BackfillStore(FetchTasks[BackfillLease]):
    """The walks behind *client*, one a feed."""

    def __init__(self, client: Redis, keys: Keys) -> None:
        super().__init__(client, keys, TaskKeys(keys.backfills, keys.backfill_leases, "backfill"))

    def _lease_of(self, name: str, token: int, feed_id: str, task: bytes, attempts: int | None) -> BackfillLease:
        return BackfillLease(name, feed_id, token, attempts or 0, task)

    def _document_id(self, lease: BackfillLease) -> str:
        return f"{lease.feed_id}-o{lease.token}"

    async def give_up(self, lease: BackfillLease) -> None:
        """End the walk of *lease*, unless it has meanwhile gone on without us."""
        if await self._client.hget(self._own.leases, lease.name) == b"%d" % lease.token:
            await self._drop([lease.name])
