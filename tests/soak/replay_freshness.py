"""Replay real states of BBC feeds by a compressed clock, and measure how soon the real daemon sees each entry.

Two whole systems (`newswire run`: Valkey, daemon, workers) run side by side against one web server, one with the
planner, one with the fixed interval, at the same requests a day. Both live *speed* times as fast: `faketime`
(libfaketime; on Debian `apt-get install faketime`) changes the clock of every process of theirs, so that no line of
the product knows of it. The server's log is the judge. "simulated" are the same entries under `newswire simulate`.

    python tests/soak/replay_freshness.py --begin 2021-07-17T11:00 --hours 40 --speed 120

Each feed is served at several addresses: the fixed interval polls each of them in another phase, and one phase alone
is luck (0.7 to 1.2 of half an interval where the mean is 1).

What it cannot say: an entry counts from the first archived state that shows it, not from its date; the planner knows
no more than the first document of each feed; a lease of 15 s lasts 15 / speed s, so a loaded machine repeats polls.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from statistics import fmean, median
from typing import Any

import paths  # noqa: F401 - makes the modules below importable
from bbc_archive import items_of, seconds_of, states_of, unpack
from origin import Origin, OriginThread
from system import System, command, running_system

from pipeline.stages.planning.rivals import FixedInterval
from pipeline.stages.planning.simulation import Course, Policy, Trace, simulated
from pipeline.stages.schedule import SimulatorPolicy

_FEEDS = (
    "england",
    "entertainment_and_arts",
    "northern_ireland",
    "scotland",
    "technology",
    "world",
    "world_africa",
    "world_asia",
)
_KINDS = ("fixed", "adaptive")
_DAY_SECONDS = 86_400.0
_LOOK_SECONDS = 0.02


@dataclass(slots=True)
class Track:
    """A feed: when each of its states was archived, what it is and which guids it shows; `served_at` by our clock.

    `dates` is when it says that the entries of its guids were published, in seconds.
    """

    name: str
    times: Sequence[int]
    bodies: Sequence[bytes]
    guids: Sequence[frozenset[str]]
    dates: Mapping[str, float]
    served_at: list[float] = field(default_factory=list)

    def serve_until(self, now: float, origin: Origin, folders: Sequence[str]) -> None:
        """Serve the state of *now* in each of *folders* if it is not served yet."""
        place = bisect_right(self.times, now) - 1
        while len(self.served_at) <= place:
            self.served_at.append(now)
            etag = f'"{self.times[len(self.served_at) - 1]}"'
            for folder in folders:
                origin.serve(f"{folder}/{self.name}", self.bodies[len(self.served_at) - 1], etag=etag)

    def delays(self, polls: Sequence[float], end: float) -> tuple[list[float], int]:
        """Return how late *polls* saw each entry that was not there at the begin, and how many they never saw."""
        known, found, missed = set(self.guids[0]), [], 0
        for place, shown_at in enumerate(self.served_at[1:], 1):
            for guid in self.guids[place] - known:
                first = bisect_left(polls, shown_at)
                seen_at = polls[first] if first < len(polls) else end
                state = bisect_right(self.served_at, seen_at) - 1
                if guid in self.guids[state]:
                    found.append(seen_at - shown_at)
                else:
                    missed += 1
            known |= self.guids[place]
        return found, missed


def main() -> int:
    """Run both systems; 0 if the planner's mean delay is below that of the fixed interval at equal requests."""
    arguments = _arguments()
    if shutil.which("faketime") is None:
        raise SystemExit("faketime is not installed: apt-get install faketime")
    os.environ["TZ"] = "UTC"
    begin = datetime.fromisoformat(arguments.begin).replace(tzinfo=UTC).timestamp()
    end = begin + arguments.hours * 3600
    tracks = _tracks(begin, end)
    polls = _replayed(tracks, begin, end, arguments)
    result: dict[str, Any] = {"feeds": len(tracks), **vars(arguments)}
    for kind, by_feed in polls.items():
        result[kind] = _measured(tracks, by_feed, end, days=arguments.hours / 24)
    for kind, policy in _policies(arguments.budget).items():
        result[f"simulated {kind}"] = _simulated([_trace(track, begin, end) for track in tracks], policy)
    print(json.dumps(result))  # noqa: T201 - the result is what a script prints
    return 0 if result["adaptive"]["of_half_interval"] < result["fixed"]["of_half_interval"] else 1


def _policies(budget: float) -> dict[str, Policy]:
    return {"fixed": FixedInterval(budget), "adaptive": SimulatorPolicy(budget)}


