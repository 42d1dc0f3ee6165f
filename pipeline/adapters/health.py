"""The health of feeds in Redis: read by everyone, changed by daemon and workers, every change announced once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast, get_args

from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from pipeline import wire
from pipeline.adapters.keys import Keys
from pipeline.adapters.replies import as_values
from pipeline.adapters.scripts import Value, call, call_async
from pipeline.model import NEVER_JUDGED, Alert, DocumentKind, FeedHealth, GapAlert, Health

ALERTS_KEPT = 10_000
"""About 5 MB of Redis; an operator who was away for longer asks `newswire feeds list --health`."""
_CHUNK = 500
_HEALTHS = frozenset(get_args(Health))
_DOCUMENT_KINDS = frozenset((*get_args(DocumentKind), None))


class HealthStore:
    """The health of feeds behind *client*; plain calls, for workers and the command line."""

    def __init__(self, client: Redis, keys: Keys) -> None:
        self._client = client
        self._keys = keys

    def get(self, feed_id: str) -> FeedHealth:
        """What is known of the health of one feed."""
        return self.get_all([feed_id])[0]

    def get_all(self, feed_ids: Sequence[str]) -> list[FeedHealth]:
        """What is known of the health of many feeds, in their order."""
        found: list[FeedHealth] = []
        for start in range(0, len(feed_ids), _CHUNK):
            names = list(feed_ids[start : start + _CHUNK])
            found += map(health_from_record, as_values(self._client.hmget(self._keys.health, names)))
        return found

    def change(self, feed_id: str, seen: FeedHealth, judged: FeedHealth, alert: Alert | None) -> bool:
        """Put *judged* in the place of *seen* and announce *alert*, all or nothing; False if *seen* is outdated."""
        keys, arguments, tail = _change(self._keys, feed_id, seen, judged, alert)
        return bool(call(self._client, "change_health", keys=keys, arguments=arguments, tail=tail))

    def announce_gap(self, alert: GapAlert) -> None:
        """Put *alert* on the stream of alerts."""
        fields = {
            "feed": alert.feed_id,
            "url": alert.url,
            "from": "",
            "to": "gap",
            "since": wire.rfc3339(alert.at_ms),
            "why": alert.why,
            "what_to_do": alert.what_to_do,
        }
        self._client.xadd(self._keys.alerts, cast("Any", _encoded(fields)), maxlen=ALERTS_KEPT, approximate=True)


async def change_health(
    client: AsyncRedis, keys: Keys, feed_id: str, seen: FeedHealth, judged: FeedHealth, alert: Alert | None
) -> bool:
    """Do what `HealthStore.change` does, from the daemon."""
    names, arguments, tail = _change(keys, feed_id, seen, judged, alert)
    return bool(await call_async(client, "change_health", keys=names, arguments=arguments, tail=tail))


def health_from_record(record: bytes | None) -> FeedHealth:
    """Read a record of the hash; none, and one that another version wrote in another way, is a fresh beginning."""
    if not record:
        return NEVER_JUDGED
    try:
        health, since_ms, detail, document, document_detail, newest_ms, moved_to = cast(
            "list[Any]", json.loads(record.decode())
        )
        known = health in _HEALTHS and document in _DOCUMENT_KINDS
        known = known and all(each is None or isinstance(each, int) for each in (since_ms, newest_ms))
        known = known and all(isinstance(each, str) for each in (detail, document_detail, moved_to or ""))
    except (ValueError, TypeError):
        return NEVER_JUDGED
    if not known:
        return NEVER_JUDGED
    return FeedHealth(health, since_ms, detail, document, document_detail, newest_ms, moved_to)


def health_to_record(known: FeedHealth) -> bytes:
    """Write *known* as a record of the hash; b"" when there is nothing to remember."""
    if known == NEVER_JUDGED:
        return b""
    values = (
        known.health,
        known.since_ms,
        known.detail,
        known.document,
        known.document_detail,
        known.newest_ms,
        known.moved_to,
    )
    return json.dumps(values, separators=(",", ":")).encode()


def _change(
    keys: Keys, feed_id: str, seen: FeedHealth, judged: FeedHealth, alert: Alert | None
) -> tuple[dict[str, str], dict[str, Value], list[Value]]:
    names = {"feeds": keys.feeds, "health": keys.health, "alerts": keys.alerts}
    arguments: dict[str, Value] = {
        "feed": feed_id,
        "seen": health_to_record(seen),
        "record": health_to_record(judged),
        "alerts_size": ALERTS_KEPT,
    }
    return names, arguments, [] if alert is None else _alert_fields(alert)


def _alert_fields(alert: Alert) -> list[Value]:
    fields = {
        "feed": alert.feed_id,
        "url": alert.url,
        "from": alert.before,
        "to": alert.after,
        "since": wire.rfc3339(alert.since_ms),
        "why": alert.why,
        "what_to_do": alert.what_to_do,
    }
    return [part for pair in _encoded(fields).items() for part in pair]


def _encoded(fields: Mapping[str, str]) -> dict[bytes, bytes]:
    return {name.encode(): value.encode("utf-8", "replace") for name, value in fields.items()}
