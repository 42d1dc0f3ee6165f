"""The polling daemon: lease what is due, ask, judge, store, settle. The whole flow of the fetch side is read here.

Store before settle, in one atom: a crash repeats a poll and loses nothing. The daemon holds no state of its own;
any number of daemons share the feeds by leases.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from uuid import uuid4

import structlog

from pipeline.adapters.backlog import Backlog
from pipeline.adapters.leases import LEASE_MS, LeaseStore
from pipeline.adapters.log import redact
from pipeline.adapters.store_errors import STORE_LOST
from pipeline.adapters.web import Web
from pipeline.model import Fresh, Gone, Lease, NoResponse, Outcome, Refused, Response, Unchanged
from pipeline.settings import Settings
from pipeline.stages.health import after_poll, alert_of
from pipeline.stages.moves import addresses, can_be_read
from pipeline.stages.planning.accounting import book_from_json
from pipeline.stages.planning.live import decided
from pipeline.stages.planning.price import first_price
from pipeline.stages.response import conditional_headers, read
from workers.backpressure import Backpressure
from workers.clock import Clock
from workers.host_turns import HostTurns
from workers.older_pages import OlderPages
from workers.pages import Pages
from workers.pushes import Pushes

log = structlog.get_logger("workers.daemon")

JOBS_WAITING = 8
"""Jobs that may stand in RQ's queue: enough that no worker waits for the next, few enough that none grows old."""
_IDLE_SECONDS = 0.2
_LEAST_IDLE_SECONDS = 0.005
_BUSY_SECONDS = 0.05
_RENEWAL_SECONDS = LEASE_MS / 1000 / 3
_LONGEST_PAUSE_SECONDS = 5.0
_LEASES_AT_ONCE = 64
_CANCEL_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Polled:
    """What became of one poll; `document_id` when it brought a document, `settled` False if the lease was lost."""

    feed_id: str
    outcome: Outcome
    document_id: str | None = None
    settled: bool = True


