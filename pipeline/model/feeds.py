"""What we were told of a feed, and what we remember of it between two polls."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.model.health import NEVER_JUDGED, FeedHealth


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as the operator asked for it.

    `id` is 16 hex digits made from the address; it stays when the feed moves. `interval_seconds` overrides
    `schedule.interval_seconds` for this feed alone.
    """

    id: str
    url: str
    title: str | None = None
    folder: str | None = None
    interval_seconds: float | None = None
    paused: bool = False
    added_ms: int = 0


@dataclass(frozen=True, slots=True)
class FeedState:
    """What we remember of a feed between two polls.

    `etag` and `last_modified` are opaque: they go back byte for byte, and only to `validators_url`, the final
    address that gave them (RFC 9110 section 13.1). `body_digest` is the hex digest of the last decoded body.
    """

    etag: bytes | None = None
    last_modified: bytes | None = None
    validators_url: str | None = None
    body_digest: str | None = None
    polled_ms: int | None = None
    changed_ms: int | None = None
    failures: int = 0
    status: int | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to poll one feed until the lease ends; `token` is its fence: only the newest may settle.

    `health` is how the feed did when it was leased; a worker may have learnt better meanwhile.
    """

    feed: Feed
    state: FeedState
    token: int
    health: FeedHealth = NEVER_JUDGED
