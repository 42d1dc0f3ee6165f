"""What parsing costs: CPU of every feed of the corpus, by us and by others, in one run on one machine.

    python -m tests.benchmarks.bench_parse [LOOPS]

Of each feed the least of LOOPS (3) measurements counts, so that a busy machine spoils little. "entries" is the way
from bytes to entries with no HTML work; "articles" is everything: safe HTML, plain text, dates, addresses, ids.
Needs the corpus and the `bench` extra. The two ratios that matter are the last two lines.
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

from pipeline.model import RawDocument
from pipeline.stages.encoding import GZIP_MAGIC, unpack
from pipeline.stages.parse import read_feed
from pipeline.stages.reading import read_document
from tests.corpus_feeds import LIMIT_BYTES, captured, document

_FEED = "0" * 16


def entries(raw: RawDocument) -> None:
    """Read the entries of *raw* by our parser."""
    read_feed(raw, limit_bytes=LIMIT_BYTES)


def articles(raw: RawDocument) -> None:
    """Read the articles of *raw* as a worker does."""
    read_document(raw, feed_id=_FEED, feed_url=raw.url, feed_title=None, limit_bytes=LIMIT_BYTES)


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
    "newswire, articles": articles,
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
    """Print the table and the two ratios."""
    warnings.simplefilter("ignore")
    feeds = [plain(raw) for _, raw in captured("feeds")]
    spent = measured(feeds, int(sys.argv[1]) if len(sys.argv) > 1 else 3)
    megabytes = sum(len(raw.body) for raw in feeds) / 1e6
    base, lean = spent["feedparser, default"], spent["feedparser, no HTML passes"]
    lines = [f"{len(feeds)} feeds, {megabytes:.1f} MB; CPU, least of each feed\n"]
    lines.append(f"{'parser':28}{'CPU s':>8}{'ms/feed':>9}{'MB/s':>7}{'x default':>11}{'x lean':>8}")
    for name, seconds in spent.items():
        row = f"{seconds:8.3f}{seconds / len(feeds) * 1000:9.2f}{megabytes / seconds:7.1f}"
        lines.append(f"{name:28}{row}{base / seconds:11.1f}{lean / seconds:8.1f}")
    lines.append(f"\nentries against feedparser, no HTML passes: {lean / spent['newswire, entries']:.1f}x")
    lines.append(f"articles against feedparser, default: {base / spent['newswire, articles']:.1f}x")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
