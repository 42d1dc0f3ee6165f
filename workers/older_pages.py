"""Fetch the older pages of feeds after a gap, through the same polite door as the feeds, for the workers to read.

Whether the walk goes on is decided where the page is read (workers/gaps.py): a worker that closes an older page
writes down the one behind it in the same atom, so a crash repeats a page and never loses the way.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from time import monotonic

import structlog

from pipeline.adapters.backfills import BackfillStore
from pipeline.adapters.leases import LEASE_MS
from pipeline.adapters.log import redact
from pipeline.adapters.store_errors import STORE_LOST
from pipeline.adapters.web import Web
from pipeline.model import Backfill, BackfillLease, Feed, FeedState, Lease, RawDocument, Response
from pipeline.stages.older_pages import older_in_headers, unpack, wait_or_reason
from workers.clock import Clock
from workers.host_turns import HostTurns
from workers.leased_tasks import LeasedTasks
from workers.loops import wait

log = structlog.get_logger("workers.older_pages")

_AT_ONCE = 16
_IDLE_SECONDS = 0.5
_RENEWAL_SECONDS = LEASE_MS / 1000 / 3


@dataclass(slots=True)
class OlderPages:
    """Fetches what *store* has waiting, each page without conditions: feeds and their validators are untouched."""

    store: BackfillStore
    web: Web
    turns: HostTurns
    _in_flight: LeasedTasks[BackfillLease] = field(default_factory=LeasedTasks)
    _clock: Clock = field(default_factory=Clock)
    _renewed_at: float = 0.0

    async def keep(self, ended: asyncio.Event) -> None:
        """Begin what is due; then wait a moment. To be called again and again until *ended*."""
        if monotonic() - self._renewed_at >= _RENEWAL_SECONDS:
            self._renewed_at = monotonic()
            await self.store.renew(self._in_flight.leases)
        room = _AT_ONCE - len(self._in_flight)
        if room > 0:
            leases, now_ms = await self.store.lease(limit=room)
            self._clock.set(now_ms)
            for lease in leases:
                self._in_flight.begin(lease.feed_id, lease, self._fetch_one)
        await wait(ended, _IDLE_SECONDS)

    async def drain(self) -> None:
        """Give back what is in flight: it is fetched again by whoever comes next."""
        left = await self._in_flight.cancel()
        await self.turns.told()
        try:
            await self.store.release(left)
        except STORE_LOST as error:
            log.warning("older_pages_unreleased", pages=len(left), reason=str(error))

    async def _fetch_one(self, lease: BackfillLease) -> None:
        try:
            await self._fetch(lease)
        except STORE_LOST as error:
            log.error("older_page_unsettled", feed=lease.feed_id, reason=str(error))  # noqa: TRY400 - comes back

    async def _fetch(self, lease: BackfillLease) -> None:
        """Ask for one older page if its host has a turn for it now, and settle what came."""
        backfill = unpack(lease.task)
        if backfill is None:
            await self.store.give_up(lease)
            return
        turn = Lease(Feed(lease.name, backfill.url), FeedState(), lease.token)
        if not await self.turns.admit([turn]):
            return  # it stands where its turn is
        await self.store.count_attempts([lease])
        asked_ms = self._clock.now_ms()
        answer = await self.web.get(backfill.url, lambda _url: ())
        now_ms = self._clock.now_ms()
        self.turns.leave(turn, answer, took_ms=now_ms - asked_ms, now_ms=now_ms)
        verdict = wait_or_reason(answer, attempts=lease.attempts + 1, now_ms=now_ms)
        if isinstance(verdict, str):
            await self.store.give_up(lease)
            self._tell(lease, backfill, fate="given up", reason=verdict)
        elif isinstance(verdict, int):
            await self.store.release([lease], after_ms=verdict)
            self._tell(lease, backfill, fate="later")
        elif isinstance(answer, Response):
            fate = await self.store.deliver(lease, _document(lease, answer, now_ms=now_ms))
            self._tell(lease, backfill, fate=fate)

    def _tell(self, lease: BackfillLease, backfill: Backfill, *, fate: str, reason: str = "") -> None:
        log.info(
            "older_page",
            feed=lease.feed_id,
            url=redact(backfill.url),
            fate=fate,
            reason=reason,
            pages_left=backfill.pages_left - 1,
        )


def _document(lease: BackfillLease, answer: Response, *, now_ms: int) -> RawDocument:
    return RawDocument(
        lease.feed_id,
        answer.url,
        now_ms,
        answer.body,
        _listed(answer, "content-encoding"),
        _listed(answer, "content-type"),
        older_url=older_in_headers(answer),
    )


def _listed(answer: Response, name: str) -> str:
    return b", ".join(value for key, value in answer.headers if key == name).decode("latin-1")
