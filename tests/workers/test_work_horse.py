"""The worker's child for one job, and what becomes of both when one of them is at fault, or told to stop."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from documents import Item, rss
from faults.jobs import enqueue_as_before
from system import Running, System, running_system
from waiting import wait_until

from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.keys import Keys
from pipeline.model import Feed

KEYS = Keys("newswire")
FEED = Feed(id="00000000000000aa", url="https://example.org/feed.xml")
SLOW_WORKER = Path(__file__).with_name("slow_worker.py")


@pytest.fixture
def system(valkey_url: str, redis_client: redis.Redis) -> Iterator[System]:
    """Give a system with one job in its queue; all keys are gone after it."""
    FeedStore(redis_client, KEYS).add([FEED])
    enqueue_as_before(redis_client, KEYS, FEED, rss([Item("1", "One")]))
    with running_system(REDIS_URL=valkey_url) as system:
        yield system
    redis_client.flushall()


def start_worker(system: System) -> tuple[Running, int]:
    """Start a worker that is slow; the worker, and the pid of its child as soon as it is at work."""
    worker = system.launch([sys.executable, "-P", str(SLOW_WORKER)])
    return worker, wait_until(lambda: next((each.pid for each in system.processes() if each.parent == worker.pid), 0))


def lives(system: System, pid: int) -> bool:
    """Whether the process *pid* of *system* is at work."""
    return pid in [each.pid for each in system.processes()]


def resume(worker: Running, client: redis.Redis) -> None:
    """Damage the job that *worker* watches over, so that RQ lets go, and wait until *worker* begins again."""
    (job,) = client.scan_iter("rq:job:*")
    client.set(job, "junk", ex=60)
    wait_until(lambda: "worker_resumed" in worker.stderr.read_text("utf-8"))


def test_a_job_ends_with_its_worker(system: System) -> None:
    """A worker that takes too long to stop is killed; its job must not write on when all seems to have ended."""
    worker, horse = start_worker(system)

    worker.signal(signal.SIGKILL)

    wait_until(lambda: not lives(system, horse), timeout_seconds=20)


def test_a_job_ends_when_its_worker_begins_again(system: System, redis_client: redis.Redis) -> None:
    """Nobody would watch over it, or keep its claims: it would race against whoever has its feeds by then."""
    worker, horse = start_worker(system)

    resume(worker, redis_client)

    assert not lives(system, horse)
    assert lives(system, worker.pid)


def test_a_worker_that_begins_again_hears_a_stop_meanwhile(system: System, redis_client: redis.Redis) -> None:
    """Signals went to the worker that had let go: the new one worked on, and was killed at the end of its grace."""
    worker, _ = start_worker(system)

    resume(worker, redis_client)
    worker.signal(signal.SIGTERM)

    assert worker.ended(timeout_seconds=20).code == 0
