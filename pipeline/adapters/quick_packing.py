"""Connections whose commands are packed by hiredis.

redis-py reads answers with hiredis wherever that is installed, and its plain client writes with it too; its async
client packs every argument in Python, which cost a poll 0.1 ms of its 1.2 ms (`tests/benchmarks/bench_fetch.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import hiredis
from redis.asyncio import BlockingConnectionPool, Connection, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import DataError
from redis.typing import EncodableT


class _QuickPacking(AbstractConnection):
    """Packs as redis-py does: the words of a command's name are sent apart, text goes as UTF-8."""

    def pack_command(self, *args: EncodableT) -> list[bytes]:
        return [_packed(args)]

    def pack_commands(self, commands: Iterable[Iterable[EncodableT]]) -> list[bytes]:
        return [b"".join(_packed(tuple(command)) for command in commands)]


class _QuickTcp(_QuickPacking, Connection):
    """Over TCP."""


class _QuickTls(_QuickPacking, SSLConnection):
    """Over TLS."""


class _QuickUnix(_QuickPacking, UnixDomainSocketConnection):
    """Over a socket in the file system."""


_QUICK: dict[type[AbstractConnection], type[AbstractConnection]] = {
    Connection: _QuickTcp,
    SSLConnection: _QuickTls,
    UnixDomainSocketConnection: _QuickUnix,
}


def packs_quickly(pool: BlockingConnectionPool) -> BlockingConnectionPool:
    """Let the connections that *pool* will open pack quickly; returns it. A kind that is not known here stays."""
    pool.connection_class = _QUICK.get(pool.connection_class, pool.connection_class)
    return pool


def _packed(words: tuple[EncodableT, ...]) -> bytes:
    """*words* in the protocol of Redis; raises redis-py's DataError for a word that is neither text nor number."""
    name, *rest = words
    if isinstance(name, str) and " " in name:
        words = (*name.split(), *rest)
    try:
        packed: bytes = hiredis.pack_command(cast("tuple[bytes]", words))
    except TypeError as error:
        raise DataError(str(error)) from None
    return packed
