"""Leases: a feed is polled by one daemon at a time, and what a daemon writes late changes nothing."""

from __future__ import annotations

import asyncio

import pytest
import redis
import redis.asyncio
from redis.exceptions import OutOfMemoryError
from waiting import wait_until

from pipeline.adapters.backlog import Backlog
from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.keys import Keys
from pipeline.adapters.leases import Damage, LeaseStore
from pipeline.model import Feed, FeedState, RawDocument

KEYS = Keys("newswire")
FEEDS = [Feed(id=f"{n:016x}", url=f"https://example.org/{n}.xml") for n in range(5)]


def _listed(client: redis.Redis, feeds: list[Feed] = FEEDS) -> FeedStore:
    store = FeedStore(client, KEYS)
    store.add(feeds)
    return store


def _document(feed: Feed) -> RawDocument:
    return RawDocument(feed.id, feed.url, 1_700_000_000_000, b"<rss/>")


async def test_a_due_feed_is_leased_once(redis_client: redis.Redis, async_redis: redis.asyncio.Redis) -> None:
    """Two daemons that ask at the same moment must not both poll a feed."""
    _listed(redis_client)
    first, second = LeaseStore(async_redis, KEYS), LeaseStore(async_redis, KEYS)

    mine = await first.lease_due(limit=3)
    theirs = await second.lease_due(limit=10)
    nothing = await second.lease_due(limit=10)

    leased = [lease.feed.id for lease in (*mine.leases, *theirs.leases)]
    assert sorted(leased) == [feed.id for feed in FEEDS]
    assert nothing.leases == ()


