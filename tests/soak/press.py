"""The press that a soak follows: feeds that never stop, and the books of what they showed and what was told.

A feed shows its newest items, and each tenth gets a corrected title once its first has been told. An item that has
not been told yet never leaves its feed: so nothing may be missing in the end, whatever was done in between. Memory
stays bounded however long it goes on: of what was told in order only the last number is kept.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from documents import Item, rss
from ledger import Line, follow
from origin import Origin

from pipeline.stages.urls import feed_id

SHOWN_ITEMS = 60
_CORRECTED_EACH = 10
_KEPT_REQUESTS = 1000
_TITLE = re.compile(r"item (\d+) of feed (\d+)(, corrected)?$")
_WORDS = (  # noqa: SIM905 - a list of words reads best as a text
    "bridge harbour council river museum railway orchard factory library weather election hospital market theatre "
    "airport school forest stadium tunnel parliament lighthouse bakery vineyard reservoir observatory monastery"
).split()


@dataclass(slots=True)
class Told:
    """Which numbers were told: all up to `last`, and those `beyond` it that came out of order."""

    last: int = 0
    beyond: set[int] = field(default_factory=set)

    def add(self, number: int) -> bool:
        """Note that *number* was told; False when it had been before."""
        if number in self:
            return False
        self.beyond.add(number)
        while self.last + 1 in self.beyond:
            self.last += 1
            self.beyond.discard(self.last)
        return True

    def __contains__(self, number: int) -> bool:
        return number <= self.last or number in self.beyond


@dataclass(slots=True)
class Sheet:
    """One feed: where it is, the newest item it ever showed, what was told of it."""

    number: int
    origin: Origin
    shown: int = 0
    corrected: int = 0
    """How many items have got their correction: the tenth, the twentieth ..."""
    told: Told = field(default_factory=Told)
    corrections_told: Told = field(default_factory=Told)

    @property
    def path(self) -> str:
        """Where it stands on its origin."""
        return f"/{self.number}.xml"

    @property
    def is_told(self) -> bool:
        """Whether all that it showed so far was told."""
        return self.told.last == self.shown and self.corrections_told.last == self.corrected

    @property
    def oldest_untold(self) -> int:
        """The first item that must not leave the feed."""
        return min(self.told.last, self.corrections_told.last * _CORRECTED_EACH + _CORRECTED_EACH - 1) + 1

    def advance(self, count: int) -> int:
        """Show up to *count* items more, as there is room for; returns how many those were."""
        room = SHOWN_ITEMS - (self.shown + 1 - self.oldest_untold)
        added = max(0, min(count, room))
        self.shown += added
        while (self.corrected + 1) * _CORRECTED_EACH in self.told:
            self.corrected += 1
        numbers = range(self.shown, max(0, self.shown - SHOWN_ITEMS), -1)
        etag = f'"{self.shown}-{self.corrected}"'
        self.origin.serve(self.path, rss(map(self._item, numbers), title=f"Feed {self.number}"), etag=etag)
        return added

    def _item(self, number: int) -> Item:
        chance = random.Random(self.number * 1_000_003 + number)
        words = " ".join(chance.choices(_WORDS, k=5))
        is_corrected = number % _CORRECTED_EACH == 0 and number <= self.corrected * _CORRECTED_EACH
        title = f"{words.capitalize()}: item {number} of feed {self.number}{', corrected' if is_corrected else ''}"
        return Item(f"{self.number}/{number}", title, " ".join(chance.choices(_WORDS, k=12)))


@dataclass(slots=True)
class Press:
    """Feeds at *origins* that together show *rate* items a second, and the books of what the stream says of them.

    `counts` has the revisions told, by kind; `repeated` and `wrong` are what must stay empty.
    """

    origins: Sequence[Origin]
    feeds: int
    rate: float
    sheets: Mapping[str, Sheet] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    repeated: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    latencies_seconds: deque[float] = field(default_factory=lambda: deque(maxlen=20_000))
    _resting: threading.Event = field(default_factory=threading.Event)
    _stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        """Show the first items of every feed."""
        for number in range(self.feeds):
            sheet = Sheet(number, self.origins[number % len(self.origins)])
            sheet.advance(1)
            self.sheets = {**self.sheets, feed_id(sheet.origin.url(sheet.path)): sheet}

    @property
    def urls(self) -> list[str]:
        """The addresses of all feeds."""
        return [sheet.origin.url(sheet.path) for sheet in self.sheets.values()]

    @property
    def total(self) -> int:
        """How many article revisions were told."""
        return self.counts.total()

    @contextmanager
    def running(self, url: str) -> Iterator[None]:
        """Inside the block the feeds go on, and the stream of the Redis at *url* is read."""
        threads = [
            threading.Thread(target=self._advance, name="press"),
            threading.Thread(target=self._read, args=(url,), name="books"),
        ]
        for thread in threads:
            thread.daemon = True
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join(10)

    def rest(self) -> None:
        """Let every feed stay as it is, for good."""
        self._resting.set()
        time.sleep(0.5)  # it may just be at one

    def untold(self) -> list[str]:
        """Name what was shown and has not been told."""
        return [
            f"{name} {number} of feed {sheet.number}"
            for sheet in self.sheets.values()
            for name, told, last in (
                ("item", sheet.told, sheet.shown),
                ("correction", sheet.corrections_told, sheet.corrected),
            )
            for number in range(told.last + 1, last + 1)
            if number not in told
        ]

    def _advance(self) -> None:
        sheets = list(self.sheets.values())
        started, shown, turn = time.monotonic(), 0.0, 0
        items = max(1, round(2 * self.rate / len(sheets)))
        while not self._stop.wait(0.02):
            while not self._resting.is_set() and shown < (time.monotonic() - started) * self.rate:
                sheets[turn % len(sheets)].advance(items)
                shown, turn = shown + items, turn + 1
            for origin in self.origins:
                del origin.log[:-_KEPT_REQUESTS]

    def _read(self, url: str) -> None:
        for line in follow(url, self._stop):
            self.counts[line.kind] += 1
            self._note(line)

    def _note(self, line: Line) -> None:
        found, sheet = _TITLE.search(line.title), self.sheets.get(line.feed)
        if found is None or sheet is None or sheet.number != int(found[2]):
            self.wrong.append(f"{line.stream_id}: {line.kind} {line.title!r}")
            return
        number, is_corrected = int(found[1]), found[3] is not None
        said = (line.kind, line.article["revision"], line.article["changed"])
        if said != (("revised", 2, ["title"]) if is_corrected else ("new", 1, [])):
            self.wrong.append(f"{line.stream_id}: {said} of {line.title!r}")
        is_first = sheet.corrections_told.add(number // _CORRECTED_EACH) if is_corrected else sheet.told.add(number)
        if not is_first:
            self.repeated.append(f"{line.stream_id}: {line.title!r}")
