"""The load of the store, measured: one round trip, some 50 microseconds of the server; said when too much."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from pipeline import wire
from pipeline.adapters.health import ALERTS_KEPT
from pipeline.adapters.keys import Keys
from pipeline.adapters.scripts import call_async
from pipeline.model import Load

_STATES = ("waiting", "polling")


async def measure_load(client: AsyncRedis, keys: Keys) -> Load:
    """Measure the load, from the daemon."""
    async with client.pipeline(transaction=False) as pipe:
        pipe.zcard(keys.backlog)
        pipe.info("memory")
        waiting, memory = await pipe.execute()
    return _load(waiting, memory)


async def announce_wait(client: AsyncRedis, keys: Keys, reason: str | None) -> None:
    """Put on the stream of alerts that polling waits and why, or with None that it goes on; once for all daemons."""
    seconds, microseconds = await client.time()
    fields = {
        "from": _STATES[reason is not None],
        "to": _STATES[reason is None],
        "since": wire.rfc3339(seconds * 1000 + microseconds // 1000),
        "why": reason or "there is room again",
        "what_to_do": "nothing" if reason is None else "start more workers, or give the store more memory",
    }
    await call_async(
        client,
        "change_health",
        keys={"feeds": keys.feeds, "health": keys.health, "alerts": keys.alerts},
        arguments={
            "feed": "all polls",
            "seen": "" if reason else "waiting",
            "record": "waiting" if reason else "",
            "alerts_size": ALERTS_KEPT,
        },
        tail=[part for pair in fields.items() for part in pair],
    )


def load_now(client: Redis, keys: Keys) -> Load:
    """Measure the load, from the command line."""
    return _load(int(client.zcard(keys.backlog)), client.info("memory"))


def _load(waiting: int, memory: Mapping[str, Any]) -> Load:
    return Load(waiting, int(memory.get("used_memory", 0)), int(memory.get("maxmemory", 0)))
