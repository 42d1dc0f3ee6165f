"""Near-duplicates: what is found, what it costs and what it takes, on a real Valkey.

    python -m tests.benchmarks.bench_copies

Needs the corpus: a stream of Reuters stories with altered copies. A link from a copy to its original (or to another
copy of it) is right; pairs of originals that repeat each other by themselves are left out of the count; any other
link is wrong. CPU is that of this process and of the server together.
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from redis import Redis

from pipeline.adapters.connection import connect
from pipeline.adapters.embedded import EmbeddedStore
from pipeline.adapters.keys import Keys
from pipeline.adapters.sketch_index import SketchIndex
from pipeline.model import Article, FeedReference
from pipeline.stages.near_duplicates import CANDIDATES, MOST_CARRIERS
from workers.copies import mark_copies

_CLUSTERS = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "clusters"
_FEED = FeedReference(id="0" * 16, url="")
_WINDOW_MS = 3 * 86_400_000
_AT_ONCE = 16
_FEEDS = 1000


@dataclass(frozen=True, slots=True)
class Story:
    """One document of the corpus; `copy_of` names the original of a copy."""

    id: int
    title: str
    text: str
    copy_of: int | None
    kind: str | None

    @property
    def root(self) -> int:
        """The original."""
        return self.id if self.copy_of is None else self.copy_of


def main() -> None:
    """Mark the copies in the corpus and print the figures."""
    if not _CLUSTERS.exists():
        sys.exit(f"{_CLUSTERS} is absent")
    with gzip.open(_CLUSTERS / "reuters-copies-dev.jsonl.gz") as lines:
        stories = [Story(**json.loads(line)) for line in lines]
    with gzip.open(_CLUSTERS / "reuters-copies-dev.natural.json.gz") as text:
        natural = {frozenset(pair) for pair in json.load(text)}
    with tempfile.TemporaryDirectory() as folder, EmbeddedStore(Path(folder)) as store:
        client = connect(store.url)
        links = _marked(client, stories)
        client.close()
    _judge(stories, links, natural)


def _marked(client: Redis, stories: Sequence[Story]) -> dict[int, int]:
    """Run *stories* through the index, in order; print the costs; give (story, what it was called a copy of)."""
    index = SketchIndex(
        client, Keys("bench"), window_ms=_WINDOW_MS, most_carriers=MOST_CARRIERS, candidates=CANDIDATES
    )
    names = {blake2b(b"%d" % story.id, digest_size=16).hexdigest(): story.id for story in stories}
    articles = [
        Article(id=name, feed=_FEED, title=story.title, text=story.text)
        for name, story in zip(names, stories, strict=True)
    ]
    memory, server, own = client.info("memory")["used_memory"], _cpu(client), time.process_time()
    marked = [
        article
        for number, part in enumerate(_parts(articles))
        for article in mark_copies(f"{number % _FEEDS:016x}", part, index=index)
    ]
    own, server = time.process_time() - own, _cpu(client) - server
    memory = client.info("memory")["used_memory"] - memory
    milliseconds = f"{own / len(stories) * 1e3:.2f} ms of ours, {server / len(stories) * 1e3:.2f} ms of the server"
    sys.stdout.write(f"{len(stories)} articles; each {milliseconds}, {memory / len(stories):.0f} bytes\n")
    return {names[each.id]: names[each.near_duplicate_of] for each in marked if each.near_duplicate_of}


def _parts(articles: Sequence[Article]) -> Iterator[Sequence[Article]]:
    for start in range(0, len(articles), _AT_ONCE):
        yield articles[start : start + _AT_ONCE]


def _cpu(client: Redis) -> float:
    used = client.info("cpu")
    return float(used["used_cpu_user"]) + float(used["used_cpu_sys"])


def _judge(stories: Sequence[Story], links: Mapping[int, int], natural: set[frozenset[int]]) -> None:
    by_id = {story.id: story for story in stories}
    found: Counter[str] = Counter()
    wrong = 0
    for story_id, earlier_id in links.items():
        story, earlier = by_id[story_id], by_id[earlier_id]
        if story.kind is not None and earlier.root == story.root:
            found[story.kind] += 1
        elif frozenset((story.root, earlier.root)) not in natural:
            wrong += 1
    wanted = Counter(story.kind for story in stories if story.kind is not None)
    precision, recall = found.total() / (found.total() + wrong), found.total() / wanted.total()
    harmonic = 2 * precision * recall / (precision + recall)
    sys.stdout.write(f"F1 {harmonic:.3f}, precision {precision:.3f}, recall {recall:.3f}\n")
    sys.stdout.write(", ".join(f"{kind} {found[kind] / count:.2f}" for kind, count in wanted.items()) + "\n")


if __name__ == "__main__":
    main()
