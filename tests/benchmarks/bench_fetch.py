"""What a poll costs: unchanged polls per CPU second of daemon and Valkey, beside a bare loop of aiohttp.

    python -m tests.benchmarks.bench_fetch [POLLS]

All in one run on one machine, over plain HTTP on loopback with connections kept alive. "aiohttp" is one tuned session
that sends the same conditional requests and does nothing else. "newswire" is the daemon's own code with leases,
decisions and settling; the CPU time of its process and of its Valkey count together, that of the origin does not.
The two ratios are the figures that carry over to other machines.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import uvloop
from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector

from pipeline.adapters import log as logs
from pipeline.adapters.configuration import read_settings
from pipeline.adapters.embedded import EmbeddedStore
from pipeline.model import Feed
from pipeline.settings import Settings
from pipeline.stages.urls import feed_id
from workers.daemon_process import open_daemon
from workers.store import Store, open_store

_AT_ONCE = 64
_FEEDS = 500


@contextmanager
def _origin() -> Iterator[str]:
    """Start the origin; gives its address."""
    command = [sys.executable, "-m", "tests.benchmarks.fetch_origin"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.stdin.close()


def _cpu_seconds_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def bare(base: str, polls: int) -> float:
    """CPU seconds of *polls* conditional requests by a tuned session of aiohttp alone."""
    connector = TCPConnector(limit=0, ttl_dns_cache=300)
    headers = {"User-Agent": "b", "Accept-Encoding": "gzip"}
    numbers = iter(range(polls))
    async with ClientSession(
        connector=connector,
        cookie_jar=DummyCookieJar(),
        timeout=ClientTimeout(total=None, sock_read=30),
        headers=headers,
        auto_decompress=False,
    ) as session:

        async def ask() -> None:
            for number in numbers:
                url = f"{base}/{number % _FEEDS}"
                async with session.get(url, headers={"If-None-Match": '"one"'}) as answer:
                    assert answer.status == 304

        start = time.process_time()
        await asyncio.gather(*(ask() for _ in range(_AT_ONCE)))
        return time.process_time() - start


async def rounds(store: Store, server_pid: int, count: int) -> tuple[float, float]:
    """CPU seconds of the daemon and of Valkey for *count* rounds over all feeds, all known beforehand."""
    feeds = [feed.id for feed in store.feeds.all()]
    async with open_daemon(store) as daemon:
        await daemon.poll_all_due(until_ms=sys.maxsize)
        own = server = 0.0
        for _ in range(count):
            store.feeds.refresh(feeds)
            start, server_start = time.process_time(), _cpu_seconds_of(server_pid)
            await daemon.poll_all_due(until_ms=0)
            own += time.process_time() - start
            server += _cpu_seconds_of(server_pid) - server_start
    return own, server


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


def measured(base: str, path: str, count: int) -> tuple[float, float]:
    """CPU seconds of the daemon and of Valkey for *count* rounds over feeds at *path* of the origin *base*."""
    with tempfile.TemporaryDirectory(prefix="nw-") as name:
        settings = _settings(Path(name))
        with EmbeddedStore(settings.data_dir) as server, open_store(settings) as store:
            urls = [f"{base}{path}/{number}" for number in range(_FEEDS)]
            store.feeds.add([Feed(feed_id(url), url) for url in urls])
            return uvloop.run(rounds(store, server.pid, count))


def main() -> None:
    """Measure and print."""
    count = max(1, (int(sys.argv[1]) if len(sys.argv) > 1 else 10_000) // _FEEDS)
    polls = count * _FEEDS
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, _origin() as base:
        logs.configure(replace(read_settings(None, {}).log, format="json"), nowhere)
        plain = uvloop.run(bare(base, polls))
        sys.stdout.write(f"aiohttp, 304: {polls / plain:.0f} per CPU second\n")
        for label, path in (("304", ""), ("200, unchanged", "/full")):
            own, server = measured(base, path, count)
            each = (own + server) / polls
            sys.stdout.write(
                f"newswire, {label}: {1 / each:.0f} per CPU second ({own / polls * 1000:.3f} ms daemon"
                f" + {server / polls * 1000:.3f} ms Valkey; {plain / (own + server):.3f} of aiohttp)\n"
            )


if __name__ == "__main__":
    main()