async def test_a_settled_feed_waits_until_it_is_due(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """The state and the time of the next poll are what a restart goes by."""
    store = _listed(redis_client, FEEDS[:1])
    leases = LeaseStore(async_redis, KEYS)
    leased = await leases.lease_due(limit=1)
    state = FeedState(etag=b'W/"a\xff"', polled_ms=5, failures=0, status=304)

    settled = await leases.settle(leased.leases[0], state, due_ms=leased.now_ms + 60_000, outcome="unchanged")

    assert settled
    assert (await leases.lease_due(limit=1)).leases == ()
    assert store.state(FEEDS[0].id) == state
    assert store.counts(FEEDS[0].id) == {"polled": 1, "unchanged": 1}


async def test_a_feed_with_damaged_counters_costs_the_polls_settled_with_it_nothing(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """Polls that end together are settled in one call; one bad key must not undo or hide the others."""
    store = _listed(redis_client, FEEDS)
    leases = LeaseStore(async_redis, KEYS)
    leased = await leases.lease_due(limit=len(FEEDS))
    redis_client.set(KEYS.counts(leased.leases[1].feed.id), "no hash")

    settled = await asyncio.gather(
        *(
            leases.settle(lease, FeedState(status=304), due_ms=leased.now_ms + 9_000, outcome="unchanged")
            for lease in leased.leases
        ),
        return_exceptions=True,
    )
    redis_client.delete(KEYS.counts(leased.leases[1].feed.id))

    assert isinstance(settled[1], redis.ResponseError)
    assert [answer for place, answer in enumerate(settled) if place != 1] == [True] * (len(FEEDS) - 1)
    assert store.states([feed.id for feed in FEEDS]) == [FeedState(status=304)] * len(FEEDS)
    assert (await leases.lease_due(limit=1)).leases == ()


@pytest.mark.parametrize("outcome", ["failed", "fresh"])
async def test_a_full_store_takes_nothing_of_a_poll(valkey_url: str, outcome: str) -> None:
    """A poll that is counted but not remembered is lost; one that is refused as a whole is made again."""
    plain, impatient = redis.Redis.from_url(valkey_url), redis.asyncio.Redis.from_url(valkey_url)
    plain.flushall()
    store, leases = _listed(plain, FEEDS[:1]), LeaseStore(impatient, KEYS)
    (lease,) = (await leases.lease_due(limit=1)).leases
    due_ms = store.due_ms(lease.feed.id)
    plain.config_set("maxmemory", "1mb")
    try:
        state, later_ms = FeedState(failures=3), 9_000_000_000_000
        ended = (
            leases.ingest(lease, state, _document(lease.feed), due_ms=later_ms)
            if outcome == "fresh"
            else leases.settle(lease, state, due_ms=later_ms, outcome=outcome)
        )
        with pytest.raises(OutOfMemoryError):
            await ended
    finally:
        plain.config_set("maxmemory", "0")

    assert store.due_ms(lease.feed.id) == due_ms
    assert await leases.renew([lease]) == set(), "the lease still holds"
    assert store.state(lease.feed.id) == FeedState()
    assert (store.counts(lease.feed.id), plain.hgetall(KEYS.totals)) == ({}, {})
    assert not plain.exists(KEYS.backlog)
    await impatient.aclose()
    plain.close()


@pytest.mark.parametrize("damage", ["a number that is none", "text that is none", "no hash"])
async def test_a_damaged_state_is_a_state_unknown_and_costs_the_feeds_leased_with_it_nothing(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis, damage: str
) -> None:
    """Feeds that are due together are leased in one call: one bad field must not hold the others up for ever."""
    store = _listed(redis_client, FEEDS)
    leases = LeaseStore(async_redis, KEYS)
    damaged = KEYS.states(FEEDS[1].id)
    match damage:
        case "no hash":
            redis_client.set(damaged, "no hash")
        case "text that is none":
            redis_client.hset(damaged, mapping={"etag": '"a"', "problem": b"\xff"})
        case _:
            redis_client.hset(damaged, mapping={"etag": '"a"', "polled_ms": "soon"})

    leased = await leases.lease_due(limit=len(FEEDS))

    assert sorted(lease.feed.id for lease in leased.leases) == [feed.id for feed in FEEDS]
    assert {lease.state for lease in leased.leases} == {FeedState()}
    assert leased.damaged == (Damage(FEEDS[1].id, "state"),)
    store.refresh([FEEDS[1].id])
    again = await leases.lease_due(limit=1)
    assert [lease.feed.id for lease in again.leases] == [FEEDS[1].id]
    assert again.damaged == ()


async def test_a_damaged_feed_is_told_of_and_costs_the_feeds_leased_with_it_nothing(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """There is no address to ask, so nothing can be polled; but the others can."""
    _listed(redis_client, FEEDS)
    redis_client.hset(KEYS.feeds, FEEDS[1].id, "{")

    leased = await LeaseStore(async_redis, KEYS).lease_due(limit=len(FEEDS))

    assert len(leased.leases) == len(FEEDS) - 1
    assert leased.damaged == (Damage(FEEDS[1].id, "feed"),)


async def test_a_late_write_is_refused(redis_client: redis.Redis, async_redis: redis.asyncio.Redis) -> None:
    """A daemon that was frozen past its lease must not overwrite what its successor wrote (fencing)."""
    store = _listed(redis_client, FEEDS[:1])
    leases = LeaseStore(async_redis, KEYS)
    frozen = (await leases.lease_due(limit=1)).leases[0]
    store.refresh([FEEDS[0].id])
    successor = await leases.lease_due(limit=1)

    late_settle = await leases.settle(frozen, FeedState(status=500), due_ms=1, outcome="failed")
    late_ingest = await leases.ingest(frozen, FeedState(status=500), _document(FEEDS[0]), due_ms=1)
    in_time = await leases.settle(
        successor.leases[0], FeedState(status=200), due_ms=successor.now_ms + 9_000, outcome="unchanged"
    )

    assert not late_settle
    assert late_ingest is None
    assert in_time
    assert store.state(FEEDS[0].id).status == 200
    assert not redis_client.exists(KEYS.backlog)


async def test_the_same_settlement_sent_twice_counts_once(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """A connection that breaks after the command ran makes the client send it again."""
    store = _listed(redis_client, FEEDS[:1])
    leases = LeaseStore(async_redis, KEYS)
    leased = await leases.lease_due(limit=1)

    document_id = await leases.ingest(
        leased.leases[0], FeedState(), _document(FEEDS[0]), due_ms=leased.now_ms + 9_000
    )
    again = await leases.ingest(leased.leases[0], FeedState(), _document(FEEDS[0]), due_ms=leased.now_ms + 9_000)

    assert document_id is not None
    assert again == document_id, "taken for a lost lease, what it brought would be told of as lost, too"
    assert redis_client.lrange(KEYS.mailboxes(FEEDS[0].id), 0, -1) == [document_id.encode()]
    assert store.counts(FEEDS[0].id) == {"polled": 1}
    redis_client.flushall()


async def test_a_feed_is_not_polled_while_too_many_of_its_documents_wait(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """With no worker at work one busy feed would fill the store; put off, it shows its news when they are back."""
    store = _listed(redis_client, FEEDS[:2])
    leases, backlog = LeaseStore(async_redis, KEYS), Backlog(redis_client, KEYS)
    busy = FEEDS[0]
    for _ in range(120):
        for lease in (await leases.lease_due(limit=2)).leases:
            if lease.feed == busy:
                await leases.ingest(lease, FeedState(), _document(busy), due_ms=0)
    most = redis_client.llen(KEYS.mailboxes(busy.id))
    store.refresh([feed.id for feed in FEEDS[:2]])

    meanwhile = await leases.lease_due(limit=2)
    due_ms = store.due_ms(busy.id)
    store.refresh([busy.id])
    once = await leases.lease_due(limit=2, until_ms=meanwhile.now_ms)
    claim = backlog.claim(busy.id, job_id="job")
    assert claim is not None
    backlog.finish(claim, entries=0, rejected=0)
    store.refresh([busy.id])
    again = await leases.lease_due(limit=2)

    assert most == 100
    assert [lease.feed for lease in meanwhile.leases] == [FEEDS[1]]
    assert due_ms is not None
    assert meanwhile.now_ms < due_ms <= meanwhile.now_ms + 60_000
    assert [lease.feed for lease in once.leases] == [busy], "a run that polls every feed once does so"
    assert [lease.feed for lease in again.leases] == [busy]
    redis_client.flushall()


async def test_a_released_feed_is_due_at_once(redis_client: redis.Redis, async_redis: redis.asyncio.Redis) -> None:
    """A daemon that is told to stop gives back what it has not polled, so nobody waits for the lease to end."""
    _listed(redis_client, FEEDS[:1])
    leases = LeaseStore(async_redis, KEYS)
    leased = await leases.lease_due(limit=1)

    await leases.release(leased.leases)

    assert [lease.feed for lease in (await leases.lease_due(limit=1)).leases] == [FEEDS[0]]


async def test_a_lost_lease_is_neither_renewed_nor_released(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """The old holder must not move the end of a lease that is now somebody else's."""
    store = _listed(redis_client, FEEDS[:1])
    leases = LeaseStore(async_redis, KEYS)
    old = await leases.lease_due(limit=1)
    store.refresh([FEEDS[0].id])
    await leases.lease_due(limit=1)

    lost = await leases.renew(old.leases)
    await leases.release(old.leases)

    assert lost == {FEEDS[0].id}
    assert (await leases.lease_due(limit=1)).leases == ()


async def test_a_feed_removed_while_it_is_polled_stays_removed(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """Settling must not bring back what the operator took away."""
    store = _listed(redis_client, FEEDS[:1])
    leases = LeaseStore(async_redis, KEYS)
    leased = await leases.lease_due(limit=1)

    store.remove(FEEDS[0].id)
    settled = await leases.settle(leased.leases[0], FeedState(status=200), due_ms=1, outcome="unchanged")

    assert not settled
    assert store.due_ms(FEEDS[0].id) is None
    assert not redis_client.exists(KEYS.states(FEEDS[0].id))


async def test_a_daemons_sign_of_life_fades(redis_client: redis.Redis, async_redis: redis.asyncio.Redis) -> None:
    """A killed daemon must not be counted for ever."""
    leases = LeaseStore(async_redis, KEYS)

    assert not await leases.beat("d1", started_ms=1)

    assert 0 < redis_client.pttl(KEYS.daemons("d1")) <= 15_000
    await leases.farewell("d1")
    wait_until(lambda: not redis_client.exists(KEYS.daemons("d1")))


async def test_a_daemon_sees_that_the_store_was_emptied(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """With the feed list gone nothing is due any more, which would look like a quiet day."""
    leases = LeaseStore(async_redis, KEYS)

    stood = [await leases.beat("d1", started_ms=1) for _ in range(2)]
    redis_client.flushall()
    stood.append(await leases.beat("d1", started_ms=1))

    assert stood == [False, True, False]
