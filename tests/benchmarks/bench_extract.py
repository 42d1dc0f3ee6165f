"""How well and how fast articles are read from pages: ours against others, in one run on one machine.

    python -m tests.benchmarks.bench_extract [LOOPS] [FOLDER]

FOLDER (the corpus's `articles`) holds `scrapinghub`, `trafilatura-eval` and `fundus` in the corpus's form. Main text
is scored as article-extraction-benchmark does: shares of 4-word shingles per page, precision and recall averaged over
pages, F1 of the two. CPU is the least of LOOPS (3) for each page. Needs the `bench` extra.
"""

from __future__ import annotations

import gzip
import json
import logging
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import trafilatura
from readability import Document
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from pipeline.model import Page, PageArticle
from pipeline.stages.extract import read_page
from pipeline.stages.text import plain_text
from tests.corpus_feeds import CORPUS

Truth = dict[str, object]
Counts = tuple[float, float, float]
_TOKEN = re.compile(r"\w+")


def ours(body: bytes) -> str:
    """Give the text that we read from a page: all fields are read, not the text alone."""
    return read_page(Page("", None, body)).text or ""


def by_trafilatura(body: bytes) -> str:
    """Give the text by trafilatura as it comes."""
    return trafilatura.extract(body, include_comments=False) or ""


def by_trafilatura_fast(body: bytes) -> str:
    """Give the text by trafilatura without its fallbacks."""
    return trafilatura.extract(body, include_comments=False, fast=True) or ""


def by_trafilatura_precise(body: bytes) -> str:
    """Give the text by trafilatura in favour of precision."""
    return trafilatura.extract(body, include_comments=False, favor_precision=True) or ""


def by_readability(body: bytes) -> str:
    """Give the text by readability-lxml."""
    return plain_text(Document(body.decode("utf-8", "replace")).summary(html_partial=True))


def by_resiliparse(body: bytes) -> str:
    """Give the text by resiliparse."""
    tree = HTMLTree.parse(body.decode("utf-8", "replace"))
    return extract_plain_text(tree, main_content=True, links=False, list_bullets=False, comments=False)


EXTRACTORS: dict[str, Callable[[bytes], str]] = {
    "newswire": ours,
    "trafilatura": by_trafilatura,
    "trafilatura fast": by_trafilatura_fast,
    "trafilatura precise": by_trafilatura_precise,
    "readability-lxml": by_readability,
    "resiliparse": by_resiliparse,
}


def pages(folder: Path) -> Iterator[tuple[str, bytes, Truth]]:
    """Yield the pages of *folder* by name, each with what is true of it."""
    truths: dict[str, Truth] = json.loads((folder / "ground-truth.json").read_text("utf-8"))
    for name, truth in truths.items():
        path = folder / name
        if not path.exists():
            path = folder / f"{name}.html.gz"
        yield name, gzip.decompress(path.read_bytes()), truth


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Count the 4-word shingles of *text*; a shorter text is one shingle."""
    words = _TOKEN.findall(text)
    return Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3))) if words else Counter()


def compared(true: str, read: str) -> Counts:
    """Give the shares of shingles that are right, too many, and missing."""
    expected, found = shingles(true), shingles(read)
    right, extra, missing = (sum(each.values()) for each in (expected & found, found - expected, expected - found))
    total = right + extra + missing
    return (right / total, extra / total, missing / total) if total else (0.0, 0.0, 0.0)


def scored(rows: list[Counts]) -> tuple[float, float, float]:
    """Give precision, recall and F1 over pages, as the benchmark averages them."""
    precisions = [
        right / (right + extra) if extra or right else 1.0
        for right, extra, missing in rows
        if right or extra or not missing
    ]
    recalls = [
        right / (right + missing) if missing or right else 1.0
        for right, extra, missing in rows
        if right or missing or not extra
    ]
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    return precision, recall, 2 * precision * recall / (precision + recall)


def timed(extract: Callable[[bytes], str], body: bytes, loops: int) -> tuple[str, float]:
    """Give what *extract* makes of *body*, and the least CPU milliseconds of *loops* runs."""
    spent: list[float] = []
    text = ""
    for _ in range(loops):
        start = time.process_time()
        try:
            text = extract(body)
        except Exception:  # noqa: BLE001 - an extractor that raises has read nothing
            text = ""
        spent.append((time.process_time() - start) * 1000)
    return text, min(spent)


def say(text: str) -> None:
    """Print *text* at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main_text(folder: Path, field: str, loops: int) -> None:
    """Print the table of main texts of *folder*, whose truth stands in *field*."""
    every = list(pages(folder))
    say(f"\n{folder.name}: main text of {len(every)} pages")
    say(f"{'extractor':22}{'F1':>7}{'prec':>7}{'rec':>7}{'<0.8':>6}{'ms':>8}{'max ms':>8}")
    for name, extract in EXTRACTORS.items():
        read = [timed(extract, body, loops) for _, body, _ in every]
        rows = [compared(str(truth[field]), text) for (_, _, truth), (text, _) in zip(every, read, strict=True)]
        precision, recall, f1 = scored(rows)
        low = sum(2 * right < 0.8 * (1 + right) for right, _, _ in rows)
        spent = [ms for _, ms in read]
        say(f"{name:22}{f1:7.4f}{precision:7.3f}{recall:7.3f}{low:6}{sum(spent) / len(spent):8.1f}{max(spent):8.1f}")


