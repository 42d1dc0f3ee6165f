"""What redis-py raises when the store is not there for now: waited for and tried again, never given up on."""

from __future__ import annotations

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import MasterDownError, OutOfMemoryError, ReadOnlyError, RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

STORE_LOST: tuple[type[Exception], ...] = (RedisConnectionError, RedisTimeoutError)
"""Lost connection, no answer in time, or an answer that says "not now"."""

STORE_FAULTS: tuple[type[Exception], ...] = (RedisError,)
"""All that comes of the store or of the way to it, those that are waited for among them."""

_NOT_NOW = {
    "BUSY": "is busy with a long script",
    "LOADING": "reads its data from its disk",
    "MASTERDOWN": "is a replica without its primary",
    "MISCONF": "cannot write to its disk",
    "NOREPLICAS": "has fewer replicas than it wants to write with",
    "OOM": "has no memory left",
    "READONLY": "is a replica by now",
    "UNBLOCKED": "has broken off what waited, for it changes its role",
}
"""What answers that begin with these codes say of the store. None of them has written anything."""
_NAMED: dict[type[Exception], str] = {
    MasterDownError: "MASTERDOWN",
    OutOfMemoryError: "OOM",
    ReadOnlyError: "READONLY",
}
_IN_PIPELINE = "of pipeline caused error: "
_IN_TRANSACTION = "Transaction discarded because of: "
_CLOSED = "the handler is closed"


class StoreNotReady(RedisConnectionError):
    """The store answers that it cannot for now: no room, a failover, somebody's long script. There again after it."""


def lost_store(error: Exception) -> RedisConnectionError | None:
    """What *error* is where redis-py has no name for it: a store that is not there for now. None for all others.

    To redis-py an answer that says "not now" is a command at fault. A job that gave up at once held its documents for
    its lease (22 s measured until service was back, 1 s when it waits), and some were buried for it. A connection
    that was reset is written to all the same, and uvloop says so with a bare RuntimeError.
    """
    if isinstance(error, ResponseError) and (state := _NOT_NOW.get(_code(error))) is not None:
        return StoreNotReady(f"the store {state}: {_answer(error)}")
    if isinstance(error, RuntimeError) and _CLOSED in str(error):
        return RedisConnectionError("the connection was reset")
    return None


def _code(error: ResponseError) -> str:
    """The code of the answer, which redis-py keeps unless it has a class for it."""
    return _NAMED.get(type(error)) or _answer(error).partition(" ")[0]


def _answer(error: ResponseError) -> str:
    """What the store answered, wherever the command stood; redis-py quotes the command before it.

    Of what a pipeline met its async client tells the tuple: "caused error: ('BUSY Valkey is ...',)".
    """
    return str(error).rpartition(_IN_PIPELINE)[2].lstrip("('\"").removeprefix(_IN_TRANSACTION)
