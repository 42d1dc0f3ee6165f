"""Run the real daemon against a host for every transport fault, beside healthy feeds, and print what became of each.

`python tests/soak/transport_faults.py [SECONDS [NAME...]]` (30 by default) exits 1 when a case ends otherwise than
required, the daemon grows by 50 MB or more, its loop stands still for 100 ms, or a healthy feed waits 2 s (p99).
All traffic is loopback. The stall is seen from outside, by asking `/healthz`, so a busy machine adds to it: how much
of it was waiting for a core is told beside it.
"""

# ruff: noqa: T201 - a script that prints a table
from __future__ import annotations

import multiprocessing
import re
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
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


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at the daemon saw: how long `/healthz` took to answer, and its memory.

    `queued_seconds` is how much of that time the daemon only waited for a core of the machine.
    """

    at: float
    wait_seconds: float
    queued_seconds: float
    resident_mb: float


class Watch:
    """Looks at the daemon until told to stop, from a process of its own: ours is busy with serving faults."""

    def __init__(self, daemon: Process, port: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._ended = context.Event()
        self._looks, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=_look, args=(daemon.pid, port, self._ended, theirs), daemon=True)
        self._process.start()

    def end(self) -> list[Look]:
        """Stop to look; gives what was seen, in order."""
        self._ended.set()
        looks: list[Look] = self._looks.recv()
        self._process.join()
        return looks


def _look(pid: int, port: int, ended: Event, seen: Connection) -> None:
    looks: list[Look] = []
    while not ended.wait(0.02):
        queued, started = _queued_seconds(pid), time.monotonic()
        with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
            answer.read()
        took = time.monotonic() - started
        looks.append(Look(started, took, _queued_seconds(pid) - queued, resident_bytes(pid) / (1024 * 1024)))
    seen.send(looks)


def _queued_seconds(pid: int) -> float:
    """How long the main thread of *pid* has waited for a core in all (the kernel's sched-stats)."""
    return int(Path(f"/proc/{pid}/schedstat").read_text("ascii").split()[1]) / 1e9


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
        begun = time.monotonic()
        added = system.run("feeds", "import", "faults.txt")
        assert added.code == 0, added.stderr
        time.sleep(seconds)
        looks = watch.end()
        beyond = _judge(system, hosts)
    delays = sorted(
        after - before - _INTERVAL_SECONDS
        for host in hosts.healthy
        for before, after in pairwise(hosts.asked[host])
        if after > begun
    )
    stall, growth = _stall_and_growth(looks, begun)
    delay = delays[int(len(delays) * 0.99)]
    print(f"healthy feeds: {len(delays)} polls, delay p99 {delay:.2f} s")
    print(f"{beyond} of {len(faults)} cases not as required")

    return int(
        beyond > 0 or growth >= _MOST_GROWTH_MB or stall >= _MOST_STALL_SECONDS or delay >= _MOST_DELAY_SECONDS
    )


def _stall_and_growth(looks: Sequence[Look], begun: float) -> tuple[float, float]:
    """Tell of the longest wait (s) and the growth (MB) among *looks* since the faults have *begun*."""
    quiet = [look for look in looks if look.at < begun]
    faulty = [look for look in looks if look.at >= begun]
    longest, usual = (max(some, key=lambda look: look.wait_seconds) for some in (faulty, quiet))
    growth = max(look.resident_mb for look in faulty) - max(look.resident_mb for look in quiet)
    print(f"memory +{growth:.1f} MB; {len(faulty)} looks")
    own = max(look.wait_seconds - look.queued_seconds for look in faulty)
    for name, look in (("stall", longest), ("without faults", usual)):
        print(f"{name}: {look.wait_seconds * 1000:.0f} ms, {look.queued_seconds * 1000:.0f} of them for a core")
    print(
        f"longest wait for the daemon itself: {own * 1000:.0f} ms; stall {longest.at - begun:.0f} s after the start"
    )
    return longest.wait_seconds, growth


def _judge(system: System, hosts: Hosts) -> int:
    judged = verdicts(system.url, hosts)
    for verdict in judged:
        print(f"{'ok ' if verdict.is_right else 'NOT'} {verdict.name:26} {verdict.said[:70]}")
    return sum(not verdict.is_right for verdict in judged)


def _http_port(stderr: Path) -> int:
    found = re.search(r'"http_port":\s*(\d+)', stderr.read_text("utf-8"))
    assert found, "the daemon has not said its port"
    return int(found[1])


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if sys.argv[1:] else 30.0, sys.argv[2:]))