def snippets(folder: Path) -> None:
    """Print how many wanted snippets are in the texts, and how many unwanted."""
    every = list(pages(folder))
    say(f"\n{folder.name}: snippets of {len(every)} pages\n{'extractor':22}{'wanted in':>14}{'unwanted in':>14}")
    for name, extract in EXTRACTORS.items():
        wanted = unwanted = wanted_in = unwanted_in = 0
        for _, body, truth in every:
            text, _ = timed(extract, body, 1)
            for kind, count in (("with", 1), ("without", 0)):
                for snippet in truth[kind]:  # type: ignore[attr-defined]
                    held = snippet in text
                    wanted, wanted_in = wanted + count, wanted_in + count * held
                    unwanted, unwanted_in = unwanted + 1 - count, unwanted_in + (1 - count) * held
        say(f"{name:22}{f'{wanted_in}/{wanted}':>14}{f'{unwanted_in}/{unwanted}':>14}")


def fields(folder: Path) -> None:
    """Print how often title, authors and publishing date are exactly right, ours to the second, theirs to the day."""
    rights = {"newswire": [0, 0, 0], "trafilatura": [0, 0, 0]}
    count = 0
    for _, body, truth in pages(folder):
        count += 1
        url, authors = str(truth["url"]), list(truth["authors"] or [])  # type: ignore[call-overload]
        published = datetime.fromisoformat(str(truth["publishing_date"]))
        article = read_page(Page(url, None, body))
        facts = trafilatura.extract_metadata(body, default_url=url)
        theirs = facts.author.split("; ") if facts.author else []
        ours_right = (article.title == truth["title"], list(article.authors) == authors, _is_at(article, published))
        theirs_right = (facts.title == truth["title"], theirs == authors, facts.date == published.date().isoformat())
        for name, found in (("newswire", ours_right), ("trafilatura", theirs_right)):
            rights[name] = [total + right for total, right in zip(rights[name], found, strict=True)]
    say(f"\n{folder.name}: fields of {count} pages\n{'extractor':22}{'title':>8}{'authors':>9}{'date':>8}")
    for name, (title, authors_right, date) in rights.items():
        say(f"{name:22}{title:8}{authors_right:9}{date:8}")


def _is_at(article: PageArticle, published: datetime) -> bool:
    if article.published is None:
        return False
    at = datetime.fromtimestamp(article.published.at_ms / 1000, UTC)
    return abs((at - (published if published.tzinfo else published.replace(tzinfo=UTC))).total_seconds()) < 1


def main() -> None:
    """Print all tables."""
    logging.disable(logging.CRITICAL)  # some tell of each page they cannot read
    loops = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else CORPUS / "articles"
    main_text(folder / "scrapinghub", "articleBody", loops)
    main_text(folder / "fundus", "body", loops)
    snippets(folder / "trafilatura-eval")
    fields(folder / "fundus")


if __name__ == "__main__":
    main()
