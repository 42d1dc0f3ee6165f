"""The door for hubs, asked over HTTP: what it notes is by the clock that the rest of the system goes by."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import redis
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from pipeline import wire
from pipeline.adapters.keys import Keys
from pipeline.adapters.shipped import default_settings_text
from pipeline.model import Feed, Subscription
from pipeline.settings import load
from workers.hub_door import HubDoor
from workers.store import open_store

FEED = Feed("00000000000000aa", "https://news.example/feed")
WANTED = Subscription("https://hub.example/", FEED.url, "token", "secret", attempts=1)
STORE_MS = 1_000_000_000_000
"""The store's clock: that of the machine, which runs this test, is decades ahead."""
LEASE_SECONDS = 86_400


async def test_leases_and_pushes_are_dated_by_the_clock_of_the_store(
    valkey_url: str, redis_client: redis.Redis, tmp_path: Path
) -> None:
    """By another that is ahead, a hub that died is relied on for as long as that is."""
    overrides = {"redis_url": valkey_url, "data_dir": str(tmp_path)}
    settings = load(toml_texts=[("shipped", default_settings_text())], environ={}, overrides=overrides)
    question = {
        "hub.mode": "subscribe",
        "hub.topic": FEED.url,
        "hub.challenge": "right",
        "hub.lease_seconds": str(LEASE_SECONDS),
    }
    body = b"<rss version='2.0'><channel/></rss>"
    signature = {"X-Hub-Signature": f"sha256={hmac.new(b'secret', body, hashlib.sha256).hexdigest()}"}
    with open_store(settings) as store:
        store.feeds.add([FEED])
        store.subscriptions.change(FEED.id, lambda _known: WANTED)
        application = web.Application()
        application.add_routes(HubDoor(store.subscriptions, lambda: STORE_MS, limit_bytes=1_000).routes())
        async with TestClient(TestServer(application)) as hub:
            verified = await hub.get(f"/websub/{FEED.id}/token", params=question)
            assert await verified.text() == "right"
            assert (await hub.post(f"/websub/{FEED.id}/token", data=body, headers=signature)).status == 202
        agreed = store.subscriptions.get(FEED.id)
        (document_id,) = store.backlog.document_ids()
        pushed = wire.document_from_fields(document_id, redis_client.hgetall(Keys("newswire").documents(document_id)))
    redis_client.flushall()

    assert agreed is not None
    assert agreed.lease_until_ms == STORE_MS + LEASE_SECONDS * 1000
    assert pushed.fetched_ms == STORE_MS
