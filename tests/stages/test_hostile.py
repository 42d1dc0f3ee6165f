"""Documents that were built to cost: the entries that can be had are had, and nothing raises or lasts.

How much CPU and memory each of them costs is measured by `tests/soak/hostile_documents.py`.
"""

from __future__ import annotations

import pytest

from pipeline.model import FeedDocument, Unreadable
from pipeline.stages.parse import read_feed
from tests.feeds import LIMIT, document
from tests.hostile import OTHERS, WITH_GOOD_ITEMS


def read(name: str) -> FeedDocument | Unreadable:
    """Build the document *name* and read it."""
    built = {**WITH_GOOD_ITEMS, **OTHERS}[name]()
    return read_feed(document(built if isinstance(built, bytes) else built.encode()), limit_bytes=LIMIT)


@pytest.mark.parametrize("name", WITH_GOOD_ITEMS)
def test_the_entries_beside_a_hostile_one_are_read(name: str) -> None:
    """Who writes one entry of a feed that gathers many must not be able to silence the others."""
    feed = read(name)

    assert isinstance(feed, FeedDocument), feed
    assert "good" in (feed.entries[0].guid or feed.entries[0].link or "")
    assert len(feed.entries) <= 5000


@pytest.mark.parametrize("name", OTHERS)
def test_noise_is_unreadable_or_an_empty_feed(name: str) -> None:
    """Megabytes of one sign are how parsers are looked for that need quadratic time."""
    match read(name):
        case FeedDocument(entries=entries):
            assert entries == ()
        case Unreadable(reason):
            assert reason


def test_no_entity_of_a_document_is_expanded() -> None:
    """Neither bombs nor files: what a DOCTYPE defines is nobody's text."""
    for name in ("billion laughs", "quadratic entity", "external entities"):
        feed = read(name)
        assert isinstance(feed, FeedDocument)
        title = feed.entries[1].title_html or ""
        assert title.startswith("&amp;")
        assert "haha" not in title
