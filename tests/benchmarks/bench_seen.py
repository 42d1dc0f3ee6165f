"""The seen-index: bytes per known article and cost of an accept, at 10 thousand, 1 million and 10 million articles.

    python -m tests.benchmarks.bench_seen [ARTICLES ...]

Feeds of 1,000 known articles each, from 1 million on also one feed with a tenth of all; written through the scripts
that workers use, on a real Valkey of our own. Articles came evenly over 90 days (`articles.seen_days`), so those of
the last days have whole records; 1 in 5 was shown for longer than a week, and 1 in 20 revised. Memory is what Valkey
says it uses, less what it used when empty. An accept is what a worker asks for one document of 20 entries, one of
them new: recall and publish; its cost is the CPU of this process and of the server together.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from redis import Redis

from pipeline.adapters.articles import ArticleStore, Publication
from pipeline.adapters.connection import connect
from pipeline.adapters.embedded import EmbeddedStore
from pipeline.adapters.keys import Keys
from pipeline.model import Known
from pipeline.stages.digests import DIGESTS_BYTES
from pipeline.stages.seen_records import pack
from pipeline.stages.settling import settled

_KEYS = Keys("bench")
_OF_A_FEED = 1_000
_LARGE_FROM = 1_000_000
_WINDOW_DAYS = 90
_DAY_MS = 86_400_000
_TODAY = 20_781
_DOCUMENTS, _ENTRIES, _ROUNDS = 500, 20, 8
_RECORDS = 10_000
_AT_ONCE = 200


def main(sizes: list[int]) -> None:
    """Print the figures of each size, each on a Valkey of its own."""
    sys.stdout.write("  articles   B/article  us/accept  us/accept, large feed  shards  in a hashtable\n")
    for articles in sizes:
        with tempfile.TemporaryDirectory() as folder, EmbeddedStore(Path(folder)) as store:
            client = connect(store.url)
            client.config_set("appendonly", "no")
            _measure(client, articles)
            client.close()


def _measure(client: Redis, articles: int) -> None:
    chance, store = Random(articles), ArticleStore(client, _KEYS)
    records = [_record(chance) for _ in range(_RECORDS)]
    _warm_up(client, store, records, chance)
    before_bytes = _used_bytes(client)
    sizes = list(_feed_sizes(articles))
    names = [f"{number:016x}" for number in range(len(sizes))]
    for name, size in zip(names, sizes, strict=True):
        client.hset(_KEYS.claims, name, json.dumps({"fence": 1}))
        _fill(store, name, size, records, chance)
    used_bytes = _used_bytes(client) - before_bytes - int(client.memory_usage(_KEYS.claims) or 0)
    ordinary = [name for name, size in zip(names, sizes, strict=True) if size == _OF_A_FEED]
    cost = _accept_microseconds(client, store, ordinary, chance)
    large = [name for name, size in zip(names, sizes, strict=True) if size > _OF_A_FEED]
    large_cost = f"{_accept_microseconds(client, store, large, chance):10.0f}" if large else "         -"
    shards = list(client.scan_iter(f"{_KEYS.seen('*')}", count=10_000))
    looked_at = chance.sample(shards, min(500, len(shards)))
    tables = sum(client.object("encoding", name) != b"listpack" for name in looked_at)
    figures = f"{articles:10,}  {used_bytes / articles:10.2f}  {cost:9.0f}  {large_cost:>21}  {len(shards):6,}"
    sys.stdout.write(f"{figures}  {tables} of {len(looked_at)}\n")
    sys.stdout.flush()


def _warm_up(client: Redis, store: ArticleStore, records: Sequence[bytes], chance: Random) -> None:
    """Let the server take what it needs once: scripts, buffers."""
    client.hset(_KEYS.claims, "warm", json.dumps({"fence": 1}))
    _fill(store, "warm", _OF_A_FEED, records, chance)
    store.recall("warm", [bytes(8)])
    client.flushall(asynchronous=False)


def _feed_sizes(articles: int) -> Iterator[int]:
    large = articles // 10 if articles >= _LARGE_FROM else 0
    if large:
        yield large
    yield from [_OF_A_FEED] * ((articles - large) // _OF_A_FEED)


def _fill(store: ArticleStore, feed_id: str, size: int, records: Sequence[bytes], chance: Random) -> None:
    for start in range(0, size, _AT_ONCE):
        publications = [
            Publication(chance.randbytes(8), b"", chance.choice(records)) for _ in range(min(_AT_ONCE, size - start))
        ]
        store.publish(feed_id, "document", fence=1, publications=publications)


def _record(chance: Random) -> bytes:
    """What is remembered today of an article of the last 90 days, as housekeeping leaves it."""
    discovered_ms = _TODAY * _DAY_MS - int(chance.random() * _WINDOW_DAYS * _DAY_MS)
    shown_day = discovered_ms // _DAY_MS + (chance.randint(7, 30) if chance.random() < 0.2 else 1)
    known = Known(1, discovered_ms, min(shown_day, _TODAY), chance.randbytes(DIGESTS_BYTES))
    if chance.random() < 0.05:
        known = replace(known, revision=2, former=b"abc", revised_day=discovered_ms // _DAY_MS)
    return pack(settled(known, _TODAY))


def _accept_microseconds(client: Redis, store: ArticleStore, feeds: list[str], chance: Random) -> float:
    """What a document of *feeds*, at random, costs: the least of several rounds, for the machine is shared."""
    shown = {name: [seen for seen, _ in next(store.memory(name))][: _ENTRIES - 1] for name in feeds[:1_000]}
    new = pack(Known(1, _TODAY * _DAY_MS, _TODAY, chance.randbytes(DIGESTS_BYTES)))
    rounds = []
    for _ in range(_ROUNDS):
        asked = [(name, chance.randbytes(8)) for name in chance.choices(list(shown), k=_DOCUMENTS)]
        started_seconds = _cpu_seconds(client)
        for name, fresh in asked:
            store.recall(name, [*shown[name], fresh])
            store.publish(name, "document", fence=1, publications=[Publication(fresh, b"", new)])
        rounds.append((_cpu_seconds(client) - started_seconds) / _DOCUMENTS)
    return min(rounds) * 1_000_000


def _used_bytes(client: Redis) -> int:
    """What the server uses, asked on a new connection: an old one has buffers as large as its largest call."""
    client.connection_pool.disconnect()
    return int(client.info("memory")["used_memory"])


def _cpu_seconds(client: Redis) -> float:
    said = client.info("cpu")
    return time.process_time() + float(said["used_cpu_user_main_thread"]) + float(said["used_cpu_sys_main_thread"])


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [10_000, 1_000_000, 10_000_000])
