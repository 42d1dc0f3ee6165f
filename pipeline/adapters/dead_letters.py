"""The documents that could not be processed: look at them, send them through once more, drop them. Plain calls."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from redis import Redis

from pipeline import wire
from pipeline.adapters.keys import Keys
from pipeline.adapters.replies import as_entries
from pipeline.adapters.scripts import call
from pipeline.model import RawDocument

_PORTION = 50
_NAMES = (b"id", b"feed", b"reason")
_DAMAGED = "damaged entry"
_ENTRY = re.compile(r"[0-9]{1,19}(-[0-9]{1,19})?")


@dataclass(frozen=True, slots=True)
class DeadDocument:
    """A buried document: *entry* names it among the dead, *buried_ms* is when, *attempts* how often it was tried.

    Of one that *is_damaged*, which another hand wrote, the rest is what can be read; it can only be dropped.
    """

    entry: str
    buried_ms: int
    reason: str
    attempts: int
    document: RawDocument
    is_damaged: bool = False


class DeadLetters:
    """The dead documents behind *client*; the oldest go when there are too many."""

    def __init__(self, client: Redis, keys: Keys) -> None:
        self._client = client
        self._keys = keys

    def __iter__(self) -> Iterator[DeadDocument]:
        """Go through the dead, newest first, in portions."""
        before = "+"
        while entries := as_entries(self._client.xrevrange(self._keys.dead, max=before, min="-", count=_PORTION)):
            for entry, fields in entries:
                yield _dead(entry, fields)
            before = "(" + entries[-1][0].decode()

    def get(self, entry: str) -> DeadDocument | None:
        """Find the dead document *entry*; None when there is none, or *entry* is no stream id."""
        if not _ENTRY.fullmatch(entry):
            return None
        found = as_entries(self._client.xrange(self._keys.dead, entry, entry))
        return _dead(*found[0]) if found else None

    def replay(self, dead: DeadDocument) -> bool:
        """Let *dead* wait for a worker again; False when it or its feed is gone, or it is damaged.

        Only what was never published comes of it: an older state of an article is no revision of a newer one.
        """
        if dead.is_damaged:
            return False
        document = dead.document
        return bool(
            call(
                self._client,
                "replay_dead",
                keys={
                    "dead": self._keys.dead,
                    "feeds": self._keys.feeds,
                    "document": self._keys.documents(document.id),
                    "mailbox": self._keys.mailboxes(document.feed_id),
                    "backlog": self._keys.backlog,
                },
                arguments={"entry": dead.entry, "feed": document.feed_id, "id": document.id},
            )
        )

    def drop(self, dead: DeadDocument) -> bool:
        """Forget *dead* for good; False when it was gone already."""
        return bool(self._client.xdel(self._keys.dead, dead.entry))

    def __len__(self) -> int:
        """How many there are."""
        return int(self._client.xlen(self._keys.dead))


def _dead(entry: bytes, fields: Mapping[bytes, bytes]) -> DeadDocument:
    document_id, feed_id, reason = (fields.get(name, b"").decode("utf-8", "replace") for name in _NAMES)
    attempts = _attempts(fields)
    try:
        document = wire.document_from_fields(document_id, fields)
    except ValueError:  # the payload was gone when it was buried
        document = RawDocument(feed_id, "", None, b"", id=document_id)
    is_damaged = attempts is None or not fields.keys() >= set(_NAMES)
    return DeadDocument(
        entry=entry.decode(),
        buried_ms=int(entry.partition(b"-")[0]),
        reason=_DAMAGED if is_damaged else reason,
        attempts=attempts or 0,
        document=document,
        is_damaged=is_damaged,
    )


def _attempts(fields: Mapping[bytes, bytes]) -> int | None:
    try:
        return int(fields[b"attempts"])
    except (KeyError, ValueError):
        return None
