"""What an answer means: a fresh document, nothing new, a refusal, or the end of a feed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.model.feeds import FeedState


@dataclass(frozen=True, slots=True)
class RawDocument:
    """A feed document as fetched, on its way to the workers.

    `body` is compressed as `content_encoding` says ("" for identity); `content_type` is the header as it came.
    `fetched_ms` is None when nobody knows (a file from disk); `previous_ms` is when the feed was polled before that.
    `is_delta`: it holds only what is new (226), so an entry that it lacks is not gone.
    `id` is given by the backlog when the document is stored ("" before). Of a document that is `replayed` newer ones
    may have been read already.

    With a `page_task` (as wire.py writes it) the body is no feed but the page of one article; with a `problem`, too,
    there is no body, and this is why.

    `older_url` is the page of older entries that the headers name; a document with a `backfill` (as
    stages/older_pages.py packs it) is itself such a page, fetched after a gap.
    """

    feed_id: str
    url: str
    fetched_ms: int | None
    body: bytes
    content_encoding: str = ""
    content_type: str = ""
    id: str = ""
    is_delta: bool = False
    replayed: bool = False
    previous_ms: int | None = None
    page_task: bytes = b""
    problem: str = ""
    older_url: str = ""
    backfill: bytes = b""

    @property
    def is_history(self) -> bool:
        """Whether newer documents of the feed may have been read already: what differs from them is no news."""
        return self.replayed or bool(self.backfill)


@dataclass(frozen=True, slots=True)
class Fresh:
    """The feed said something new: a document to process."""

    state: FeedState
    document: RawDocument


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Nothing new: a 304, or a body equal to the last one (`by` says which)."""

    state: FeedState
    by: Literal["status", "digest"]


@dataclass(frozen=True, slots=True)
class Refused:
    """The feed could not be read this time. `retry_after_ms` is the wait the host asked for, if it did."""

    state: FeedState
    reason: str
    retry_after_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """The host says that the feed is gone for good (410)."""

    state: FeedState


Outcome = Fresh | Unchanged | Refused | Gone
