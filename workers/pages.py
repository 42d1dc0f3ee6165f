"""Fetch the pages of articles through the same polite door as the feeds, and hand them to the workers.

A page that is killed on the way is fetched again when its lease ends, and handed on once. Nothing is asked for ever,
and an article that is held back for its page comes out in time, with the page or without.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from time import monotonic
from urllib.parse import urlsplit

import structlog

from pipeline.adapters.leases import LEASE_MS
from pipeline.adapters.log import redact
from pipeline.adapters.pages import PageStore
from pipeline.adapters.store_errors import STORE_LOST
from pipeline.adapters.web import Web
from pipeline.model import (
    Feed,
    FeedState,
    Lease,
    NoResponse,
    PageCame,
    PageLater,
    PageLease,
    PageMissing,
    PageOutcome,
    RawDocument,
    Response,
)
from pipeline.settings import Settings
from pipeline.stages.page_answers import DISALLOWED, MOST_ATTEMPTS, page_outcome
from workers.backpressure import Backpressure
from workers.clock import Clock
from workers.host_turns import HostTurns
from workers.leased_tasks import LeasedTasks
from workers.loops import wait
from workers.robots import RobotsGuide

log = structlog.get_logger("workers.pages")

_AT_ONCE = 64
_IDLE_SECONDS = 0.25
_RENEWAL_SECONDS = LEASE_MS / 1000 / 3
_HEADERS = (("Accept", b"text/html, application/xhtml+xml, text/plain;q=0.5, */*;q=0.1"),)
_UNREADABLE = PageMissing("page not fetched: its task cannot be read")
_LATE = PageMissing("page not fetched: it did not come in time (articles.hold_seconds)")


@dataclass(slots=True)
class Pages:
    """Fetches what *store* has waiting; a page that cannot be had is asked for *tries* times in all."""

    settings: Settings
    store: PageStore
    web: Web
    turns: HostTurns
    robots: RobotsGuide
    backpressure: Backpressure
    tries: int
    _in_flight: LeasedTasks[PageLease] = field(default_factory=LeasedTasks)
    _clock: Clock = field(default_factory=Clock)
    _renewed_at: float = 0.0

    async def keep(self, ended: asyncio.Event) -> None:
        """Begin what is due and may be asked now; then wait a moment. To be called again and again until *ended*."""
        if monotonic() - self._renewed_at >= _RENEWAL_SECONDS:
            self._renewed_at = monotonic()
            await self.store.renew(self._in_flight.leases)
        room = min(_AT_ONCE, self.settings.fetch.concurrency) - len(self._in_flight)
        may_begin = room > 0 and not await self.backpressure.holds()
        if may_begin and await self._begin(limit=room):
            return
        await wait(ended, _IDLE_SECONDS)

    async def _begin(self, *, limit: int) -> int:
        leases, now_ms = await self.store.lease(limit=limit)
        self._clock.set(now_ms)
        for lease in leases:
            self._in_flight.begin(lease.article_id, lease, self._fetch_one)
        return len(leases)

    async def _fetch_one(self, lease: PageLease) -> None:
        try:
            await self._fetch(lease)
        except STORE_LOST as error:
            log.error("page_unsettled", article=lease.article_id, reason=str(error))  # noqa: TRY400 - comes back

    async def _fetch(self, lease: PageLease) -> None:
        """Ask for one page if its host allows it and has a turn for it now, and settle what that means."""
        started = monotonic()
        outcome = await self._outcome(lease)
        if outcome is None:
            return
        if isinstance(outcome, PageMissing):  # also one that is not asked for in the turn that it waited for
            self.turns.give_up(_as_lease(lease), now_ms=self._clock.now_ms())
        fate = await self._settle(lease, outcome)
        log.info(
            "page_fetched",
            article=lease.article_id,
            url=redact(lease.url),
            outcome=type(outcome).__name__.lower(),
            problem=None if isinstance(outcome, PageCame) else outcome.problem,
            fate=fate,
            seconds=round(monotonic() - started, 3),
        )

    async def _outcome(self, lease: PageLease) -> PageOutcome | None:
        """What became of the page; None when it was given back until its host has a turn for it."""
        if not lease.url:
            return _UNREADABLE
        if lease.until_ms is not None and lease.until_ms <= self._clock.now_ms():
            return _LATE
        if lease.attempts >= max(self.tries, MOST_ATTEMPTS):  # each time so far, whoever asked died of it
            return PageMissing("page not fetched: no attempt came to an end")
        try:
            async with asyncio.timeout(self._left_seconds(lease)):
                return await self._asked(lease)
        except TimeoutError:
            return _LATE

    async def _asked(self, lease: PageLease) -> PageOutcome | None:
        """Ask for the page, if its host allows it and has a turn for it now."""
        if not await self.robots.allowed(lease.url):
            return DISALLOWED
        turn = _as_lease(lease)
        if not await self._may_ask(lease, turn):
            return None
        asked_ms = self._clock.now_ms()
        answer: Response | NoResponse = NoResponse("timeout", "broken off")
        try:
            answer = await self.web.get(lease.url, lambda _url: _HEADERS)
        finally:
            now_ms = self._clock.now_ms()
            self.turns.leave(turn, answer, took_ms=now_ms - asked_ms, now_ms=now_ms)
        outcome = page_outcome(
            answer,
            attempts=lease.attempts + 1,
            tries=self.tries,
            retry_ms=round(self.settings.articles.page_retry_seconds * 1000),
            now_ms=now_ms,
        )
        if isinstance(answer, Response) and isinstance(outcome, PageCame) and not await self._may_keep(lease, answer):
            return DISALLOWED
        return outcome

    async def _may_ask(self, lease: PageLease, turn: Lease) -> bool:
        """Whether the page may be asked for now, which is then counted; if not, it was given back until its turn."""
        try:
            if await self.turns.admit([turn]):
                await self.store.count_attempts([lease])
                return True
            await self.store.be_back_by([lease])
        except BaseException:  # broken off, or the store is lost: nobody asks in this turn
            self.turns.give_up(turn, now_ms=self._clock.now_ms())
            raise
        return False

    async def _may_keep(self, lease: PageLease, answer: Response) -> bool:
        """Whether the host that a redirect led to allows its page, too; what it does not allow is not read."""
        if urlsplit(answer.url).netloc == urlsplit(lease.url).netloc and not answer.redirects:
            return True
        return await self.robots.allowed(answer.url)

    async def _settle(self, lease: PageLease, outcome: PageOutcome) -> str:
        """Hand on what came, or that nothing will, or give the page back for a while; its fate in a word."""
        now_ms = self._clock.now_ms()
        match outcome:
            case PageLater(wait_ms):
                left_ms = wait_ms if lease.until_ms is None else max(lease.until_ms - now_ms, 0)
                await self.store.release([lease], after_ms=min(wait_ms, left_ms))
                return "later"
            case PageMissing(problem):
                return await self.store.deliver(
                    lease, RawDocument(lease.feed_id, lease.url, now_ms, b"", problem=problem)
                )
            case PageCame(url, body, encoding, content_type):
                return await self.store.deliver(
                    lease, RawDocument(lease.feed_id, url, now_ms, body, encoding, content_type)
                )

    def _left_seconds(self, lease: PageLease) -> float | None:
        """How long the article of *lease* may still wait; None for one that readers have already."""
        return None if lease.until_ms is None else max(lease.until_ms - self._clock.now_ms(), 0) / 1000

    async def drain(self) -> None:
        """Let what is in flight end within the grace time; the rest is given back."""
        await self._in_flight.let_end(at_most_seconds=self.settings.workers.grace_seconds / 4)
        left = await self._in_flight.cancel()
        await self.turns.told()
        try:
            await self.store.release(left)
        except STORE_LOST as error:
            log.warning("pages_unreleased", pages=len(left), reason=str(error))


def _as_lease(page: PageLease) -> Lease:
    """The lease of *page* as the turns of hosts know leases: to a host it is one more address that is asked."""
    return Lease(Feed(page.article_id, page.url), FeedState(), page.token)
