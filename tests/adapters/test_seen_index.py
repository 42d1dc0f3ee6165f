"""The seen-index: it grows shard by shard and loses nothing on the way, whoever reads it meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import blake2b

import pytest
import redis

from pipeline.adapters.article_lookup import ArticleLookup
from pipeline.adapters.articles import ArticleStore, Conflict, Publication
from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.keys import Keys
from pipeline.model import Feed, Tidied

KEYS = Keys("newswire")
FEED = Feed(id="00000000000000aa", url="https://example.org/feed.xml")
MANY = 5_000
RECORD = b"r" * 64
SHRUNK = b"12345678"
IDS = [blake2b(b"%d" % number, digest_size=8).digest() for number in range(MANY)]


@pytest.fixture
def store(redis_client: redis.Redis) -> Iterator[ArticleStore]:
    """Give a store whose feed is claimed, under fence 1."""
    redis_client.hset(KEYS.claims, FEED.id, json.dumps({"fence": 1}))
    yield ArticleStore(redis_client, KEYS)
    redis_client.delete(KEYS.claims)


def _put(store: ArticleStore, ids: Sequence[bytes], *, expected: bytes = b"", record: bytes = RECORD) -> list[bool]:
    """Remember *ids*; tells of each whether it was taken."""
    publications = [Publication(each, expected, record) for each in ids]
    fates = store.publish(FEED.id, "document", fence=1, publications=publications)
    return [not isinstance(fate, Conflict) for fate in fates]


def _remembered(store: ArticleStore) -> dict[bytes, bytes]:
    return dict(article for portion in store.memory(FEED.id) for article in portion)


def _shards(client: redis.Redis) -> list[bytes]:
    return list(client.scan_iter(f"{KEYS.seen(FEED.id)}*", count=1_000))


def test_a_memory_grows_by_shards_that_stay_small_and_shrinks_again(
    redis_client: redis.Redis, store: ArticleStore
) -> None:
    """In one hash an article would take 118 bytes; every article must be found at every size."""
    for start in range(0, MANY, 250):
        assert all(_put(store, IDS[start : start + 250]))
        known = store.recall(FEED.id, IDS[: start + 500])
        assert [bool(record) for record in known] == [True] * (start + 250) + [False] * (len(known) - start - 250)
    names = _shards(redis_client)
    assert {redis_client.object("encoding", name) for name in names} == {b"listpack"}
    assert len(names) in range(MANY // 300, MANY // 150)
    assert redis_client.hget(KEYS.shards, FEED.id) == b"%d %d" % (len(names), MANY)
    assert _remembered(store) == dict.fromkeys(IDS, RECORD)
    found = ArticleLookup(redis_client, KEYS).record(IDS[-1], ["00000000000000bb", FEED.id])
    assert found == (FEED.id, RECORD, b"")

    assert store.tidy(FEED.id, [Tidied(each, RECORD) for each in IDS[50:]]) == MANY - 50

    assert _remembered(store) == dict.fromkeys(IDS[:50], RECORD)
    assert store.recall(FEED.id, IDS[:51]) == [RECORD] * 50 + [b""]
    assert _shards(redis_client) == [KEYS.seen(FEED.id).encode()]
    assert not redis_client.exists(KEYS.shards)


def test_a_memory_of_the_version_before_is_taken_over(redis_client: redis.Redis, store: ArticleStore) -> None:
    """An upgrade finds thousands of articles in one hash; they are known at once, and soon take less."""
    redis_client.hset(KEYS.seen(FEED.id), mapping=dict.fromkeys(IDS[:-20], RECORD))
    assert store.recall(FEED.id, IDS[:3]) == [RECORD] * 3

    for each in IDS[-20:]:
        assert _put(store, [each]) == [True]

    assert _remembered(store) == dict.fromkeys(IDS, RECORD)
    assert {redis_client.object("encoding", name) for name in _shards(redis_client)} == {b"listpack"}


def test_a_record_is_changed_only_as_it_was_when_that_was_decided(store: ArticleStore) -> None:
    """Of two that judge the same article, or tidy it as its feed shows it again, one must give way."""
    _put(store, IDS[:1_000])

    assert (
        store.tidy(FEED.id, [Tidied(IDS[0], RECORD, SHRUNK), Tidied(IDS[1], b"other"), Tidied(b"unknown!", b"")]) == 0
    )
    assert store.recall(FEED.id, IDS[:2]) == [SHRUNK, RECORD]
    assert _put(store, IDS[:1], expected=RECORD) == [False]
    assert _put(store, IDS[:1], expected=SHRUNK) == [True]
    assert _put(store, IDS[1:2]) == [False], "it is known"


def test_a_removed_feed_leaves_no_shard_behind(redis_client: redis.Redis, store: ArticleStore) -> None:
    """A feed that is added again begins anew."""
    feeds = FeedStore(redis_client, KEYS)
    feeds.add([FEED])
    _put(store, IDS[:2_000])

    assert feeds.remove(FEED.id)

    assert _shards(redis_client) == []
    assert not redis_client.exists(KEYS.shards)
