"""Faults in which the store forgets: its last second, or everything.

What readers were told and the store forgot comes again with the same id and revision, as long as its feed shows it:
so these are judged by what stands on the stream afterwards, held against what the feeds show.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from faults.outcomes import BOOK, Outcome
from faults.pipe import Pipe, running_pipe
from ledger import latest_titles, published, repeated
from waiting import wait_until

from pipeline.adapters import scripts
from pipeline.adapters.connection import connect

_PATIENCE_SECONDS = 60.0


def run() -> None:
    """Let the store forget more and more."""
    with running_pipe() as pipe:
        for damage in (_cut_short, _half_a_write_more):
            _end_damaged(pipe, damage)
        _power_loss(pipe)
        _power_loss_before_the_close(pipe)
        _flushed(pipe)
        _started_empty(pipe)


def _end_damaged(pipe: Pipe, damage: Callable[[Path], None]) -> None:
    """16: the end of the log of writes is damaged when the store dies; it starts without that end."""
    pipe.recover()
    pipe.store.stop()
    damage(pipe.store.log)
    pipe.store.start()
    pipe.hold_still()
    _balance(pipe, 16)


def _cut_short(log: Path) -> None:
    os.truncate(log, log.stat().st_size - 7)


def _half_a_write_more(log: Path) -> None:
    with log.open("ab") as file:
        file.write(b"*3\r\n$3\r\nSET\r\n$3\r\nke")


def _power_loss(pipe: Pipe) -> None:
    """15: what was written since the log was last synced is gone."""
    pipe.recover()
    synced_bytes = pipe.store.log.stat().st_size
    told = len(published(pipe.store.url))
    pipe.go_on()
    pipe.hold_still()
    assert pipe.store.roll_back(synced_bytes) > 0
    assert told <= len(published(pipe.store.url)) + pipe.room.count
    _balance(pipe, 15)
    assert repeated(pipe.reader.lines), "readers had seen nothing of what was lost"


def _power_loss_before_the_close(pipe: Pipe) -> None:
    """15: what a worker has published is gone when it closes the document, which no feed shows anew."""
    pipe.recover()
    _hold_from(pipe, "accept_articles")
    pipe.room.states = 0
    time.sleep(0.1)  # the newsroom may just be at it
    synced_bytes = pipe.store.log.stat().st_size
    _hold_from(pipe, "finish_document")
    pipe.store.roll_back(synced_bytes)
    pipe.relay.is_held = False
    pipe.hold_still()
    _balance(pipe, 15)
    assert pipe.events("fenced_off"), "nothing was closed too early"


def _hold_from(pipe: Pipe, script: str) -> None:
    """Let nothing pass to the store from the next call of *script* on."""
    pipe.relay.held_from = scripts.load(script).sha.encode()
    pipe.relay.is_held = False
    wait_until(lambda: pipe.relay.is_held, timeout_seconds=_PATIENCE_SECONDS)


def _flushed(pipe: Pipe) -> None:
    """24: everything is deleted while the system runs; it says so, and the feeds are added again."""
    with connect(pipe.store.url) as client:
        client.flushall()
    wait_until(lambda: pipe.events("store_emptied"), timeout_seconds=_PATIENCE_SECONDS)
    assert pipe.system.run("feeds", "import", "feeds.txt").code == 0
    _balance(pipe, 24)


def _started_empty(pipe: Pipe) -> None:
    """14: the store is started again without what it had on its disk."""
    pipe.store.stop()
    shutil.rmtree(pipe.store.folder / "appendonlydir")
    pipe.store.start()
    assert pipe.system.run("feeds", "import", "feeds.txt").code == 0
    _balance(pipe, 14)


def _balance(pipe: Pipe, number: int) -> None:
    """Wait until all that the feeds show stands on the stream; note what is missing or stands there twice."""
    began = time.monotonic()
    shown, url = pipe.room.shown(), pipe.store.url
    pipe.wait_for_all_shown(timeout_seconds=_PATIENCE_SECONDS)
    seconds = round(time.monotonic() - began, 1)
    time.sleep(1.5)  # one more round of polls, in which nothing may be told again
    latest, twice = latest_titles(url), len(repeated(published(url)))
    BOOK.note(Outcome(number, 1, (shown - latest).total(), twice, (latest - shown).total(), seconds))
