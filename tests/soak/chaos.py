"""Random faults, one after the other and some at once, into a running system under load; nothing is lost or repeated.

    python tests/soak/chaos.py --minutes 60

A store behind a relay, scripted hosts on loopback, and two sets of our processes: `newswire run`, which is killed,
frozen and restarted; and a `newswire daemon` and a `newswire worker` that are left alone, but for what is done to the
store. These are the witnesses of memory: the resident size of each process is sampled every five seconds, and its
slope is the median of the slopes between all pairs of minutes (each minute by its median), without the first ten
minutes of the process. It is judged where the process was looked at for a quarter of an hour after these.

The moments and kinds of the faults follow from the seed. After each fault the clock runs until every feed has told
what it showed at that moment; a later fault may well fall into that time, so these seconds are an upper bound.
Exit code 1: something was lost, repeated or wrong, a fault did not heal, or a bound given by --least-... was missed.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import paths  # noqa: F401 - makes the modules below importable
from chaos_books import Books, Injected
from chaos_faults import FAULTS, KEYS, Fault, Scene, relieve
from memory_slope import MemoryLog
from operators_valkey import Valkey
from origin import OriginThread
from press import Press
from relay import Relay
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from system import Running, System, running_system
from waiting import wait_until

from pipeline.adapters.connection import connect

_HOSTS = ("127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4")
_FAULTS_A_MINUTE = 6.5
_FAULTS_AT_ONCE = 4
_FIRST_FAULT_SECONDS = 10.0
_SAMPLE_SECONDS = 5.0
_SETTLED_SECONDS = 240.0
_SAY_SECONDS = 30.0
_SLOPE_JUDGED_FROM_MINUTES = 30.0
_MOST_SLOPE_MIB_AN_HOUR = 1.0
_SETTINGS = {
    "SCHEDULE__KIND": "fixed",
    "SCHEDULE__INTERVAL_SECONDS": 2,
    "SCHEDULE__MAX_INTERVAL_SECONDS": 4,
    "FETCH__TIMEOUT_SECONDS": 5,
    "WORKERS__GRACE_SECONDS": 8,
    "ARCHIVE__MOST_MEGABYTES": 64,
    "LOG__LEVEL": "warning",
}
# "always", for what a server that is killed forgets under "everysec" is told again, as the README says
_STORE_OPTIONS = ("--appendonly", "yes", "--appendfsync", "always", "--save", "")


@dataclass(slots=True)
class Chaos:
    """A running system, its load, and its books."""

    scene: Scene
    press: Press
    witnesses: System
    commands: dict[str, Running]
    memory: MemoryLog = field(default_factory=MemoryLog)
    books: Books = field(default_factory=Books)
    started: float = field(default_factory=time.monotonic)
    _locks: dict[str, threading.Lock] = field(
        default_factory=lambda: {fault.group: threading.Lock() for fault in FAULTS}
    )

    @property
    def seconds(self) -> float:
        """How long it has been going on."""
        return time.monotonic() - self.started

    def rage(self, plan: list[tuple[float, Fault, int]], minutes: float, progress: Progress) -> None:
        """Inject the faults of *plan* at their times, note memory and recoveries until the time is over."""
        task = progress.add_task("chaos", total=minutes * 60)
        sampled = said = 0.0
        with ThreadPoolExecutor(_FAULTS_AT_ONCE) as pool:
            while self.seconds < minutes * 60:
                while plan and plan[0][0] <= self.seconds:
                    _, fault, seed = plan.pop(0)
                    pool.submit(self._inject, fault, random.Random(seed))
                if self.seconds >= sampled + _SAMPLE_SECONDS:
                    sampled = self.seconds
                    self.memory.sample(self.witnesses.processes("newswire", "daemon", "worker"), sampled)
                self.books.look(self.press)
                progress.update(task, completed=self.seconds, description=self.line)
                if self.seconds >= said + _SAY_SECONDS and not progress.console.is_terminal:
                    said = self.seconds
                    _say(self.line)
                time.sleep(0.1)

    @property
    def line(self) -> str:
        """How far it is, in one line."""
        return (
            f"{self.seconds / 60:5.1f} min  {len(self.books.injected)} faults  {self.press.total} articles  "
            f"{len(self.press.repeated)} repeated  {len(self.press.wrong)} wrong  {len(self.books.open)} healing"
        )

    def settle(self) -> None:
        """Relieve the system of every fault, let the feeds stay as they are, and wait until all is told."""
        relieve(self.scene)
        self.press.rest()
        deadline = time.monotonic() + _SETTLED_SECONDS
        while (self.press.untold() or self.books.open) and time.monotonic() < deadline:
            self.books.look(self.press)
            time.sleep(0.1)
        time.sleep(3)  # for what is told again
        self.books.look(self.press)

    def _inject(self, fault: Fault, chance: random.Random) -> None:
        with self._locks[fault.group]:
            try:
                fault.inject(self.scene, chance)
            except AssertionError as error:
                self.books.broken.append(f"{fault.name}: {error}")
                return
            except Exception as error:  # noqa: BLE001 - another fault may have come between; the books say so
                self.books.failures.append(f"{fault.name}: {type(error).__name__}: {error}")
                return
            self.books.note(Injected.of(fault.number, fault.name, self.press))


def main() -> int:
    """Let chaos reign for the time asked for; 0 when nothing was lost or repeated, and all bounds were kept.

    SIGTERM ends it and every process of it.
    """
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    console = Console(stderr=True)
    _say(f"seed {arguments.seed}")
    with _chaos(arguments.feeds, arguments.rate) as chaos:
        plan = _plan(arguments.seed, arguments.minutes)
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
            chaos.rage(plan, arguments.minutes, progress)
        chaos.settle()
        totals = _totals(chaos.scene.store.url)
        codes = _stop(chaos)
        figures = _figures(chaos, arguments, totals, codes)
    faults = _faults(chaos, arguments, figures)
    Console().print(chaos.books.table())
    for fault in (*faults, *(f"not injected: {failure}" for failure in chaos.books.failures[:20])):
        _say(fault)
    print(json.dumps({**figures, "ok": not faults}), flush=True)  # noqa: T201 - the result is what a script prints
    return 1 if faults else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="repeats the faults of a run")
    parser.add_argument("--feeds", type=int, default=80)
    parser.add_argument("--rate", type=float, default=80.0, help="items a second that all feeds together show")
    parser.add_argument("--least-faults", type=int, default=0, help="how many must have been injected")
    parser.add_argument("--least-articles", type=int, default=0, help="how many must have been told")
    return parser.parse_args()


@contextmanager
def _chaos(feeds: int, rate: float) -> Iterator[Chaos]:
    """Give the running system with its load on; all of it is ended afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nw-", ignore_cleanup_errors=True)))
        store = Valkey(folder, *_STORE_OPTIONS)
        stack.callback(store.stop)
        relay = stack.enter_context(Relay(store.socket))
        settings = {**_SETTINGS, "REDIS_URL": f"redis://127.0.0.1:{relay.port}/0"}
        witnesses, system = (stack.enter_context(running_system(**settings)) for _ in range(2))
        origins = [stack.enter_context(OriginThread(host)) for host in _HOSTS]
        press = Press(origins, feeds, rate)
        stack.enter_context(press.running(store.url))
        (system.folder / "feeds.txt").write_text("\n".join(press.urls), "utf-8")
        assert system.run("feeds", "import", "feeds.txt").code == 0
        running = {"daemon": witnesses.start("daemon"), "worker": witnesses.start("worker", "--count", "1")}
        scene = Scene(store, relay, system, origins, system.start("run", "--workers", "1"))
        wait_until(lambda: press.total >= feeds, timeout_seconds=60)
        yield Chaos(scene, press, witnesses, running)


