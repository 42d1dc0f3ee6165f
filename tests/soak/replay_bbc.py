"""Replay successive real states of BBC feeds, compressed in time, through `newswire run`, and check every article.

Each state is served until it has been processed, then the next. At the end the stream must hold each guid once as
new, and each change of title or description between two states once as revised, naming exactly what changed.

    python tests/soak/replay_bbc.py home_uk --day 2021-03-20
    python tests/soak/replay_bbc.py england world_us_and_canada
    python tests/soak/replay_bbc.py home_uk --split-days     (each day a feed of its own: all of home_uk in minutes)
    python tests/soak/replay_bbc.py home_uk --day 2021-03-15 --days 7 --revisions revised.tsv     (to read them)
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import paths  # noqa: F401 - makes the modules below importable
import redis
from bbc_archive import seconds_of, states_of, unpack
from bbc_ledger import Ledger
from ledger import Line, published, repeated
from origin import Origin, OriginThread
from system import System, running_system

from pipeline import wire
from pipeline.model import Article
from pipeline.stages.article_diff import changes, pairs_of_revisions
from pipeline.stages.urls import feed_id

_LOOK_SECONDS = 0.05
_SHOWN = 20


@dataclass(slots=True)
class Track:
    """One feed to replay: its address, its states in order of time, and how many were served so far."""

    url: str
    path: str
    states: Sequence[Path]
    served: int = 0

    @property
    def id(self) -> str:
        """The feed's id."""
        return feed_id(self.url)

    @property
    def is_over(self) -> bool:
        """Whether the last state is being served."""
        return self.served == len(self.states)

    def serve_next(self, origin: Origin) -> None:
        """Serve the next state from now on."""
        state = self.states[self.served]
        origin.serve(self.path, state.read_bytes(), etag=f'"{state.stem}"')
        self.served += 1


def main() -> int:
    """Run the replay; 0 when the stream is exactly what the ledger says."""
    arguments = _arguments()
    started = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="nw-bbc-") as folder,
        OriginThread() as origin,
        running_system(
            SCHEDULE__KIND="fixed",
            SCHEDULE__INTERVAL_SECONDS=arguments.interval,
            SCHEDULE__MAX_INTERVAL_SECONDS=arguments.interval,  # the feeds ask for a quarter of an hour
            LOG__LEVEL="warning",
        ) as system,
    ):
        tracks = _tracks(Path(folder), origin, arguments)
        _replay(system, origin, tracks, timeout_seconds=arguments.timeout)
        result = _judge(system, tracks)
        if arguments.revisions:
            arguments.revisions.write_text("".join(map(_row, _revisions(published(system.url)))), "utf-8")
    result["seconds"] = round(time.monotonic() - started, 1)
    print(json.dumps(result, ensure_ascii=False))  # noqa: T201 - the result is what a script prints
    return 0 if result["ok"] else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("feeds", nargs="+", metavar="FEED", help="a folder of the archive, such as home_uk")
    parser.add_argument("--day", type=date.fromisoformat, help="only the states of this day (UTC), as 2021-03-20")
    parser.add_argument("--days", type=int, default=1, help="how many days from --day on")
    parser.add_argument("--revisions", type=Path, metavar="FILE", help="write what each revision changed")
    parser.add_argument("--split-days", action="store_true", help="make each day of a feed a feed of its own")
    parser.add_argument("--interval", type=float, default=0.5, help="seconds between polls (0.5 at least)")
    parser.add_argument("--timeout", type=float, default=3600.0, help="seconds until it is given up")
    return parser.parse_args()


def _tracks(folder: Path, origin: Origin, arguments: argparse.Namespace) -> list[Track]:
    unpack(folder)
    tracks: list[Track] = []
    for feed in arguments.feeds:
        states = states_of(feed, folder)
        if arguments.day:
            wanted = {str(arguments.day + timedelta(days=number)) for number in range(arguments.days)}
            states = [state for state in states if _day(state) in wanted]
        days = sorted({_day(state) for state in states}) if arguments.split_days else [""]
        for day in days:
            path = f"/{feed}/{day}"
            tracks.append(Track(origin.url(path), path, [state for state in states if day in ("", _day(state))]))
    if not all(track.states for track in tracks):
        raise SystemExit("there are no such states in the archive")
    return tracks


