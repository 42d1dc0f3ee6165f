"""What a poll costs: unchanged polls per CPU second of daemon and Valkey, beside a bare loop of aiohttp.

    python -m tests.benchmarks.bench_fetch [POLLS [PYTHON]]

All in one run on one machine, over plain HTTP on loopback with connections kept alive. "aiohttp" is one tuned session
that sends the same conditional requests and does nothing else. "newswire" is the daemon's own code with leases,
decisions and settling; the CPU time of its process and of its Valkey count together, that of the origin does not.
Rounds of the two take turns, after a round of each that is not counted, so that both meet the same machine.
The two ratios are the figures that carry over to other machines.

PYTHON is one that has the feed reader library `reader`, which is then asked to poll the same feeds of the same
origin. It is no extra of ours, because it wants a module that our feedparser does without:
`python -m venv READER && READER/bin/pip install reader sgmllib3k`, and PYTHON is `READER/bin/python`.
"""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path

import uvloop
from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector

from pipeline.adapters import log as logs
from pipeline.adapters.configuration import read_settings
from pipeline.adapters.embedded import EmbeddedStore
from pipeline.model import Feed
from pipeline.settings import Settings
from pipeline.stages.urls import feed_id
from tests.benchmarks.fetch_origin import HOSTS
from workers.daemon import Daemon
from workers.daemon_process import open_daemon
from workers.lifecycle import collect_garbage_rarely, give_large_blocks_back, share_one_heap
from workers.store import Store, open_store

_AT_ONCE = 64
_FEEDS = 500
_ROUND_SECONDS = 60.0
_PAUSE_SECONDS = 0.01
_READERS_ROUNDS = 3
_PYTHONS_THRESHOLDS = gc.get_threshold()