def _simulated(traces: Sequence[Trace], policy: Policy) -> dict[str, float]:
    told = simulated(traces, policy, Course(warm_up_days=0.0))
    return {
        "requests": round(told.requests_per_day, 1),
        "entries": told.entries,
        "mean_minutes": round(told.mean_seconds / 60, 1),
        "median_minutes": round(told.median_seconds / 60, 1),
        "of_half_interval": _of_half_interval(told.mean_seconds, told.requests_per_day),
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--begin", default="2021-07-17T11:00", help="the first moment, UTC")
    parser.add_argument("--hours", type=float, default=40.0, help="how long, by the compressed clock")
    parser.add_argument("--speed", type=float, default=120.0, help="how many times as fast the clock runs")
    parser.add_argument("--copies", type=int, default=3, help="at how many addresses each feed is served")
    parser.add_argument("--budget", type=float, default=24.0, help="requests per feed and day")
    return parser.parse_args()


def _tracks(begin: float, end: float) -> list[Track]:
    """Read the states of each feed: the last before *begin*, and all until *end*."""
    tracks = []
    with tempfile.TemporaryDirectory(prefix="nw-bbc-") as folder:
        unpack(Path(folder))
        for name in _FEEDS:
            states = states_of(name, Path(folder))
            times = [seconds_of(state) for state in states]
            first, last = bisect_right(times, begin) - 1, bisect_left(times, end)
            if first < 0:  # the archive of this feed begins later
                continue
            bodies = [state.read_bytes() for state in states[first:last]]
            dates = [_dates(body) for body in bodies]
            first_dates = {guid: date for state in reversed(dates) for guid, date in state.items()}
            tracks.append(Track(name, times[first:last], bodies, [frozenset(state) for state in dates], first_dates))
    return tracks


def _dates(body: bytes) -> dict[str, float]:
    return {guid: parsedate_to_datetime(item.findtext("pubDate") or "").timestamp() for guid, item in items_of(body)}


def _replayed(
    tracks: Sequence[Track], begin: float, end: float, arguments: argparse.Namespace
) -> dict[str, list[list[float]]]:
    """Return when each system polled each copy of each feed, by the compressed clock; the copies of a feed apart."""
    paths_of = {kind: [f"/{kind}/{copy}" for copy in range(arguments.copies)] for kind in _KINDS}
    served = [path for copies in paths_of.values() for path in copies]
    with ExitStack() as stack:
        origin = stack.enter_context(OriginThread())
        for track in tracks:
            track.serve_until(begin, origin, served)
        systems = {kind: stack.enter_context(_system(kind, arguments.budget)) for kind in _KINDS}
        clock = datetime.fromtimestamp(begin, UTC).strftime(f"@%Y-%m-%d %H:%M:%S x{arguments.speed:g}")
        started = time.monotonic()
        for kind, system in systems.items():
            sources = [origin.url(f"{path}/{track.name}") for path in paths_of[kind] for track in tracks]
            (system.folder / "feeds.txt").write_text("\n".join(sources), "utf-8")
            system.launch(["faketime", "-f", clock, *command(), "run", "feeds.txt", "--workers", "1"])
        while (now := begin + (time.monotonic() - started) * arguments.speed) < end:
            for track in tracks:
                track.serve_until(now, origin, served)
            time.sleep(_LOOK_SECONDS)

        def polls(path: str) -> list[float]:
            return [begin + (each.at_seconds - started) * arguments.speed for each in origin.requests(path)]

        return {
            kind: [polls(f"{path}/{track.name}") for path in copies for track in tracks]
            for kind, copies in paths_of.items()
        }


def _system(kind: str, budget: float) -> AbstractContextManager[System]:
    return running_system(
        SCHEDULE__KIND=kind,
        SCHEDULE__INTERVAL_SECONDS=_DAY_SECONDS / budget,
        FETCH__TIMEOUT_SECONDS=600,
        ARTICLES__FULL_TEXT="never",
        LOG__LEVEL="warning",
    )


def _measured(tracks: Sequence[Track], polls: Sequence[list[float]], end: float, *, days: float) -> dict[str, float]:
    delays: list[float] = []
    missed = 0
    for number, times in enumerate(polls):
        found, lost = tracks[number % len(tracks)].delays(times, end)
        delays, missed = delays + found, missed + lost
    requests = sum(len(times) for times in polls) / len(polls) / days
    return {
        "requests": round(requests, 1),
        "entries": len(delays),
        "missed": missed,
        "mean_minutes": round(fmean(delays) / 60, 1),
        "median_minutes": round(median(delays) / 60, 1),
        "of_half_interval": _of_half_interval(fmean(delays), requests),
    }


def _of_half_interval(mean_seconds: float, requests_per_day: float) -> float:
    """Return the mean delay as a share of what a fixed interval waits for as many requests: half of itself."""
    return round(mean_seconds / (_DAY_SECONDS / requests_per_day / 2), 2)


def _trace(track: Track, begin: float, end: float) -> Trace:
    """Return when the entries of *track* appeared, the first ones at the begin, and what it says of that."""
    known = set(track.guids[0])
    shown = sorted((begin, track.dates[guid]) for guid in known)
    for place, shown_at in enumerate(track.served_at[1:], 1):
        shown += [(shown_at, track.dates[guid]) for guid in sorted(track.guids[place] - known)]
        known |= track.guids[place]
    return Trace(track.name, begin, end, tuple(at for at, _ in shown), tuple(date for _, date in shown))


if __name__ == "__main__":
    sys.exit(main())
