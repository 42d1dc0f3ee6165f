"""Where hubs come in: they ask whether a subscription was meant, and push documents (WebSub sections 5.3, 7)."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable

import structlog
from aiohttp import web

from pipeline.adapters.store_errors import STORE_LOST
from pipeline.adapters.subscriptions import Fate, Subscriptions
from pipeline.model import RawDocument, Subscription
from pipeline.stages.websub import after_push, is_signed, verified

log = structlog.get_logger("workers.hub_door")

_PATH = "/websub/{feed}/{token}"


def callback_of(callback_url: str, feed_id: str, known: Subscription) -> str:
    """The address that the hub of a feed calls: nobody else can guess it."""
    return callback_url.rstrip("/") + _PATH.format(feed=feed_id, token=known.token)


class HubDoor:
    """Answers hubs that know a callback; a body of more than *limit_bytes* is refused before it is read whole.

    Leases are counted by *clock*, the store's, in ms: whoever relies on a hub goes by it.
    """

    def __init__(self, subscriptions: Subscriptions, clock: Callable[[], int], *, limit_bytes: int) -> None:
        self._subscriptions = subscriptions
        self._clock = clock
        self.limit_bytes = limit_bytes

    def routes(self) -> list[web.RouteDef]:
        """The routes to add to the HTTP port."""
        return [web.get(_PATH, self._verify, allow_head=False), web.post(_PATH, self._take_in)]

    async def _verify(self, request: web.Request) -> web.Response:
        """Confirm what we asked for, and nothing else: an unknown topic or mode is a 404."""

        def decide(known: Subscription | None) -> Subscription | None:
            if known is None or not _knows(known, request):
                return None
            return verified(known, request.query, now_ms=self._clock())

        feed_id = request.match_info["feed"]
        try:
            decided = await asyncio.to_thread(self._subscriptions.change, feed_id, decide)
        except STORE_LOST:
            return web.Response(status=503)
        if decided is None:
            return web.Response(status=404)
        log.info("hub_verified", feed=feed_id, mode=request.query.get("hub.mode", ""), state=decided.state)
        return web.Response(text=request.query.get("hub.challenge", ""))

    async def _take_in(self, request: web.Request) -> web.Response:
        """Take in a pushed document; one without our signature gets the same answer and is dropped (section 7.1)."""
        feed_id = request.match_info["feed"]
        try:
            known = await asyncio.to_thread(self._subscriptions.get, feed_id)
            if known is None or not _knows(known, request):
                return web.Response(status=404)
            body = await request.read()
            if not is_signed(known, request.headers.get("X-Hub-Signature"), body):
                log.warning("push_unsigned", feed=feed_id)
                return web.Response(status=202)
            document = RawDocument(
                feed_id=feed_id,
                url=known.topic,
                fetched_ms=await asyncio.to_thread(self._clock),
                body=body,
                content_type=request.headers.get("Content-Type", ""),
                is_delta=True,
            )
            fate = await asyncio.to_thread(self._accept, document)
        except STORE_LOST:
            return web.Response(status=503)
        log.info("pushed", feed=feed_id, fate=fate)
        return web.Response(status=503 if fate == "full" else 202)

    def _accept(self, document: RawDocument) -> Fate:
        fate = self._subscriptions.take_in(document)
        if fate == "taken":
            self._subscriptions.change(document.feed_id, lambda known: None if known is None else after_push(known))
        return fate


def _knows(known: Subscription, request: web.Request) -> bool:
    return hmac.compare_digest(known.token.encode(), request.match_info["token"].encode("utf-8", "replace"))
