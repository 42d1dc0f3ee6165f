"""Let stories and their copies arrive at the same moment through two workers, and compare with a single worker.

Pairs of feeds show the same stories, each in its own way: other headlines, the end cut off, some words changed. All
are polled at once, so that two workers judge a story and its copy at the same time. Two articles that a single worker
puts into one story must be in one story when there are two.

    python tests/soak/copies_race.py --articles 10000
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from random import Random

import paths  # noqa: F401 - makes the modules below importable
from documents import Item, rss
from ledger import Line, published
from origin import OriginThread
from system import running_system

from pipeline.adapters.embedded import EmbeddedStore

_ITEMS = 50
_WORDS = 120
_VOCABULARY = 20_000
_SEED = 20_261_124
_SECONDS_EACH = 0.05


def main() -> int:
    """Run both, print what differs; 1 when two workers missed a pair."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=10_000, help="stories and copies together")
    articles: int = parser.parse_args().articles
    documents = dict(_documents(articles))
    alone, together = _links(documents, workers=1), _links(documents, workers=2)
    missed = alone - together
    sys.stdout.write(
        f"{articles:,} articles: {len(alone):,} pairs linked by one worker, {len(together):,} by two, "
        f"{len(missed)} missed, {len(together - alone)} more\n"
    )
    for pair in sorted(map(sorted, missed))[:20]:
        sys.stdout.write(f"missed: {' and '.join(pair)}\n")
    return 1 if missed or not alone else 0


def _documents(articles: int) -> Iterable[tuple[str, bytes]]:
    """Give each feed's path and document; feeds 2n and 2n+1 show the same stories, in another order."""
    chance = Random(_SEED)
    words = [
        "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(3, 9))) for _ in range(_VOCABULARY)
    ]
    for pair in range(articles // (2 * _ITEMS)):
        stories = [(f"{pair}-{number}", chance.choices(words, k=_WORDS)) for number in range(_ITEMS)]
        yield f"/{pair}/a", rss(Item(f"a-{name}", " ".join(said[:7]), " ".join(said)) for name, said in stories)
        chance.shuffle(stories)
        copies = [(name, _copied(said, words, chance)) for name, said in stories]
        yield f"/{pair}/b", rss(Item(f"b-{name}", " ".join(said[20:26]), " ".join(said)) for name, said in copies)


def _copied(said: Sequence[str], words: Sequence[str], chance: Random) -> list[str]:
    kept = list(said[: chance.randint(_WORDS // 2, _WORDS)])
    for at in chance.sample(range(len(kept)), chance.randint(0, 4)):
        kept[at] = chance.choice(words)
    return kept


def _links(documents: Mapping[str, bytes], *, workers: int) -> set[frozenset[str]]:
    """Publish *documents* through *workers*; give the pairs of addresses that ended up in one story."""
    with OriginThread() as origin, running_system(ARTICLES__FULL_TEXT="never") as system:
        for path, body in documents.items():
            origin.serve(path, body)
        urls = [origin.url(path) for path in documents]
        started = time.monotonic()
        limit_seconds = 120 + _SECONDS_EACH * _ITEMS * len(urls)
        feeds = system.folder / "feeds.txt"
        feeds.write_text("\n".join(urls), "utf-8")
        said = system.run("run", "--once", "--workers", str(workers), str(feeds), timeout_seconds=limit_seconds)
        sys.stdout.write(f"{workers} workers, {time.monotonic() - started:.0f} s: {said.summary}\n")
        sys.stdout.flush()
        with EmbeddedStore(system.data_dir) as store:
            lines = published(store.url)
    assert len(lines) == len(documents) * _ITEMS, f"{len(lines)} articles on the stream"
    return _pairs(lines)


def _pairs(lines: Iterable[Line]) -> set[frozenset[str]]:
    stories: defaultdict[str, list[str]] = defaultdict(list)
    for line in lines:
        stories[str(line.article["story"] or line.article["id"])].append(str(line.article["source_url"]))
    return {frozenset(pair) for members in stories.values() for pair in combinations(members, 2)}


if __name__ == "__main__":
    sys.exit(main())
