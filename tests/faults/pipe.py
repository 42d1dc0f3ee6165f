"""The whole pipe under load, with its weak places in reach: store, connections, processes, origin.

An origin that logs every item it ever showed serves feeds that go on and on; the real daemon and workers publish them
through a relay and a Valkey that tests may do harm to. After each fault the books are balanced.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from faults.outcomes import BOOK, Outcome
from ledger import Reader, latest_titles, published
from newsroom import Newsroom
from operators_valkey import Valkey
from origin import OriginThread
from relay import Relay
from system import Running, System, running_system
from waiting import wait_until

_ENDLESS = 1_000_000
_PATIENCE_SECONDS = 100.0
"""How long anything may take on a busy machine; what is promised is judged apart from it."""
_SETTINGS = {
    "SCHEDULE__KIND": "fixed",
    "SCHEDULE__INTERVAL_SECONDS": 1,
    "SCHEDULE__MAX_INTERVAL_SECONDS": 4,
    "WORKERS__GRACE_SECONDS": 8,
}


@dataclass(slots=True)
class Pipe:
    """A running system and all that a fault may be done to.

    `relay` stands before the store, `web_relay` before the origin; `daemons` and `workers` are the running commands.
    """

    store: Valkey
    relay: Relay
    web_relay: Relay
    system: System
    reader: Reader
    room: Newsroom
    daemons: list[Running] = field(default_factory=list)
    workers: list[Running] = field(default_factory=list)

    def start_daemon(self) -> Running:
        """Start one more `newswire daemon`."""
        self.daemons.append(self.system.start("daemon"))
        return self.daemons[-1]

    def start_worker(self) -> Running:
        """Start one more `newswire worker`."""
        self.workers.append(self.system.start("worker"))
        return self.workers[-1]

    def follow(self, urls: Sequence[str]) -> None:
        """Put the feeds at *urls* on the list, beside those that are the load."""
        (self.system.folder / "beside.txt").write_text("\n".join(urls), "utf-8")
        assert self.system.run("feeds", "import", "beside.txt").code == 0

    @contextmanager
    def fault(self, *numbers: int, times: int = 1) -> Iterator[None]:
        """Let the block inject the faults *numbers*, each so many *times*; then wait for recovery and balance."""
        yield
        seconds = self.recover()
        self.balance(*numbers, times=times, seconds=seconds)

    def recover(self) -> float:
        """Wait until every feed has told a state that it showed from now on; returns the seconds that took."""
        relieved = time.monotonic()
        self.room.states = _ENDLESS
        shown = {desk.number: desk.state for desk in self.room.desks.values()}

        def has_gone_on() -> bool:
            return all(desk.state > shown[desk.number] for desk in self.room.desks.values())

        wait_until(has_gone_on, timeout_seconds=_PATIENCE_SECONDS)
        return round(time.monotonic() - relieved, 1)

    def balance(self, *numbers: int, times: int, seconds: float) -> None:
        """Let every feed stay as it is until all of it is told; note what is lost or repeated; let them go on."""
        self.hold_still()
        deviations = self.room.deviations(published(self.store.url))
        self.room.states = _ENDLESS
        counts = {name: len(facts) for name, facts in deviations.items()}
        for number in numbers:
            BOOK.note(Outcome(number, times, counts["lost"], counts["repeated"], counts["wrong"], seconds))

    def hold_still(self) -> None:
        """Let every feed stay as it is, and wait until all of it is told."""
        self.room.states = 0
        time.sleep(0.1)  # the newsroom may just be at it
        wait_until(self._is_told, timeout_seconds=_PATIENCE_SECONDS)

    def go_on(self, states: int = 1) -> None:
        """Wait until the feeds have gone on by so many *states* in the mean: the load is on."""
        further = self.room.progress + states * self.room.count
        wait_until(lambda: self.room.progress >= further, timeout_seconds=_PATIENCE_SECONDS)

    def wait_for_all_shown(self, *, timeout_seconds: float) -> None:
        """Wait until the stream holds what the feeds show, as worded now; AssertionError says what is missing."""
        shown = self.room.shown()
        try:
            wait_until(lambda: latest_titles(self.store.url) == shown, timeout_seconds=timeout_seconds)
        except AssertionError as late:
            latest = latest_titles(self.store.url)
            raise AssertionError(f"missing {shown - latest}, shown no more {latest - shown}") from late

    def _is_told(self) -> bool:
        return not any(desk.missing for desk in self.room.desks.values())

    def events(self, name: str) -> list[dict[str, object]]:
        """The log lines of event *name* that daemons and workers wrote so far."""
        texts = [running.stderr.read_text("utf-8", "replace") for running in (*self.daemons, *self.workers)]
        whole = [line for text in texts for line in text.split("\n")[:-1]]  # the last one may be half written as yet
        lines = [json.loads(line) for line in whole if line.startswith("{")]
        return [line for line in lines if line.get("event") == name]


@contextmanager
def running_pipe(
    *, feeds: int = 5, store_options: tuple[str, ...] = ("--appendonly", "yes", "--save", ""), **settings: object
) -> Iterator[Pipe]:
    """Give a pipe with its load on: one daemon, one worker, *feeds* that go on; all of it is ended afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nw-", ignore_cleanup_errors=True)))
        store = Valkey(folder, *store_options)
        stack.callback(store.stop)
        relay = stack.enter_context(Relay(store.socket))
        url = f"redis://127.0.0.1:{relay.port}/0"
        system = stack.enter_context(running_system(REDIS_URL=url, **{**_SETTINGS, **settings}))
        origin = stack.enter_context(OriginThread())
        web_relay = stack.enter_context(Relay((origin.host, origin.port)))
        origin.port = web_relay.port  # from here on its addresses lead through the relay
        reader = stack.enter_context(Reader(store.url))
        room = stack.enter_context(Newsroom(origin, reader, feeds, _ENDLESS))
        (system.folder / "feeds.txt").write_text("\n".join(room.urls), "utf-8")
        assert system.run("feeds", "import", "feeds.txt").code == 0
        pipe = Pipe(store, relay, web_relay, system, reader, room)
        pipe.start_daemon()
        pipe.start_worker()
        pipe.go_on()
        yield pipe
