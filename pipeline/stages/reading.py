"""A raw document -> everything it says: the way from bytes to articles, on one screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import blake2b

from pipeline.model import Article, Entry, FeedDocument, FeedReference, RawDocument, Reading, Rejected, Unreadable
from pipeline.stages.customs import NO_CUSTOMS, Customs
from pipeline.stages.identity import article_id, base_key, entry_keys
from pipeline.stages.normalize import Origin, normalize
from pipeline.stages.parse import ParseLimits, Utf8, read_utf8, utf8_of
from pipeline.stages.parse.delta import NAME_BYTES, Split, split
from pipeline.stages.text import title_text

_LIMITS = ParseLimits()


def read_document(
    document: RawDocument,
    *,
    feed_id: str,
    feed_url: str,
    feed_title: str | None,
    limit_bytes: int,
    items: bytes = b"",
    limits: ParseLimits = _LIMITS,
    customs: Customs = NO_CUSTOMS,
) -> Reading | Unreadable:
    """Read the articles of *document*, one result for each of its entries that is not known, in order.

    *items* is what the reading of the feed's last document gave: entries whose bytes have not changed since are
    skipped, which gives the same articles as reading all. *feed_title* is the operator's name for the feed and wins
    over the document's own; *customs* is what else is known of how the feed writes.
    """
    utf8 = utf8_of(document, limit_bytes=limit_bytes)
    if isinstance(utf8, Unreadable):
        return utf8
    parts = split(utf8.data)
    feed = FeedReference(id=feed_id, url=feed_url, title=feed_title)
    if parts is not None and items:
        reading = _read_fresh(document, utf8, parts, feed, _unpacked(items), limits, customs)
        if reading is not None:
            return reading
    read = read_utf8(utf8, limits)
    return (
        read if isinstance(read, Unreadable) else _reading(document, read, feed, parts, {}, _digests(read), customs)
    )


def _read_fresh(
    document: RawDocument,
    utf8: Utf8,
    parts: Split,
    feed: FeedReference,
    known: Mapping[bytes, bytes],
    limits: ParseLimits,
    customs: Customs,
) -> Reading | None:
    """Read only the items that *known* (name → digest of the key) lacks; None when that might not give the same."""
    here = {name: known[name] for name in parts.names if name in known}
    if not here:
        return None
    read: FeedDocument | Unreadable = FeedDocument()
    if len(here) < len(parts.names):
        read = read_utf8(Utf8(parts.without(here), utf8.problems), limits)
    if isinstance(read, Unreadable):
        return None
    digests = _digests(read)
    gone = [digest for name, digest in known.items() if name not in here]
    # A key that several items have depends on all of them: none of these may have come, changed or gone.
    alone = set(here.values()).isdisjoint((*digests, *gone))
    if not alone or len(digests) + len(here) != len(parts.names):
        return None
    return _reading(document, read, feed, parts, here, digests, customs)


def _reading(
    document: RawDocument,
    read: FeedDocument,
    feed: FeedReference,
    parts: Split | None,
    here: Mapping[bytes, bytes],
    digests: tuple[bytes, ...],
    customs: Customs,
) -> Reading:
    feed = replace(feed, title=feed.title or title_text(read.title or "") or None)
    origin = Origin(feed, document.url, read.language, document.fetched_ms, customs)
    keys = entry_keys(read.entries)
    results = tuple(_result(entry, key, origin) for entry, key in zip(read.entries, keys, strict=True))
    return Reading(
        feed_title=feed.title,
        results=results,
        entries=read.entries,
        names=digests,
        problems=read.problems,
        skipped=tuple(here.values()),
        items=b"" if parts is None or read.incomplete else _packed(parts, digests, here),
        withdrawn=tuple(article_id(feed.id, reference) for reference in read.withdrawn),
        incomplete=read.incomplete,
        path=read.path or "known",
    )


def _packed(parts: Split, digests: tuple[bytes, ...], here: Mapping[bytes, bytes]) -> bytes:
    """Pair each item's name with the digest of its key; nothing when a pair would be in doubt."""
    if len(digests) + len(here) != len(parts.names) or len(set(parts.names)) < len(parts.names):
        return b""
    fresh = iter(digests)
    return b"".join([name + (here.get(name) or next(fresh)) for name in parts.names])


def _unpacked(items: bytes) -> dict[bytes, bytes]:
    pairs = (items[at : at + 2 * NAME_BYTES] for at in range(0, len(items), 2 * NAME_BYTES))
    return {pair[:NAME_BYTES]: pair[NAME_BYTES:] for pair in pairs}


def _digests(read: FeedDocument) -> tuple[bytes, ...]:
    """Digest the key that each entry of *read* has by itself."""
    keys = [base_key(entry).encode("utf-8", "surrogatepass") for entry in read.entries]
    return tuple([blake2b(key, digest_size=NAME_BYTES).digest() for key in keys])


def _result(entry: Entry, key: str, origin: Origin) -> Article | Rejected:
    """Normalize one entry; one that breaks a rule nobody thought of never costs its neighbours."""
    try:
        return normalize(entry, key=key, origin=origin)
    except Exception as error:  # noqa: BLE001 - whatever one entry breaks, its neighbours are read
        return Rejected(f"{type(error).__name__}: {error}", which=key)
