"""The seen-index: bytes per known article and cost of an accept, at 10 thousand, 1 million and 10 million articles.

    python -m tests.benchmarks.bench_seen [ARTICLES ...]

Feeds of 1,000 known articles each, from 1 million on also one feed with a tenth of all; written through the scripts
that workers use, on a real Valkey of our own. Articles came evenly over 90 days (`articles.seen_days`), so those of
the last days have whole records; 1 in 5 was shown for longer than a week, and 1 in 20 revised. Memory is what Valkey
says it uses, less what it used when empty. An accept is what a worker asks for one document of 20 entries, one of
them new: recall and publish; its cost is the CPU of this process and of the server together, the least of several
rounds in which the sizes take turns, for the machine is shared.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from redis import Redis

from pipeline.adapters.articles import ArticleStore, Publication
from pipeline.adapters.backlog import Claim
from pipeline.adapters.connection import connect
from pipeline.adapters.embedded import EmbeddedStore
from pipeline.adapters.keys import Keys
from pipeline.model import Known, RawDocument
from pipeline.stages.digests import DIGESTS_BYTES
from pipeline.stages.seen_records import pack
from pipeline.stages.settling import settled

_KEYS = Keys("bench")
_OF_A_FEED = 1_000
_LARGE_FROM = 1_000_000
_WINDOW_DAYS = 90
_DAY_MS = 86_400_000
_TODAY = 20_781
_DOCUMENTS, _ENTRIES, _ROUNDS = 500, 20, 12
_RECORDS = 10_000
_AT_ONCE = 200


@dataclass(slots=True)
class Filled:
    """A Valkey that holds *articles*, with the feeds to ask, and the CPU microseconds of an accept in each round."""

    client: Redis
    articles: int
    bytes_each: float
    ordinary: list[str]
    large: list[str]
    rounds: list[float] = field(default_factory=list)
    large_rounds: list[float] = field(default_factory=list)


def main(sizes: list[int]) -> None:
    """Print the figures of each size, each on a Valkey of its own; the rounds of all take turns."""
    with ExitStack() as stack:
        filled = [_filled(stack, articles) for articles in sizes]
        chance = Random(0)
        for _ in range(_ROUNDS):
            for one in filled:
                one.rounds.append(_accept_microseconds(one.client, one.ordinary, chance))
                if one.large:
                    one.large_rounds.append(_accept_microseconds(one.client, one.large, chance))
        sys.stdout.write("  articles   B/article  us/accept  us/accept, large feed  shards  in a hashtable\n")
        for one in filled:
            _print(one, chance)


def _filled(stack: ExitStack, articles: int) -> Filled:
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    client = connect(stack.enter_context(EmbeddedStore(Path(folder))).url)
    stack.callback(client.close)
    client.config_set("appendonly", "no")
    chance, store = Random(articles), ArticleStore(client, _KEYS)
    records = [_record(chance) for _ in range(_RECORDS)]
    _warm_up(client, store, records, chance)
    claim, before_bytes = _claim(client), _used_bytes(client)
    sizes = list(_feed_sizes(articles))
    names = [f"{number:016x}" for number in range(len(sizes))]
    for name, size in zip(names, sizes, strict=True):
        _fill(store, name, claim, size, records, chance)
    used_bytes = _used_bytes(client) - before_bytes
    ordinary = [name for name, size in zip(names, sizes, strict=True) if size == _OF_A_FEED]
    large = [name for name, size in zip(names, sizes, strict=True) if size > _OF_A_FEED]
    return Filled(client, articles, used_bytes / articles, ordinary, large)


def _print(one: Filled, chance: Random) -> None:
    shards = list(one.client.scan_iter(f"{_KEYS.seen('*')}", count=10_000))
    looked_at = chance.sample(shards, min(500, len(shards)))
    tables = sum(one.client.object("encoding", name) != b"listpack" for name in looked_at)
    large = f"{min(one.large_rounds):10.0f}" if one.large else "         -"
    figures = f"{one.articles:10,}  {one.bytes_each:10.2f}  {min(one.rounds):9.0f}  {large:>21}  {len(shards):6,}"
    sys.stdout.write(f"{figures}  {tables} of {len(looked_at)}\n")


def _warm_up(client: Redis, store: ArticleStore, records: Sequence[bytes], chance: Random) -> None:
    """Let the server take what it needs once: scripts, buffers."""
    _fill(store, "warm", _claim(client), _OF_A_FEED, records, chance)
    store.recall("warm", [bytes(8)])
    client.flushall(asynchronous=False)


def _claim(client: Redis) -> Claim:
    """Give a claim on a new document, whose feed finds the articles of all others."""
    client.hset(_KEYS.claims, "finder", json.dumps({"fence": 1}))
    client.delete(_KEYS.documents("document"))
    return Claim(RawDocument("finder", "", None, b"", id="document"), fence=1, attempts=1)


def _feed_sizes(articles: int) -> Iterator[int]:
    large = articles // 10 if articles >= _LARGE_FROM else 0
    if large:
        yield large
    yield from [_OF_A_FEED] * ((articles - large) // _OF_A_FEED)


def _fill(
    store: ArticleStore, feed_id: str, claim: Claim, size: int, records: Sequence[bytes], chance: Random
) -> None:
    for start in range(0, size, _AT_ONCE):
        publications = [
            Publication(chance.randbytes(8), b"", chance.choice(records)) for _ in range(min(_AT_ONCE, size - start))
        ]
        store.publish(feed_id, claim, publications=publications)


def _record(chance: Random) -> bytes:
    """What is remembered today of an article of the last 90 days, as housekeeping leaves it."""
    discovered_ms = _TODAY * _DAY_MS - int(chance.random() * _WINDOW_DAYS * _DAY_MS)
    shown_day = discovered_ms // _DAY_MS + (chance.randint(7, 30) if chance.random() < 0.2 else 1)
    known = Known(1, discovered_ms, min(shown_day, _TODAY), chance.randbytes(DIGESTS_BYTES))
    if chance.random() < 0.05:
        known = replace(known, revision=2, former=b"abc", revised_day=discovered_ms // _DAY_MS)
    return pack(settled(known, _TODAY))


def _accept_microseconds(client: Redis, feeds: Sequence[str], chance: Random) -> float:
    """What a document of one of *feeds*, at random, costs: the CPU of this process and of the server."""
    store = ArticleStore(client, _KEYS)
    shown = {name: [seen for seen, _ in next(store.memory(name))][: _ENTRIES - 1] for name in feeds[:1_000]}
    new = pack(Known(1, _TODAY * _DAY_MS, _TODAY, chance.randbytes(DIGESTS_BYTES)))
    asked = [(name, chance.randbytes(8)) for name in chance.choices(list(shown), k=_DOCUMENTS)]
    claim, started_seconds = _claim(client), _cpu_seconds(client)
    for name, fresh in asked:
        store.recall(name, [*shown[name], fresh])
        store.publish(name, claim, publications=[Publication(fresh, b"", new)])
    return (_cpu_seconds(client) - started_seconds) / _DOCUMENTS * 1_000_000


def _used_bytes(client: Redis) -> int:
    """What the server uses, asked on a new connection: an old one has buffers as large as its largest call."""
    client.connection_pool.disconnect()
    return int(client.info("memory")["used_memory"])


def _cpu_seconds(client: Redis) -> float:
    said = client.info("cpu")
    return time.process_time() + float(said["used_cpu_user_main_thread"]) + float(said["used_cpu_sys_main_thread"])


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [10_000, 1_000_000, 10_000_000])
