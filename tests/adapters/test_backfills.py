"""The walk over older pages in the store: written with the document that found the gap, handed on once."""

from __future__ import annotations

import redis
import redis.asyncio

from pipeline.adapters.backfills import BackfillStore
from pipeline.adapters.backlog import Backlog, Claim
from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.keys import Keys
from pipeline.adapters.leases import LeaseStore
from pipeline.model import Backfill, Feed, FeedState, RawDocument
from pipeline.stages.older_pages import pack, unpack

KEYS = Keys("newswire")
FEED = Feed(id="00000000000000aa", url="https://example.org/feed.xml")
STEP = Backfill("https://example.org/2", 20, 1_790_000_000_123, (FEED.url,))


async def _gap(client: redis.Redis, async_client: redis.asyncio.Redis, step: Backfill) -> None:
    """Let a worker close a document that shows nothing known, with *step* behind it."""
    leased = await LeaseStore(async_client, KEYS).lease_due(limit=1)
    document = RawDocument(FEED.id, FEED.url, leased.now_ms, b"<rss/>", "", "text/xml")
    await LeaseStore(async_client, KEYS).ingest(leased.leases[0], FeedState(), document, due_ms=0)
    backlog, claim = _claimed(client)
    client.hset(KEYS.documents(claim.document.id), "published:new", 1)
    client.hset(KEYS.seen(FEED.id), mapping={"before": "x", "now": "x"})
    tally = backlog.finish(claim, entries=1, rejected=0, backfill=pack(step))
    assert tally is not None
    assert tally.gaps == 1


def _claimed(client: redis.Redis) -> tuple[Backlog, Claim]:
    backlog = Backlog(client, KEYS)
    claim = backlog.claim(FEED.id, job_id="job")
    assert claim is not None
    return backlog, claim


async def test_a_page_whose_daemon_died_is_handed_on_once(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """The lease ends, another daemon fetches the page again, and what the first one brings is too late."""
    FeedStore(redis_client, KEYS).add([FEED])
    await _gap(redis_client, async_redis, STEP)
    store = BackfillStore(async_redis, KEYS)

    (first,), _ = await store.lease(limit=5)
    redis_client.zadd(KEYS.backfills, {f"{FEED.id}-older": 1})
    (second,), _ = await store.lease(limit=5)
    page = RawDocument(FEED.id, STEP.url, 1, b"<rss/>")

    assert await store.deliver(first, page) == "lost"
    assert await store.deliver(second, page) == "delivered"
    assert await store.deliver(second, page) == "lost"
    backlog, claim = _claimed(redis_client)
    assert unpack(claim.document.backfill) == STEP
    backlog.finish(claim, entries=0, rejected=0)
    assert backlog.backfilling() == 0


async def test_a_gap_within_a_gap_is_walked_as_far_back_as_the_first(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """The walk begins anew at the newer gap, and what the older one lacks lies behind it."""
    FeedStore(redis_client, KEYS).add([FEED])
    await _gap(redis_client, async_redis, STEP)
    newer = Backfill("https://example.org/2?new", 20, STEP.since_ms + 60_000)
    await _gap(redis_client, async_redis, newer)
    store = BackfillStore(async_redis, KEYS)

    (lease,), _ = await store.lease(limit=5)

    assert unpack(lease.task) == Backfill(newer.url, 20, STEP.since_ms)
    await store.give_up(lease)
    assert not redis_client.exists(KEYS.backfills, f"{KEYS.backfills}:{FEED.id}-older", KEYS.backfill_leases)


async def test_a_feed_that_was_removed_is_not_walked_on(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """Its pages are nobody's."""
    FeedStore(redis_client, KEYS).add([FEED])
    await _gap(redis_client, async_redis, STEP)
    store = BackfillStore(async_redis, KEYS)
    (lease,), _ = await store.lease(limit=5)
    redis_client.hdel(KEYS.feeds, FEED.id)

    assert await store.deliver(lease, RawDocument(FEED.id, STEP.url, 1, b"<rss/>")) == "gone"
    assert Backlog(redis_client, KEYS).backfilling() == 0
