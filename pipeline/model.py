"""The values that flow, in the order of flow: what we were told, what came, what it says, what we vouch for.

Rules of this file: values only, all frozen; no behaviour beyond a trivial property; times are milliseconds since
the Unix epoch (`*_ms`, UTC), bytes are bytes, and everything optional is `None` when it is not known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

# --- 1. What we were told and what we remember -------------------------------------------------------------------


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
    """The right to poll one feed until the lease ends; `token` is its fence: only the newest may settle."""

    feed: Feed
    state: FeedState
    token: int


# --- 2. What came back, unjudged ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Response:
    """A complete HTTP response, body as it came off the wire (`content_encoding` not undone).

    `url` is the address that answered after `redirects` were followed. Header names are lower case; values are
    the bytes of the wire. `digest` is the hex digest of the decoded body, empty for a response with no body.
    """

    url: str
    status: int
    headers: tuple[tuple[str, bytes], ...]
    body: bytes
    digest: str
    redirects: tuple[Redirect, ...] = ()

    def header(self, name: str) -> bytes | None:
        """The first value of header *name* (lower case), or None."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True)
class Redirect:
    """One hop: the `status` that *from_url* answered with, and the address it named."""

    status: int
    from_url: str
    to_url: str


FailureKind = Literal[
    "timeout", "dns", "connection", "tls", "forbidden-address", "too-large", "encoding", "redirects", "protocol"
]


@dataclass(frozen=True, slots=True)
class NoResponse:
    """A request that brought no complete response: which kind of failure, and one line of detail."""

    kind: FailureKind
    detail: str


# --- 3. What the answer means ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RawDocument:
    """A feed document as fetched, on its way to the workers.

    `body` is compressed as `content_encoding` says ("" for identity); `content_type` is the header as it came.
    `fetched_ms` is None when nobody knows (a file from disk).
    `id` is given by the backlog when the document is stored ("" before).
    """

    feed_id: str
    url: str
    fetched_ms: int | None
    body: bytes
    content_encoding: str = ""
    content_type: str = ""
    id: str = ""


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

# --- 4. What a document says -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Link:
    """A link of an entry: enclosures are those with `rel="enclosure"`."""

    url: str
    rel: str = "alternate"
    type: str | None = None
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class RawDate:
    """A date as the feed wrote it, and the element that carried it ("pubDate", "updated", "dc:date", ...)."""

    raw: str
    element: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as its feed says it: nothing cleaned, nothing guessed. HTML fields hold unsafe HTML."""

    guid: str | None = None
    link: str | None = None
    title_html: str | None = None
    summary_html: str | None = None
    content_html: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    language: str | None = None
    published: RawDate | None = None
    updated: RawDate | None = None
    image: str | None = None
    enclosures: tuple[Link, ...] = ()
    base_url: str | None = None


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """A parsed document: what the feed says of itself, its entries in order, and what had to be mended."""

    title: str | None = None
    language: str | None = None
    link: str | None = None
    entries: tuple[Entry, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A document no entry can be had from, and why ("an HTML page, not a feed", "empty body", ...)."""

    reason: str


# --- 5. What we vouch for ----------------------------------------------------------------------------------------

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
    """The feed an article came from, as subscribers see it."""

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
    """Everything one document said: an Article or a Rejected for each entry, in order."""

    feed_title: str | None = None
    results: tuple[Article | Rejected, ...] = ()
    problems: tuple[str, ...] = ()


# --- 6. Who it is ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Known:
    """What the seen-index remembers of an article: its last published revision and when it was last shown.

    `digests` are the concatenated field digests of that revision, in the order of `identity.DIGESTED_FIELDS`.
    """

    revision: int
    discovered_ms: int
    shown_day: int
    digests: bytes


@dataclass(frozen=True, slots=True)
class New:
    """An article never seen before; *known* is what to remember of it."""

    article: Article
    known: Known


@dataclass(frozen=True, slots=True)
class Revised:
    """An article whose content changed since its last revision; `article.changed` names the fields."""

    article: Article
    known: Known


@dataclass(frozen=True, slots=True)
class Same:
    """An article already published as it is. *known* is set when the memory of it needs refreshing."""

    article_id: str
    known: Known | None = None


Verdict = New | Revised | Same


@dataclass(frozen=True, slots=True)
class Tally:
    """Item accounting: every entry seen has one fate. `entries` is the sum of the five below it, always."""

    documents: int = 0
    entries: int = 0
    new: int = 0
    revised: int = 0
    same: int = 0
    near_duplicates: int = 0
    rejected: int = 0
    dead: int = 0


# --- 7. What a subscriber holds ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StreamEntry:
    """One entry of the article stream as read back: `article` is the decoded JSON object."""

    stream_id: str
    kind: str
    article: dict[str, object] = field(hash=False)
