"""Run the real daemon against a host for every transport fault, beside healthy feeds, and print what became of each.

`python tests/soak/transport_faults.py [SECONDS [NAME...]]` (30 by default) exits 1 when a case ends otherwise than
required, the daemon grows by 50 MB or more, its loop stands still for 100 ms, or a healthy feed waits 2 s (p99).
All traffic is loopback. The stall is seen from outside, by asking `/healthz`, so a busy machine adds to it.
"""

# ruff: noqa: T201 - a script that prints a table
from __future__ import annotations

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
from hostile_hosts import Hosts, verdicts
from system import Process, System, resident_bytes, running_system
from transport_cases import cases
from waiting import wait_until

_HEALTHY = 20
_INTERVAL_SECONDS = 1.0
_QUIET_SECONDS = 8.0
_MOST_GROWTH_MB, _MOST_STALL_SECONDS, _MOST_DELAY_SECONDS = 50.0, 0.1, 2.0


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
    hosts = Hosts(faults, healthy=_HEALTHY)
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
        beyond = _judge(system, hosts)
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


def _judge(system: System, hosts: Hosts) -> int:
    judged = verdicts(system.url, hosts)
    for verdict in judged:
        print(f"{'ok ' if verdict.is_right else 'NOT'} {verdict.name:26} {verdict.said[:70]}")
    return sum(not verdict.is_right for verdict in judged)


def _resident_mb(pid: int) -> float:
    return resident_bytes(pid) / (1024 * 1024)


def _http_port(stderr: Path) -> int:
    found = re.search(r'"http_port":\s*(\d+)', stderr.read_text("utf-8"))
    assert found, "the daemon has not said its port"
    return int(found[1])


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if sys.argv[1:] else 30.0, sys.argv[2:]))
