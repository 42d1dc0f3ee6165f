"""Sharing: which articles of several feeds of one site are one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.model import Article, ArticleDate, FeedReference, Known, Same
from pipeline.stages.digests import DIGESTS_BYTES, digests_of
from pipeline.stages.identity import CARRIED, judge
from pipeline.stages.sharing import carried, seen_in, shared_address, shared_addresses

FRONT = FeedReference("00000000000000aa", "https://www.example.org/front.xml")
LOCAL = FeedReference("00000000000000bb", "https://feeds.example.org/local.xml")
MOMENT = ArticleDate(1_000_000, "second", "feed:pubDate", "then")
ARTICLE = Article("f" * 32, FRONT, url="https://example.org/bridge", title="The bridge opens again", published=MOMENT)

SAME = (
    replace(ARTICLE, id="e" * 32, feed=LOCAL),
    replace(ARTICLE, url="http://m.example.org/bridge?utm_source=rss"),
    replace(ARTICLE, title="The bridge opens at last"),
)
OTHER = (
    replace(ARTICLE, published=replace(MOMENT, at_ms=2_000_000)),
    replace(ARTICLE, published=None),
    replace(ARTICLE, url="https://example.org/ferry"),
)
NONE = (
    replace(ARTICLE, feed=FeedReference("cc", "https://aggregator.example.net/feed")),
    replace(ARTICLE, url="https://example.org/"),
    replace(ARTICLE, url=None),
    replace(ARTICLE, published=None, title=None),
)


@pytest.mark.parametrize("article", SAME)
def test_the_same_address_and_date_is_the_same_article(article: Article) -> None:
    """Feeds of one site differ in tracking and in headlines, not in address and date."""
    assert shared_address(article) == shared_address(ARTICLE) != b""


@pytest.mark.parametrize("article", OTHER)
def test_another_date_or_address_is_another_article(article: Article) -> None:
    """A live page and a daily report keep their address: what is in doubt is told."""
    assert shared_address(article) not in (b"", shared_address(ARTICLE))


@pytest.mark.parametrize("article", NONE)
def test_what_is_on_no_site_of_the_feed_is_not_shared(article: Article) -> None:
    """An aggregator's record is its own, and a home page is no article."""
    assert shared_address(article) == b""


def test_what_two_entries_of_a_document_share_is_no_evidence() -> None:
    """Notes of a ticker link to one page at one time: they are several."""
    assert shared_addresses([ARTICLE, SAME[0]]) == {}
    assert set(shared_addresses([ARTICLE, OTHER[0]])) == {ARTICLE.id}


def test_a_feed_is_named_once() -> None:
    """Read again after a crash, a document tells nothing twice; an edit in between is not undone."""
    known = Known(1, 0, 0, digests_of(ARTICLE))
    told = seen_in(ARTICLE, known, LOCAL, now_ms=5)

    assert told is not None
    assert (told.kind, told.revision, told.changed, told.also_in) == ("revised", 2, ("also_in",), (LOCAL,))
    assert seen_in(told, replace(known, revision=2), LOCAL, now_ms=6) is None
    assert seen_in(ARTICLE, known, FRONT, now_ms=6) is None
    assert seen_in(ARTICLE, replace(known, revision=2), LOCAL, now_ms=6) is None
    assert seen_in(replace(ARTICLE, kind="withdrawn"), known, LOCAL, now_ms=6) is None


def test_what_another_feed_tells_of_is_never_told_here() -> None:
    """Its edits are told by the feed that told of it first; both would revise each other."""
    known = carried(ARTICLE, now_ms=1_000)

    assert (known.revision, len(known.digests)) == (CARRIED, DIGESTS_BYTES)
    assert isinstance(judge(known, replace(ARTICLE, title="Other words"), now_ms=2_000), Same)
