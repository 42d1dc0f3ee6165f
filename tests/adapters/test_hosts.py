"""Turns at hosts, on a real Valkey: spaced, bounded and remembered, whichever daemon asks."""

from __future__ import annotations

import asyncio

import pytest
import redis
import redis.asyncio

from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.hosts import Departure, HostStore, Turn
from pipeline.adapters.keys import Keys
from pipeline.adapters.leases import LeaseStore
from pipeline.model import UNKNOWN_HOST, Feed, HostState, Lease

KEYS = Keys("newswire")
HOST = "example.org"
FEEDS = [Feed(id=f"{number:016x}", url=f"https://example.org/{number}") for number in range(6)]
RUN_MS = 30_000


@pytest.fixture
async def leases(redis_client: redis.Redis, async_redis: redis.asyncio.Redis) -> tuple[Lease, ...]:
    """Six leased feeds of one host."""
    FeedStore(redis_client, KEYS).add(FEEDS)
    return (await LeaseStore(async_redis, KEYS).lease_due(limit=10)).leases


def _hosts(client: redis.asyncio.Redis, *, gap_ms: int = 0, concurrency: int = 64) -> HostStore:
    return HostStore(client, KEYS, gap_ms=gap_ms, concurrency=concurrency, run_ms=RUN_MS)


async def _take(hosts: HostStore, *leases: Lease) -> list[bool]:
    return [turn.goes for turn in await hosts.take_turns([(HOST, lease) for lease in leases])]


def _wait_ms(client: redis.Redis, lease: Lease) -> float:
    due = client.zscore(KEYS.due, lease.feed.id)
    seconds, microseconds = client.time()  # type: ignore[misc]
    return float(due or 0) - (seconds * 1000 + microseconds / 1000)  # type: ignore[arg-type]


