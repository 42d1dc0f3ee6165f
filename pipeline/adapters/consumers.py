"""The consumer groups of the article stream as Redis knows them, and what was announced of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast, get_args

from redis import Redis

from pipeline import wire
from pipeline.adapters.health import ALERTS_KEPT
from pipeline.adapters.keys import Keys
from pipeline.model import ConsumerGroup, GroupAlert, GroupHealth


class ConsumerGroups:
    """The consumer groups behind *client*; plain calls."""

    def __init__(self, client: Redis, keys: Keys) -> None:
        self._client = client
        self._keys = keys

    def all(self, *, now_ms: int) -> list[ConsumerGroup]:
        """Every group of the stream, and how it stands at *now_ms* of the store's clock."""
        if not self._client.exists(self._keys.articles):
            return []
        return [self._group(found, now_ms) for found in self._client.xinfo_groups(self._keys.articles)]

    def changed(self, group: str, health: GroupHealth) -> GroupHealth | None:
        """Remember *health* of *group*; gives what was remembered before, None if that was the same.

        Of several daemons that look at once, one is told of the change.
        """
        field = f"group {group}"
        with self._client.pipeline(transaction=True) as pipe:
            pipe.hget(self._keys.health, field)
            if health == "ok":
                pipe.hdel(self._keys.health, field)
            else:
                pipe.hset(self._keys.health, field, health)
            before, _ = pipe.execute()
        known = before.decode() if before else "ok"
        if known == health or known not in get_args(GroupHealth):
            return None
        return cast("GroupHealth", known)

    def announce(self, alert: GroupAlert) -> None:
        """Put *alert* on the stream of alerts."""
        fields = {
            "group": alert.group,
            "from": alert.before,
            "to": alert.after,
            "since": wire.rfc3339(alert.at_ms),
            "why": alert.why,
            "what_to_do": alert.what_to_do,
        }
        self._client.xadd(self._keys.alerts, cast("Any", fields), maxlen=ALERTS_KEPT, approximate=True)

    def _group(self, found: Mapping[str, Any], now_ms: int) -> ConsumerGroup:
        name, last = found["name"], found["last-delivered-id"].decode()
        pending = self._client.xpending(self._keys.articles, name)
        unread: Sequence[Any] = self._client.xrange(self._keys.articles, min=f"({last}", count=1) or ()
        consumers = self._client.xinfo_consumers(self._keys.articles, name)
        ids = [entry for entry in (pending["min"], *(entry for entry, _ in unread)) if entry]
        return ConsumerGroup(
            name.decode("utf-8", "replace"),
            waiting=int(found["pending"]) + int(found.get("lag") or len(unread)),
            oldest_ms=min((_ms(entry) for entry in ids), default=None),
            asked_ms=max((now_ms - int(consumer["idle"]) for consumer in consumers), default=None),
        )


def _ms(stream_id: bytes) -> int:
    return int(stream_id.partition(b"-")[0])
