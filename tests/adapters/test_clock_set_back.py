"""A server whose clock was ahead and is set right: what that clock put off must not wait for it to come again."""

from __future__ import annotations

import json

import pytest
import redis
import redis.asyncio

from pipeline.adapters.backfills import BackfillStore
from pipeline.adapters.backlog import CLAIM_LEASE_MS, DISPATCH_LEASE_MS, Backlog
from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.hosts import Departure, HostStore
from pipeline.adapters.keys import Keys
from pipeline.adapters.leases import LEASE_MS, LeaseStore
from pipeline.model import LONGEST_INTERVAL_SECONDS, Feed, HostState

KEYS = Keys("newswire")
FEED = Feed(id="00000000000000aa", url="https://example.org/feed.xml")
YEAR_MS, WEEK_MS, HOUR_MS = 365 * 86_400_000, 7 * 86_400_000, 3_600_000


async def test_a_feed_put_off_by_a_clock_that_was_ahead_is_polled(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """Else every feed polled meanwhile is silent for the size of the step, and nothing says why."""
    FeedStore(redis_client, KEYS).add([FEED])
    leases = LeaseStore(async_redis, KEYS)
    redis_client.zadd(KEYS.due, {FEED.id: await leases.now_ms() + YEAR_MS})

    leased = await leases.lease_due(limit=1)
    again = await leases.lease_due(limit=1)

    assert [lease.feed for lease in leased.leases] == [FEED]
    assert again.leases == ()
    assert again.next_due_ms is not None
    assert again.next_due_ms <= leased.now_ms + LEASE_MS


async def test_the_longest_wait_there_is_runs_to_its_end(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """A feed that is asked once a month, or that said it is gone, was put off by nobody's clock."""
    FeedStore(redis_client, KEYS).add([FEED])
    leases = LeaseStore(async_redis, KEYS)
    longest_ms = int(LONGEST_INTERVAL_SECONDS * 1000) + WEEK_MS
    redis_client.zadd(KEYS.due, {FEED.id: await leases.now_ms() + longest_ms})

    assert (await leases.lease_due(limit=1)).leases == ()


async def test_feeds_whose_time_has_come_go_before_those_put_off_by_the_clock(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """Those that are really due have waited, and a limit must hold for both together."""
    feeds = [Feed(f"{number:016x}", f"https://example.org/{number}") for number in range(4)]
    FeedStore(redis_client, KEYS).add(feeds)
    leases = LeaseStore(async_redis, KEYS)
    ahead_ms = await leases.now_ms() + YEAR_MS
    redis_client.zadd(KEYS.due, {feeds[0].id: ahead_ms, feeds[1].id: ahead_ms + 1})

    first = await leases.lease_due(limit=3)
    second = await leases.lease_due(limit=3)

    assert [lease.feed for lease in first.leases] == [feeds[2], feeds[3], feeds[0]]
    assert [lease.feed for lease in second.leases] == [feeds[1]]


async def test_an_older_page_put_off_by_a_clock_that_was_ahead_is_fetched(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """Article pages wait in the same way, by the same script."""
    FeedStore(redis_client, KEYS).add([FEED])
    store = BackfillStore(async_redis, KEYS)
    name = f"{FEED.id}-older"
    redis_client.hset(f"{KEYS.backfills}:{name}", mapping={"feed": FEED.id, "task": "{}"})
    redis_client.zadd(KEYS.backfills, {name: Backlog(redis_client, KEYS).now_ms() + YEAR_MS})

    leases, _ = await store.lease(limit=1)

    assert [lease.feed_id for lease in leases] == [FEED.id]
    redis_client.flushall()


@pytest.mark.parametrize(
    ("ahead_ms", "chosen"), [(DISPATCH_LEASE_MS, 0), (2 * DISPATCH_LEASE_MS - 1_000, 0), (YEAR_MS, 1)]
)
def test_a_document_put_off_by_a_clock_that_was_ahead_goes_to_a_worker(
    redis_client: redis.Redis, documents: list[str], ahead_ms: int, chosen: int
) -> None:
    """A lease that runs is left alone, also after a little step back; one that no lease reaches is none."""
    backlog = Backlog(redis_client, KEYS)
    redis_client.zadd(KEYS.backlog, {FEED.id: backlog.now_ms() + ahead_ms})

    assert backlog.dispatch(jobs_waiting=8) == chosen
    assert backlog.dispatch(jobs_waiting=8) == 0, "it is chosen once"
    assert documents
    redis_client.flushall()


@pytest.mark.parametrize(
    ("ahead_ms", "ends"), [(CLAIM_LEASE_MS, False), (2 * CLAIM_LEASE_MS - 1_000, False), (YEAR_MS, True)]
)
def test_a_claim_of_a_clock_that_was_ahead_is_over(
    redis_client: redis.Redis, documents: list[str], ahead_ms: int, *, ends: bool
) -> None:
    """Its worker is dead, or renews it within seconds; nobody else could ever read the feed's documents."""
    backlog = Backlog(redis_client, KEYS)
    dead = backlog.claim(FEED.id, job_id="dead")
    assert dead is not None
    claim = json.loads(redis_client.hget(KEYS.claims, FEED.id) or "")
    claim["until"] = backlog.now_ms() + ahead_ms
    redis_client.hset(KEYS.claims, FEED.id, json.dumps(claim))

    successor = backlog.claim(FEED.id, job_id="successor")

    assert (successor is not None) == ends
    assert (backlog.finish(dead, entries=0, rejected=0) is None) == ends
    assert documents
    redis_client.flushall()


async def test_what_a_clock_put_off_that_was_set_back_comes_as_much_sooner(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """Else no feed is polled for as long as the step; nor may all be polled at once, for each has its own time."""
    feeds = [Feed(f"{number:016x}", f"https://example.org/{number}") for number in range(2_500)]
    FeedStore(redis_client, KEYS).add(feeds)
    leases = LeaseStore(async_redis, KEYS)
    now_ms = await leases.now_ms()
    waits_ms = {feed.id: 60_000 + 40 * number for number, feed in enumerate(feeds)}
    redis_client.zadd(KEYS.due, {feed_id: now_ms + HOUR_MS + wait_ms for feed_id, wait_ms in waits_ms.items()})
    redis_client.hset(KEYS.clocks, KEYS.due, now_ms + HOUR_MS)

    leased = await leases.lease_due(limit=1)
    again = await leases.lease_due(limit=1)

    assert (leased.leases, again.leases, again.set_back_ms) == ((), (), 0)
    step_ms = now_ms + HOUR_MS - leased.now_ms
    assert leased.set_back_ms == step_ms
    due = {name.decode(): score for name, score in redis_client.zrange(KEYS.due, 0, -1, withscores=True)}
    assert due == {feed_id: leased.now_ms + wait_ms for feed_id, wait_ms in waits_ms.items()}
    redis_client.flushall()


async def test_who_polled_when_the_clock_was_set_back_settles_nothing(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """It would say when the feed is due by the clock of before; the feed is polled again a moment later."""
    FeedStore(redis_client, KEYS).add([FEED])
    leases = LeaseStore(async_redis, KEYS)
    (lease,) = (await leases.lease_due(limit=1)).leases
    now_ms = await leases.now_ms()
    redis_client.zadd(KEYS.due, {FEED.id: now_ms + HOUR_MS + LEASE_MS})
    redis_client.hset(KEYS.clocks, KEYS.due, now_ms + HOUR_MS)

    found = await leases.lease_due(limit=1)

    assert found.next_due_ms is not None
    assert found.next_due_ms <= found.now_ms + LEASE_MS
    assert not await leases.settle(lease, lease.state, due_ms=now_ms + 2 * HOUR_MS, outcome="unchanged")


@pytest.mark.parametrize("step_ms", [-HOUR_MS, -1_000, 0, 4_000])
async def test_a_clock_that_goes_on_or_is_a_little_off_changes_nothing(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis, step_ms: int
) -> None:
    """Clocks are set right by seconds all the time, and no feed was ever polled for hours where nobody ran us."""
    FeedStore(redis_client, KEYS).add([FEED])
    leases = LeaseStore(async_redis, KEYS)
    now_ms = await leases.now_ms()
    redis_client.zadd(KEYS.due, {FEED.id: now_ms + HOUR_MS})
    redis_client.hset(KEYS.clocks, KEYS.due, now_ms + step_ms)

    found = await leases.lease_due(limit=1)

    assert (found.leases, found.next_due_ms, found.set_back_ms) == ((), now_ms + HOUR_MS, 0)


async def test_an_older_page_waits_no_longer_for_a_clock_that_was_set_back(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """Article pages wait in the same way, by the same script."""
    FeedStore(redis_client, KEYS).add([FEED])
    store = BackfillStore(async_redis, KEYS)
    name, now_ms = f"{FEED.id}-older", Backlog(redis_client, KEYS).now_ms()
    redis_client.hset(f"{KEYS.backfills}:{name}", mapping={"feed": FEED.id, "task": "{}"})
    redis_client.zadd(KEYS.backfills, {name: now_ms + HOUR_MS})
    redis_client.hset(KEYS.clocks, KEYS.backfills, now_ms + HOUR_MS)

    leases, _ = await store.lease(limit=1)

    assert [lease.feed_id for lease in leases] == [FEED.id]
    redis_client.flushall()


@pytest.mark.parametrize(("opens_ms", "wait_ms"), [(0, 0), (30_000, 30_000)])
async def test_a_host_is_asked_when_it_said_also_after_its_clock_was_set_back(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis, opens_ms: int, wait_ms: int
) -> None:
    """Its feeds would else be leased and given back turns an hour ahead; and none may come before it opens."""
    FeedStore(redis_client, KEYS).add([FEED])
    leased = await LeaseStore(async_redis, KEYS).lease_due(limit=1)
    host, ahead_ms = f"{KEYS.hosts}:example.org", leased.now_ms + HOUR_MS
    redis_client.hset(host, mapping={"last": ahead_ms, "closed": ahead_ms + opens_ms, "gap": 1000, "latency": 5})
    redis_client.zadd(f"{host}:turns", {FEED.id: ahead_ms + opens_ms, "another": ahead_ms + opens_ms + 1000})
    redis_client.zadd(f"{host}:running", {"another": ahead_ms})
    hosts = HostStore(async_redis, KEYS, gap_ms=1000, concurrency=1, run_ms=30_000)

    (turn,) = await hosts.take_turns([("example.org", leased.leases[0])])

    late_ms = 1_000  # what this test may take until the host is asked
    assert turn.goes == (not wait_ms)
    assert 0 <= turn.host.closed_until_ms - leased.now_ms - wait_ms < late_ms
    assert (turn.host.gap_ms, turn.host.latency_ms) == (1000, 5)
    assert wait_ms <= redis_client.zscore(f"{host}:turns", "another") - leased.now_ms - 1000 < wait_ms + late_ms
    redis_client.flushall()


async def test_the_pause_of_a_host_without_a_gap_ends_as_it_said(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """That the clock was set back is told by when it was asked last, which must be known of it, too."""
    FeedStore(redis_client, KEYS).add([FEED])
    leased = await LeaseStore(async_redis, KEYS).lease_due(limit=1)
    hosts = HostStore(async_redis, KEYS, gap_ms=0, concurrency=1, run_ms=30_000)
    wanted = [("example.org", leased.leases[0])]
    (before,) = await hosts.take_turns(wanted)
    closed = HostState(leased.now_ms + 30_000, 0, 0)
    await hosts.leave([Departure("example.org", FEED.id, before.host, closed)], now_ms=leased.now_ms)
    for name in ("last", "closed"):
        redis_client.hincrby(f"{KEYS.hosts}:example.org", name, HOUR_MS)

    (turn,) = await hosts.take_turns(wanted)

    assert not turn.goes
    assert 29_000 < turn.host.closed_until_ms - leased.now_ms < 31_000
    redis_client.flushall()
