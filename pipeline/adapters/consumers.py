"""The consumer groups of the article stream as Redis knows them, and what was announced of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from redis import Redis
from redis.exceptions import ResponseError

from pipeline import wire
from pipeline.adapters.health import ALERTS_KEPT
from pipeline.adapters.keys import Keys
from pipeline.adapters.scripts import call
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
        found = (self._group(each, now_ms) for each in self._client.xinfo_groups(self._keys.articles))
        return [group for group in found if group is not None]

    def health(self, group: str) -> GroupHealth:
        """What is remembered of *group*; "ok" of one that nothing was said of."""
        record = self._client.hget(self._keys.health, _field(group))
        return cast("GroupHealth", record.decode() if isinstance(record, bytes) else "ok")

    def change(self, alert: GroupAlert) -> bool:
        """Remember the change of *alert* and announce it, all or nothing; False if it was announced before."""
        fields = {
            "group": alert.group,
            "from": alert.before,
            "to": alert.after,
            "since": wire.rfc3339(alert.at_ms),
            "why": alert.why,
            "what_to_do": alert.what_to_do,
        }
        changed = call(
            self._client,
            "change_health",
            keys={"feeds": self._keys.feeds, "health": self._keys.health, "alerts": self._keys.alerts},
            arguments={
                "feed": _field(alert.group),
                "seen": _record(alert.before),
                "record": _record(alert.after),
                "alerts_size": ALERTS_KEPT,
            },
            tail=[part for pair in fields.items() for part in pair],
        )
        return bool(changed)

    def _group(self, found: Mapping[str, Any], now_ms: int) -> ConsumerGroup | None:
        """The group that was *found*; None if it was destroyed since."""
        name, last = found["name"], found["last-delivered-id"].decode()
        try:
            pending = self._client.xpending(self._keys.articles, name)
            consumers = self._client.xinfo_consumers(self._keys.articles, name)
        except ResponseError as error:
            if is_gone(error):
                return None
            raise
        unread: Sequence[Any] = self._client.xrange(self._keys.articles, min=f"({last}", count=1) or ()
        ids = [entry for entry in (pending["min"], *(entry for entry, _ in unread)) if entry]
        return ConsumerGroup(
            name.decode("utf-8", "replace"),
            waiting=int(found["pending"]) + int(found.get("lag") or len(unread)),
            oldest_ms=min((_ms(entry) for entry in ids), default=None),
            asked_ms=max((now_ms - int(consumer["idle"]) for consumer in consumers), default=None),
        )


def is_gone(error: ResponseError) -> bool:
    """Whether *error* says that there is no such consumer group (any more)."""
    return str(error).startswith("NOGROUP")


def _field(group: str) -> str:
    return f"group {group}"


def _record(health: GroupHealth) -> str:
    return "" if health == "ok" else health


def _ms(stream_id: bytes) -> int:
    return int(stream_id.partition(b"-")[0])
