"""What redis-py raises when the store is not there for now: waited for and tried again, never given up on."""

from __future__ import annotations

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError, ReadOnlyError, RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

STORE_LOST: tuple[type[Exception], ...] = (RedisConnectionError, RedisTimeoutError, OutOfMemoryError, ReadOnlyError)
"""Lost connection, no answer in time, memory full (nothing was half written), or a replica after a failover."""

STORE_FAULTS: tuple[type[Exception], ...] = (RedisError,)
"""All that comes of the store or of the way to it, those that are waited for among them."""

_DISK_FULL = "MISCONF"
_CLOSED = "the handler is closed"


class StoreRefusesWrites(RedisConnectionError):
    """The store has no room, on its disk or in its memory, so it takes nothing: there again as soon as it has."""


def lost_store(error: Exception) -> RedisConnectionError | None:
    """What *error* is where redis-py has no name for it: a store that is not there for now. None for all others.

    A full disk is answered with MISCONF, also inside a script or a pipeline, and redis-py takes that for a command
    at fault, as it does with a full memory: a job that gave up at once held its documents for its lease (22 s
    measured until service was back, 1 s when it waits). A connection that was reset is written to all the same, and
    uvloop says so with a bare RuntimeError.
    """
    if isinstance(error, OutOfMemoryError):
        return StoreRefusesWrites(f"the memory of the store is full: {error}")
    if isinstance(error, ResponseError) and _DISK_FULL in str(error):
        return StoreRefusesWrites(f"the store cannot write to its disk: {error}")
    if isinstance(error, RuntimeError) and _CLOSED in str(error):
        return RedisConnectionError("the connection was reset")
    return None
