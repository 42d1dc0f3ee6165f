"""The worker process: real RQ on a real Valkey; what is hostile or broken in the queue costs only itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import redis
import redis.asyncio
from faults.jobs import DAMAGES, enqueue_as_before, enqueue_junk
from rq import Queue
from rq.serializers import JSONSerializer
from waiting import wait_until

from pipeline.adapters.articles import ArticleStore
from pipeline.adapters.backlog import Backlog
from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.keys import Keys
from pipeline.adapters.leases import LeaseStore
from pipeline.model import Feed, FeedState, RawDocument
from workers.supervisor import Child, Supervisor

KEYS = Keys("newswire")
FEED = Feed(id="00000000000000aa", url="https://example.org/feed.xml")
RSS = b"""<rss version="2.0"><channel><title>Le Courrier</title><language>fr</language>
<item><guid>1</guid><title>Le pont rouvre</title><link>https://example.org/1</link></item></channel></rss>"""

OTHER_RSS = RSS.replace(b">1<", b">0<").replace(b"org/1", b"org/0").replace(b"Le pont rouvre", b"La gare ferme")


@pytest.fixture
def worker(valkey_url: str, redis_client: redis.Redis) -> Iterator[Child]:
    """One worker process, kept running as `newswire worker` does; all keys are gone after it."""
    child = Child("worker", "workers.worker")
    environment = {"NEWSWIRE_REDIS_URL": valkey_url, "NEWSWIRE_LOG__LEVEL": "error"}
    with Supervisor([child], environment, grace_seconds=10):
        yield child
    redis_client.flushall()


async def _arrive(client: redis.asyncio.Redis, body: bytes) -> None:
    leases = LeaseStore(client, KEYS)
    leased = await leases.lease_due(limit=1)
    document = RawDocument(FEED.id, FEED.url, leased.now_ms, body, "", "text/xml")
    await leases.ingest(leased.leases[0], FeedState(), document, due_ms=0)


async def _process(plain: redis.Redis, client: redis.asyncio.Redis, body: bytes) -> None:
    """Let *body* arrive and wait until a worker has closed it."""
    FeedStore(plain, KEYS).add([FEED])
    await _arrive(client, body)
    backlog = Backlog(plain, KEYS)
    backlog.dispatch(jobs_waiting=8)
    wait_until(lambda: backlog.waiting() == 0)


def _gaps(client: redis.Redis) -> list[dict[bytes, bytes]]:
    return [fields for _, fields in client.xrange(KEYS.alerts) if fields[b"to"] == b"gap"]


