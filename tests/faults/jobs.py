"""Jobs that stand in the queue and should not: the same one again and again, and ones that nobody can read."""

from __future__ import annotations

from collections.abc import Mapping

import redis
from rq import Queue
from rq.serializers import JSONSerializer

from pipeline.adapters.backlog import JOB_FUNCTION
from pipeline.adapters.connection import connect
from pipeline.adapters.keys import Keys
from pipeline.model import Feed

DAMAGES: tuple[Mapping[str, bytes | str], ...] = (
    {"created_at": "junk"},
    {"data": b"\x80junk"},
    {"status": "junk"},
)
"""What is overwritten in the hash of a job, so that RQ cannot read it."""


def enqueue_again(url: str, keys: Keys, times: int) -> None:
    """Enqueue one job for all feeds so many *times*."""
    with connect(url) as client:
        feeds = [name.decode() for name in client.hkeys(keys.feeds)]
        for _ in range(times):
            _queue(client, keys).enqueue(JOB_FUNCTION, args=(feeds,), result_ttl=0, failure_ttl=60)


def enqueue_as_before(client: redis.Redis, keys: Keys, feed: Feed, body: bytes | None) -> None:
    """Leave a document of *feed* as versions did that knew its first fields only; None for a *body* that is gone."""
    name = f"before-{feed.id}"
    if body is not None:
        names = ("feed_id", "url", "fetched_ms", "body", "content_encoding", "content_type")
        fields = dict(zip(names, (feed.id, feed.url, "1700000000000", body, "", "text/xml"), strict=True))
        client.hset(keys.documents(name), mapping=fields)
    client.rpush(keys.mailboxes(feed.id), name)
    client.zadd(keys.backlog, {feed.id: 0})
    # By the name that was written then, whatever the function is called by now.
    _queue(client, keys).enqueue("workers.jobs.process", args=([feed.id],), result_ttl=0, failure_ttl=60)


def enqueue_junk(client: redis.Redis, keys: Keys, damage: Mapping[str, bytes | str]) -> None:
    """Enqueue a job whose hash has *damage*."""
    queue = _queue(client, keys)
    job = queue.create_job(JOB_FUNCTION, args=([],), result_ttl=0, failure_ttl=60)
    job.save()
    client.hset(job.key, mapping=dict(damage))
    queue.push_job_id(job.id)


def _queue(client: redis.Redis, keys: Keys) -> Queue:
    return Queue(keys.queue, connection=client, serializer=JSONSerializer)
