"""What the daemon writes to Redis is what redis-py would have written, only sooner."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import BlockingConnectionPool, Connection, Redis
from redis.exceptions import DataError
from redis.typing import EncodableT

from pipeline.adapters.connection import connect_async
from pipeline.adapters.quick_packing import packs_quickly

_WORDS = st.binary(max_size=9) | st.text(max_size=9) | st.integers()


def quick_connection() -> Connection:
    """A connection as a pool of ours would open it."""
    pool = packs_quickly(BlockingConnectionPool.from_url("redis://127.0.0.1:1/0"))
    connection = pool.make_connection()
    assert isinstance(connection, Connection)
    return connection


@given(st.lists(st.tuples(st.sampled_from(["GET", "SCRIPT LOAD", b"GET"]), st.lists(_WORDS, max_size=4))))
def test_commands_are_packed_as_redis_py_packs_them(commands: list[tuple[EncodableT, list[EncodableT]]]) -> None:
    """A word that is split or encoded in another way would write another key, or another validator."""
    whole = [(name, *words) for name, words in commands]
    plain, quick = Connection(), quick_connection()

    assert b"".join(quick.pack_commands(whole)) == b"".join(map(bytes, plain.pack_commands(whole)))
    for command in whole:
        assert b"".join(quick.pack_command(*command)) == b"".join(map(bytes, plain.pack_command(*command)))


def test_a_word_that_is_no_word_is_refused() -> None:
    """None would be written as the text None: a fault of ours must be heard, not stored."""
    with pytest.raises(DataError):
        quick_connection().pack_command("SET", "a", None)  # type: ignore[arg-type]


@pytest.mark.parametrize("address", ["redis://h:1/0", "rediss://h:1/0", "unix:///tmp/s"])
def test_every_kind_of_connection_packs_quickly(address: str) -> None:
    """Over TCP, TLS or a socket in the file system: the daemon's CPU time should not depend on the address."""
    client: Redis = connect_async(address)

    assert type(client.connection_pool.make_connection()).__name__.startswith("_Quick")
