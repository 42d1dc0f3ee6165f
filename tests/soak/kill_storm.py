"""Kill -9 the processes of a running system at random moments, and check that nothing is lost or told twice.

    python tests/soak/kill_storm.py --kills 20

Daemon, worker, the worker's child for one job and the embedded server are each killed so often, while many feeds go
through their states. After the last kill every feed tells one state more: the time that takes is the recovery.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import paths  # noqa: F401 - makes the modules below importable
import redis
from conftest import is_permanent
from killing import KINDS, Kind, kill_one
from ledger import Reader, published, repeated
from newsroom import Newsroom
from origin import OriginThread
from system import System, running_system

_LONGEST_PAUSE_SECONDS = 4.0
_SETTLED_SECONDS = 90.0


@dataclass(slots=True)
class Storm:
    """The kills still to come, in random order, spread over the work; `done` counts those made, by kind."""

    system: System
    room: Newsroom
    chance: random.Random
    kinds: list[Kind]
    done: Counter[str] = field(default_factory=Counter)

    def rage(self) -> None:
        """Make all the kills, each when the feeds have gone on a little or have stood still for some seconds."""
        step = max(1, self.room.count * self.room.states // (len(self.kinds) + 1))
        for number, kind in enumerate(self.kinds, start=1):
            deadline = time.monotonic() + _LONGEST_PAUSE_SECONDS
            while self.room.progress < number * step and time.monotonic() < deadline:
                time.sleep(0.01)
            time.sleep(self.chance.random() * 0.3)
            if kill_one(self.system, kind) is not None:
                self.done[kind] += 1
            _say(f"{number} of {len(self.kinds)} kills ({kind}), {self.room.progress} states told")


def main() -> int:
    """Run the storm; 0 when nothing was lost or repeated and service came back within 60 seconds."""
    arguments = _arguments()
    chance = random.Random(arguments.seed)
    kinds = [kind for kind in KINDS for _ in range(arguments.kills)]
    chance.shuffle(kinds)
    started = time.monotonic()
    with (
        running_system(
            SCHEDULE__KIND="fixed", SCHEDULE__INTERVAL_SECONDS=arguments.interval, LOG__LEVEL="warning"
        ) as system,
        OriginThread() as origin,
        Reader(system.url) as reader,
        Newsroom(origin, reader, arguments.feeds, arguments.states) as room,
    ):
        (system.folder / "feeds.txt").write_text("\n".join(room.urls), "utf-8")
        running = system.start("run", "feeds.txt", "--workers", "2")
        storm = Storm(system, room, chance, kinds)
        storm.rage()
        recovery_seconds = _recovery(room)
        settled = _settled(system.url)
        result = _judge(room, reader, system.url) | settled
        log = running.stderr.read_text("utf-8")
    result |= {
        "kills": dict(storm.done),
        "seed": arguments.seed,
        "recovery_seconds": recovery_seconds,
        "tracebacks": log.count("Traceback"),
        "seconds": round(time.monotonic() - started, 1),
    }
    faults = ("lost", "repeated", "wrong", "told_twice_live")
    result["ok"] = not any(result[name] for name in faults) and recovery_seconds is not None and recovery_seconds < 60
    print(json.dumps(result))  # noqa: T201 - the result is what a script prints
    return 0 if result["ok"] else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=5, help="how often each kind of process is killed")
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--states", type=int, default=5, help="states of each feed, before the last one")
    parser.add_argument("--interval", type=float, default=1.0, help="seconds between polls (0.5 at least)")
    parser.add_argument(
        "--seed", type=int, default=random.randrange(10**6), help="repeats the order of an earlier run"
    )
    return parser.parse_args()


def _recovery(room: Newsroom) -> float | None:
    """Have every feed tell one state more; the seconds until all have, None when some have not in time."""
    last_kill = time.monotonic()
    room.states += 1
    while room.unfinished:
        if time.monotonic() > last_kill + _SETTLED_SECONDS:
            _say(f"unfinished: {[(desk.number, desk.state, sorted(desk.missing)) for desk in room.unfinished][:20]}")
            return None
        time.sleep(0.05)
    return round(time.monotonic() - last_kill, 1)


def _settled(url: str) -> dict[str, Any]:
    """Wait until no document is unfinished, then name what is left over that nobody will take away."""
    client = redis.Redis.from_url(url)
    deadline = time.monotonic() + _SETTLED_SECONDS
    while (waiting := client.zcard("{newswire}:backlog")) and time.monotonic() < deadline:
        time.sleep(0.1)
    names = [name for name in client.scan_iter(count=1000) if client.ttl(name) == -1 and not is_permanent(name)]
    totals: Any = client.hgetall("{newswire}:totals")
    client.close()
    return {
        "backlog": waiting,
        "left_over": dict(Counter(name.decode().rpartition(":")[0] for name in names)),
        "totals": {name.decode(): int(count) for name, count in totals.items()},
    }


def _judge(room: Newsroom, reader: Reader, url: str) -> dict[str, Any]:
    lines = published(url)
    deviations = room.deviations(lines)
    for name, facts in deviations.items():
        if facts:
            _say(f"{name}: {facts[:20]}")
    live = repeated(reader.lines)
    return {
        "feeds": room.count,
        "states": sum(desk.state for desk in room.desks.values()),
        "expected": room.expected().total(),
        "published": len(lines),
        **{name: len(facts) for name, facts in deviations.items()},
        "told_twice_live": len(live),
    }


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - progress


if __name__ == "__main__":
    sys.exit(main())
