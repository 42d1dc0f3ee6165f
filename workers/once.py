"""One round: poll every feed once now, process everything, and say what became of it all."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from pipeline.adapters.backfills import is_older
from pipeline.adapters.pages import is_page
from pipeline.model import Fresh, Unchanged
from workers.daemon_process import open_daemon
from workers.polling import Polled
from workers.status import ACCOUNTING
from workers.store import Store

_LOOK_SECONDS = 0.05
_PAGES_SECONDS = 1_800.0
"""Pages are followed for so long; what a slow host has left then is for the next run."""
_ROUNDS = 3
"""A poll that could not be settled because the store was away is made again, at most so often in all."""


@dataclass(slots=True)
class Round:
    """What the polls of this round brought."""

    feed_ids: set[str] = field(default_factory=set)
    unchanged: int = 0
    failed: int = 0
    document_ids: list[str] = field(default_factory=list)

    def count(self, polled: Polled) -> None:
        """Count one poll by its outcome."""
        self.feed_ids.add(polled.feed_id)
        match polled.outcome:
            case Fresh():
                if polled.document_id is not None:
                    self.document_ids.append(polled.document_id)
            case Unchanged():
                self.unchanged += 1
            case _:
                self.failed += 1


def run_once(store: Store) -> dict[str, object]:
    """Run one round with workers already running; returns the summary of CONTRACT's `--once`."""
    started = monotonic()
    before = store.articles.totals()
    feed_ids = [feed.id for feed in store.feeds.all() if not feed.paused]
    round_ = Round()
    with _progress(len(feed_ids)) as (progress, polls, documents):
        uvloop.run(_round(store, feed_ids, round_, progress, polls, documents))
    after = store.articles.totals()
    return {
        "feeds": len(feed_ids),
        "polled": len(round_.feed_ids),
        "unchanged": round_.unchanged,
        "failed": round_.failed,
        "documents": len(round_.document_ids),
        **{name: after.get(name, 0) - before.get(name, 0) for name in ACCOUNTING},
        "seconds": round(monotonic() - started, 3),
    }


async def _round(
    store: Store, feed_ids: list[str], round_: Round, progress: Progress, polls: TaskID, documents: TaskID
) -> None:
    def on_polled(polled: Polled) -> None:
        round_.count(polled)
        progress.update(polls, completed=len(round_.feed_ids))
        progress.update(documents, total=len(round_.document_ids))

    waiting = await asyncio.to_thread(store.backlog.document_ids)  # left by an earlier run, or replayed
    async with open_daemon(store, page_tries=1) as daemon, daemon.at_work():
        daemon.on_polled = on_polled
        for _ in range(_ROUNDS):
            missing = [feed_id for feed_id in feed_ids if feed_id not in round_.feed_ids]
            await asyncio.to_thread(store.feeds.refresh, missing)
            await daemon.poll_all_due(until_ms=await daemon.poller.leases.now_ms())
        await _until_processed(store, [*waiting, *round_.document_ids], progress, documents)
        await _until_read(store, progress, documents)


async def _until_processed(store: Store, document_ids: list[str], progress: Progress, task: TaskID) -> None:
    left = document_ids
    while left := await asyncio.to_thread(store.backlog.unfinished, left):
        progress.update(task, completed=len(document_ids) - len(left))
        await asyncio.sleep(_LOOK_SECONDS)
    progress.update(task, completed=len(document_ids))


async def _until_read(store: Store, progress: Progress, documents: TaskID) -> None:
    """Wait until the pages that the articles want by now are fetched, each asked for once, and read."""
    pages = left = await asyncio.to_thread(store.pages.waiting_ids)
    task, started = progress.add_task("pages fetched", total=len(pages), visible=bool(pages)), monotonic()
    while left and monotonic() - started < _PAGES_SECONDS:
        left = await asyncio.to_thread(store.pages.still_waiting, left)
        progress.update(task, completed=len(pages) - len(left))
        await asyncio.sleep(_LOOK_SECONDS)
    walking = await asyncio.to_thread(store.backlog.backfilling)
    while walking and monotonic() - started < _PAGES_SECONDS:
        await asyncio.sleep(_LOOK_SECONDS)
        walking = await asyncio.to_thread(store.backlog.backfilling)
    fetched = await asyncio.to_thread(store.backlog.document_ids)
    await _until_processed(store, [each for each in fetched if is_page(each) or is_older(each)], progress, documents)


@contextmanager
def _progress(feeds: int) -> Iterator[tuple[Progress, TaskID, TaskID]]:
    """Two bars on stderr while the block lasts; nothing where stderr is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True
    ) as progress:
        yield (
            progress,
            progress.add_task("feeds polled", total=feeds),
            progress.add_task("documents processed", total=0),
        )
