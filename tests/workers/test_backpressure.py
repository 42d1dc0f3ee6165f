"""Polls that wait are an alert, once for all daemons, and so is that they go on."""

from __future__ import annotations

from functools import partial

import pytest
import redis
import redis.asyncio

from pipeline.adapters.keys import Keys
from pipeline.adapters.load import announce_wait, measure_load
from workers import backpressure
from workers.backpressure import Backpressure

KEYS = Keys("newswire")


def _alerts(client: redis.Redis) -> list[tuple[bytes, bytes, bytes]]:
    return [(fields[b"from"], fields[b"to"], fields[b"why"]) for _, fields in client.xrange(KEYS.alerts)]


async def test_a_store_that_is_nearly_full_is_an_alert_once_for_all_daemons(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is polled any more, and nobody who only follows the articles would know why."""
    monkeypatch.setattr(backpressure, "_LOOK_SECONDS", 0.0)
    monkeypatch.setattr(backpressure, "_ANNOUNCED_AFTER_SECONDS", 0.0)
    measure, announce = partial(measure_load, async_redis, KEYS), partial(announce_wait, async_redis, KEYS)
    daemons = [Backpressure(measure, announce, most_waiting=100) for _ in range(2)]
    redis_client.set("ballast", bytes(20_000_000))
    used = redis_client.info("memory")["used_memory"]

    redis_client.config_set("maxmemory", int(used * 1.05))
    held = [await daemon.holds() for daemon in daemons for _ in range(2)]
    redis_client.config_set("maxmemory", 0)
    free = [await daemon.holds() for daemon in (*daemons, Backpressure(measure, announce, most_waiting=100))]

    assert (held, free) == ([True] * 4, [False] * 3)
    waiting, again = _alerts(redis_client)
    assert waiting[:2] == (b"polling", b"waiting")
    assert b"maxmemory" in waiting[2]
    assert again == (b"waiting", b"polling", b"there is room again")
    redis_client.flushall()


async def test_what_a_daemon_that_died_left_announced_is_taken_back(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """Else the next time that polls wait would be taken for the same."""
    await announce_wait(async_redis, KEYS, "the store was full")
    measure, announce = partial(measure_load, async_redis, KEYS), partial(announce_wait, async_redis, KEYS)

    assert not await Backpressure(measure, announce, most_waiting=100).holds()

    assert [alert[1] for alert in _alerts(redis_client)] == [b"waiting", b"polling"]
    redis_client.flushall()
