"""A store that is away for now, where redis-py has no name for it: it says "not now", or a connection was reset."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
import redis
import uvloop
from operators_valkey import NO_LIMIT, Valkey
from redis.client import Pipeline
from redis.exceptions import ExecAbortError, MasterDownError, OutOfMemoryError, ReadOnlyError, ResponseError
from relay import Relay
from waiting import wait_until

from pipeline.adapters.connection import connect, connect_async
from pipeline.adapters.store_errors import STORE_LOST, StoreNotReady, lost_store


@pytest.mark.parametrize(
    "error",
    [
        ResponseError("MISCONF Errors writing to the AOF file: No space left on device script: 1f, on ..."),
        ResponseError("NOREPLICAS Not enough good replicas to write."),
        ResponseError("BUSY Valkey is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE."),
        ResponseError("UNBLOCKED force unblock from blocking operation, instance state changed"),
        ResponseError("Command # 2 (SET a b) of pipeline caused error: BUSY Valkey is busy running a script."),
        ResponseError("Command # 1 (SET a b) of pipeline caused error: ('BUSY Valkey is busy running a script.',)"),
        ExecAbortError("Transaction discarded because of: NOREPLICAS Not enough good replicas to write."),
        OutOfMemoryError("command not allowed when used memory > 'maxmemory'."),
        ReadOnlyError("Command # 1 (SET a b) of pipeline caused error: You can't write against a read only replica."),
        MasterDownError("Link with MASTER is down and replica-serve-stale-data is set to 'no'."),
    ],
    ids=lambda error: f"{type(error).__name__}: {str(error)[:24]}",
)
def test_an_answer_that_says_not_now_is_a_lost_store(error: ResponseError) -> None:
    """What is no error of ours is waited for, wherever in a script or a pipeline it was met."""
    assert isinstance(lost_store(error), StoreNotReady)
    assert issubclass(StoreNotReady, STORE_LOST)


@pytest.mark.parametrize(
    "error",
    [
        ResponseError("WRONGTYPE Operation against a key"),
        ResponseError("BUSYGROUP Consumer Group name already exists"),
        ResponseError("Command # 1 (HSET a BUSY today: BUSY as ever) of pipeline caused error: WRONGTYPE Operation"),
        ExecAbortError("Transaction discarded because of previous errors."),
        RuntimeError("Event loop is closed"),
    ],
    ids=str,
)
def test_a_command_at_fault_is_no_lost_store(error: Exception) -> None:
    """A fault of ours must be heard at once; and what a publisher wrote says nothing of the store."""
    assert lost_store(error) is None


NOT_NOW: dict[str, tuple[list[str], list[str]]] = {
    "NOREPLICAS": (["CONFIG SET min-replicas-to-write 1"], ["CONFIG SET min-replicas-to-write 0"]),
    "READONLY": (["REPLICAOF 127.0.0.1 1"], ["REPLICAOF NO ONE"]),
    "MASTERDOWN": (["CONFIG SET replica-serve-stale-data no", "REPLICAOF 127.0.0.1 1"], ["REPLICAOF NO ONE"]),
}
WRITE = "return redis.call('SET', KEYS[1], ARGV[1])"


@pytest.mark.parametrize("code", NOT_NOW)
async def test_commands_scripts_and_pipelines_ride_out_a_failover(code: str, tmp_path: Path) -> None:
    """Whoever takes over is there in seconds; a loop of the daemon that ended meanwhile stayed away for good."""
    begin, end = NOT_NOW[code]
    valkey = Valkey(tmp_path)
    try:
        with redis.Redis.from_url(valkey.url) as operator, connect(valkey.url) as plain:
            for ride in (written_plainly(plain), written_async(valkey.url)):
                for command in begin:
                    operator.execute_command(*command.split())
                with pytest.raises(ResponseError):
                    operator.set("probe", "0")
                relief = threading.Timer(0.4, lambda: [operator.execute_command(*each.split()) for each in end])
                relief.start()
                await ride
                relief.join()
    finally:
        valkey.stop()


async def written_plainly(client: redis.Redis) -> None:
    """Write with a command, a script and two kinds of pipeline at once; all must take it."""
    with client.pipeline(transaction=True) as together, client.pipeline(transaction=False) as in_a_row:
        together.set("c", "3")
        in_a_row.set("d", "4")
        await asyncio.gather(
            asyncio.to_thread(client.set, "a", "1"),
            asyncio.to_thread(client.eval, WRITE, 1, "b", "2"),
            asyncio.to_thread(together.execute),
            asyncio.to_thread(in_a_row.execute),
        )
    assert client.mget("a", "b", "c", "d") == [b"1", b"2", b"3", b"4"]


async def written_async(url: str) -> None:
    """Do the same with an async client."""
    client = connect_async(url)
    together, in_a_row = client.pipeline(transaction=True), client.pipeline(transaction=False)
    together.set("c", "7")
    in_a_row.set("d", "8")
    await asyncio.gather(
        client.set("a", "5"), client.eval(WRITE, 1, "b", "6"), together.execute(), in_a_row.execute()
    )
    assert await client.mget("a", "b", "c", "d") == [b"5", b"6", b"7", b"8"]
    await client.aclose()


def test_a_watched_change_pauses_between_its_tries(tmp_path: Path) -> None:
    """To begin anew is left to whoever watches, and RQ does so at once: 1,243 times in half a second."""
    valkey, tries = Valkey(tmp_path), 0

    def change(pipe: Pipeline) -> None:
        nonlocal tries
        tries += 1
        pipe.multi()
        pipe.set("probe", "1")

    try:
        with redis.Redis.from_url(valkey.url) as operator, connect(valkey.url) as client:
            operator.config_set("min-replicas-to-write", "1")
            relief = threading.Timer(0.5, operator.config_set, ["min-replicas-to-write", "0"])
            relief.start()
            client.transaction(change, "probe")
            relief.join()
            assert operator.get("probe") == b"1"
    finally:
        valkey.stop()
    assert 2 <= tries <= 20


async def test_the_long_script_of_somebody_else_is_ridden_out(tmp_path: Path) -> None:
    """It is no fault of the documents that are at work; those that connect meanwhile wait as well."""
    valkey = Valkey(tmp_path, "--busy-reply-threshold", "5")
    try:
        with redis.Redis.from_url(valkey.url) as other, connect(valkey.url) as plain:
            plain.ping()
            slow = threading.Thread(target=other.eval, args=(SLOW, 0))
            slow.start()
            await asyncio.sleep(0.1)
            with redis.Redis.from_url(valkey.url) as impatient, pytest.raises(ResponseError, match="BUSY"):
                impatient.get("a")
            with connect(f"{valkey.url}?db=1") as late:
                await asyncio.gather(written_plainly(plain), written_plainly(late))
            slow.join()
            slow = threading.Thread(target=other.eval, args=(SLOW, 0))
            slow.start()
            await asyncio.sleep(0.1)
            await asyncio.gather(written_async(valkey.url), written_async(f"{valkey.url}?db=1"))
            slow.join()
    finally:
        valkey.stop()


SLOW = """
local began = redis.call('TIME')
repeat local now = redis.call('TIME') until (now[1] - began[1]) * 1000000 + now[2] - began[2] > 800000
"""


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