def _day(state: Path) -> str:
    return f"{datetime.fromtimestamp(seconds_of(state), UTC):%Y-%m-%d}"


def _replay(system: System, origin: Origin, tracks: Sequence[Track], *, timeout_seconds: float) -> None:
    for track in tracks:
        track.serve_next(origin)
    (system.folder / "feeds.txt").write_text("\n".join(track.url for track in tracks), "utf-8")
    system.start("run", "feeds.txt", "--workers", "2")
    system.wait_for("worker", 2)
    client = redis.Redis.from_url(system.url)
    deadline, next_line, left = time.monotonic() + timeout_seconds, 0.0, list(tracks)
    while left:
        if time.monotonic() > deadline:
            raise SystemExit(f"not over after {timeout_seconds} s: {_standing(tracks)}")
        if time.monotonic() > next_line:
            print(_standing(tracks), file=sys.stderr, flush=True)  # noqa: T201 - progress
            next_line = time.monotonic() + 5
        processed = _processed(client, left)
        left = [track for track in left if not (track.is_over and processed[track.id] >= track.served)]
        for track in left:
            if processed[track.id] >= track.served:
                track.serve_next(origin)
        time.sleep(_LOOK_SECONDS)
    client.close()


def _processed(client: redis.Redis, tracks: Iterable[Track]) -> Mapping[str, int]:
    """How many documents of each feed have been processed."""
    ids = [track.id for track in tracks]
    with client.pipeline(transaction=False) as pipe:
        for each in ids:
            pipe.hget(f"{{newswire}}:counts:{each}", "documents")
        return {each: int(count or 0) for each, count in zip(ids, pipe.execute(), strict=True)}


def _standing(tracks: Sequence[Track]) -> str:
    served = sum(track.served for track in tracks)
    return f"{served} of {sum(len(track.states) for track in tracks)} states served, {len(tracks)} feeds"


def _judge(system: System, tracks: Sequence[Track]) -> dict[str, Any]:
    lines = published(system.url)
    ledgers = [_ledger(track) for track in tracks]
    by_feed: dict[str, list[Any]] = {track.id: [] for track in tracks}
    for line in lines:
        by_feed[line.feed].append(line)
    deviations = [each for ledger in ledgers for each in ledger.deviations(by_feed[ledger.feed_id])]
    for each in deviations[:_SHOWN]:
        print(json.dumps(each, ensure_ascii=False), file=sys.stderr)  # noqa: T201 - what is wrong
    expected = Counter(fact.kind for ledger in ledgers for facts in ledger.facts.values() for fact in facts)
    return {
        "feeds": len(tracks),
        "states": sum(len(track.states) for track in tracks),
        "items": sum(ledger.items for ledger in ledgers),
        "repeated_guids": sum(ledger.repeated_guids for ledger in ledgers),
        "expected": dict(expected),
        "published": dict(Counter(line.kind for line in lines)),
        "repeated": len(repeated(lines)),
        "deviations": len(deviations),
        "ok": not deviations and not repeated(lines),
    }


def _revisions(lines: Iterable[Line]) -> Iterator[tuple[Article, Article]]:
    """Give each revision on the stream behind the one before it, by article."""
    told: dict[str, list[Article]] = {}
    for line in lines:
        told.setdefault(str(line.article["id"]), []).append(wire.article_from_json(json.dumps(line.article)))
    for revisions in told.values():
        yield from pairs_of_revisions(revisions)


def _row(pair: tuple[Article, Article]) -> str:
    before, after = pair
    said = "; ".join(f"{name}: {change}" for name, change in changes(before, after).items())
    return f"{after.id}\t{after.revision}\t{before.title}\t{said}\n"


def _ledger(track: Track) -> Ledger:
    ledger = Ledger(track.id)
    for state in track.states:
        ledger.take(state.read_bytes(), state=state.stem)
    return ledger


if __name__ == "__main__":
    sys.exit(main())
