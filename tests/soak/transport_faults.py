"""Run the real daemon against a host for every transport fault, beside healthy feeds, and print what became of each.

`python tests/soak/transport_faults.py [SECONDS [NAME...]]` (30 by default) exits 1 when a case ends otherwise than
required, the daemon grows by 50 MB or more, its loop stands still for 100 ms, or a healthy feed waits 2 s (p99).
All traffic is loopback. The stall is seen from outside, by asking `/healthz`, so a busy machine adds to it.
"""

# ruff: noqa: T201 - a script that prints a table
from __future__ import annotations

import asyncio
import re
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from urllib.request import urlopen

import paths  # noqa: F401 - lets the imports below be found
from system import Process, System, running_system
from transport_cases import FEED, Case, cases
from waiting import wait_until

from pipeline.adapters.connection import connect
from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.keys import Keys
from pipeline.stages.urls import feed_id

_HEALTHY = 20
_INTERVAL_SECONDS = 1.0
_QUIET_SECONDS = 8.0
_MOST_GROWTH_MB, _MOST_STALL_SECONDS, _MOST_DELAY_SECONDS = 50.0, 0.1, 2.0


class Hosts:
    """One loopback address for each case and each healthy feed, all on one port; `asked` is when each was."""

    def __init__(self, faults: dict[str, Case]) -> None:
        self.addresses = {f"127.0.3.{number}": name for number, name in enumerate(faults, 1)}
        self.healthy = [f"127.0.4.{number}" for number in range(1, _HEALTHY + 1)]
        self.asked: dict[str, list[float]] = {host: [] for host in (*self.addresses, *self.healthy)}
        self.port = 0
        self._faults = faults
        self._ready = threading.Event()

    def start(self) -> None:
        """Serve from a thread that ends with the process."""
        threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True).start()
        assert self._ready.wait(10)

    def url(self, host: str) -> str:
        """Return the address of the feed at *host*."""
        return f"http://{host}:{self.port}/feed"

    async def _serve(self) -> None:
        for host in self.asked:
            server = await asyncio.start_server(self._answer, host, self.port)
            self.port = self.port or int(server.sockets[0].getsockname()[1])
        self._ready.set()
        await asyncio.Event().wait()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = str(writer.get_extra_info("sockname")[0])
        with suppress(OSError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            self.asked[host].append(time.monotonic())
            whole = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(FEED) + FEED
            for piece in self._faults[self.addresses[host]][1] if host in self.addresses else [whole]:
                if isinstance(piece, float):
                    await asyncio.sleep(piece)
                    continue
                for data in [piece] if isinstance(piece, bytes) else piece():
                    writer.write(data)
                    await writer.drain()
        writer.close()


class Watch:
    """Looks at the daemon from outside until told to stop: its memory, and how long its loop lets one wait."""

    def __init__(self, daemon: Process, port: int) -> None:
        self.most_mb = self.first_mb = _resident_mb(daemon.pid)
        self.waits: list[float] = []
        self._pid, self._port, self._ended = daemon.pid, port, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._ended.wait(0.02):
            started = time.monotonic()
            with suppress(OSError), urlopen(f"http://127.0.0.1:{self._port}/healthz", timeout=10) as answer:
                answer.read()
            self.waits.append(time.monotonic() - started)
            self.most_mb = max(self.most_mb, _resident_mb(self._pid))

    def end(self) -> None:
        """Stop to look."""
        self._ended.set()
        self._thread.join()


def main(seconds: float, names: Sequence[str] = ()) -> int:
    """Run for *seconds* with the faults *names* (all by default), after some seconds without; gives the exit code."""
    faults = {name: case for name, case in cases().items() if not names or name in names}
    hosts = Hosts(faults)
    hosts.start()
    settings = {"SCHEDULE__KIND": "fixed", "SCHEDULE__INTERVAL_SECONDS": _INTERVAL_SECONDS}
    with running_system(**settings, FETCH__TIMEOUT_SECONDS=8, ARTICLES__FULL_TEXT="never") as system:
        (system.folder / "healthy.txt").write_text("\n".join(map(hosts.url, hosts.healthy)), "utf-8")
        (system.folder / "faults.txt").write_text("\n".join(map(hosts.url, hosts.addresses)), "utf-8")
        running = system.start("run", "--workers", "1", "healthy.txt")
        wait_until(lambda: all(hosts.asked[host] for host in hosts.healthy), timeout_seconds=60)
        (daemon,) = system.wait_for("daemon")
        watch = Watch(daemon, _http_port(running.stderr))
        time.sleep(_QUIET_SECONDS)
        quiet, watch.waits, watch.first_mb = watch.waits, [], watch.most_mb
        begun = time.monotonic()
        added = system.run("feeds", "import", "faults.txt")
        assert added.code == 0, added.stderr
        time.sleep(seconds)
        watch.end()
        beyond = _judge(system, hosts, faults)
    delays = sorted(
        after - before - _INTERVAL_SECONDS
        for host in hosts.healthy
        for before, after in pairwise(hosts.asked[host])
        if after > begun
    )
    stall, growth = max(watch.waits), watch.most_mb - watch.first_mb
    delay = delays[int(len(delays) * 0.99)]
    print(f"memory +{growth:.1f} MB; stall {stall * 1000:.0f} ms (without faults {max(quiet) * 1000:.0f} ms)")
    print(f"healthy feeds: {len(delays)} polls, delay p99 {delay:.2f} s")
    print(f"{beyond} of {len(faults)} cases not as required")

    return int(
        beyond > 0 or growth >= _MOST_GROWTH_MB or stall >= _MOST_STALL_SECONDS or delay >= _MOST_DELAY_SECONDS
    )


def _judge(system: System, hosts: Hosts, faults: dict[str, Case]) -> int:
    beyond = 0
    with connect(system.url) as client:
        store = FeedStore(client, Keys("newswire"))
        for host, name in hosts.addresses.items():
            state, wanted = store.state(feed_id(hosts.url(host))), faults[name][0]
            said = state.problem or ("" if state.status else "never answered")
            read = store.counts(feed_id(hosts.url(host))).get("entries", 0)
            right = re.match(wanted, said) is not None if wanted else said == "" and read > 0
            beyond += not right
            print(f"{'ok ' if right else 'NOT'} {name:26} {said[:70] or f'{read} entries read'}")
    return beyond


def _resident_mb(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text("utf-8"))
    return int(found[1]) / 1024 if found else 0.0


def _http_port(stderr: Path) -> int:
    found = re.search(r'"http_port":\s*(\d+)', stderr.read_text("utf-8"))
    assert found, "the daemon has not said its port"
    return int(found[1])


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if sys.argv[1:] else 30.0, sys.argv[2:]))
