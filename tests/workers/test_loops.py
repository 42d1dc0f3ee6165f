"""Loops of a process: the store may be away, but one that fails for good takes the process with it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
import redis
from operators_valkey import Valkey
from redis.exceptions import ResponseError
from system import running_system
from waiting import wait_until

from pipeline.adapters.shipped import default_settings_text
from pipeline.settings import Settings, load
from workers.daemon_process import open_daemon
from workers.loops import beside
from workers.store import open_store


def settings_of(url: str, folder: Path) -> Settings:
    """The shipped settings, on the store at *url*."""
    overrides = {"redis_url": url, "data_dir": str(folder)}
    return load(toml_texts=[("shipped", default_settings_text())], environ={}, overrides=overrides)


async def test_a_daemon_ends_with_the_first_of_its_loops(
    valkey_url: str, redis_client: redis.Redis, tmp_path: Path
) -> None:
    """One that goes on without it looks alive and hands on nothing; one that ends is started again."""
    with open_store(settings_of(valkey_url, tmp_path)) as store:
        async with open_daemon(store) as daemon, asyncio.timeout(10):
            running = asyncio.create_task(daemon.run(asyncio.Event()))
            await asyncio.sleep(0.3)
            assert not running.done()
            redis_client.set(store.keys.backfills, "something else", ex=60)  # only one loop reads it
            with pytest.raises(ResponseError, match="WRONGTYPE"):
                await running
    redis_client.flushall()


def test_what_ends_a_daemon_is_a_line_of_its_log(valkey_url: str, redis_client: redis.Redis, tmp_path: Path) -> None:
    """Who reads the log by a program must find there why the daemon was started again."""
    redis_client.set("{newswire}:backfills", "something else", ex=60)

    with running_system(REDIS_URL=valkey_url, DATA_DIR=tmp_path) as system:
        ended = system.launch([sys.executable, "-P", "-m", "workers.daemon_process"]).ended(timeout_seconds=60)

    (line,) = ended.events("failed")
    assert ended.code == 1
    assert "WRONGTYPE" in str(line["reason"])
    redis_client.flushall()


async def test_a_daemon_outlives_a_failover_with_all_its_loops(tmp_path: Path) -> None:
    """A primary that has lost its replicas takes no writes; that is over when one is back."""
    valkey = Valkey(tmp_path)
    try:
        with open_store(settings_of(valkey.url, tmp_path)) as store, redis.Redis.from_url(valkey.url) as operator:
            async with open_daemon(store) as daemon, asyncio.timeout(30):
                stop = asyncio.Event()
                running = asyncio.create_task(daemon.run(stop))
                await asyncio.sleep(0.3)
                operator.config_set("min-replicas-to-write", "1")
                with pytest.raises(ResponseError, match="NOREPLICAS"):
                    operator.set("probe", "0")
                await asyncio.sleep(6)  # each loop has written by then, or tried to
                operator.config_set("min-replicas-to-write", "0")
                (sign_of_life,) = operator.keys(store.keys.daemons("*"))
                operator.delete(sign_of_life)
                await asyncio.to_thread(wait_until, lambda: operator.exists(sign_of_life))
                assert not running.done()
                stop.set()
                await running
    finally:
        valkey.stop()


async def test_loops_end_with_their_block_and_a_failure_ends_it() -> None:
    """Whoever waits in the block is told at once, and of the failure itself."""
    ended, seen = asyncio.Event(), []

    async def until_ended() -> None:
        await ended.wait()
        seen.append("ended")

    async def failing() -> None:
        raise ZeroDivisionError

    async with beside([until_ended()]):
        ended.set()
    assert seen == ["ended"]

    with pytest.raises(ZeroDivisionError):
        async with beside([failing()]):
            await asyncio.Event().wait()
