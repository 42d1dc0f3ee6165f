"""Every feed of the corpus: our entries against those of feedparser, field by field.

Where they differ, `OURS_IS_RIGHT` says why, checked by hand; a difference that is gone must leave the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from pipeline.model import Entry, FeedDocument, RawDocument
from pipeline.stages.encoding import GZIP_MAGIC, unpack
from pipeline.stages.parse import read_feed
from pipeline.stages.parse.characters import decode
from pipeline.stages.parse.mending import mend
from pipeline.stages.parse.with_feedparser import parse_with_feedparser
from tests.corpus_feeds import ABSENT, CORPUS, LIMIT_BYTES, all_feeds

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason=ABSENT)

FIELDS = (
    "guid", "link", "title_html", "summary_html", "content_html", "authors", "categories", "language",
    "image", "enclosures", "base_url",
)  # fmt: skip

_LEAK = "feedparser lets the xml:base of one element hold for those behind it, where nothing stands around them"
_CHANNEL = "feedparser takes a summary of the channel for one of its first item, which it reads unlike the others"
_TYPE = "feedparser invents text/html for an enclosure that names no type"
_AMPERSAND = (
    "in the markup we write, & in an address is &amp; as in the document; feedparser's loose parser leaves it bare"
)

OURS_IS_RIGHT = {
    "feeds/fastfeedparser/ab1814a7b8c94975.xml": ({"base_url"}, _LEAK),
    "feeds/feedjira/DuplicateContentAtomFeed.xml": ({"content_html"}, _AMPERSAND),
    "feeds/rss-parser/reddit-home.rss": ({"guid", "base_url"}, _LEAK),
    "feeds-edge/RSS-Parser/feed-itunes-season.xml": ({"summary_html", "content_html"}, _CHANNEL),
    "feeds-edge/feed-rs/rss_2.0_ch9.xml": ({"summary_html", "content_html"}, _CHANNEL),
    "feeds-edge/rss-parser/pagination-links.rss": ({"summary_html", "content_html"}, _CHANNEL),
    "feeds-edge/reader/full.atom": ({"enclosures"}, _TYPE),
    "feeds-edge/reader/relative.atom": ({"enclosures"}, _TYPE),
}

WITHOUT_ENTRIES: dict[str, str] = {}

_ITEM = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)[\s>]")


def by_feedparser(raw: RawDocument) -> FeedDocument | None:
    """Read *raw*, mended, as feedparser does."""
    body = unpack(raw.body, "gzip" if raw.body.startswith(GZIP_MAGIC) else "", limit_bytes=LIMIT_BYTES)
    assert isinstance(body, bytes)
    read = parse_with_feedparser(mend(decode(body, raw.content_type).text).utf8)
    return read if isinstance(read, FeedDocument) else None


def differing(ours: FeedDocument, theirs: FeedDocument) -> Iterator[str]:
    """Yield the names of what differs."""
    if len(ours.entries) != len(theirs.entries):
        yield "number"
    for one, other in zip(ours.entries, theirs.entries, strict=False):
        yield from (name for name in FIELDS if getattr(one, name) != getattr(other, name))
        yield from (name for name in ("published", "updated") if _raw(one, name) != _raw(other, name))


def _raw(entry: Entry, name: str) -> str | None:
    date = getattr(entry, name)
    return date.raw if date else None


def test_every_entry_of_the_corpus_is_read_as_feedparser_reads_it() -> None:
    """Twenty years of odd feeds went into feedparser: what differs from it is wrong until shown to be right."""
    differences = {}
    for name, raw in all_feeds():
        ours, theirs = read_feed(raw, limit_bytes=LIMIT_BYTES), by_feedparser(raw)
        if theirs is not None and theirs.entries:
            assert isinstance(ours, FeedDocument), name
            found = set(differing(ours, theirs))
            if found:
                differences[name] = found

    assert differences == {name: fields for name, (fields, _) in OURS_IS_RIGHT.items()}


def test_feedparser_is_the_last_resort() -> None:
    """It is ten times slower than what reads the rest; the corpus is worse than the web."""
    paths = [getattr(read_feed(raw, limit_bytes=LIMIT_BYTES), "path", "") for _, raw in all_feeds()]

    assert paths.count("feedparser") <= 0.01 * len(paths)
    assert paths.count("lxml") >= 0.98 * len(paths)


def test_a_feed_that_holds_items_gives_entries() -> None:
    """A document that yields nothing is a publisher we lost without a word."""
    fruitless = [
        name
        for name, raw in all_feeds()
        if _ITEM.search(raw.body) and not getattr(read_feed(raw, limit_bytes=LIMIT_BYTES), "entries", ())
    ]

    assert fruitless == list(WITHOUT_ENTRIES)
