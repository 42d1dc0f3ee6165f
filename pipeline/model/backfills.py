"""The way back over the older pages of a feed, after a gap (RFC 5005)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backfill:
    """The page at `url` is to be read next, and at most `pages_left` in all, this one included.

    `since_ms` is when the first article after the gap was discovered: what was known before ends the walk. `visited`
    are the addresses read so far, so that a circle ends as well.
    """

    url: str
    pages_left: int
    since_ms: int
    visited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BackfillLease:
    """The right to fetch one older page until the lease ends; `token` is its fence, `task` the packed `Backfill`.

    `name` is that of the walk, as finish_document.lua gives it; `attempts` counts how often the page was asked for
    before.
    """

    name: str
    feed_id: str
    token: int
    attempts: int
    task: bytes
