"""Faults of the store: slow, killed, full, given the same again."""

from __future__ import annotations

import time

import redis
from faults.jobs import enqueue_again
from faults.pipe import Pipe, running_pipe
from operators_valkey import NO_LIMIT

from pipeline.adapters.connection import connect
from pipeline.adapters.keys import Keys


def run() -> None:
    """Inject them one after the other into one running pipe."""
    with running_pipe() as pipe:
        _slow(pipe)
        _killed(pipe)
        _out_of_memory(pipe)
        _disk_full(pipe)
        _same_job_again(pipe)


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
        enqueue_again(pipe.store.url, Keys("newswire"), times)


def _wait_until_refusing(client: redis.Redis) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            client.set("{newswire}:probe", "1", px=1_000)
        except redis.ResponseError:
            return
        time.sleep(0.1)
    raise AssertionError("the store goes on writing")
