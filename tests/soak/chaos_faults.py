"""What a chaos soak does to a running system: each fault by its name, injected and relieved by one function.

Faults of one *group* never overlap: a store that is killed cannot be frozen as well. All others may.
"""

from __future__ import annotations

import random
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import redis
from faults.jobs import DAMAGES, enqueue_again, enqueue_junk
from killing import Kind, find_horse, kill_one
from operators_valkey import Valkey
from origin import Origin, Served
from relay import Relay
from system import Running, System, kill
from waiting import wait_until

from pipeline.adapters.backlog import CLAIM_LEASE_MS, DISPATCH_LEASE_MS
from pipeline.adapters.connection import PATIENCE_SECONDS, connect
from pipeline.adapters.keys import Keys
from pipeline.adapters.leases import LEASE_MS

KEYS = Keys("newswire")
_WRONG_CLOCK = Path(__file__).resolve().parents[1] / "faults" / "wrong_clock.py"
_OFFSETS = "31536000,3600,-3600,0,-600"
_LONGEST_LEASE_SECONDS = max(LEASE_MS, CLAIM_LEASE_MS, DISPATCH_LEASE_MS) / 1000
_STOP_SECONDS = 60.0
_START_SECONDS = 180.0
"""A store that is away is waited for by each command, and faults of the store may follow each other."""

Group = Literal["store", "way", "system", "frozen daemon", "frozen worker", "hosts", "queue", "clock"]


@dataclass(slots=True)
class Scene:
    """What faults are done to: *store* and the *relay* before it, the *system* whose processes may die, *origins*.

    `run` is the `newswire run` of that system.
    """

    store: Valkey
    relay: Relay
    system: System
    origins: Sequence[Origin]
    run: Running

    def start_run(self) -> None:
        """Start a `newswire run` beside the one there is, or in its place, and wait until it has a daemon.

        Where the store is away it leaves with 1; it is started again, as whatever runs it elsewhere would.
        """
        deadline = time.monotonic() + _START_SECONDS
        self.run = self.system.start("run", "--workers", "1")
        while not any(process.parent == self.run.pid for process in self.system.processes("daemon")):
            assert time.monotonic() < deadline, f"newswire run has no daemon after {_START_SECONDS} s"
            if self.run.process.poll() is not None:
                self.run = self.system.start("run", "--workers", "1")
            time.sleep(0.1)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: its number in the list of faults, its name, and how it is injected by chance; returns when over."""

    number: int
    name: str
    group: Group
    inject: Callable[[Scene, random.Random], None]
    weight: float = 1.0


def _kill(kind: Kind) -> Callable[[Scene, random.Random], None]:
    def inject(scene: Scene, _: random.Random) -> None:
        if kill_one(scene.system, kind) is None:
            raise LookupError(f"there is no {kind} to kill")

    return inject


def _kill_worker_and_child(scene: Scene, _: random.Random) -> None:
    horse = _horse(scene)
    parents = [process.parent for process in scene.system.processes("horse") if process.pid == horse]
    for pid in (horse, *parents):
        kill(pid)


def _kill_run(scene: Scene, _: random.Random) -> None:
    kill(scene.run.pid)
    scene.run.process.wait(_STOP_SECONDS)
    scene.start_run()


def _rolling_restart(scene: Scene, _: random.Random) -> None:
    before = scene.run
    scene.start_run()
    before.signal(signal.SIGTERM)
    ended = before.ended(timeout_seconds=_STOP_SECONDS)
    assert ended.code == 0, f"newswire run left with {ended.code} after SIGTERM: {ended.stderr[-2000:]}"


def _freeze_daemon(scene: Scene, chance: random.Random) -> None:
    _freeze([scene.system.wait_for("daemon")[0].pid], chance)


def _freeze_worker(scene: Scene, chance: random.Random) -> None:
    horse = _horse(scene)
    kill(horse, signal.SIGSTOP)
    _freeze([horse, *(process.parent for process in scene.system.processes("horse") if process.pid == horse)], chance)


def _freeze(pids: Sequence[int], chance: random.Random) -> None:
    """Let *pids* stand still for longer than any lease lasts."""
    for pid in pids:
        kill(pid, signal.SIGSTOP)
    time.sleep(_LONGEST_LEASE_SECONDS + 1 + 4 * chance.random())
    for pid in pids:
        kill(pid, signal.SIGCONT)


def _kill_store(scene: Scene, chance: random.Random) -> None:
    scene.store.stop()
    time.sleep(2 * chance.random())
    scene.store.start()


def _freeze_store(scene: Scene, chance: random.Random) -> None:
    kill(scene.store.process.pid, signal.SIGSTOP)
    time.sleep(1 + 5 * chance.random())
    kill(scene.store.process.pid, signal.SIGCONT)


def _fill_memory(scene: Scene, chance: random.Random) -> None:
    with connect(scene.store.url) as client:
        client.config_set("maxmemory", "1mb")
        time.sleep(1 + 4 * chance.random())
        client.config_set("maxmemory", "0")


def _slow_way(scene: Scene, chance: random.Random) -> None:
    scene.relay.delay_seconds = 0.05 + 0.15 * chance.random()
    time.sleep(2 + 4 * chance.random())
    scene.relay.delay_seconds = 0.0


def _cut_answers(scene: Scene, chance: random.Random) -> None:
    scene.relay.cuts_left = chance.randint(5, 20)
    with suppress(AssertionError):
        wait_until(lambda: not scene.relay.cuts_left, timeout_seconds=5)
    scene.relay.cuts_left = 0
    scene.relay.cut()


def _refuse(scene: Scene, chance: random.Random) -> None:
    """Take no connection for some seconds; in one case of four for longer than any command is tried again."""
    scene.relay.is_refused = True
    scene.relay.cut()
    time.sleep(PATIENCE_SECONDS + 2 if chance.random() < 0.25 else 1 + 4 * chance.random())
    scene.relay.is_refused = False


def _trouble(served: Served) -> Callable[[Scene, random.Random], None]:
    def inject(scene: Scene, chance: random.Random) -> None:
        origin = chance.choice(scene.origins)
        origin.trouble = served
        time.sleep(3 + 5 * chance.random())
        origin.trouble = None

    return inject


def _enqueue_again(scene: Scene, _: random.Random) -> None:
    enqueue_again(scene.store.url, KEYS, 100)


def _enqueue_junk(scene: Scene, chance: random.Random) -> None:
    with connect(scene.store.url) as client:
        enqueue_junk(client, KEYS, chance.choice(DAMAGES))


def _wrong_clocks(scene: Scene, _: random.Random) -> None:
    """A daemon and a worker more, whose clocks jump by a year, an hour, and back; then they are told to stop.

    Nobody supervises them, so what a supervisor does to a worker that is in the middle of a long job is done here.
    """
    words = [sys.executable, "-P", str(_WRONG_CLOCK)]
    running = [scene.system.launch([*words, role, _OFFSETS]) for role in ("daemon", "worker")]
    time.sleep(10)
    for each in running:
        each.signal(signal.SIGTERM)
    for each in running:
        with suppress(AssertionError):
            each.ended(timeout_seconds=_STOP_SECONDS)
        each.process.kill()


def _horse(scene: Scene) -> int:
    """Give the pid of a worker's child; LookupError where the other workers leave this system nothing to do."""
    try:
        return wait_until(lambda: find_horse(scene.system), timeout_seconds=60)
    except AssertionError:
        raise LookupError("there is no horse") from None


