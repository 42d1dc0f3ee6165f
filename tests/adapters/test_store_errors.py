"""A store that is away for now, where redis-py has no name for it: a full disk, a reset connection under uvloop."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
import redis
import uvloop
from operators_valkey import NO_LIMIT, Valkey
from redis.exceptions import ResponseError
from relay import Relay
from waiting import wait_until

from pipeline.adapters.connection import connect, connect_async
from pipeline.adapters.store_errors import STORE_LOST, StoreRefusesWrites, lost_store


def test_a_full_disk_is_a_lost_store_and_a_wrong_command_is_none() -> None:
    """What is no error of ours is waited for; what is one must be heard at once."""
    inside_a_script = ResponseError(
        "MISCONF Errors writing to the AOF file: No space left on device script: 1f, on ..."
    )

    assert isinstance(lost_store(inside_a_script), StoreRefusesWrites)
    assert issubclass(StoreRefusesWrites, STORE_LOST)
    assert lost_store(ResponseError("WRONGTYPE Operation against a key")) is None
    assert lost_store(RuntimeError("Event loop is closed")) is None


def test_a_command_rides_out_a_full_disk(tmp_path: Path) -> None:
    """Somebody makes room in a minute; until then nothing may be given up or buried for it."""
    valkey = Valkey(tmp_path, "--appendonly", "yes", "--save", "")
    try:
        valkey.limit_files(1)
        with redis.Redis.from_url(valkey.url) as impatient:
            wait_until(lambda: refuses(impatient))
        relief = threading.Timer(0.5, valkey.limit_files, [NO_LIMIT])
        relief.start()
        with connect(valkey.url) as client:
            assert client.set("{newswire}:probe", "1")
            with client.pipeline() as pipe:
                assert pipe.set("{newswire}:probe", "2").get("{newswire}:probe").execute() == [True, b"2"]
        relief.join()
    finally:
        valkey.stop()


def test_a_command_rides_out_a_full_memory(tmp_path: Path) -> None:
    """A job that gave up at once would hold its documents back until its lease ends."""
    valkey = Valkey(tmp_path)
    try:
        with redis.Redis.from_url(valkey.url) as impatient, connect(valkey.url) as client:
            impatient.config_set("maxmemory", "1mb")
            with pytest.raises(redis.exceptions.OutOfMemoryError):
                impatient.set("{newswire}:probe", "0")
            relief = threading.Timer(0.5, impatient.config_set, ["maxmemory", "0"])
            relief.start()
            assert client.set("{newswire}:probe", "1")
            relief.join()
    finally:
        valkey.stop()


def refuses(client: redis.Redis) -> bool:
    """Whether the store refuses to write."""
    try:
        client.set("{newswire}:probe", "0")
    except ResponseError as error:
        return "MISCONF" in str(error)
    return False


def test_what_uvloop_says_of_a_closed_connection_is_a_lost_store() -> None:
    """It is a bare RuntimeError where a reset meets a command on its way; it ended the daemon."""
    with pytest.raises(RuntimeError) as said:
        uvloop.run(write_after_the_end())

    assert isinstance(lost_store(said.value), STORE_LOST)


async def write_after_the_end() -> None:
    """Write as redis-py does to a connection that is closed already."""
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.transport.abort()
        await asyncio.sleep(0.05)
        writer.writelines([b"PING"])


async def test_a_command_rides_out_connections_that_are_cut(tmp_path: Path) -> None:
    """A network that resets everything now and then costs time and nothing else."""
    valkey = Valkey(tmp_path)
    try:
        with Relay(valkey.socket) as relay, connect(f"redis://127.0.0.1:{relay.port}/0") as plain:
            patient = connect_async(f"redis://127.0.0.1:{relay.port}/0")
            for number in range(8):
                relay.cuts_left = 1
                assert await patient.set(f"probe:{number}", "x", ex=60)
                relay.cut()
                assert plain.get(f"probe:{number}") == b"x"
            await patient.aclose()
            assert relay.cuts_made >= 8
    finally:
        valkey.stop()
