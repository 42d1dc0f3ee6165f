"""The daemon's manners: which of the leased feeds may go to their hosts now, and what an answer means for a host."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from pipeline.adapters.hosts import Departure, HostStore
from pipeline.adapters.store_errors import STORE_LOST
from pipeline.model import UNKNOWN_HOST, HostState, Lease, NoResponse, Response
from pipeline.settings import FetchSettings
from pipeline.stages.politeness import after_answer
from pipeline.stages.politeness_scope import politeness_scope

log = structlog.get_logger("workers.host_turns")

_TOGETHER_SECONDS = 0.02
"""Requests that end within this time are told of in one go: one by one they cost a fifth of a poll."""


@dataclass(slots=True)
class HostTurns:
    """Turns at the hosts behind *hosts*, shared with every other daemon."""

    hosts: HostStore
    settings: FetchSettings
    _known: dict[str, tuple[str, HostState]] = field(default_factory=dict)
    _departures: list[Departure] = field(default_factory=list)
    _telling: asyncio.Task[None] | None = None

    async def admit(self, leases: Sequence[Lease]) -> list[Lease]:
        """Pick from *leases* those whose hosts may be asked now; the others are given back until their turn."""
        wanted = [(self._scope(lease), lease) for lease in leases]
        turns = await self.hosts.take_turns(wanted)
        admitted = [
            (scope, lease, turn.host) for (scope, lease), turn in zip(wanted, turns, strict=True) if turn.goes
        ]
        self._known.update((lease.feed.id, (scope, host)) for scope, lease, host in admitted)
        return [lease for _, lease, _ in admitted]

    def leave(self, lease: Lease, answer: Response | NoResponse, *, took_ms: int, now_ms: int) -> None:
        """Take the answer to the poll of *lease* to heart; does nothing for a lease that was not admitted.

        The store is told a moment later. Is it away just then, the turns end by themselves a little later.
        """
        known = self._known.pop(lease.feed.id, None)
        if known is None:
            return
        scope, before = known
        after = after_answer(
            before, answer, took_ms=took_ms, now_ms=now_ms, concurrency=self.settings.per_host_concurrency
        )
        self._depart(Departure(scope, lease.feed.id, before, after), now_ms=now_ms)

    def give_up(self, lease: Lease, *, now_ms: int) -> None:
        """Give back the turn that *lease* has or waits for, if any: nobody will ask."""
        self._known.pop(lease.feed.id, None)
        self._depart(Departure(self._scope(lease), lease.feed.id, UNKNOWN_HOST, UNKNOWN_HOST), now_ms=now_ms)

    def _depart(self, departure: Departure, *, now_ms: int) -> None:
        self._departures.append(departure)
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell(now_ms))

    async def _tell(self, now_ms: int) -> None:
        while self._departures:
            await asyncio.sleep(_TOGETHER_SECONDS)
            departures, self._departures = self._departures, []
            try:
                await self.hosts.leave(departures, now_ms=now_ms)
            except STORE_LOST as error:
                log.warning("host_untold", requests=len(departures), reason=str(error))

    async def told(self) -> None:
        """Wait until the store knows of every request that is over."""
        if self._telling is not None:
            await self._telling

    def _scope(self, lease: Lease) -> str:
        return politeness_scope(lease.state.moved_to or lease.feed.url, self.settings.politeness_scope)
