"""Documents of the archive on their way through the workers once more. Plain calls."""

from __future__ import annotations

from hashlib import blake2b
from typing import Literal, cast

from redis import Redis

from pipeline import wire
from pipeline.adapters.keys import Keys
from pipeline.adapters.scripts import Value, call
from pipeline.model import RawDocument

ReplayFate = Literal["taken", "again", "full", "unknown"]
"""Taken; waiting already; too many of its feed wait; its feed is no longer on the list."""

_MOST_WAITING = 32


def replay(client: Redis, keys: Keys, document: RawDocument) -> ReplayFate:
    """Let *document* wait for a worker; only what was never published comes of it."""
    digest = blake2b(document.body, digest_size=8).hexdigest()
    document_id = f"{document.feed_id}-again-{document.fetched_ms}-{digest}"
    fields: list[Value] = [part for pair in wire.document_to_fields(document).items() for part in pair]
    fate = call(
        client,
        "replay_document",
        keys={
            "feeds": keys.feeds,
            "document": keys.documents(document_id),
            "mailbox": keys.mailboxes(document.feed_id),
            "backlog": keys.backlog,
        },
        arguments={"feed": document.feed_id, "id": document_id, "most": _MOST_WAITING},
        tail=fields,
    )
    return cast("ReplayFate", fate.decode())
