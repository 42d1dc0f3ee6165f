"""Digests of what an article says: one for each field while it is fresh, a handful of bytes once it has settled.

Rules of this file: every digest is BLAKE2b (RFC 7693), so it is equal in every process, on every machine and in every
version of Python; the seen-index outlives them all.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from pipeline.model import Article, ArticleDate, Attachment
from pipeline.stages.passing_words import lasting

DIGESTED_FIELDS: tuple[str, ...] = (
    "url",
    "title",
    "summary",
    "text",
    "html",
    "authors",
    "categories",
    "language",
    "published",
    "updated",
    "image",
    "attachments",
)
"""The fields whose digests are remembered, in the order in which `Article.changed` names them."""

# A reader sees these; only a change of one of them is worth a revision. Publishers bump dates, tags and image
# addresses of an unchanged text all day long.
CONTENT_FIELDS = frozenset({"title", "summary", "text"})
"""The fields of which a change makes a revision."""

DIGEST_BYTES = 4
"""Length of the digest of one field."""
DIGESTS_BYTES = DIGEST_BYTES * len(DIGESTED_FIELDS)
"""How long the digests of all fields of an article are together."""
CONTENT_BYTES = 3
"""Length of the digest of the whole content."""
HINT_BITS = 3
"""Of a settled article, what is kept of the digest of each content field: enough to name it 7 times in 8."""
SETTLED_BYTES = CONTENT_BYTES + 2
"""How long the digests of a settled article are: that of its content, and the hints at its fields."""
WITHDRAWN = b"\xff\xff\xff"
"""The content digest of an article that its feed took back; all its other digests are zeros."""

_CONTENT_POSITIONS = tuple(at for at, name in enumerate(DIGESTED_FIELDS) if name in CONTENT_FIELDS)


def digests_of(article: Article) -> bytes:
    """Concatenate the digests of the fields of *article* that `DIGESTED_FIELDS` names, in their order."""
    return b"".join(blake(framed(strings), DIGEST_BYTES) for strings in _digested(article))


def differing(before: bytes, after: bytes) -> tuple[str, ...]:
    """Name the fields whose digests in *before* and *after* (of `digests_of`) differ, in field order.

    Of an article that had settled *before*, only content fields are named: those that the hints tell, or all of them
    where the hints tell none; all fields where it was withdrawn.
    """
    if len(before) == SETTLED_BYTES:
        return _differing_since_settled(before, after)
    spans = ((name, slice(at * DIGEST_BYTES, (at + 1) * DIGEST_BYTES)) for at, name in enumerate(DIGESTED_FIELDS))
    return tuple(name for name, span in spans if before[span] != after[span])


def content_of(digests: bytes) -> bytes:
    """Digest what a reader sees of an article, given its *digests*, settled or not: 3 bytes."""
    if not any(digests):
        return WITHDRAWN
    return (
        digests[:CONTENT_BYTES] if len(digests) == SETTLED_BYTES else blake(b"".join(_spans(digests)), CONTENT_BYTES)
    )


def settled_digests(digests: bytes) -> bytes:
    """Give what is kept of *digests* (of `digests_of`) once their article has settled: 5 bytes, zeros of zeros."""
    if len(digests) == SETTLED_BYTES or not any(digests):
        return digests[:SETTLED_BYTES]
    hints = 0
    for span in _spans(digests):
        hints = hints << HINT_BITS | span[0] >> 8 - HINT_BITS
    return content_of(digests) + hints.to_bytes(SETTLED_BYTES - CONTENT_BYTES, "big")


def is_said_by(digests: bytes, article: Article) -> bool:
    """Tell whether *digests*, settled or not, are those of *article*."""
    own = digests_of(article)
    return digests == (settled_digests(own) if len(digests) == SETTLED_BYTES else own)


def is_same_content(digests: bytes, article: Article) -> bool:
    """Tell whether a reader sees of *article* what *digests*, settled or not, are of."""
    return content_of(digests) == content_of(digests_of(article))


def _differing_since_settled(before: bytes, after: bytes) -> tuple[str, ...]:
    if not any(before):
        return DIGESTED_FIELDS
    if content_of(before) == content_of(after):
        return ()
    hints = int.from_bytes(before[CONTENT_BYTES:], "big") ^ int.from_bytes(
        settled_digests(after)[CONTENT_BYTES:], "big"
    )
    names = [DIGESTED_FIELDS[at] for at in _CONTENT_POSITIONS]
    shifts = range((len(names) - 1) * HINT_BITS, -1, -HINT_BITS)
    told = [name for name, shift in zip(names, shifts, strict=True) if hints >> shift & (1 << HINT_BITS) - 1]
    return tuple(told or names)


def _spans(digests: bytes) -> tuple[bytes, ...]:
    """Give the digests of the content fields among *digests*, in field order."""
    return tuple(digests[at * DIGEST_BYTES : (at + 1) * DIGEST_BYTES] for at in _CONTENT_POSITIONS)


def _digested(article: Article) -> tuple[tuple[str, ...], ...]:
    """List the digested fields of *article* in the order of `DIGESTED_FIELDS`, each as the strings it is made of."""
    return (
        _optional(article.url),
        _folded(article.title),
        _folded(article.summary),
        _folded(article.text),
        _optional(article.html),
        article.authors,
        article.categories,
        _optional(article.language),
        _date_strings(article.published),
        _date_strings(article.updated),
        _optional(article.image),
        tuple(part for attachment in article.attachments for part in _attachment_strings(attachment)),
    )


def _optional(text: str | None) -> tuple[str, ...]:
    return () if text is None else (text,)


def _folded(text: str | None) -> tuple[str, ...]:
    """Keep the lasting words of *text*, with one space between them: what a reader would call the article."""
    words = lasting(text).split() if text else ()
    return (" ".join(words),) if words else ()


def _date_strings(date: ArticleDate | None) -> tuple[str, ...]:
    return () if date is None else (str(date.at_ms), date.precision, date.source, date.raw, *date.inferred)


def _attachment_strings(attachment: Attachment) -> tuple[str, ...]:
    size = "" if attachment.bytes is None else str(attachment.bytes)
    return (attachment.url, attachment.type or "", size)


# --- Hashing ------------------------------------------------------------------------------------------------------


def blake(data: bytes, size_bytes: int) -> bytes:
    """Digest *data* to *size_bytes* (1 to 64)."""
    return blake2b(data, digest_size=size_bytes).digest()


def framed(strings: Iterable[str]) -> bytes:
    """Join *strings* to bytes, each behind its length, so that no two sequences give the same bytes."""
    # Feeds hold lone surrogates (a cut emoji as two character references): they are hashed like anything else.
    encoded = [string.encode("utf-8", "surrogatepass") for string in strings]
    return b"".join(b"%d:%b" % (len(part), part) for part in encoded)
