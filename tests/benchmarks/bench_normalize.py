"""What an entry costs beside its parsing: CPU of sanitising, of plain text and of `normalize`, in one run.

    python -m tests.benchmarks.bench_normalize [LOOPS]

The least of LOOPS (5) measurements counts. The body is 3 kB of ordinary markup (target: 100 us to sanitise); with the
corpus at hand, every entry of its feeds is normalized as well (target: 0.5 ms each without a page), beside the
sanitising of the same bodies alone.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from pipeline.model import Entry, FeedDocument, FeedReference
from pipeline.stages.identity import entry_keys
from pipeline.stages.normalize import Origin, normalize
from pipeline.stages.parse import read_feed
from pipeline.stages.text import html_and_text, plain_text, safe_html
from pipeline.stages.url_identity import identity_key
from tests.corpus_feeds import CORPUS, LIMIT_BYTES, captured
from tests.stages import test_more_addresses, test_url_identity

_URL = "https://example.org/news/a.html"
_FEED = FeedReference(id="0" * 16, url="https://example.org/feed.xml")
_PARAGRAPH = (
    "<p>The ferry to the outer islands sails again on Monday, the harbour office said, after the <em>longest</em> "
    'pause since the war. <a href="https://example.org/ferry?x=1&amp;y=2" class="link">The timetable</a> &ndash; '
    "which holds until spring &ndash; names four crossings a day; in March there will be six of them.</p>\n"
)
_BODY = f'<div class="body"><h2>Harbour</h2><img src="/ferry.jpg" alt="The ferry">\n{_PARAGRAPH * 8}</div>'


def least_seconds(work: Callable[[], object], loops: int, times: int) -> float:
    """Give the CPU seconds of one call of *work*, the least of *loops* measurements of *times* calls."""
    measured = []
    for _ in range(loops):
        start = time.process_time()
        for _ in range(times):
            work()
        measured.append(time.process_time() - start)
    return min(measured) / times


def corpus_entries() -> list[tuple[Entry, str, str, str | None]]:
    """Give every entry of the corpus feeds with its key, the address of its document and its feed's language."""
    found: list[tuple[Entry, str, str, str | None]] = []
    for _, raw in captured("feeds"):
        read = read_feed(raw, limit_bytes=LIMIT_BYTES)
        if isinstance(read, FeedDocument):
            keys = entry_keys(read.entries)
            found += [(entry, key, raw.url, read.language) for entry, key in zip(read.entries, keys, strict=True)]
    return found


def normalize_all(entries: list[tuple[Entry, str, str, str | None]]) -> None:
    """Make the articles of *entries*."""
    for entry, key, url, language in entries:
        normalize(entry, key=key, origin=Origin(_FEED, url, language))


def address_microseconds(loops: int) -> float:
    """Return what the key of an address of the tests' tables costs, in the mean of all of them."""
    tables = (test_url_identity.MERGE, test_url_identity.APART, test_more_addresses.MERGE, test_more_addresses.APART)
    urls = {url for table in tables for pair in table for url in pair}
    return least_seconds(lambda: [identity_key(url) for url in urls], loops, 50) / len(urls) * 1e6


def corpus_lines(loops: int) -> list[str]:
    """Measure every entry of the corpus."""
    entries = corpus_entries()
    bodies = [html for entry, *_ in entries if (html := entry.content_html or entry.summary_html)]
    whole = least_seconds(lambda: normalize_all(entries), loops, 1)
    floor = least_seconds(lambda: [safe_html(html, base_url=_URL) for html in bodies], loops, 1)
    lines = [f"\n{len(entries)} entries of the corpus, CPU us each, least of {loops}"]
    lines.append(f"{'normalize':28}{whole / len(entries) * 1e6:8.1f}")
    lines.append(f"{'safe_html of its body alone':28}{floor / len(entries) * 1e6:8.1f}")
    links = [link for entry, *_ in entries if (link := entry.link)]
    keys = least_seconds(lambda: [identity_key(link) for link in links], loops, 1)
    lines.append(f"{'identity_key of its link':28}{keys / len(links) * 1e6:8.1f}")
    return lines


def main() -> None:
    """Print the figures."""
    loops = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    lines = [f"a body of {len(_BODY)} characters, CPU us, least of {loops}"]
    for name, work in (
        ("safe_html", lambda: safe_html(_BODY, base_url=_URL)),
        ("html_and_text", lambda: html_and_text(_BODY, base_url=_URL)),
        ("plain_text, by a tree", lambda: plain_text(_BODY)),
        ("identity_key", lambda: identity_key(_URL)),
    ):
        lines.append(f"{name:28}{least_seconds(work, loops, 500) * 1e6:8.1f}")
    lines.append(f"identity_key of the tables {address_microseconds(loops):9.1f}")
    if CORPUS.is_dir():
        lines += corpus_lines(loops)
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
