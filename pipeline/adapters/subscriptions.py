"""What was agreed with hubs, in Redis; and the way of a pushed document to the workers. Plain calls."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from hashlib import blake2b
from typing import Literal, cast

from redis import Redis

from pipeline import wire
from pipeline.adapters.keys import Keys
from pipeline.adapters.replies import as_fields
from pipeline.adapters.scripts import Value, call
from pipeline.model import RawDocument, Subscription

Fate = Literal["taken", "again", "full", "unknown"]

_SAME_BODY_MS = 86_400_000
_MOST_WAITING = 100
_ASKING_MS = 60_000
_TRIES = 8


class Subscriptions:
    """The subscriptions of feeds behind *client*; a change holds only if nobody else changed the same one."""

    def __init__(self, client: Redis, keys: Keys) -> None:
        self._client = client
        self._keys = keys

    def get(self, feed_id: str) -> Subscription | None:
        """The subscription of a feed, or None."""
        return _read(self._client.hget(self._keys.subscriptions, feed_id))

    def all(self) -> dict[str, Subscription]:
        """Every subscription, by feed id."""
        found = as_fields(self._client.hgetall(self._keys.subscriptions))
        return {feed.decode(): known for feed, text in found.items() if (known := _read(text)) is not None}

    def change(
        self, feed_id: str, decide: Callable[[Subscription | None], Subscription | None]
    ) -> Subscription | None:
        """Put what *decide* makes of a feed's subscription in its place, and return it; None leaves it as it is."""
        for _ in range(_TRIES):
            seen = self._client.hget(self._keys.subscriptions, feed_id)
            known = _read(seen)
            decided = decide(known)
            if decided is None or decided == known:
                return decided
            changed = call(
                self._client,
                "change_subscription",
                keys={"feeds": self._keys.feeds, "subscriptions": self._keys.subscriptions},
                arguments={"feed": feed_id, "seen": seen or b"", "subscription": json.dumps(asdict(decided))},
            )
            if changed:
                return decided
        return None

    def begin_to_ask(self, feed_id: str) -> bool:
        """Whether it is ours to ask the hub of a feed now: no other daemon asked within the minute."""
        return bool(self._client.set(self._keys.asking(feed_id), "1", nx=True, px=_ASKING_MS))

    def take_in(self, document: RawDocument) -> Fate:
        """Let a pushed *document* wait for a worker, once however often its body is sent within a day."""
        digest = blake2b(document.body, digest_size=16).hexdigest()
        document_id = f"{document.feed_id}-push-{digest}"
        fields: list[Value] = [part for pair in wire.document_to_fields(document).items() for part in pair]
        fate = call(
            self._client,
            "push_document",
            keys={
                "feeds": self._keys.feeds,
                "pushed": self._keys.pushed(document.feed_id, digest),
                "document": self._keys.documents(document_id),
                "mailbox": self._keys.mailboxes(document.feed_id),
                "backlog": self._keys.backlog,
            },
            arguments={"feed": document.feed_id, "id": document_id, "keep_ms": _SAME_BODY_MS, "most": _MOST_WAITING},
            tail=fields,
        )
        return cast("Fate", fate.decode())


def was_pushed(document: RawDocument) -> bool:
    """Whether *document* came from a hub."""
    return "-push-" in document.id


def _read(text: bytes | str | None) -> Subscription | None:
    """Read a subscription; a damaged one counts as none, and is made anew."""
    try:
        return None if text is None else Subscription(**json.loads(text))
    except (ValueError, TypeError):
        return None