async def test_a_document_becomes_an_article_on_the_stream(
    worker: Child, redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """The worker side of the main job, with nothing in it that is not real."""
    await _process(redis_client, async_redis, RSS)

    ((_, fields),) = redis_client.xrange(KEYS.articles)
    assert fields[b"kind"] == b"new"
    assert fields[b"language"] == b"fr"
    assert b'"title":"Le pont rouvre"' in fields[b"article"]
    assert worker.process is not None


async def test_a_page_in_place_of_a_feed_is_buried_and_the_next_document_is_read(
    worker: Child, redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """A bot wall or an error page must neither vanish nor stop what comes after it."""
    await _process(redis_client, async_redis, b"<!doctype html><html><body>Please wait</body></html>")
    await _process(redis_client, async_redis, RSS)

    ((_, dead),) = redis_client.xrange(KEYS.dead)
    assert b"HTML" in dead[b"reason"]
    assert redis_client.xlen(KEYS.articles) == 1
    assert worker.process is not None


def test_a_function_off_the_list_is_not_run(worker: Child, redis_client: redis.Redis, tmp_path: Path) -> None:
    """Whoever can write to the queue must not thereby run what they like on every worker."""
    marker = tmp_path / "ran"
    queue = Queue(KEYS.queue, connection=redis_client, serializer=JSONSerializer)

    job = queue.enqueue("os.system", f"touch {marker}")

    wait_until(lambda: job.get_status(refresh=True) == "failed")
    assert not marker.exists()
    assert worker.process is not None


@pytest.mark.parametrize(
    "damage",
    DAMAGES,
    ids=["a date that is none", "a payload that cannot be decoded", "a status that is none"],
)
async def test_a_job_that_cannot_be_read_does_not_stop_the_next(
    worker: Child, redis_client: redis.Redis, async_redis: redis.asyncio.Redis, damage: Mapping[str, bytes | str]
) -> None:
    """RQ lets go of its work at such a job; it must go on at once, in the same process, with the feeds behind it."""
    await _process(redis_client, async_redis, OTHER_RSS)
    assert worker.process is not None
    pid = worker.process.pid
    enqueue_junk(redis_client, KEYS, damage)

    await _process(redis_client, async_redis, RSS)

    assert redis_client.xlen(KEYS.articles) == 2
    assert worker.process.pid == pid


async def test_wire_copy_in_another_feed_is_marked_and_counted_once(
    worker: Child, redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """Ten sites carry one agency's text: all ten are published, nine say whose they are and count as nothing new."""
    other = Feed(id="00000000000000bb", url="https://example.net/feed.xml")
    text = b"The old bridge over the river opens again on Monday after two years of work, the mayor said on Friday."
    FeedStore(redis_client, KEYS).add([FEED, other])
    for _ in (FEED, other):
        leased = await LeaseStore(async_redis, KEYS).lease_due(limit=1)
        (lease,) = leased.leases
        title = b"Bridge opens" if lease.feed.id == FEED.id else b"At last"
        body = (
            b"<rss version='2.0'><channel><item><guid>1</guid><title>%b</title><description>%b</description></item>"
        )
        document = RawDocument(lease.feed.id, lease.feed.url, leased.now_ms, body % (title, text), "", "text/xml")
        await LeaseStore(async_redis, KEYS).ingest(lease, FeedState(), document, due_ms=leased.now_ms + 60_000)
        Backlog(redis_client, KEYS).dispatch(jobs_waiting=8)
        wait_until(lambda: Backlog(redis_client, KEYS).waiting() == 0)

    first, copy = (json.loads(fields[b"article"]) for _, fields in redis_client.xrange(KEYS.articles))
    assert first["near_duplicate_of"] is None
    assert copy["near_duplicate_of"] == copy["story"] == first["id"]
    assert copy["similarity"] > 0.5
    assert copy["kind"] == "new"
    fates = {"polled": 2, "documents": 2, "entries": 2, "new": 1, "near_duplicates": 1}
    assert ArticleStore(redis_client, KEYS).totals() == fates
    assert worker.process is not None


async def test_a_gap_is_announced_and_counted(
    worker: Child, redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """A window that was overrun between two polls lost articles: somebody must hear of it, with what to do."""
    await _process(redis_client, async_redis, RSS)
    await _process(redis_client, async_redis, OTHER_RSS)

    alerts = wait_until(lambda: _gaps(redis_client))
    assert [alert[b"feed"] for alert in alerts] == [FEED.id.encode()]
    assert b"poll it more often" in alerts[0][b"what_to_do"]
    assert ArticleStore(redis_client, KEYS).totals()["gaps"] == 1
    assert worker.process is not None


def test_what_the_version_before_left_in_the_queue_is_read(worker: Child, redis_client: redis.Redis) -> None:
    """After an upgrade the queue is as the old version filled it: the first fields of a document are enough."""
    FeedStore(redis_client, KEYS).add([FEED])

    enqueue_as_before(redis_client, KEYS, FEED, RSS)
    wait_until(lambda: Backlog(redis_client, KEYS).waiting() == 0, timeout_seconds=20)

    assert (redis_client.xlen(KEYS.articles), redis_client.xlen(KEYS.dead)) == (1, 0)
    assert worker.process is not None