async def test_feeds_of_a_host_get_turns_a_gap_apart(
    leases: tuple[Lease, ...], redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """A host with many feeds is asked evenly; who has to wait holds no lease and no place in a daemon."""
    hosts = _hosts(async_redis, gap_ms=10_000)

    assert await _take(hosts, *leases) == [True, False, False, False, False, False]

    waits = [_wait_ms(redis_client, lease) for lease in leases[1:]]
    assert [round(wait / 10_000) for wait in waits] == [1, 2, 3, 4, 5]
    assert redis_client.hexists(KEYS.leases, leases[1].feed.id) == 0


async def test_a_feed_keeps_its_turn(
    leases: tuple[Lease, ...], redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """A feed that asked early must not be sent to the end of the queue whenever it comes back."""
    hosts = _hosts(async_redis, gap_ms=1_000)
    await _take(hosts, *leases[:2])
    first, second = _wait_ms(redis_client, leases[1]), await _take(hosts, leases[2])

    again = await LeaseStore(async_redis, KEYS).lease_due(limit=1, until_ms=0)
    assert (second, again.leases) == ([False], ())
    await _until(redis_client, leases[1])
    leased = (await LeaseStore(async_redis, KEYS).lease_due(limit=1)).leases

    assert first <= 1_000
    assert [lease.feed.id for lease in leased] == [leases[1].feed.id]
    assert await _take(hosts, *leased) == [True]


async def _until(client: redis.Redis, lease: Lease) -> None:
    await asyncio.sleep(max(_wait_ms(client, lease), 0) / 1000 + 0.01)


async def test_no_more_than_so_many_requests_to_a_host_run_at_once(
    leases: tuple[Lease, ...], redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """Over all daemons together: each by itself would be polite, and all of them a flood."""
    one, other = _hosts(async_redis, concurrency=2), _hosts(async_redis, concurrency=2)

    store = LeaseStore(async_redis, KEYS)

    assert await _take(one, leases[0]) == [True]
    before_ms = await store.now_ms()
    assert await _take(other, *leases[1:4]) == [True, False, False]
    after_ms = await store.now_ms()
    await one.leave([Departure(HOST, leases[0].feed.id, UNKNOWN_HOST, UNKNOWN_HOST)], now_ms=0)
    await other.leave([Departure(HOST, leases[1].feed.id, UNKNOWN_HOST, UNKNOWN_HOST)], now_ms=0)

    assert not redis_client.exists(f"{KEYS.hosts}:{HOST}:running")
    due_ms = [redis_client.zscore(KEYS.due, lease.feed.id) for lease in leases[2:4]]
    assert all(due is not None and before_ms < due <= after_ms + 1_000 for due in due_ms)


async def test_a_closed_host_is_left_alone_by_every_daemon(
    leases: tuple[Lease, ...], redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """Retry-After is the host's word to all of us, for all its feeds, also after a restart."""
    hosts = _hosts(async_redis, gap_ms=1_000)
    now_ms = await LeaseStore(async_redis, KEYS).now_ms()
    closed = HostState(closed_until_ms=now_ms + 60_000, gap_ms=2_000, latency_ms=70)
    await hosts.leave([Departure(HOST, leases[0].feed.id, UNKNOWN_HOST, closed)], now_ms=now_ms)

    turns = await _hosts(async_redis, gap_ms=1_000).take_turns([(HOST, lease) for lease in leases[1:4]])

    assert turns == [Turn(goes=False, host=closed)] * 3
    assert [round(_wait_ms(redis_client, lease) / 1000) for lease in leases[1:4]] == [60, 62, 64]


async def test_a_lost_lease_is_not_given_back(
    leases: tuple[Lease, ...], redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """A daemon that was frozen must not move a feed that another one is polling."""
    stale = Lease(leases[1].feed, leases[1].state, leases[1].token - 100)
    before = redis_client.zscore(KEYS.due, stale.feed.id)

    await _take(_hosts(async_redis, gap_ms=10_000), leases[0], stale)

    assert redis_client.zscore(KEYS.due, stale.feed.id) == before
    assert redis_client.hexists(KEYS.leases, stale.feed.id)


async def test_a_turn_that_is_given_back_is_the_next_ones(
    leases: tuple[Lease, ...], redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """Else the next turn moves on for ever, though nobody waits; the gap to those that stand is kept."""
    hosts = _hosts(async_redis, gap_ms=10_000)
    await _take(hosts, *leases[:4])
    await hosts.leave([Departure(HOST, lease.feed.id, UNKNOWN_HOST, UNKNOWN_HOST) for lease in leases[2:4]], now_ms=0)

    assert await _take(hosts, *leases[4:]) == [False, False]
    assert [round(_wait_ms(redis_client, leases[n]) / 10_000) for n in (1, 4, 5)] == [1, 2, 3]

    await hosts.leave(
        [Departure(HOST, leases[n].feed.id, UNKNOWN_HOST, UNKNOWN_HOST) for n in (0, 1, 4, 5)], now_ms=0
    )
    assert await _take(hosts, leases[2]) == [False], "the request that was begun keeps its gap"
    turn_ms = redis_client.zscore(f"{KEYS.hosts}:{HOST}:turns", leases[2].feed.id) or 0
    assert 9_000 < turn_ms - await LeaseStore(async_redis, KEYS).now_ms() <= 10_000


async def test_a_turn_that_nobody_comes_for_is_forgotten(
    leases: tuple[Lease, ...], redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """Feeds that were removed or moved never come; a host that is asked day and night would keep all their turns."""
    hosts = _hosts(async_redis, gap_ms=10_000)
    await _take(hosts, *leases[:4])
    turns = f"{KEYS.hosts}:{HOST}:turns"
    for lease in leases[1:4]:
        redis_client.zincrby(turns, -3 * 60_000, lease.feed.id)  # as if three minutes had passed

    assert await _take(hosts, *leases[4:]) == [False, False]

    assert redis_client.zrange(turns, 0, -1) == [lease.feed.id.encode() for lease in leases[4:]]
    assert [round(_wait_ms(redis_client, lease) / 10_000) for lease in leases[4:]] == [1, 2]
    assert redis_client.ttl(turns) > 0
