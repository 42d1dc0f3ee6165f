"""Delta reading against whole reading: skipping items known by their bytes must give the same articles."""

from __future__ import annotations

import gzip
import tarfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.model import Article, RawDocument, Reading, Rejected
from pipeline.stages.parse.delta import split
from pipeline.stages.reading import read_document

CORPUS = Path(__file__).resolve().parents[2] / ".." / "shared" / "corpus"
pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="../shared/corpus is absent")

_STATES_OF_A_FEED = 150


def reading_of(body: bytes, items: bytes = b"") -> Reading | None:
    """Read *body* as a worker does, None when it is no feed."""
    document = RawDocument("0" * 16, "https://news.example/feed.xml", 1_700_000_000_000, body)
    read = read_document(
        document, feed_id="0" * 16, feed_url=document.url, feed_title=None, limit_bytes=10**8, items=items
    )
    return read if isinstance(read, Reading) else None


def assert_same_articles(before: Reading, after: bytes) -> int:
    """Check that *after* read as a successor gives what it gives by itself; returns how many items were skipped."""
    whole, delta = reading_of(after), reading_of(after, before.items)
    assert (whole is None) == (delta is None)
    if whole is None or delta is None:
        return 0
    earlier: list[Article | Rejected] = list(before.results)
    fresh = list(delta.results)
    skipped = 0
    for result in whole.results:
        if fresh and fresh[0] == result:
            fresh.pop(0)
        else:
            assert result in earlier
            skipped += 1
    assert fresh == []
    assert skipped == len(delta.skipped)
    assert delta.items == whole.items
    return skipped


def bbc_feeds() -> Iterator[tuple[str, list[bytes]]]:
    """The successive states of each feed of the archive, oldest first, evenly thinned out to a bearable number."""
    with tarfile.open(CORPUS / "traces" / "bbc-snapshots.tar.xz") as archive:
        states: dict[str, list[tuple[str, bytes]]] = {}
        for member in archive:
            file = archive.extractfile(member) if member.isfile() else None
            if file is not None:
                feed, _, moment = member.name.partition("/")
                states.setdefault(feed, []).append((moment, file.read()))
    for feed, found in states.items():
        bodies = [body for _, body in sorted(found)]
        yield feed, bodies[:_STATES_OF_A_FEED]


def test_successive_states_of_real_feeds_give_the_same_articles() -> None:
    """Real newsrooms edit titles, reorder items and take stories back; none of that may be skipped."""
    skipped = total = 0
    for _, bodies in bbc_feeds():
        readings = [(body, reading_of(body)) for body in bodies]
        for (_, before), (body, after) in pairwise(readings):
            assert before is not None
            assert after is not None
            skipped += assert_same_articles(before, body)
            total += len(after.results)

    assert skipped > 0.9 * total, "most items of a feed are known"


def corpus_feeds() -> list[Path]:
    """The captured feeds."""
    return [
        path
        for path in sorted((CORPUS / "feeds").rglob("*"))
        if path.is_file() and not path.name.endswith(".expected")
    ]


def edits_of(body: bytes) -> Iterator[bytes]:
    """Successors of *body*: itself, an item gone, an item edited, two changed places, another language."""
    yield body
    parts = split(body)
    if parts is None or len(parts.items) < 3:
        return
    first, second, *rest = parts.items
    for items in ([second, *rest], [first.replace(b"e", b"E"), second, *rest], [second, first, *rest]):
        yield b"\n".join((parts.head, *items, parts.tail))
    yield body.replace(b"<channel>", b"<channel><language>xx</language>", 1)


def test_every_edit_of_every_captured_feed_gives_the_same_articles() -> None:
    """The guard must hold on whatever real feeds look like, the broken ones included."""
    known = 0
    for path in corpus_feeds():
        data = path.read_bytes()
        body = gzip.decompress(data) if path.suffix == ".gz" else data
        before = reading_of(body)
        if before is None or len(body) > 300_000:
            continue
        known += bool(before.items)
        for after in edits_of(body):
            assert_same_articles(before, after)

    assert known > 0.8 * len(corpus_feeds())
