"""The seen-index: it grows shard by shard and loses nothing on the way, whoever reads it meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import blake2b

import pytest
import redis
from waiting import wait_until

from pipeline.adapters.article_lookup import ArticleLookup
from pipeline.adapters.articles import ArticleStore, Conflict, Publication
from pipeline.adapters.backlog import Claim
from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.keys import Keys
from pipeline.adapters.removed_feeds import KEPT_SECONDS
from pipeline.model import Feed, RawDocument, Tidied

KEYS = Keys("newswire")
FEED = Feed(id="00000000000000aa", url="https://example.org/feed.xml")
MANY = 5_000
RECORD = b"r" * 64
SHRUNK = b"12345678"
IDS = [blake2b(b"%d" % number, digest_size=8).digest() for number in range(MANY)]


@pytest.fixture
def claim(redis_client: redis.Redis) -> Iterator[Claim]:
    """Claim a document of the feed, under fence 1."""
    redis_client.hset(KEYS.claims, FEED.id, json.dumps({"fence": 1}))
    yield Claim(RawDocument(FEED.id, FEED.url, None, b"", id="document"), fence=1, attempts=1)
    redis_client.delete(KEYS.claims, KEYS.documents("document"))


@pytest.fixture
def store(redis_client: redis.Redis) -> ArticleStore:
    """Give the store of articles."""
    return ArticleStore(redis_client, KEYS)


def _put(
    store: ArticleStore, claim: Claim, ids: Sequence[bytes], *, expected: bytes = b"", record: bytes = RECORD
) -> list[bool]:
    """Remember *ids*; tells of each whether it was taken."""
    publications = [Publication(each, expected, record) for each in ids]
    fates = store.publish(FEED.id, claim, publications=publications)
    return [not isinstance(fate, Conflict) for fate in fates]


def _remembered(store: ArticleStore) -> dict[bytes, bytes]:
    return dict(article for portion in store.memory(FEED.id) for article in portion)


def _shards(client: redis.Redis) -> list[bytes]:
    return list(client.scan_iter(f"{KEYS.seen(FEED.id)}*", count=1_000))


def test_a_memory_grows_by_shards_that_stay_small_and_shrinks_again(
    redis_client: redis.Redis, store: ArticleStore, claim: Claim
) -> None:
    """In one hash an article would take 118 bytes; every article must be found at every size."""
    for start in range(0, MANY, 250):
        assert all(_put(store, claim, IDS[start : start + 250]))
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


def test_a_memory_of_the_version_before_is_taken_over(
    redis_client: redis.Redis, store: ArticleStore, claim: Claim
) -> None:
    """An upgrade finds thousands of articles in one hash; they are known at once, and soon take less."""
    redis_client.hset(KEYS.seen(FEED.id), mapping=dict.fromkeys(IDS[:-20], RECORD))
    assert store.recall(FEED.id, IDS[:3]) == [RECORD] * 3

    for each in IDS[-20:]:
        assert _put(store, claim, [each]) == [True]

    assert _remembered(store) == dict.fromkeys(IDS, RECORD)
    assert {redis_client.object("encoding", name) for name in _shards(redis_client)} == {b"listpack"}


def test_a_record_is_changed_only_as_it_was_when_that_was_decided(store: ArticleStore, claim: Claim) -> None:
    """Of two that judge the same article, or tidy it as its feed shows it again, one must give way."""
    _put(store, claim, IDS[:1_000])

    assert (
        store.tidy(FEED.id, [Tidied(IDS[0], RECORD, SHRUNK), Tidied(IDS[1], b"other"), Tidied(b"unknown!", b"")]) == 0
    )
    assert store.recall(FEED.id, IDS[:2]) == [SHRUNK, RECORD]
    assert _put(store, claim, IDS[:1], expected=RECORD) == [False]
    assert _put(store, claim, IDS[:1], expected=SHRUNK) == [True]
    assert _put(store, claim, IDS[1:2]) == [False], "it is known"


@pytest.mark.parametrize("articles", [10, 1_000])
def test_what_a_removed_feed_has_published_is_known_for_a_week(
    redis_client: redis.Redis, store: ArticleStore, claim: Claim, articles: int
) -> None:
    """Whoever removes a feed by mistake and adds it again must not have all of it published twice."""
    feeds = FeedStore(redis_client, KEYS)
    feeds.add([FEED])
    _put(store, claim, IDS[:articles])
    redis_client.set(KEYS.items(FEED.id), b"items")
    before, shards, noted = _remembered(store), _shards(redis_client), redis_client.hget(KEYS.shards, FEED.id)

    redis_client.delete(KEYS.documents(claim.document.id))
    feeds.remove(FEED.id)
    feeds.remove(FEED.id)

    kept = [*shards, KEYS.items(FEED.id).encode()]
    assert sorted(redis_client.scan_iter()) == sorted(kept)
    assert {redis_client.ttl(name) for name in kept} <= {KEPT_SECONDS - 1, KEPT_SECONDS}

    feeds.add([FEED, Feed("00000000000000bb", "https://example.org/b.xml")])
    redis_client.hset(KEYS.claims, FEED.id, json.dumps({"fence": 1}))
    claim.accepted = 0  # its document is gone

    assert {redis_client.ttl(name) for name in kept} == {-1}
    assert (_remembered(store), redis_client.hget(KEYS.shards, FEED.id)) == (before, noted)
    assert not any(_put(store, claim, IDS[: articles // 2])), "what is expected to be new is known"
    assert all(_put(store, claim, IDS[articles : articles + 500]))
    assert len(_remembered(store)) == articles + 500


def test_what_was_removed_a_week_ago_begins_afresh(
    redis_client: redis.Redis, store: ArticleStore, claim: Claim
) -> None:
    """Nothing of it is left over, neither in Redis nor in what the feed is taken for."""
    feeds = FeedStore(redis_client, KEYS)
    feeds.add([FEED])
    _put(store, claim, IDS[:1_000])
    redis_client.delete(KEYS.documents(claim.document.id))
    feeds.remove(FEED.id)
    for name in _shards(redis_client):
        redis_client.pexpire(name, 1)
    wait_until(lambda: list(redis_client.scan_iter()) == [])

    feeds.add([FEED])

    assert set(redis_client.scan_iter()) == {KEYS.feeds.encode(), KEYS.due.encode()}
