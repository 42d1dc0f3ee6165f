"""Freeze processes until others have taken over their work, thaw them, and check that nothing is told twice.

    python tests/soak/freeze.py --rounds 3

Two daemons and three workers share one server. In each round a daemon, a worker and its child for one job stand
still (SIGSTOP) for longer than their leases last, as on a machine that swaps or is moved; then they go on.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

import paths  # noqa: F401 - makes the modules below importable
from killing import find_horse
from ledger import Reader, published, repeated
from newsroom import Newsroom
from origin import OriginThread
from system import System, kill, running_system

from pipeline.adapters.embedded import EmbeddedStore

_LOAD_SECONDS = 3.0
_SETTLED_SECONDS = 90.0


def main() -> int:
    """Run the rounds; 0 when nothing was lost or repeated."""
    arguments = _arguments()
    with (
        tempfile.TemporaryDirectory(prefix="nw-") as folder,
        EmbeddedStore(Path(folder) / "var") as store,
        running_system(REDIS_URL=store.url, SCHEDULE__KIND="fixed", SCHEDULE__INTERVAL_SECONDS=0.5) as system,
        OriginThread() as origin,
        Reader(store.url) as reader,
        Newsroom(origin, reader, arguments.feeds, 1000) as room,
    ):
        (system.folder / "feeds.txt").write_text("\n".join(room.urls), "utf-8")
        system.run("feeds", "import", "feeds.txt")
        commands = [system.start("daemon"), system.start("daemon"), system.start("worker", "--count", "3")]
        system.wait_for("worker", 3)
        for number in range(1, arguments.rounds + 1):
            _freeze(system, arguments.seconds)
            _say(f"{number} of {arguments.rounds} rounds, {room.progress} states told")
        settled_seconds = _settle(room)
        result: dict[str, object] = {
            name: len(facts) for name, facts in room.deviations(published(store.url)).items()
        }
        live = len(repeated(reader.lines))
        for running in commands:
            running.signal(signal.SIGTERM)
        ended = [running.ended() for running in commands]
    result |= {
        "told": len(reader.lines),
        "told_twice_live": live,
        "fenced_off": sum(len(each.events("fenced_off")) for each in ended),
        "leases_lost": sum(len(each.events("lease_lost")) for each in ended),
        "settled_seconds": settled_seconds,
        "exit_codes": [each.code for each in ended],
        "ok": not any(result.values()) and not live and settled_seconds is not None,
    }
    print(json.dumps(result))  # noqa: T201 - the result is what a script prints
    return 0 if result["ok"] else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--feeds", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=32.0, help="how long they stand still; leases last 30")
    return parser.parse_args()


def _freeze(system: System, seconds: float) -> None:
    time.sleep(_LOAD_SECONDS)
    pids = [random.choice(system.processes("daemon")).pid]
    while (horse := find_horse(system)) is None:
        time.sleep(0.01)
    kill(horse, signal.SIGSTOP)
    pids += [horse, *(process.parent for process in system.processes("horse") if process.pid == horse)]
    for pid in pids:
        kill(pid, signal.SIGSTOP)
    time.sleep(seconds)
    for pid in pids:
        kill(pid, signal.SIGCONT)


def _settle(room: Newsroom) -> float | None:
    """Let every feed stay as it is; the seconds until all of it has been told, None when it is not in time."""
    started = time.monotonic()
    room.states = 0
    while any(desk.missing for desk in room.desks.values()):
        if time.monotonic() > started + _SETTLED_SECONDS:
            return None
        time.sleep(0.05)
    return round(time.monotonic() - started, 1)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - progress


if __name__ == "__main__":
    sys.exit(main())
