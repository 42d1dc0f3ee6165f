"""Who an article is to us: new, revised or the same; and the accounting of every entry."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.model.articles import Article


@dataclass(frozen=True, slots=True)
class Known:
    """What the seen-index remembers of an article: its last published revision and when it was last shown.

    `digests` are the concatenated field digests of that revision, in the order of `digests.DIGESTED_FIELDS`; once the
    article has settled, 5 bytes that tell its content. `former` digests the content before it (3 bytes, zeros for
    none), `returns` counts how often it went back to such a former content without anything new between, and
    `revised_day` is the day of its last revision (since the epoch, 0 for none).
    """

    revision: int
    discovered_ms: int
    shown_day: int
    digests: bytes
    former: bytes = bytes(3)
    returns: int = 0
    revised_day: int = 0


@dataclass(frozen=True, slots=True)
class Tidied:
    """The article *seen_id*, remembered as *expected*, is to be remembered as *record*; b"": forgotten."""

    seen_id: bytes
    expected: bytes
    record: bytes = b""


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
    """Item accounting: every entry seen has one fate. `entries` is the sum of the five below it, always.

    `gaps` counts documents that showed nothing that was known of their feed: what came between may be lost.
    """

    documents: int = 0
    entries: int = 0
    new: int = 0
    revised: int = 0
    same: int = 0
    near_duplicates: int = 0
    rejected: int = 0
    dead: int = 0
    gaps: int = 0
