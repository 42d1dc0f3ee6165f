"""The feed list: what an operator adds, takes away, pauses, and what is then due."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import redis
import redis.asyncio
from operators_valkey import Valkey

from pipeline.adapters.connection import connect
from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.keys import Keys
from pipeline.adapters.leases import LeaseStore
from pipeline.model import Feed, FeedState
from pipeline.state_fields import state_to_fields

KEYS = Keys("newswire")
LATER_MS = 4_000_000_000_000
FEEDS = [
    Feed(id=f"{n:016x}", url=f"https://example.org/{n}.xml", title=f"Numéro {n}", folder="Nord/Sud", added_ms=n)
    for n in range(1_200)
]


def test_a_feed_is_added_once(redis_client: redis.Redis) -> None:
    """Importing the same list again must neither double a feed nor undo what was set for it."""
    store = FeedStore(redis_client, KEYS)
    store.add(FEEDS[:1])

    added = store.add([Feed(FEEDS[0].id, FEEDS[0].url, "another title"), FEEDS[1]])

    assert added == [FEEDS[1]]
    assert store.get(FEEDS[0].id) == FEEDS[0]
    assert store.count() == 2


def test_a_long_list_comes_back_whole(redis_client: redis.Redis) -> None:
    """Lists of many thousands are written and read in portions."""
    store = FeedStore(redis_client, KEYS)

    assert len(store.add(FEEDS)) == len(FEEDS)

    assert sorted(store.all(), key=lambda feed: feed.added_ms) == FEEDS
    assert store.states([feed.id for feed in FEEDS]) == [FeedState()] * len(FEEDS)
    assert store.due_ms(FEEDS[-1].id) == 0, "a new feed is due at once"


def test_a_damaged_feed_or_state_hides_no_other_and_can_be_removed(redis_client: redis.Redis) -> None:
    """The list is what an operator repairs things by: it must be shown whatever stands in it."""
    store = FeedStore(redis_client, KEYS)
    store.add(FEEDS[:3])
    redis_client.hset(KEYS.feeds, FEEDS[0].id, "{")
    redis_client.hset(KEYS.states(FEEDS[1].id), "failures", "many")

    assert sorted(store.all(), key=lambda feed: feed.added_ms) == FEEDS[1:3]
    assert store.get(FEEDS[0].id) is None
    assert [store.is_damaged(feed.id) for feed in FEEDS[:4]] == [True, False, False, False]
    assert store.states([feed.id for feed in FEEDS[1:3]]) == [FeedState()] * 2
    assert store.remove(FEEDS[0].id)
    assert store.count() == 2


def test_a_removed_feed_leaves_nothing_behind(redis_client: redis.Redis) -> None:
    """What is left over for each would fill the memory in a year."""
    store = FeedStore(redis_client, KEYS)
    store.add(FEEDS[:1])

    assert store.remove(FEEDS[0].id)

    assert list(redis_client.scan_iter()) == []
    assert not store.remove(FEEDS[0].id)


def test_a_paused_feed_is_not_due_until_resumed(redis_client: redis.Redis) -> None:
    """Neither time nor a refresh may wake a paused feed."""
    store = FeedStore(redis_client, KEYS)
    store.add(FEEDS[:1])

    assert store.set_paused(FEEDS[0].id, paused=True)
    assert store.refresh([FEEDS[0].id]) == 0
    assert store.due_ms(FEEDS[0].id) is None

    store.add(FEEDS[:1])
    assert store.due_ms(FEEDS[0].id) is None, "a list that is read again at each start wakes nothing"

    store.set_paused(FEEDS[0].id, paused=False)
    assert store.due_ms(FEEDS[0].id) == 0


def test_a_feed_that_is_added_paused_waits_to_be_resumed(redis_client: redis.Redis) -> None:
    """So a list that was exported comes back as it was."""
    store = FeedStore(redis_client, KEYS)
    store.add([replace(FEEDS[0], paused=True), FEEDS[1]])

    assert [store.due_ms(feed.id) for feed in FEEDS[:2]] == [None, 0]

    store.set_paused(FEEDS[0].id, paused=False)
    assert store.due_ms(FEEDS[0].id) == 0
    assert not store.set_paused("unknown", paused=True)


def test_bringing_feeds_forward_brings_no_removed_feed_back(redis_client: redis.Redis) -> None:
    """A feed removed while the schedule is applied would be leased, and found gone, for ever."""
    store = FeedStore(redis_client, KEYS)
    store.add(FEEDS[:3], due_ms=LATER_MS)
    store.remove(FEEDS[1].id)
    store.set_paused(FEEDS[2].id, paused=True)

    moved = store.bring_forward({feed.id: 1_000 for feed in FEEDS[:4]})

    assert moved == 1
    assert [store.due_ms(feed.id) for feed in FEEDS[:4]] == [1_000, None, None, None]


async def test_bringing_feeds_forward_ends_no_lease_and_delays_nothing(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """A feed that is being polled would be polled by another daemon at the same time."""
    store, leases = FeedStore(redis_client, KEYS), LeaseStore(async_redis, KEYS)
    store.add(FEEDS[:1])
    store.add(FEEDS[1:2], due_ms=LATER_MS)
    await leases.lease_due(limit=1)
    end_ms = store.due_ms(FEEDS[0].id)

    assert store.bring_forward({FEEDS[0].id: 0, FEEDS[1].id: LATER_MS + 1}) == 0

    assert [store.due_ms(feed.id) for feed in FEEDS[:2]] == [end_ms, LATER_MS]


def test_a_move_can_be_undone(redis_client: redis.Redis) -> None:
    """Only the address goes back: the validators and the digest that belong to the feed stay."""
    store = FeedStore(redis_client, KEYS)
    store.add(FEEDS[:1])
    state = FeedState(etag=b'"1"', body_digest="d", moved_to="https://new.example/", moved_ms=5, moving_polls=2)
    redis_client.hset(KEYS.states(FEEDS[0].id), mapping=state_to_fields(state))  # type: ignore[arg-type]

    store.forget_moves([FEEDS[0].id])

    assert store.state(FEEDS[0].id) == FeedState(etag=b'"1"', body_digest="d")


async def test_weights_are_kept_and_come_with_the_lease(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """A daemon plans by them, and asks nothing more of Redis for that; another hand's nonsense costs nothing."""
    store, leases = FeedStore(redis_client, KEYS), LeaseStore(async_redis, KEYS)
    store.add(FEEDS[:2])
    assert store.set_weight(FEEDS[0].id, 3.0)
    assert not store.set_weight("ff" * 8, 3.0)
    store.set_folder_weight("Nord", 0.5)
    store.set_folder_weight("Nord/Sud", 4.0)
    store.set_folder_weight("Ouest", 4.0)
    store.set_folder_weight("Ouest", None)
    store.add_folder_weights({"Nord": 9.0, "Été/Plage": 2.0})
    redis_client.hset(KEYS.weights, mapping={"Est": "much", b"\xff": "7", "Centre": "0"})

    leased = await leases.lease_due(limit=2)

    weights = {"Nord": 0.5, "Nord/Sud": 4.0, "Été/Plage": 2.0, "\ufffd": 7.0}
    assert store.folder_weights() == leased.folder_weights == weights
    assert [lease.feed.weight for lease in leased.leases] == [3.0, None]
    assert store.set_weight(FEEDS[0].id, None)
    assert store.get(FEEDS[0].id) == FEEDS[0]


def test_due_times_of_many_feeds_come_in_their_order(redis_client: redis.Redis) -> None:
    """A folder may hold thousands."""
    store = FeedStore(redis_client, KEYS)
    store.add(FEEDS, due_ms=5)
    store.set_paused(FEEDS[1].id, paused=True)

    assert store.due_times([feed.id for feed in FEEDS]) == [5, None, *[5] * (len(FEEDS) - 2)]
    assert store.due_times([]) == []


def test_a_feed_can_be_removed_while_the_memory_of_the_store_is_full(tmp_path: Path) -> None:
    """To follow less is how an operator makes room."""
    valkey = Valkey(tmp_path)
    try:
        with connect(valkey.url) as client:
            store = FeedStore(client, KEYS)
            store.add(FEEDS[:1])
            client.hset(KEYS.seen(FEEDS[0].id), "12345678", "record")
            client.config_set("maxmemory", 1)

            assert store.remove(FEEDS[0].id)
    finally:
        valkey.stop()
