"""Faults of the store: slow, killed, full, given the same again."""

from __future__ import annotations

import time
from dataclasses import replace

import redis
from documents import Item, rss
from faults.jobs import enqueue_again, enqueue_as_before
from faults.pipe import Pipe, running_pipe
from ledger import published
from operators_valkey import NO_LIMIT
from waiting import wait_until

from pipeline.adapters.connection import connect
from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.keys import Keys
from pipeline.model import Feed
from pipeline.stages.urls import feed_id

_KEYS = Keys("newswire")
_PATIENCE_SECONDS = 180.0


def run() -> None:
    """Inject them one after the other into one running pipe."""
    with running_pipe() as pipe:
        _slow(pipe)
        _killed(pipe)
        _out_of_memory(pipe)
        _disk_full(pipe)
        _same_job_again(pipe)
        _policy_that_forgets(pipe)
        _left_by_the_version_before(pipe)


def _slow(pipe: Pipe) -> None:
    """18: each answer of the store takes 200 ms."""
    with pipe.fault(18):
        pipe.relay.delay_seconds = 0.2
        time.sleep(5)
        pipe.relay.delay_seconds = 0.0


def _killed(pipe: Pipe) -> None:
    """13: the store is killed and comes back from its log of writes."""
    with pipe.fault(13):
        pipe.store.stop()
        time.sleep(1)
        pipe.store.start()


def _out_of_memory(pipe: Pipe) -> None:
    """20: the memory of the store is full, and it refuses each write."""
    with pipe.fault(20), connect(pipe.store.url) as client:
        client.config_set("maxmemory", "1mb")
        time.sleep(4)
        client.config_set("maxmemory", "0")


def _disk_full(pipe: Pipe) -> None:
    """22: the disk of the store is full: it can write nothing more to its log, and refuses each write."""
    with pipe.fault(22), redis.Redis.from_url(pipe.store.url) as client:
        pipe.store.limit_files(1)
        _wait_until_refusing(client)
        time.sleep(3)
        pipe.store.limit_files(NO_LIMIT)


def _same_job_again(pipe: Pipe) -> None:
    """29: the same job stands in the queue a hundred times."""
    times = 100
    with pipe.fault(29, times=times):
        enqueue_again(pipe.store.url, _KEYS, times)


def _policy_that_forgets(pipe: Pipe) -> None:
    """21: the store may throw away what it likes: who starts then refuses, and says the repair."""
    with pipe.fault(21), connect(pipe.store.url) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        for words in (["daemon"], ["worker"]):
            refused = pipe.system.run(*words)
            assert refused.code != 0
            assert "CONFIG SET maxmemory-policy noeviction" in refused.stderr
        client.config_set("maxmemory-policy", "noeviction")


def _left_by_the_version_before(pipe: Pipe) -> None:
    """48: jobs as an older version left them: a document with its first fields only, one whose body is gone."""
    beside = [Feed(feed_id(url), url) for url in ("https://old.example/a.xml", "https://old.example/b.xml")]
    with pipe.fault(48, times=len(beside)), connect(pipe.store.url) as client:
        FeedStore(client, _KEYS).add([replace(feed, paused=True) for feed in beside])
        for number, feed in enumerate(beside):
            enqueue_as_before(
                client, _KEYS, feed, None if number else rss([Item("old", "Left by the version before")])
            )
        mailboxes = [_KEYS.mailboxes(feed.id) for feed in beside]
        # On a busy machine the hundred jobs of the fault before still stand in the queue.
        wait_until(lambda: not client.exists(*mailboxes), timeout_seconds=_PATIENCE_SECONDS)
    assert [line.title for line in published(pipe.store.url) if line.feed == beside[0].id] == [
        "Left by the version before"
    ]


def _wait_until_refusing(client: redis.Redis) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            client.set("{newswire}:probe", "1", px=1_000)
        except redis.ResponseError:
            return
        time.sleep(0.1)
    raise AssertionError("the store goes on writing")
