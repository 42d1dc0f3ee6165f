"""The dead: what could not be processed is kept whole, and comes back when its cause is gone."""

from __future__ import annotations

import pytest
import redis
import redis.asyncio

from pipeline.adapters.backlog import DEAD_BYTES, Backlog
from pipeline.adapters.dead_letters import DeadDocument, DeadLetters
from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.keys import Keys
from pipeline.adapters.leases import LeaseStore
from pipeline.model import Feed, FeedState, RawDocument

KEYS = Keys("newswire")
FEED = Feed(id="00000000000000aa", url="https://example.org/feed.xml")
BODY = b"\x1f\x8b\x00<half a feed"


@pytest.fixture
async def dead(redis_client: redis.Redis, async_redis: redis.asyncio.Redis) -> DeadDocument:
    """Give a document that was buried after two attempts."""
    FeedStore(redis_client, KEYS).add([FEED])
    leases = LeaseStore(async_redis, KEYS)
    leased = await leases.lease_due(limit=1)
    document = RawDocument(FEED.id, FEED.url, leased.now_ms, BODY, "gzip", "text/xml; charset=utf-8")
    await leases.ingest(leased.leases[0], FeedState(), document, due_ms=leased.now_ms + 60_000)
    backlog = Backlog(redis_client, KEYS)
    backlog.claim(FEED.id, job_id="job")
    claim = backlog.claim(FEED.id, job_id="job")
    assert claim is not None
    backlog.bury(claim, reason="not a feed: é")
    (found,) = DeadLetters(redis_client, KEYS)
    return found


def test_a_dead_document_is_kept_whole(redis_client: redis.Redis, dead: DeadDocument) -> None:
    """Whoever repairs the parser needs the very bytes that broke it."""
    assert (dead.reason, dead.attempts) == ("not a feed: é", 2)
    assert dead.document.body == BODY
    assert (dead.document.url, dead.document.content_encoding) == (FEED.url, "gzip")
    assert DeadLetters(redis_client, KEYS).get(dead.entry) == dead


async def test_the_oldest_of_the_dead_go_when_they_take_too_much_memory(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis, dead: DeadDocument
) -> None:
    """One feed whose documents are large and unreadable must not fill the store, where nothing goes on then."""
    store, leases, backlog = FeedStore(redis_client, KEYS), LeaseStore(async_redis, KEYS), Backlog(redis_client, KEYS)
    body_bytes, buried = DEAD_BYTES // 8, []
    for number in range(12):
        store.refresh([FEED.id])
        (lease,) = (await leases.lease_due(limit=1)).leases
        document = RawDocument(FEED.id, FEED.url, number, bytes([number]) * body_bytes)
        buried.append(await leases.ingest(lease, FeedState(), document, due_ms=0))
        claim = backlog.claim(FEED.id, job_id="job")
        assert claim is not None
        assert backlog.bury(claim, reason="not a feed") is not None

    kept = [each.document for each in DeadLetters(redis_client, KEYS)]

    assert [document.id for document in kept] == buried[:-8:-1]
    assert all(len(document.body) == body_bytes for document in kept)
    assert DeadLetters(redis_client, KEYS).get(dead.entry) is None


def test_a_replayed_document_waits_for_a_worker_again(redis_client: redis.Redis, dead: DeadDocument) -> None:
    """After a repair the lost articles are had from the dead, marked as history beside what came since."""
    letters, backlog = DeadLetters(redis_client, KEYS), Backlog(redis_client, KEYS)

    assert letters.replay(dead)
    claim = backlog.claim(FEED.id, job_id="job")

    assert claim is not None
    assert claim.document.body == BODY
    assert (claim.document.id, claim.document.replayed, claim.attempts) == (dead.document.id, True, 1)
    assert len(letters) == 0
    assert not letters.replay(dead)
    backlog.finish(claim, entries=0, rejected=0)


def test_a_document_of_a_removed_feed_stays_among_the_dead(redis_client: redis.Redis, dead: DeadDocument) -> None:
    """It would come up under a feed that nobody follows; dropped in silence, it would be lost."""
    FeedStore(redis_client, KEYS).remove(FEED.id)
    letters = DeadLetters(redis_client, KEYS)

    assert not letters.replay(dead)
    assert len(letters) == 1


def test_a_dropped_document_is_gone_once(redis_client: redis.Redis, dead: DeadDocument) -> None:
    """To drop is for good, and two operators at it do not fail each other."""
    letters = DeadLetters(redis_client, KEYS)

    assert letters.drop(dead)
    assert not letters.drop(dead)
    assert letters.get(dead.entry) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"x": "y"},
        {"id": "a", "feed": "b", "reason": "r", "attempts": "many"},
        {"id": "a", "feed": FEED.id, "attempts": "2"},
        {"id": "a", "feed": "b", "reason": "r", "attempts": b"\xff"},
    ],
)
def test_a_damaged_entry_is_told_as_such_and_can_only_be_dropped(
    redis_client: redis.Redis, dead: DeadDocument, fields: dict[str, str | bytes]
) -> None:
    """Nobody could list, replay or drop anything while one entry of another hand stood among the dead."""
    letters = DeadLetters(redis_client, KEYS)
    entry = redis_client.xadd(KEYS.dead, fields).decode()  # type: ignore[arg-type]

    damaged, sound = letters

    assert sound == dead
    assert (damaged.entry, damaged.reason, damaged.is_damaged) == (entry, "damaged entry", True)
    assert not letters.replay(damaged)
    assert letters.drop(damaged)
    assert list(letters) == [dead]


@pytest.mark.parametrize("entry", ["", "x", "1-", "-", "1-2-3", "9" * 40, "٣-0", "(1-0", "+"])
def test_what_is_no_id_names_nothing(redis_client: redis.Redis, entry: str) -> None:
    """A typing error is answered in words, not with the server's error."""
    assert DeadLetters(redis_client, KEYS).get(entry) is None
