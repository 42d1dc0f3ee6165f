"""What parsing costs: CPU of every feed of the corpus, by us and by others, in one run on one machine.

    python -m tests.benchmarks.bench_parse [LOOPS]

Of each feed the least of LOOPS (3) measurements counts, so that a busy machine spoils little. "entries" is the way
from bytes to entries with no HTML work; "texts" adds what feedparser's HTML passes are for and more: safe HTML and
plain text; "articles" is all that a worker does: dates, languages, people, addresses, ids.
"one new item" is everything again, of a feed that was read before it had its first item; "nothing new" is the same
feed once more, byte for byte except what stands before its items. A feed that cannot be told apart by its bytes is
read whole in both. Needs the corpus and the `bench` extra. The ratios that matter are the last lines.
"""

from __future__ import annotations

import io
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import suppress

import fastfeedparser
import feedparser
from lxml import etree

from pipeline.model import FeedDocument, RawDocument, Reading
from pipeline.stages.encoding import GZIP_MAGIC, unpack
from pipeline.stages.parse import read_feed
from pipeline.stages.parse.delta import split
from pipeline.stages.reading import read_document
from pipeline.stages.text import html_and_text, title_text
from tests.corpus_feeds import LIMIT_BYTES, captured, document

_FEED = "0" * 16
_BASE = "https://example.org/"
_ITEMS_WITHOUT_FIRST: dict[bytes, bytes] = {}
_ITEMS: dict[bytes, bytes] = {}


def entries(raw: RawDocument) -> None:
    """Read the entries of *raw* by our parser."""
    read_feed(raw, limit_bytes=LIMIT_BYTES)


def texts(raw: RawDocument) -> None:
    """Read the entries of *raw*, and make their HTML safe and plain text of it."""
    read = read_feed(raw, limit_bytes=LIMIT_BYTES)
    for entry in read.entries if isinstance(read, FeedDocument) else ():
        title = title_text(entry.title_html or "")
        for html in {entry.summary_html, entry.content_html}:
            if html:
                html_and_text(html, base_url=_BASE, title=title)


def articles(raw: RawDocument) -> None:
    """Read the articles of *raw* as a worker does."""
    read_document(raw, feed_id=_FEED, feed_url=raw.url, feed_title=None, limit_bytes=LIMIT_BYTES)


def one_new_item(raw: RawDocument) -> None:
    """Read *raw* when all its items but the first were read before."""
    _read(raw, _ITEMS_WITHOUT_FIRST.get(raw.body, b""))


def nothing_new(raw: RawDocument) -> None:
    """Read *raw* when all its items were read before."""
    _read(raw, _ITEMS.get(raw.body, b""))


def _read(raw: RawDocument, items: bytes) -> bytes:
    """Read *raw* as a worker does when its memory of the feed is *items*; give what it will remember."""
    reading = read_document(
        raw, feed_id=_FEED, feed_url=raw.url, feed_title=None, limit_bytes=LIMIT_BYTES, items=items
    )
    return reading.items if isinstance(reading, Reading) else b""


def remember(raw: RawDocument) -> None:
    """Remember the items of *raw*, with and without its first."""
    parts = split(raw.body)
    if parts is not None and parts.items:
        behind_first = raw.body[len(parts.head) + len(parts.items[0]) :].lstrip()
        _ITEMS_WITHOUT_FIRST[raw.body] = _read(document(parts.head + behind_first, raw.content_type), b"")
        _ITEMS[raw.body] = _read(raw, b"")


def feedparser_default(raw: RawDocument) -> None:
    """Parse *raw* as feedparser does when nothing is said."""
    feedparser.parse(io.BytesIO(raw.body))


def feedparser_lean(raw: RawDocument) -> None:
    """Parse *raw* with feedparser, its HTML passes off."""
    feedparser.parse(io.BytesIO(raw.body), sanitize_html=False, resolve_relative_uris=False)


def fast(raw: RawDocument) -> None:
    """Parse *raw* with fastfeedparser, which raises for some."""
    with suppress(Exception):
        fastfeedparser.parse(raw.body)


def lxml_alone(raw: RawDocument) -> None:
    """Build the tree of *raw* with lxml and read nothing of it."""
    etree.fromstring(raw.body, etree.XMLParser(recover=True, resolve_entities=False, no_network=True))


PARSERS: dict[str, Callable[[RawDocument], None]] = {
    "feedparser, default": feedparser_default,
    "feedparser, no HTML passes": feedparser_lean,
    "fastfeedparser": fast,
    "lxml, the tree alone": lxml_alone,
    "newswire, entries": entries,
    "newswire, texts": texts,
    "newswire, articles": articles,
    "newswire, one new item": one_new_item,
    "newswire, nothing new": nothing_new,
}


def measured(feeds: list[RawDocument], loops: int) -> dict[str, float]:
    """Give the CPU seconds that each parser needs for all *feeds*, the least of *loops* for each feed."""
    least: dict[tuple[str, int], float] = {}
    for _ in range(loops):
        for name, parse in PARSERS.items():
            for position, raw in enumerate(feeds):
                start = time.process_time()
                parse(raw)
                spent = time.process_time() - start
                least[name, position] = min(spent, least.get((name, position), spent))
    return {name: sum(spent for (other, _), spent in least.items() if other == name) for name in PARSERS}


def plain(raw: RawDocument) -> RawDocument:
    """Give *raw* unpacked, so that nobody is measured by zlib."""
    body = unpack(raw.body, "gzip" if raw.body.startswith(GZIP_MAGIC) else "", limit_bytes=LIMIT_BYTES)
    return document(body if isinstance(body, bytes) else b"<rss/>", raw.content_type)


def main() -> None:
    """Print the table and the ratios."""
    warnings.simplefilter("ignore")
    feeds = [plain(raw) for _, raw in captured("feeds")]
    for raw in feeds:
        remember(raw)
    known = sum(map(bool, _ITEMS.values()))
    spent = measured(feeds, int(sys.argv[1]) if len(sys.argv) > 1 else 3)
    megabytes = sum(len(raw.body) for raw in feeds) / 1e6
    base, lean = spent["feedparser, default"], spent["feedparser, no HTML passes"]
    lines = [f"{len(feeds)} feeds, {megabytes:.1f} MB, {known} told apart by bytes; CPU, least of each feed\n"]
    lines.append(f"{'parser':28}{'CPU s':>8}{'ms/feed':>9}{'MB/s':>7}{'x default':>11}{'x lean':>8}")
    for name, seconds in spent.items():
        row = f"{seconds:8.3f}{seconds / len(feeds) * 1000:9.2f}{megabytes / seconds:7.1f}"
        lines.append(f"{name:28}{row}{base / seconds:11.1f}{lean / seconds:8.1f}")
    lines.append(f"\nentries against feedparser, no HTML passes: {lean / spent['newswire, entries']:.1f}x")
    lines += [
        f"{name} against feedparser, default: {base / spent[f'newswire, {name}']:.1f}x"
        for name in ("texts", "articles", "one new item", "nothing new")
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
