"""The polling daemon: leases what is due and polls it (`polling.py`), keeps its leases, hands on what arrived.

The daemon holds no state of its own; any number of daemons share the feeds by leases.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from uuid import uuid4

import structlog

from pipeline.adapters.backlog import Backlog
from pipeline.adapters.leases import LEASE_MS
from pipeline.adapters.store_errors import STORE_LOST
from pipeline.model import Lease
from pipeline.settings import Settings
from pipeline.stages.planning.accounting import book_from_json
from workers.backpressure import Backpressure
from workers.leased_tasks import LeasedTasks
from workers.loops import beside, repeat, wait
from workers.older_pages import OlderPages
from workers.pages import Pages
from workers.polling import Polled, Poller

log = structlog.get_logger("workers.daemon")

JOBS_WAITING = 8
"""Jobs that may stand in RQ's queue: enough that no worker waits for the next, few enough that none grows old."""
_IDLE_SECONDS = 0.2
_LEAST_IDLE_SECONDS = 0.005
_BUSY_SECONDS = 0.05
_TOGETHER_SECONDS = 0.01
"""The places of polls that end within this time are filled in one go: one by one costs a call of Redis each."""
_RENEWAL_SECONDS = LEASE_MS / 1000 / 3
_LEASES_AT_ONCE = 64
_REPAIRS = {
    "feed": "remove it and add it again: newswire feeds remove FEED",
    "state": "nothing: it is polled as if for the first time",
}


@dataclass(slots=True)
class Daemon:
    """Lets *poller* poll the feeds that are due; documents go to the *backlog*."""

    settings: Settings
    backlog: Backlog
    poller: Poller
    backpressure: Backpressure
    on_polled: Callable[[Polled], None] = lambda _polled: None
    pages: tuple[Pages | OlderPages, ...] = ()
    _in_flight: LeasedTasks[Lease] = field(default_factory=LeasedTasks)
    _next_due_ms: int | None = None
    _beaten_ms: int | None = None
    _freed: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until *stop* is set; then let polls in flight end within the grace time and give the rest back."""
        async with self.at_work():
            await repeat(self._lease_and_poll, stop)
            log.info("stopping", in_flight=len(self._in_flight))
            await self._drain()

    async def poll_all_due(self, *, until_ms: int) -> None:
        """Poll every feed due by *until_ms* once, and return when all have an outcome."""
        while await self._lease(until_ms=until_ms) or self._in_flight:
            await self._room(at_most_seconds=_IDLE_SECONDS)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """While the block lasts: keep the leases of what is in flight, hand arrived documents to the workers."""
        daemon_id, started_ms, ended = uuid4().hex[:12], await self.poller.leases.now_ms(), asyncio.Event()
        steps: list[Callable[[], Awaitable[None]]] = [
            self._dispatch,
            partial(self._keep_leases, daemon_id, started_ms, ended),
            *(partial(pages.keep, ended) for pages in self.pages),
        ]
        if self.poller.pushes is not None:
            steps.append(partial(self.poller.pushes.keep, self.poller.leases.now_ms, ended))
        async with beside(repeat(step, ended) for step in steps):
            try:
                yield
            finally:
                ended.set()  # not cancelled: redis-py may swallow a cancellation that meets it at work
                await asyncio.gather(*(pages.drain() for pages in self.pages))
        await self.poller.leases.farewell(daemon_id)

    async def _lease_and_poll(self) -> None:
        if await self.backpressure.holds():
            await asyncio.sleep(_IDLE_SECONDS)
        elif not await self._lease(until_ms=0):
            await self._room(at_most_seconds=self._idle_seconds())

    def _idle_seconds(self) -> float:
        """How long nothing will be due; feeds that are added meanwhile are seen a moment later."""
        if self._next_due_ms is None:
            return _IDLE_SECONDS
        return min(max((self._next_due_ms - self.poller.clock.now_ms()) / 1000, _LEAST_IDLE_SECONDS), _IDLE_SECONDS)

    async def _lease(self, *, until_ms: int) -> int:
        """Lease what is due, as far as there is room, and begin to poll it; returns how many feeds that were."""
        room = min(self.settings.fetch.concurrency - len(self._in_flight), _LEASES_AT_ONCE)
        if room <= 0:
            await self._room(at_most_seconds=_IDLE_SECONDS)
            return 1  # nothing leased, but there may be more to lease
        leased = await self.poller.leases.lease_due(limit=room, until_ms=until_ms)
        self.poller.clock.set(leased.now_ms)
        self._next_due_ms = leased.next_due_ms
        if leased.set_back_ms:
            log.warning("clock_set_back", seconds=leased.set_back_ms / 1000)
            self._beaten_ms = None  # our sign may have ended while the clock was ahead
        for damage in leased.damaged:
            log.error("damaged", feed=damage.feed_id, what=damage.what, repair=_REPAIRS[damage.what])
        if (book := book_from_json(leased.account)) is not None:  # where nothing was due, nothing is told of it
            self.poller.price = book.account.price
        if leased.leases:
            self.poller.folder_weights = leased.folder_weights
        for lease in leased.leases if until_ms else await self.poller.turns.admit(leased.leases):
            self._in_flight.begin(lease.feed.id, lease, self._poll)
        return len(leased.leases)

    async def _room(self, *, at_most_seconds: float) -> None:
        """Wait until a poll has ended, and those that end with it, or for *at_most_seconds*."""
        self._freed.clear()
        await wait(self._freed, at_most_seconds)
        if self._freed.is_set():
            await asyncio.sleep(_TOGETHER_SECONDS)

    async def _poll(self, lease: Lease) -> None:
        try:
            polled = await self.poller.poll(lease)
            self.on_polled(polled)
        except STORE_LOST as error:
            log.error("unsettled", feed=lease.feed.id, reason=str(error))  # noqa: TRY400 - the lease ends by itself
        finally:
            self._freed.set()

    async def _dispatch(self) -> None:
        """Hand what has arrived to the workers; RQ's client blocks, so it runs in a thread."""
        self.poller.arrived.clear()
        dispatched = await asyncio.to_thread(self.backlog.dispatch, jobs_waiting=JOBS_WAITING)
        if dispatched:
            log.debug("dispatched", feeds=dispatched)
            await asyncio.sleep(_BUSY_SECONDS)
            return
        await wait(self.poller.arrived, _IDLE_SECONDS)

    async def _keep_leases(self, daemon_id: str, started_ms: int, ended: asyncio.Event) -> None:
        await self._beat(daemon_id, started_ms)
        lost = await self.poller.leases.renew(self._in_flight.leases)
        for feed_id in lost:
            log.warning("lease_lost", feed=feed_id)
        await wait(ended, _RENEWAL_SECONDS)

    async def _beat(self, daemon_id: str, started_ms: int) -> None:
        """Say that we live. Where our last sign is gone before its time, somebody has emptied the store.

        By the store's clock, which ends the sign: it may jump.
        """
        leases = self.poller.leases
        began_ms = await leases.now_ms()
        stood = await leases.beat(daemon_id, started_ms=started_ms)
        if self._beaten_ms is not None and not stood and await leases.now_ms() - self._beaten_ms < LEASE_MS:
            log.error("store_emptied", repair="add the feeds again: newswire feeds import FILE")
        self._beaten_ms = began_ms

    async def _drain(self) -> None:
        """Let polls in flight end; what is not done in the grace time is cancelled and given back."""
        await self._in_flight.let_end(at_most_seconds=self.settings.workers.grace_seconds / 2)
        left = await self._in_flight.cancel()
        await self.poller.turns.told()
        await self.poller.leases.release(left)