@contextmanager
def origin(*arguments: str) -> Iterator[int]:
    """Start the origin with *arguments*; gives its port."""
    command = [sys.executable, "-m", "tests.benchmarks.fetch_origin", *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.stdin.close()


def _url(base: str, number: int) -> str:
    """The address of feed *number*; the feeds are spread over the origin's hosts, as subscribed feeds are.

    *base* is their scheme, port and path, as in `http:8080/full`.
    """
    scheme, _, place = base.partition(":")
    return f"{scheme}://{HOSTS[number % len(HOSTS)]}:{place}/{number}"


def _cpu_seconds_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def _bare_session() -> AsyncIterator[ClientSession]:
    connector = TCPConnector(limit=0, ttl_dns_cache=300)
    async with ClientSession(
        connector=connector,
        cookie_jar=DummyCookieJar(),
        timeout=ClientTimeout(total=None, sock_read=30),
        headers={"User-Agent": "b", "Accept-Encoding": "gzip"},
        auto_decompress=False,
    ) as session:
        yield session


async def _bare_round(session: ClientSession, base: str) -> float:
    """CPU seconds of one conditional request to each feed by *session* alone, Python's collector as it comes."""
    numbers = iter(range(_FEEDS))

    async def ask() -> None:
        for number in numbers:
            async with session.get(_url(base, number), headers={"If-None-Match": '"one"'}) as answer:
                assert answer.status == 304

    thresholds = gc.get_threshold()
    gc.set_threshold(*_PYTHONS_THRESHOLDS)
    start = time.process_time()
    await asyncio.gather(*(ask() for _ in range(_AT_ONCE)))
    took = time.process_time() - start
    gc.set_threshold(*thresholds)
    return took


async def _whole_round(daemon: Daemon, statuses: Counter[int | None], polls: int) -> None:
    """Poll until *polls* have been counted: feeds that their host's turn puts off come back a moment later."""
    async with asyncio.timeout(_ROUND_SECONDS):
        while statuses.total() < polls:
            await daemon.poll_all_due(until_ms=0)
            await asyncio.sleep(_PAUSE_SECONDS)


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds of one round over all feeds, or of one poll: by aiohttp alone, and by the daemon and its Valkey."""

    bare: float
    daemon: float
    valkey: float


async def rounds(store: Store, server_pid: int, base: str, count: int, status: int) -> list[Cost]:
    """What each of *count* rounds over all feeds cost, all known beforehand.

    AssertionError unless every feed was polled in every round and answered with *status*:
    a poll that a host's turn puts off costs nothing, and would pass for a cheap one.
    """
    feeds = [feed.id for feed in store.feeds.all()]
    give_large_blocks_back()
    share_one_heap()
    collect_garbage_rarely()  # as the daemon's process does at its start
    costs: list[Cost] = []
    async with open_daemon(store) as daemon, _bare_session() as session:
        await daemon.poll_all_due(until_ms=sys.maxsize)
        statuses: Counter[int | None] = Counter()
        daemon.on_polled = lambda polled: statuses.update([polled.outcome.state.status])
        for _ in range(count + 1):
            bare = await _bare_round(session, base)
            store.feeds.refresh(feeds)
            start, server_start = time.process_time(), _cpu_seconds_of(server_pid)
            await _whole_round(daemon, statuses, statuses.total() + len(feeds))
            took, server_took = time.process_time() - start, _cpu_seconds_of(server_pid) - server_start
            costs.append(Cost(bare, took, server_took))
    assert statuses == {status: (count + 1) * len(feeds)}, f"not every feed was polled as meant: {statuses}"
    return costs[1:]


def _settings(folder: Path) -> Settings:
    settings = read_settings(None, {})
    fetch = replace(
        settings.fetch,
        allow_private_networks=True,
        per_host_concurrency=_AT_ONCE,
        per_host_gap_seconds=0.0,
        concurrency=_AT_ONCE,
    )
    return replace(settings, data_dir=folder, fetch=fetch)


def measured(base: str, path: str, count: int, status: int) -> Cost:
    """What a poll cost, over *count* rounds, of feeds at *path* below *base*, where aiohttp alone asks."""
    with tempfile.TemporaryDirectory(prefix="nw-") as name:
        settings = _settings(Path(name))
        with EmbeddedStore(settings.data_dir) as server, open_store(settings) as store:
            urls = [_url(base + path, number) for number in range(_FEEDS)]
            store.feeds.add([Feed(feed_id(url), url) for url in urls])
            costs = uvloop.run(rounds(store, server.pid, base, count, status))
    polls = count * _FEEDS
    return Cost(*(sum(getattr(cost, each.name) for cost in costs) / polls for each in fields(Cost)))


def reader_seconds(python: str, base: str) -> float:
    """CPU seconds of one unchanged poll by `reader`, run by *python*, of the feeds below *base*."""
    urls = "\n".join(_url(base, number) for number in range(_FEEDS))
    command = [python, "-m", "tests.benchmarks.reader_peer", str(_READERS_ROUNDS)]
    return float(subprocess.run(command, input=urls, stdout=subprocess.PIPE, text=True, check=True).stdout)


def main() -> None:
    """Measure and print."""
    count = max(1, (int(sys.argv[1]) if len(sys.argv) > 1 else 10_000) // _FEEDS)
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, origin() as port:
        logs.configure(replace(read_settings(None, {}).log, format="json"), nowhere)
        for label, path, status in (("304", "", 304), ("200, unchanged", "/full", 200)):
            cost = measured(f"http:{port}", path, count, status)
            whole = cost.daemon + cost.valkey
            sys.stdout.write(
                f"{label}: aiohttp (304) {1 / cost.bare:.0f}, newswire {1 / whole:.0f} per CPU second"
                f" ({cost.daemon * 1000:.3f} ms daemon + {cost.valkey * 1000:.3f} ms Valkey;"
                f" {cost.bare / whole:.3f} of aiohttp)\n"
            )
        for python in sys.argv[2:3]:
            sys.stdout.write(f"304: reader {1 / reader_seconds(python, f'http:{port}'):.0f} per CPU second\n")


if __name__ == "__main__":
    main()
