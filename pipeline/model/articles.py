"""What we vouch for: the article as subscribers get it, or why an entry became none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.model.entries import Entry

Precision = Literal["second", "minute", "day"]
Inferred = Literal["year", "zone"]


@dataclass(frozen=True, slots=True)
class ArticleDate:
    """An instant with its provenance: `source` names where `raw` stood, `inferred` what it did not say itself."""

    at_ms: int
    precision: Precision
    source: str
    raw: str
    inferred: tuple[Inferred, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that belongs to an article."""

    url: str
    type: str | None = None
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class FeedReference:
    """The feed an article came from, as subscribers see it; `url` is "" when nobody knows (a file from disk)."""

    id: str
    url: str
    title: str | None = None


ArticleKind = Literal["new", "revised", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Article:
    """An article as subscribers get it; wire.py gives it its JSON form. Text is NFC, plain and clean."""

    id: str
    feed: FeedReference
    url: str | None = None
    source_url: str | None = None
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    html: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    language: str | None = None
    language_source: Literal["feed", "page", "detected"] | None = None
    published: ArticleDate | None = None
    updated: ArticleDate | None = None
    image: str | None = None
    attachments: tuple[Attachment, ...] = ()
    also_in: tuple[FeedReference, ...] = ()
    near_duplicate_of: str | None = None
    story: str | None = None
    similarity: float | None = None
    related: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    kind: ArticleKind = "new"
    revision: int = 1
    changed: tuple[str, ...] = ()
    discovered_ms: int | None = None
    accepted_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """An entry that cannot become an article: which (guid, link or position) and why."""

    reason: str
    which: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything one document said: an Article or a Rejected for each entry that was read, in order.

    `entries` and `names` (digests of their keys) stand beside `results`, one for each. `skipped` holds the names of
    entries that were not read: their bytes are those of the feed's last document. `items` is what to know of all of
    them when the next one comes (stages/parse/delta.py); `withdrawn` are ids of articles that the feed takes back;
    `incomplete` when the document was cut; `path` names the parser.
    """

    feed_title: str | None = None
    results: tuple[Article | Rejected, ...] = ()
    entries: tuple[Entry, ...] = ()
    names: tuple[bytes, ...] = ()
    problems: tuple[str, ...] = ()
    skipped: tuple[bytes, ...] = ()
    items: bytes = b""
    withdrawn: tuple[str, ...] = ()
    incomplete: bool = False
    path: str = ""
