"""The load of the store, measured: one round trip, some 50 microseconds of the server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from pipeline.adapters.keys import Keys
from pipeline.model import Load


async def measure_load(client: AsyncRedis, keys: Keys) -> Load:
    """Measure the load, from the daemon."""
    async with client.pipeline(transaction=False) as pipe:
        pipe.zcard(keys.backlog)
        pipe.info("memory")
        waiting, memory = await pipe.execute()
    return _load(waiting, memory)


def load_now(client: Redis, keys: Keys) -> Load:
    """Measure the load, from the command line."""
    return _load(int(client.zcard(keys.backlog)), client.info("memory"))


def _load(waiting: int, memory: Mapping[str, Any]) -> Load:
    return Load(waiting, int(memory.get("used_memory", 0)), int(memory.get("maxmemory", 0)))