def _plan(seed: int, minutes: float) -> list[tuple[float, Fault, int]]:
    """Choose the moments and kinds of all faults, and for each the seed of its own chances."""
    chance = random.Random(seed)
    weights = [fault.weight for fault in FAULTS]
    plan, at = [], _FIRST_FAULT_SECONDS
    while at < minutes * 60:
        (fault,) = chance.choices(FAULTS, weights)
        plan.append((at, fault, chance.randrange(10**9)))
        at += chance.expovariate(_FAULTS_A_MINUTE / 60)
    return plan


def _totals(url: str) -> dict[str, int]:
    """What the system itself counted."""
    with connect(url) as client:
        return {name.decode(): int(count) for name, count in client.hgetall(KEYS.totals).items()}


def _stop(chaos: Chaos) -> dict[str, int]:
    """Tell all to stop; their exit codes."""
    running = {**chaos.commands, "run": chaos.scene.run}
    for each in running.values():
        each.signal(signal.SIGTERM)
    return {name: each.ended().code for name, each in running.items()}


def _figures(
    chaos: Chaos, arguments: argparse.Namespace, totals: dict[str, int], codes: dict[str, int]
) -> dict[str, object]:
    untold = chaos.press.untold()
    return {
        "minutes": round(chaos.seconds / 60, 1),
        "seed": arguments.seed,
        "faults": len(chaos.books.injected),
        "articles": chaos.press.total,
        "lost": len(untold),
        "repeated": len(chaos.press.repeated),
        "wrong": len(chaos.press.wrong),
        "healed_within_seconds": chaos.books.longest_seconds,
        "counted": totals,
        "witnesses": dict(Counter(role for role, _ in chaos.memory.samples)),
        "mib_an_hour": {name: round(slope, 2) for name, slope in chaos.memory.slopes().items()},
        "exit_codes": codes,
        "first_deviations": [*untold[:5], *chaos.press.repeated[:5], *chaos.press.wrong[:5]],
    }


def _faults(chaos: Chaos, arguments: argparse.Namespace, figures: dict[str, object]) -> list[str]:
    """Say what did not hold."""
    slopes = chaos.memory.slopes()
    told = dict(chaos.press.counts)
    counted = {kind: count for kind, count in dict(figures["counted"]).items() if kind in told}  # type: ignore[call-overload]
    held = {
        "nothing lost, repeated or wrong": not any(figures[name] for name in ("lost", "repeated", "wrong")),
        f"the system counted what it told: {counted} and {told}": counted == told,
        "every fault healed": not chaos.books.open,
        "enough faults": len(chaos.books.injected) >= arguments.least_faults,
        "enough articles": chaos.press.total >= arguments.least_articles,
        f"what each fault asks for: {chaos.books.broken[:5]}": not chaos.books.broken,
        "every process left with 0": not any(dict(figures["exit_codes"]).values()),  # type: ignore[call-overload]
        "memory stays": arguments.minutes < _SLOPE_JUDGED_FROM_MINUTES
        or (
            {name.split()[0] for name in slopes} == {"newswire", "daemon", "worker"}
            and all(slope < _MOST_SLOPE_MIB_AN_HOUR for slope in slopes.values())
        ),
    }
    return [f"NOT HELD: {name}" for name, holds in held.items() if not holds]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - progress


if __name__ == "__main__":
    sys.exit(main())
