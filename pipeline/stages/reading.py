"""A raw document -> everything it says: the way from bytes to articles, on one screen."""

from __future__ import annotations

from pipeline.model import Article, Entry, FeedDocument, FeedReference, RawDocument, Reading, Rejected, Unreadable
from pipeline.stages.identity import entry_keys
from pipeline.stages.normalize import normalize
from pipeline.stages.parse import read_feed
from pipeline.stages.text import title_text


def read_document(
    document: RawDocument, *, feed_id: str, feed_url: str, feed_title: str | None, limit_bytes: int
) -> Reading | Unreadable:
    """Read the articles of *document*, one result for each of its entries, in order.

    *feed_title* is the operator's name for the feed and wins over the document's own. An entry that breaks a rule
    nobody thought of is Rejected with the name of the error: it never costs its neighbours.
    """
    read = read_feed(document, limit_bytes=limit_bytes)
    if isinstance(read, Unreadable):
        return read
    title = feed_title or title_text(read.title or "") or None
    feed = FeedReference(id=feed_id, url=feed_url, title=title)
    keys = entry_keys(read.entries)
    results = tuple(_result(entry, key, feed, document, read) for entry, key in zip(read.entries, keys, strict=True))
    return Reading(feed_title=title, results=results, problems=read.problems)


def _result(
    entry: Entry, key: str, feed: FeedReference, document: RawDocument, read: FeedDocument
) -> Article | Rejected:
    try:
        return normalize(
            entry,
            key=key,
            feed=feed,
            document_url=document.url,
            feed_language=read.language,
            fetched_ms=document.fetched_ms,
        )
    except Exception as error:  # noqa: BLE001 - whatever one entry breaks, its neighbours are read
        return Rejected(f"{type(error).__name__}: {error}", which=key)
