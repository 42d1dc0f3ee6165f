"""What is remembered of the feeds' posting, and of the budget: packed values in, packed values out. Plain calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from pipeline.adapters.connection import Client
from pipeline.adapters.keys import Keys
from pipeline.adapters.replies import as_counters

_AT_ONCE = 1000


class RhythmStore:
    """Rhythms, plans and the account behind *client*; the stages give the bytes their meaning."""

    def __init__(self, client: Client, keys: Keys) -> None:
        self._client = client
        self._keys = keys

    def rhythm(self, feed_id: str) -> bytes | None:
        """The rhythm of a feed, packed."""
        return cast("bytes | None", self._client.hget(self._keys.rhythms, feed_id))

    def keep_rhythm(self, feed_id: str, rhythm: bytes) -> None:
        """Keep the packed *rhythm* of a feed."""
        self._client.hset(self._keys.rhythms, feed_id, rhythm)

    def count_latencies(self, feed_id: str, counters: Mapping[str, int]) -> None:
        """Add *counters* to those of a feed, and to those of all feeds."""
        with self._client.pipeline(transaction=False) as pipe:
            for name, amount in counters.items():
                pipe.hincrby(self._keys.latencies(feed_id), name, amount)
                pipe.hincrby(self._keys.all_latencies, name, amount)
            pipe.execute()

    def latencies(self, feed_id: str | None = None) -> dict[str, int]:
        """The counters of a feed, or of all feeds."""
        key = self._keys.all_latencies if feed_id is None else self._keys.latencies(feed_id)
        return as_counters(self._client.hgetall(key))

    def plan(self, feed_id: str) -> bytes | None:
        """The plan of a feed, packed."""
        return cast("bytes | None", self._client.hget(self._keys.plans, feed_id))

    def plans(self) -> dict[str, bytes]:
        """The plans of all feeds by their ids, packed; one that is made meanwhile may be missing."""
        found = self._client.hscan_iter(self._keys.plans, count=_AT_ONCE)
        return {feed_id.decode(): plan for feed_id, plan in found}

    def account(self) -> bytes | None:
        """How the budget of requests stands, as text."""
        return cast("bytes | None", self._client.get(self._keys.account))

    def keep_account(self, account: str) -> None:
        """Keep how the budget of requests stands."""
        self._client.set(self._keys.account, account)

    def requests(self) -> int:
        """How many polls were made in all."""
        return int(self._client.hget(self._keys.totals, "polled") or 0)
