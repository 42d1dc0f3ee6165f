"""Feeds of the corpus cut at every hundredth: what is whole of them is read as if nothing were missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import pytest

from pipeline.model import FeedDocument
from pipeline.stages.parse import read_feed
from tests.corpus_feeds import ABSENT, CORPUS, LIMIT_BYTES, captured, document

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason=ABSENT)

_FEEDS = 50
_MOST_BYTES = 40_000
_ITEM_END = re.compile(rb"</(?:item|entry)\s*>")
_RIVALS = re.compile(rb"<!\[CDATA\[[^]]*</(?:item|entry)|</(?:item|entry)[^<]*\]\]>")


def whole_feeds() -> Iterator[tuple[str, bytes, FeedDocument, list[int]]]:
    """Yield feeds with what they give and where their items end: those whose items can be told by their bytes."""
    for name, raw in captured("feeds"):
        if len(raw.body) < _MOST_BYTES and not _RIVALS.search(raw.body):
            whole = read_feed(raw, limit_bytes=LIMIT_BYTES)
            ends = [match.end() for match in _ITEM_END.finditer(raw.body)]
            if isinstance(whole, FeedDocument) and len(ends) == len(whole.entries) > 1:
                yield name, raw.body, whole, ends


def test_a_cut_document_keeps_all_its_whole_items() -> None:
    """A connection that dies at the last byte must not cost the whole poll."""
    feeds = list(islice(whole_feeds(), _FEEDS))
    assert len(feeds) == _FEEDS
    for name, body, whole, ends in feeds:
        expected = [entry.guid or entry.link or entry.title_html for entry in whole.entries]
        for percent in range(1, 100):
            length = len(body) * percent // 100
            complete = sum(end <= length for end in ends)
            read = read_feed(document(body[:length]), limit_bytes=LIMIT_BYTES)
            entries = read.entries[:complete] if isinstance(read, FeedDocument) else ()
            found = [entry.guid or entry.link or entry.title_html for entry in entries]
            assert found == expected[:complete], (name, percent)