def relieve(scene: Scene) -> None:
    """End whatever a fault that was broken off may have left behind."""
    scene.relay.delay_seconds, scene.relay.is_refused, scene.relay.cuts_left = 0.0, False, 0
    for origin in scene.origins:
        origin.trouble = None
    for process in scene.system.processes():
        kill(process.pid, signal.SIGCONT)
    if scene.store.process.poll() is not None:
        scene.store.start()
    kill(scene.store.process.pid, signal.SIGCONT)
    with redis.Redis.from_url(scene.store.url) as client:
        client.config_set("maxmemory", "0")


_ASK_LATER = {"Retry-After": "3"}
FAULTS = (
    Fault(1, "daemon killed", "system", _kill("daemon"), 2),
    Fault(3, "worker killed", "system", _kill("worker"), 2),
    Fault(4, "worker and its child killed", "system", _kill_worker_and_child),
    Fault(5, "worker's child killed", "system", _kill("horse"), 2),
    Fault(9, "newswire run killed", "system", _kill_run, 0.5),
    Fault(10, "worker frozen past its leases", "frozen worker", _freeze_worker, 0.7),
    Fault(11, "daemon frozen past its leases", "frozen daemon", _freeze_daemon, 0.7),
    Fault(13, "store killed", "store", _kill_store, 1.5),
    Fault(17, "store frozen", "store", _freeze_store),
    Fault(17, "store refuses connections", "way", _refuse),
    Fault(18, "store slow", "way", _slow_way),
    Fault(19, "answers of the store cut", "way", _cut_answers, 2),
    Fault(20, "memory of the store full", "store", _fill_memory),
    Fault(28, "poison job", "queue", _enqueue_junk, 2),
    Fault(29, "one job enqueued again and again", "queue", _enqueue_again),
    Fault(34, "clocks jump", "clock", _wrong_clocks, 0.7),
    Fault(42, "host cuts its answers", "hosts", _trouble(Served(b"", 200, {}, 0.0, is_cut=True))),
    Fault(40, "host does not answer", "hosts", _trouble(Served(b"", 200, {}, 60.0))),
    Fault(45, "host answers 429", "hosts", _trouble(Served(b"", 429, _ASK_LATER, 0.0))),
    Fault(45, "host answers 503", "hosts", _trouble(Served(b"", 503, {}, 0.0))),
    Fault(47, "rolling restart", "system", _rolling_restart),
)
