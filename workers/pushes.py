"""Keeps the agreements with hubs: finds them in what polls bring, asks, renews, and slows polling where they hold."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from secrets import token_urlsafe

import structlog

from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.log import redact
from pipeline.adapters.subscriptions import Subscriptions
from pipeline.adapters.web import Web
from pipeline.model import Feed, Fresh, NoResponse, Outcome, Response, Subscription, Unchanged
from pipeline.settings import Settings
from pipeline.stages.document_head import head_of
from pipeline.stages.websub import (
    after_miss,
    hub_links,
    is_relied_on,
    relied_on_until,
    request_form,
    requested,
    wanted,
)
from workers.hub_door import callback_of

log = structlog.get_logger("workers.pushes")

_LOOK_SECONDS = 2.0
_ASKED_AT_ONCE = 8


class Pushes:
    """The subscriptions of this daemon's feeds; made only where `push.callback_url` is set."""

    def __init__(self, settings: Settings, subscriptions: Subscriptions, web: Web) -> None:
        self._settings = settings
        self._subscriptions = subscriptions
        self._web = web
        self._known: dict[str, Subscription] = {}

    async def due_ms(self, feed: Feed, outcome: Outcome, planned_ms: int, *, now_ms: int) -> int:
        """When to poll *feed* next: as planned, or later while its hub is relied on (until its lease ends).

        That is looked up anew before it counts: a worker may just have caught the hub out.
        """
        known = self._known.get(feed.id)
        if known is None or not isinstance(outcome, Fresh | Unchanged) or not is_relied_on(known, now_ms=now_ms):
            return planned_ms
        latest = await asyncio.to_thread(self._subscriptions.get, feed.id)
        if latest is None or not is_relied_on(latest, now_ms=now_ms):
            return planned_ms
        return relied_on_until(latest, planned_ms, now_ms + round(self._settings.push.poll_interval_seconds * 1000))

    async def look(self, feed: Feed, outcome: Outcome, response: Response | NoResponse, *, now_ms: int) -> None:
        """Look for a hub in a new document, and want a subscription to it."""
        if not isinstance(outcome, Fresh) or not isinstance(response, Response):
            return
        document = outcome.document
        limit_bytes = self._settings.fetch.max_body_bytes
        links = hub_links(response, head_of(document.body, document.content_encoding, limit_bytes=limit_bytes))
        known = self._known.get(feed.id)
        if links is None or (known is not None and (known.hub, known.topic) == links):
            return
        token, secret = token_urlsafe(24), token_urlsafe(32)
        await asyncio.to_thread(
            self._subscriptions.change,
            feed.id,
            lambda seen: wanted(seen, links, token=token, secret=secret, now_ms=now_ms),
        )

    async def keep(self, clock: Callable[[], Awaitable[int]], ended: asyncio.Event) -> None:
        """Read all subscriptions anew, and ask the hubs whose time has come; the step of a loop."""
        self._known = await asyncio.to_thread(self._subscriptions.all)
        now_ms = await clock()
        due = [feed_id for feed_id, known in self._known.items() if known.next_ms <= now_ms]
        for start in range(0, len(due), _ASKED_AT_ONCE):
            await asyncio.gather(*(self._ask(feed_id, now_ms) for feed_id in due[start : start + _ASKED_AT_ONCE]))
            if ended.is_set():
                return
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                await ended.wait()
        except TimeoutError:
            return

    async def _ask(self, feed_id: str, now_ms: int) -> None:
        """Ask one hub. That it was asked is noted before: a hub may verify before it answers."""
        if not await asyncio.to_thread(self._subscriptions.begin_to_ask, feed_id):
            return
        noted = await asyncio.to_thread(
            self._subscriptions.change,
            feed_id,
            lambda known: None if known is None else requested(known, now_ms=now_ms),
        )
        if noted is None:
            return
        callback = callback_of(self._settings.push.callback_url, feed_id, noted)
        answer = await self._web.post(noted.hub, request_form(noted, callback))
        if isinstance(answer, Response) and 200 <= answer.status < 300:
            log.info("hub_asked", feed=feed_id, hub=redact(noted.hub))
            return
        reason = answer.detail if isinstance(answer, NoResponse) else f"HTTP {answer.status}"
        log.warning("hub_refused", feed=feed_id, hub=redact(noted.hub), reason=reason)


def note_miss(subscriptions: Subscriptions, feeds: FeedStore, feed_id: str, *, due_ms: int) -> None:
    """Note that a poll found news in a feed that its hub, if it has one, had not pushed.

    A hub that was relied on is not any more: the feed is due at *due_ms* at the latest, as one without a hub.
    """

    def decide(known: Subscription | None) -> Subscription | None:
        return None if known is None or not known.credit else after_miss(known)

    if subscriptions.change(feed_id, decide) is not None:
        log.warning("push_missed", feed=feed_id)
        feeds.bring_forward({feed_id: due_ms})
