"""A newsroom for tests: many feeds that go through known states, and what each state obliges us to publish.

State s of a feed shows items 1 to s. In every even state the item before the last gets a corrected title, once and
for good. A feed goes on to its next state only when all that its present one obliges to has been published: so
nothing that was served may be missing at the end, whatever was killed in between.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from documents import Item, rss
from ledger import Line, Reader
from origin import Origin

from pipeline.stages.urls import feed_id

Fact = tuple[str, str]
"""Kind and title of an article revision; titles name feed and item, so a fact is told once in all."""


@dataclass(slots=True)
class Desk:
    """One feed: its address, the state it shows, and how much of the stream told of it."""

    number: int
    url: str
    path: str
    state: int = 0
    missing: set[Fact] = field(default_factory=set)


@dataclass(slots=True)
class Newsroom:
    """Serves *count* feeds of *states* states at *origin*, advancing each as *reader* sees its articles.

    A context manager: inside it a thread advances the feeds. `deviations` says, afterwards, what is wrong.
    """

    origin: Origin
    reader: Reader
    count: int
    states: int
    desks: dict[str, Desk] = field(default_factory=dict)
    _read: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __post_init__(self) -> None:
        """Serve the first state of every feed."""
        for number in range(self.count):
            path = f"/{number}.xml"
            url = self.origin.url(path)
            desk = Desk(number, url, path)
            self.desks[feed_id(url)] = desk
            self._advance(desk)

    def __enter__(self) -> Self:
        """Begin to advance."""
        self._thread = threading.Thread(target=self._run, name="newsroom", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop to advance."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(10)

    @property
    def urls(self) -> list[str]:
        """The addresses of all feeds."""
        return [desk.url for desk in self.desks.values()]

    @property
    def unfinished(self) -> list[Desk]:
        """The feeds whose last state has not been told in full."""
        return [desk for desk in self.desks.values() if desk.missing or desk.state < self.states]

    @property
    def progress(self) -> int:
        """How many states of all feeds have been told in full."""
        return sum(desk.state - bool(desk.missing) for desk in self.desks.values())

    def expected(self) -> Counter[Fact]:
        """Every fact that the states served so far oblige to, once each."""
        facts = [
            fact
            for desk in self.desks.values()
            for state in range(1, desk.state + 1)
            for fact in obligations(desk.number, state)
        ]
        return Counter(facts)

    def shown(self) -> Counter[str]:
        """The titles that the feeds show now, in their last wording."""
        return Counter(title for desk in self.desks.values() for title in titles(desk.number, desk.state))

    def deviations(self, lines: Sequence[Line]) -> dict[str, list[Fact]]:
        """Compare *lines* with what is expected: what is lost, what was told again, what is wrong in itself.

        What feeds beside ours told is no matter of it.
        """
        lines = [line for line in lines if line.feed in self.desks]
        told, expected = Counter(line.fact for line in lines), self.expected()
        return {
            "lost": sorted((expected - told).elements()),
            "repeated": sorted((told - expected).elements()),
            "wrong": sorted(line.fact for line in lines if not _is_sound(line)),
        }

    def _run(self) -> None:
        while not self._stop.is_set():
            lines = self.reader.lines[self._read :]
            self._read += len(lines)
            for line in lines:
                if line.feed in self.desks:
                    self.desks[line.feed].missing.discard(line.fact)
            for desk in self.desks.values():
                if not desk.missing and desk.state < self.states:
                    self._advance(desk)
            self._stop.wait(0.02)

    def _advance(self, desk: Desk) -> None:
        desk.state += 1
        desk.missing = set(obligations(desk.number, desk.state))
        self.origin.serve(desk.path, document(desk.number, desk.state), etag=f'"{desk.state}"')


def obligations(feed: int, state: int) -> list[Fact]:
    """Say what *state* of *feed* adds: its newest item, and in even states a corrected title."""
    facts = [("new", _title(feed, state))]
    return facts if state % 2 else [*facts, ("revised", _title(feed, state - 1) + ", corrected")]


def titles(feed: int, state: int) -> list[str]:
    """Give the titles that *feed* shows in *state*, the oldest item first."""
    last_corrected = state - state % 2
    return [_title(feed, n) + (", corrected" if n % 2 and n < last_corrected else "") for n in range(1, state + 1)]


def document(feed: int, state: int) -> bytes:
    """Give the document that *feed* shows in *state*, the newest item first."""
    items = [Item(f"{feed}-{n}", title) for n, title in enumerate(titles(feed, state), start=1)]
    return rss(reversed(items), title=f"Feed {feed}")


def _title(feed: int, item: int) -> str:
    return f"Feed {feed}, item {item}"


def _is_sound(line: Line) -> bool:
    """Whether revision number and changed fields are those of a first title, or of a first correction."""
    said = (line.article["revision"], line.article["changed"])
    return said == ((1, []) if line.kind == "new" else (2, ["title"]))
