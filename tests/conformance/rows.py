"""What a row of the conformance suite is: a situation, the script that makes it, and the judgement of what came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from conformance.scripted import Reply, Request, Script, ScriptedOrigin
from documents import Item, rss
from ledger import Line

from pipeline.model import FeedState

INTERVAL_SECONDS = 0.5
LONGEST_SECONDS = 4.0
"""The longest interval: what the host asks for is bounded by it, so that a session of seconds shows all bounds."""
CONFIRMATIONS = 3
AUDIT_SECONDS = 2.0

GAP_SECONDS = 0.3

Session = Literal["a day in seconds", "audits", "hosts", "pages"]
MAIN: Session = "a day in seconds"
AUDITS: Session = "audits"
HOSTS: Session = "hosts"
PAGES: Session = "pages"
"""A session is a run of the whole system; rows that need other settings have one of their own."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a session showed of one row: what its host was asked, what was published, what is remembered."""

    name: str
    origin: ScriptedOrigin
    lines: Sequence[Line]
    state: FeedState
    counts: dict[str, int]
    restarted_seconds: float

    def requests(self, path: str = "/feed") -> list[Request]:
        """Return the requests for *path*, oldest first."""
        return self.origin.requests(self.name, path)

    def all_requests(self) -> list[Request]:
        """Return all requests of the row's host, oldest first."""
        return list(self.origin.log[self.name])

    def gaps(self, path: str = "/feed") -> list[float]:
        """Return the seconds between the requests for *path*."""
        return [after.at_seconds - before.at_seconds for before, after in pairwise(self.requests(path))]

    @property
    def titles(self) -> list[str]:
        """Return the titles published of this row's feed, in order, revisions included."""
        return [line.title.removeprefix(f"{self.name} ") for line in self.lines]


@dataclass(frozen=True, slots=True)
class Row:
    """One situation: *number* is its row in the table of behaviours, *title* what is required.

    *paths* are the feeds followed at the row's host.
    """

    number: int
    title: str
    name: str
    script: Script
    judge: Callable[[Evidence], None]
    session: Session
    paths: Sequence[str]


ROWS: list[Row] = []
"""Every row, in the order of the files that define them."""


def row(
    number: int, title: str, script: Script, *, session: Session = MAIN, paths: Sequence[str] = ("/feed",)
) -> Callable[[Callable[[Evidence], None]], Callable[[Evidence], None]]:
    """Add a row: the function below judges it, and its name is the row's."""

    def add(judge: Callable[[Evidence], None]) -> Callable[[Evidence], None]:
        ROWS.append(Row(number, title, judge.__name__.replace("_", "-"), script, judge, session, paths))
        return judge

    return add


def feed(name: object, *items: str, head: str = "") -> bytes:
    """Write an RSS feed of *items* with the channel elements *head*; titles and links are this row's own."""
    body = rss([Item(f"{name}-{item}", f"{name} {item}") for item in items])
    return body.replace(b"<item>", head.encode() + b"<item>", 1)


def always(body: bytes, **headers: str) -> Script:
    """Answer 200 with *body* and *headers* (underscores are hyphens), whatever is asked."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _path, _earlier, _request: Reply(body=body, headers=given)


def in_turn(*replies: Reply) -> Script:
    """Answer each path with *replies* in turn, then with the last one for ever."""
    return lambda _path, earlier, _request: replies[min(earlier, len(replies) - 1)]


def redirect(status: int, location: str) -> Reply:
    """Make a redirect."""
    return Reply(status, headers={"Location": location})


def assert_polled_often(evidence: Evidence, path: str = "/feed") -> None:
    """Nothing held the polls back: they came at the interval, as far as a busy machine lets them."""
    gaps = sorted(evidence.gaps(path))
    assert len(gaps) >= 8, gaps
    assert gaps[len(gaps) // 2] < 2 * INTERVAL_SECONDS, gaps