@dataclass(slots=True)
class Daemon:
    """Polls the feeds that *leases* hands out through *web*; documents go to the *backlog*."""

    settings: Settings
    leases: LeaseStore
    backlog: Backlog
    web: Web
    turns: HostTurns
    backpressure: Backpressure
    clock: Clock = field(default_factory=Clock)
    on_polled: Callable[[Polled], None] = lambda _polled: None
    pushes: Pushes | None = None
    pages: tuple[Pages | OlderPages, ...] = ()
    _in_flight: dict[str, tuple[Lease, asyncio.Task[None]]] = field(default_factory=dict)
    _next_due_ms: int | None = None
    _price: float | None = None
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _freed: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until *stop* is set; then let polls in flight end within the grace time and give the rest back."""
        async with self.at_work():
            await self._repeat(self._lease_and_poll, stop)
            log.info("stopping", in_flight=len(self._in_flight))
            await self._drain()

    async def poll_all_due(self, *, until_ms: int) -> None:
        """Poll every feed due by *until_ms* once, and return when all have an outcome."""
        while await self._lease(until_ms=until_ms) or self._in_flight:
            await self._room(at_most_seconds=_IDLE_SECONDS)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """While the block lasts: keep the leases of what is in flight, hand arrived documents to the workers."""
        daemon_id, started_ms, ended = uuid4().hex[:12], await self.leases.now_ms(), asyncio.Event()
        loops = [
            asyncio.create_task(self._repeat(self._dispatch, ended)),
            asyncio.create_task(self._repeat(partial(self._keep_leases, daemon_id, started_ms, ended), ended)),
        ]
        if self.pushes is not None:
            step = partial(self.pushes.keep, self.leases.now_ms, ended)
            loops.append(asyncio.create_task(self._repeat(step, ended)))
        keepers = [self._repeat(partial(pages.keep, ended), ended) for pages in self.pages]
        loops += [asyncio.create_task(keeper) for keeper in keepers]
        try:
            yield
        finally:
            ended.set()  # not cancelled: redis-py may swallow a cancellation that meets it at work
            await asyncio.gather(*loops, *(pages.drain() for pages in self.pages))
            await self.leases.farewell(daemon_id)

    async def _repeat(self, step: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
        """Run *step* until *stop* is set; a lost store is waited for with growing pauses, and said once."""
        pause, lost = 0.1, False
        while not stop.is_set():
            try:
                await step()
            except STORE_LOST as error:
                if not lost:
                    log.error("redis_lost", reason=str(error))  # noqa: TRY400 - expected trouble, no traceback
                lost = True
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            else:
                if lost:
                    log.warning("redis_back")
                pause, lost = 0.1, False

    async def _lease_and_poll(self) -> None:
        if await self.backpressure.holds():
            await asyncio.sleep(_IDLE_SECONDS)
        elif not await self._lease(until_ms=0):
            await self._room(at_most_seconds=self._idle_seconds())

    def _idle_seconds(self) -> float:
        """How long nothing will be due; feeds that are added meanwhile are seen a moment later."""
        if self._next_due_ms is None:
            return _IDLE_SECONDS
        return min(max((self._next_due_ms - self.clock.now_ms()) / 1000, _LEAST_IDLE_SECONDS), _IDLE_SECONDS)

    async def _lease(self, *, until_ms: int) -> int:
        """Lease what is due, as far as there is room, and begin to poll it; returns how many feeds that were."""
        room = min(self.settings.fetch.concurrency - len(self._in_flight), _LEASES_AT_ONCE)
        if room <= 0:
            await self._room(at_most_seconds=_IDLE_SECONDS)
            return 1  # nothing leased, but there may be more to lease
        leased = await self.leases.lease_due(limit=room, until_ms=until_ms)
        self.clock.set(leased.now_ms)
        self._next_due_ms = leased.next_due_ms
        book = book_from_json(leased.account)
        self._price = book.account.price if book else None
        for lease in leased.leases if until_ms else await self.turns.admit(leased.leases):
            task = asyncio.create_task(self._poll_and_forget(lease))
            self._in_flight[lease.feed.id] = (lease, task)
        return len(leased.leases)

    async def _room(self, *, at_most_seconds: float) -> None:
        """Wait until a poll has ended, or for *at_most_seconds*."""
        self._freed.clear()
        await _wait(self._freed, at_most_seconds)

    async def _poll_and_forget(self, lease: Lease) -> None:
        try:
            polled = await self.poll(lease)
            self.on_polled(polled)
        except STORE_LOST as error:
            log.error("unsettled", feed=lease.feed.id, reason=str(error))  # noqa: TRY400 - the lease ends by itself
        finally:
            self._in_flight.pop(lease.feed.id, None)
            self._freed.set()

    async def poll(self, lease: Lease) -> Polled:
        """Ask one feed once; hand on what is new; say when to ask again."""
        feed, started = lease.feed, monotonic()
        asked_ms = self.clock.now_ms()
        response = await self._ask(lease, asked_ms)
        answered_ms = self.clock.now_ms()
        self.turns.leave(lease, response, took_ms=answered_ms - asked_ms, now_ms=answered_ms)
        outcome = read(lease, response, settings=self.settings.fetch, asked_ms=asked_ms, now_ms=self.clock.now_ms())
        schedule, now_ms = self.settings.schedule, self.clock.now_ms()
        price = self._price or first_price(schedule.interval_seconds)
        decision = decided(lease, outcome, settings=schedule, price=price, now_ms=now_ms)
        due_ms = decision.due_ms
        if self.pushes is not None:
            due_ms = await self.pushes.due_ms(feed, outcome, due_ms, now_ms=now_ms)
        document_id, settled = await self._settle(lease, outcome, due_ms)
        if settled and decision.plan is not None:
            await self.leases.keep_plan(lease, decision.plan)
        _tell_of_changes(lease, outcome)
        if settled:
            await self._diagnose(lease, outcome, response)
            if self.pushes is not None:
                await self.pushes.look(feed, outcome, response, now_ms=self.clock.now_ms())
        log.info(
            "polled",
            feed=feed.id,
            url=redact(feed.url),
            outcome=type(outcome).__name__.lower(),
            status=outcome.state.status,
            problem=outcome.state.problem,
            settled=settled,
            due_in_seconds=round((due_ms - self.clock.now_ms()) / 1000, 1),
            seconds=round(monotonic() - started, 3),
        )
        return Polled(feed.id, outcome, document_id, settled)

    async def _ask(self, lease: Lease, asked_ms: int) -> Response | NoResponse:
        """Ask at the feed's address; a moved feed has two now and then, asked in turn until one can be read."""
        question = partial(conditional_headers, lease.state, settings=self.settings.fetch, asked_ms=asked_ms)
        first, *others = addresses(lease.feed, lease.state, asked_ms=asked_ms)
        response = await self.web.get(first, question)
        for url in others:
            if can_be_read(response):
                break
            response = await self.web.get(url, question)
        return response

    async def _settle(self, lease: Lease, outcome: Outcome, due_ms: int) -> tuple[str | None, bool]:
        """Write down what the poll brought: the document id if any, and whether the lease still held."""
        match outcome:
            case Fresh(state, document):
                document_id = await self.leases.ingest(lease, state, document, due_ms=due_ms)
                self._arrived.set()
                return document_id, document_id is not None
            case Unchanged(state):
                return None, await self.leases.settle(lease, state, due_ms=due_ms, outcome="unchanged")
            case Refused(state) | Gone(state):
                return None, await self.leases.settle(lease, state, due_ms=due_ms, outcome="failed")

    async def _diagnose(self, lease: Lease, outcome: Outcome, response: Response | NoResponse) -> None:
        """Note a change of the feed's health. One that is lost in a crash is found again by the next poll."""
        judged = after_poll(lease.health, outcome, response, now_ms=self.clock.now_ms())
        if judged is not lease.health and judged != lease.health:
            alert = alert_of(lease.feed, lease.health, judged)
            if await self.leases.change_health(lease, judged, alert) and alert is not None:
                log.warning(
                    "health_changed", feed=alert.feed_id, before=alert.before, after=alert.after, why=alert.why
                )

    async def _dispatch(self) -> None:
        """Hand what has arrived to the workers; RQ's client blocks, so it runs in a thread."""
        self._arrived.clear()
        dispatched = await asyncio.to_thread(self.backlog.dispatch, jobs_waiting=JOBS_WAITING)
        if dispatched:
            log.debug("dispatched", feeds=dispatched)
            await asyncio.sleep(_BUSY_SECONDS)
            return
        await _wait(self._arrived, _IDLE_SECONDS)

    async def _keep_leases(self, daemon_id: str, started_ms: int, ended: asyncio.Event) -> None:
        await self.leases.beat(daemon_id, started_ms=started_ms)
        lost = await self.leases.renew([lease for lease, _ in self._in_flight.values()])
        for feed_id in lost:
            log.warning("lease_lost", feed=feed_id)
        await _wait(ended, _RENEWAL_SECONDS)

    async def _drain(self) -> None:
        """Let polls in flight end; what is not done in the grace time is cancelled and given back."""
        tasks = [task for _, task in self._in_flight.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=self.settings.workers.grace_seconds / 2)
        left = list(self._in_flight.values())
        for _, task in left:
            task.cancel()
        if left:
            await asyncio.wait([task for _, task in left], timeout=_CANCEL_SECONDS)
        await self.turns.told()
        await self.leases.release([lease for lease, _ in left])


def _tell_of_changes(lease: Lease, outcome: Outcome) -> None:
    """Log what an operator should know of beyond this poll: a feed that moved, a server that was found lying."""
    before, after, url = lease.state, outcome.state, redact(lease.feed.url)
    if after.moved_to != before.moved_to:
        log.warning("moved", feed=lease.feed.id, url=url, now_at=redact(after.moved_to or lease.feed.url))
    if after.false_304s > before.false_304s:
        log.warning("false_304", feed=lease.feed.id, url=url, times=after.false_304s)


async def _wait(event: asyncio.Event, at_most_seconds: float) -> None:
    """Wait for *event*, but no longer than *at_most_seconds*."""
    try:
        async with asyncio.timeout(at_most_seconds):
            await event.wait()
    except TimeoutError:
        return
