"""One poll from its question to its settling: the flow of the fetch side is read here.

Store before settle, in one atom: a crash repeats a poll and loses nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from time import monotonic

import structlog

from pipeline.adapters.leases import LeaseStore
from pipeline.adapters.web import Web
from pipeline.model import Fresh, Gone, Lease, NoResponse, Outcome, Refused, Response, Unchanged
from pipeline.settings import ScheduleSettings, Settings
from pipeline.stages.health import after_poll, alert_of
from pipeline.stages.moves import addresses, can_be_read
from pipeline.stages.planning.budget import opening_price, polling_schedule
from pipeline.stages.planning.live import Decision, decided
from pipeline.stages.response import conditional_headers, read
from pipeline.stages.weights import weight_of
from workers.clock import Clock
from workers.host_turns import HostTurns
from workers.poll_log import PollLog
from workers.pushes import Pushes

log = structlog.get_logger("workers.daemon")


@dataclass(frozen=True, slots=True)
class Polled:
    """What became of one poll; `document_id` when it brought a document, `settled` False if the lease was lost."""

    feed_id: str
    outcome: Outcome
    document_id: str | None = None
    settled: bool = True


@dataclass(slots=True)
class Poller:
    """Polls feeds through *web*, and settles their *leases*.

    `price` is that of a request now, None before any was booked; `folder_weights` are what the entries of feeds
    count, by folder; `arrived` is set when a document came.
    """

    settings: Settings
    leases: LeaseStore
    web: Web
    turns: HostTurns
    clock: Clock = field(default_factory=Clock)
    pushes: Pushes | None = None
    price: float | None = None
    folder_weights: Mapping[str, float] = field(default_factory=dict)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _log: PollLog = field(init=False)
    _schedule: ScheduleSettings = field(init=False)

    def __post_init__(self) -> None:
        """Begin the log of polls."""
        self._schedule = polling_schedule(self.settings)
        self._log = PollLog(tells_all=self.settings.log.level == "debug")

    async def poll(self, lease: Lease) -> Polled:
        """Ask one feed once; hand on what is new; say when to ask again."""
        feed, started = lease.feed, monotonic()
        asked_ms = self.clock.now_ms()
        response = await self._ask(lease, asked_ms)
        now_ms = self.clock.now_ms()
        self.turns.leave(lease, response, took_ms=now_ms - asked_ms, now_ms=now_ms)
        outcome = read(lease, response, settings=self.settings.fetch, asked_ms=asked_ms, now_ms=now_ms)
        decision = self._decide(lease, outcome, now_ms=now_ms)
        due_ms = decision.due_ms
        if self.pushes is not None:
            due_ms = await self.pushes.due_ms(feed, outcome, due_ms, now_ms=now_ms)
        document_id, settled = await self._settle(lease, outcome, due_ms)
        if settled and decision.plan is not None:
            await self.leases.keep_plan(lease, decision.plan)
        now_ms = self.clock.now_ms()
        if settled:
            await self._diagnose(lease, outcome, response, now_ms=now_ms)
            if self.pushes is not None:
                await self.pushes.look(feed, outcome, response, now_ms=now_ms)
        seconds = monotonic() - started
        self._log.tell(lease, outcome, settled=settled, due_ms=due_ms, now_ms=now_ms, seconds=seconds)
        return Polled(feed.id, outcome, document_id, settled)

    def _decide(self, lease: Lease, outcome: Outcome, *, now_ms: int) -> Decision:
        return decided(
            lease,
            outcome,
            settings=self._schedule,
            price=self.price or opening_price(self.settings),
            now_ms=now_ms,
            weight=weight_of(lease.feed, self.folder_weights).value,
        )

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
                self.arrived.set()
                return document_id, document_id is not None
            case Unchanged(state):
                return None, await self.leases.settle(lease, state, due_ms=due_ms, outcome="unchanged")
            case Refused(state) | Gone(state):
                return None, await self.leases.settle(lease, state, due_ms=due_ms, outcome="failed")

    async def _diagnose(
        self, lease: Lease, outcome: Outcome, response: Response | NoResponse, *, now_ms: int
    ) -> None:
        """Note a change of the feed's health. One that is lost in a crash is found again by the next poll."""
        judged = after_poll(lease.health, outcome, response, now_ms=now_ms)
        if judged is not lease.health and judged != lease.health:
            alert = alert_of(lease.feed, lease.health, judged)
            if await self.leases.change_health(lease, judged, alert) and alert is not None:
                log.warning(
                    "health_changed", feed=alert.feed_id, before=alert.before, after=alert.after, why=alert.why
                )
