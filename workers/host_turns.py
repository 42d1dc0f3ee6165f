"""The daemon's manners: which of the leased feeds may go to their hosts now, and what an answer means for a host."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.adapters.hosts import HostStore
from pipeline.model import HostState, Lease, NoResponse, Response
from pipeline.settings import FetchSettings
from pipeline.stages.politeness import after_answer
from pipeline.stages.politeness_scope import politeness_scope


@dataclass(slots=True)
class HostTurns:
    """Turns at the hosts behind *hosts*, shared with every other daemon."""

    hosts: HostStore
    settings: FetchSettings
    _known: dict[str, HostState] = field(default_factory=dict)

    async def admit(self, leases: Sequence[Lease]) -> list[Lease]:
        """Pick from *leases* those whose hosts may be asked now; the others are given back until their turn."""
        turns = await self.hosts.take_turns([(self._scope(lease), lease) for lease in leases])
        admitted = [(lease, turn.host) for lease, turn in zip(leases, turns, strict=True) if turn.goes]
        self._known.update((lease.feed.id, host) for lease, host in admitted)
        return [lease for lease, _ in admitted]

    async def leave(self, lease: Lease, answer: Response | NoResponse, *, took_ms: int, now_ms: int) -> None:
        """Take the answer to the poll of *lease* to heart; does nothing for a lease that was not admitted."""
        before = self._known.pop(lease.feed.id, None)
        if before is None:
            return
        after = after_answer(
            before, answer, took_ms=took_ms, now_ms=now_ms, concurrency=self.settings.per_host_concurrency
        )
        await self.hosts.leave(self._scope(lease), lease.feed.id, before=before, after=after, now_ms=now_ms)

    def _scope(self, lease: Lease) -> str:
        return politeness_scope(lease.state.moved_to or lease.feed.url, self.settings.politeness_scope)
