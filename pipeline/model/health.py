"""How a feed does, and what is known of it that says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Health = Literal[
    "new", "ok", "quiet", "stale", "moved", "html", "bot-wall", "gone", "unreachable", "broken", "paused"
]
DocumentKind = Literal["feed", "html", "bot-wall", "unreadable"]


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """What is remembered of a feed's health: the verdict, since when it stands, and what it rests on.

    `detail` says in one line why. `document` is what a worker said of the last document it read, `document_detail`
    its reason; `newest_ms` is the date of the newest item seen, at most the time of reading; `moved_to` the address
    that permanent redirects led to at the last poll. The feed list, not this record, knows that a feed is paused.
    """

    health: Health = "new"
    since_ms: int | None = None
    detail: str = ""
    document: DocumentKind | None = None
    document_detail: str = ""
    newest_ms: int | None = None
    moved_to: str | None = None


NEVER_JUDGED = FeedHealth()


@dataclass(frozen=True, slots=True)
class Alert:
    """A change of health as operators hear of it; `since_ms` is when it was seen, `what_to_do` plain words."""

    feed_id: str
    url: str
    before: Health
    after: Health
    since_ms: int
    why: str
    what_to_do: str


@dataclass(frozen=True, slots=True)
class GapAlert:
    """A document that showed nothing known of its feed, as operators hear of it: what came between may be lost."""

    feed_id: str
    url: str
    at_ms: int
    why: str
    what_to_do: str
