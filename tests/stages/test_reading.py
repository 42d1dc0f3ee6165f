"""The whole way from bytes to articles: isolated entries, golden feeds, and every feed of the corpus."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.model import Article, RawDocument, Reading, Rejected, Unreadable
from pipeline.stages.reading import read_document
from pipeline.wire import article_to_dict

LIMIT = 10 * 1024 * 1024
FEED_ID = "0123456789abcdef"
URL = "https://example.org/feed.xml"
FETCHED_MS = 1_795_305_600_000  # 2026-11-22T00:00:00Z
GOLDEN = Path(__file__).resolve().parents[1] / "golden"


def document(body: bytes, content_type: str = "") -> RawDocument:
    """Give *body* as a fetched document."""
    return RawDocument(FEED_ID, URL, FETCHED_MS, body, content_type=content_type)


def read(raw: RawDocument, feed_title: str | None = None) -> Reading | Unreadable:
    """Read *raw* as the worker does."""
    return read_document(raw, feed_id=FEED_ID, feed_url=URL, feed_title=feed_title, limit_bytes=LIMIT)


def rss(items: str) -> bytes:
    """Give an RSS document with *items*."""
    return f"<rss version='2.0'><channel><title>Tom &amp;amp; Co</title>{items}</channel></rss>".encode()


def test_every_entry_has_one_result_in_order() -> None:
    """The accounting of items starts here: nothing may vanish."""
    reading = read(document(rss("<item><title>one</title></item><item/><item><title>two</title></item>")))

    assert isinstance(reading, Reading)
    assert [type(result) for result in reading.results] == [Article, Rejected, Article]
    assert len({result.id for result in reading.results if isinstance(result, Article)}) == 2


@pytest.mark.parametrize(("operators", "title"), [(None, "Tom & Co"), ("Mine", "Mine")])
def test_the_operators_title_wins_over_that_of_the_feed(operators: str | None, title: str) -> None:
    """Who follows a feed may call it what they like."""
    reading = read(document(rss("<item><title>one</title></item>")), operators)

    assert isinstance(reading, Reading)
    assert reading.feed_title == title
    (article,) = reading.results
    assert isinstance(article, Article)
    assert article.feed.title == title


def test_a_document_that_is_no_feed_is_unreadable() -> None:
    """The reason is passed on as it is."""
    assert read(document(b"<html></html>")) == Unreadable("an HTML page, not a feed")


def test_reading_twice_gives_the_same_articles() -> None:
    """A retried job must not make new articles."""
    raw = document((GOLDEN / "rss2-french-windows-1252.xml").read_bytes())

    assert read(raw) == read(raw)


@pytest.mark.parametrize("feed", sorted(GOLDEN.glob("*.xml")), ids=lambda path: path.stem)
def test_a_golden_feed_gives_its_golden_articles(feed: Path) -> None:
    """A change of any field of any article is seen in review, as JSON."""
    reading = read(document(feed.read_bytes()))
    assert isinstance(reading, Reading)

    articles = [article_to_dict(result) for result in reading.results if isinstance(result, Article)]

    assert articles == json.loads(feed.with_suffix(".json").read_text(encoding="utf-8"))


def corpus_documents(folder: Path) -> Iterator[tuple[str, RawDocument]]:
    """Yield every feed under *folder* by name, as it was fetched; JSON feeds are not for this version."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if ".expected" in path.name or ".json" in path.suffixes or path.suffix == ".jsonc":
            continue
        body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        content_type = ""
        if body.startswith(b"HTTP/"):
            head, body = re.split(rb"\r?\n\r?\n", body, maxsplit=1)
            named = re.search(rb"(?im)^content-type:[ \t]*(.*?)\r?$", head)
            content_type = named[1].decode() if named else ""
        yield f"{folder.name}/{path.relative_to(folder)}", document(body, content_type)


def entries_by_manifest(corpus: Path) -> dict[str, int]:
    """Give the number of entries that feedparser by itself found in each feed of the corpus."""
    lines = (corpus / "MANIFEST.tsv").read_text(encoding="utf-8").splitlines()
    counts = ((line.split("\t")[0], re.search(r"feedparser entries=(\d+)", line)) for line in lines)
    return {name: int(count[1]) for name, count in counts if count}


@pytest.mark.parametrize(("folder", "at_least"), [("feeds", 0.95), ("feeds-edge", 0.75)])
def test_every_real_feed_is_read(corpus: Path, folder: str, at_least: float) -> None:
    """Nothing in 500 captured feeds and fixtures of other parsers raises, and no entry vanishes.

    Measured: all of the captured feeds give an article; the fixtures are often of the head of a feed alone.
    """
    expected = entries_by_manifest(corpus)
    fruitful = []
    for name, raw in corpus_documents(corpus / folder):
        reading = read(raw)
        assert isinstance(reading, Reading), name
        cut = "the document is incomplete" in reading.problems  # the entry it was cut in is left out
        assert len(reading.results) >= expected.get(name, 0) - cut, name
        assert not [one for one in reading.results if isinstance(one, Rejected) and "nothing" not in one.reason], name
        fruitful.append(any(isinstance(one, Article) for one in reading.results))

    assert sum(fruitful) >= at_least * len(fruitful)
