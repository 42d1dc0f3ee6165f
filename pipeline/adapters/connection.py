"""Connections to Redis, and whether the Redis that answers may be trusted with our data.

Both clients speak bytes, and ride out a restart of Redis: a command whose connection failed is tried again for up
to 15 seconds in all. A command may therefore run twice; the scripts are made for that.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from typing import Any, TypeVar

import redis
import redis.asyncio
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, AuthorizationError, RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry
from redis.sentinel import MasterNotFoundError

from pipeline.adapters.quick_packing import packs_quickly
from pipeline.adapters.sentinel import async_client, is_watched, plain_client
from pipeline.adapters.store_errors import lost_store
from pipeline.errors import StoreUnfit, StoreUnreachable

Client = redis.Redis
AsyncClient = redis.asyncio.Redis
"""A plain client, for who only passes it on."""

_Result = TypeVar("_Result")

PATIENCE_SECONDS = 15.0
_RETRIES = 10
_ANSWER_SECONDS = 30.0  # RQ raises it by itself for the pops that wait longer
_CONNECT_SECONDS = 5.0
_ASYNC_CONNECTIONS = 32  # polls that settle together take turns; each connection costs the server 20 kB
_MIN_REDIS = (7, 0)
_MIN_VALKEY = (8, 0)


def connect(url: str) -> redis.Redis:
    """Return a plain client for the Redis at *url*, for the workers. Nothing is sent yet.

    Raises StoreUnreachable when *url* is not an address.
    """
    return _plain(url, _PatientRetry(NoBackoff(), _RETRIES))


def connect_async(url: str) -> redis.asyncio.Redis:
    """Return an async client for the Redis at *url*, for the daemon and subscribers. Nothing is sent yet.

    Raises StoreUnreachable when *url* is not an address.
    """
    options = {
        "socket_timeout": None,  # _PatientAsyncRetry has the timeout: redis-py's own loses cancellations (below)
        "socket_connect_timeout": _CONNECT_SECONDS,
        "health_check_interval": 30,
        "retry": _PatientAsyncRetry(NoBackoff(), _RETRIES),
        "redis_connect_func": _greet_async,
    }
    try:
        if is_watched(url):
            return async_client(url, options)
        pool = redis.asyncio.BlockingConnectionPool.from_url(
            url, max_connections=_ASYNC_CONNECTIONS, timeout=None, **options
        )
        return redis.asyncio.Redis.from_pool(packs_quickly(pool))
    except (ValueError, TypeError):
        raise _no_address(url) from None


def shown(url: str) -> str:
    """Return the Redis address *url* as it may be printed: without user, password and options."""
    return re.sub(r"//.*@", "//", url.partition("?")[0], flags=re.DOTALL)


def check(url: str) -> tuple[str, ...]:
    """Return warnings about the Redis at *url*, one line each. Asks once: at a start, a wrong address is likely.

    Raises StoreUnreachable when it does not answer, StoreUnfit when it must not be used: a version too old, a
    replica or a cluster, or an eviction policy under which it forgets what it acknowledged.
    """
    name, client = shown(url), _plain(url, Retry(NoBackoff(), 0))
    try:
        facts: Mapping[str, Any] = client.info()
        _refuse_unfit(facts, name)
        return _persistence_warnings(client, facts, name)
    except ResponseError as error:
        return (f"{name}: cannot be checked for its eviction policy and persistence: {_line(error)}",)
    except (RedisError, OSError) as error:
        raise StoreUnreachable(
            f"{name}: Redis does not answer: {_line(error)}; start it, or correct redis_url (NEWSWIRE_REDIS_URL)"
        ) from None
    finally:
        client.close()


def _plain(url: str, retry: Retry) -> redis.Redis:
    options = {
        "socket_timeout": _ANSWER_SECONDS,
        "socket_connect_timeout": _CONNECT_SECONDS,
        "health_check_interval": 30,
        "retry": retry,
        "redis_connect_func": _greet,
    }
    try:
        return plain_client(url, options) if is_watched(url) else redis.Redis.from_url(url, **options)
    except (ValueError, TypeError):
        raise _no_address(url) from None


def _refuse_unfit(facts: Mapping[str, Any], name: str) -> None:
    valkey = facts.get("valkey_version")
    product, version, least = (
        ("Valkey", valkey, _MIN_VALKEY) if valkey else ("Redis", facts["redis_version"], _MIN_REDIS)
    )
    if tuple(int(number) for number in re.findall(r"\d+", str(version))[:2]) < least:
        raise StoreUnfit(f"{name}: {product} {version} is too old: Redis 7.0 or Valkey 8.0 at least")
    if facts.get("cluster_enabled"):  # the mode has another name in Valkey than in Redis
        raise StoreUnfit(f"{name}: is part of a cluster, which RQ cannot use: name a single primary")
    if facts.get("role") == "slave":
        raise StoreUnfit(f"{name}: is a replica and takes no writes: name its primary")
    policy = facts.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        raise StoreUnfit(
            f"{name}: maxmemory-policy is {policy}, under which it forgets articles when memory is short; "
            "repair: redis-cli CONFIG SET maxmemory-policy noeviction (and in its configuration file)"
        )


def _persistence_warnings(client: redis.Redis, facts: Mapping[str, Any], name: str) -> tuple[str, ...]:
    if facts.get("aof_enabled"):
        return ()
    repair = "repair: redis-cli CONFIG SET appendonly yes (and in its configuration file)"
    try:
        save = client.config_get("save").get("save")
    except ResponseError as error:
        return (f"{name}: appendonly is off and `save` cannot be read: {_line(error)}; {repair}",)
    if save:
        return (f"{name}: keeps snapshots only: a crash loses what came after the last one; {repair}",)
    return (f"{name}: keeps nothing on disk: a restart loses every feed and article; {repair}",)


def _no_address(url: str) -> StoreUnreachable:
    scheme = f" {url.partition('://')[0]}://..." if "://" in url else ""  # the rest may be a password
    return StoreUnreachable(
        f"redis_url{scheme} is not a Redis address: redis://host:port/0, rediss://..., unix:///path or "
        "redis+sentinel://host:port,host:port/service expected"
    )


def _line(error: Exception) -> str:
    if isinstance(error, MasterNotFoundError):  # its text quotes the clients of the sentinels
        return "none of these sentinels answers and knows a primary of this name"
    return " ".join(str(error).split()) or type(error).__name__


# --- Patience ----------------------------------------------------------------------------------------------------

# redis-py retries the connect inside each retry of a command: eleven times eleven tries without this mark.
_inside: ContextVar[bool] = ContextVar("_inside", default=False)

_Fail = Callable[..., Any]


class _Tries:
    """The count of one run of tries: which failures deserve another try, and after which pause."""

    def __init__(self, retries: int) -> None:
        self._retries = 0 if _inside.get() else retries
        self._deadline = time.monotonic() + PATIENCE_SECONDS
        self.failures = 0

    def pause_seconds(self, error: Exception) -> float | None:
        """Return the pause before the next try after *error*, or None to give up."""
        self.failures += 1
        if isinstance(error, AuthenticationError | AuthorizationError) or self.failures > self._retries:
            return None
        pause = min(2.0, 0.05 * 2**self.failures)
        pause *= random.uniform(0.5, 1.0)  # noqa: S311 - clients should not come back all at once
        return pause if time.monotonic() + pause < self._deadline else None


def _plainly(do: Callable[[], _Result]) -> _Result:
    try:
        return do()
    except ResponseError as error:
        if (lost := lost_store(error)) is None:
            raise
        raise lost from error


def _greet(connection: redis.Connection) -> None:
    """Log in and choose the database as redis-py does; to that, too, a server may say "not now"."""
    _plainly(connection.on_connect)


class _PatientRetry(Retry):
    """Tries a command again for up to PATIENCE_SECONDS, connects included."""

    def call_with_retry(
        self,
        do: Callable[[], _Result],
        fail: _Fail,
        is_retryable: Callable[[Exception], bool] | None = None,
        with_failure_count: bool = False,  # noqa: FBT001, FBT002 - the signature is redis-py's
    ) -> _Result:
        tries = _Tries(self._retries)
        mark = _inside.set(True)
        try:
            while True:
                try:
                    return _plainly(do)
                except self._supported_errors as error:
                    if is_retryable and not is_retryable(error):
                        raise
                    pause = tries.pause_seconds(error)
                    try:
                        fail(error, tries.failures) if with_failure_count else fail(error)
                    finally:  # where keys are watched it raises, and is called again at once
                        time.sleep(pause or 0.0)
                    if pause is None:
                        raise
        finally:
            _inside.reset(mark)


async def _in_time(do: Callable[[], Awaitable[_Result]]) -> _Result:
    """Await *do* for as long as an answer may take; raises redis-py's TimeoutError.

    Not with `socket_timeout`: redis-py then sends with `asyncio.wait_for`, which in Python 3.11 loses a cancellation
    that meets the end of the sending (python/cpython#86296; 31 of 400 cancelled reads went on for ever).
    """
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            return await do()
    except TimeoutError:
        raise RedisTimeoutError(f"no answer within {_ANSWER_SECONDS:.0f} s") from None
    except (ResponseError, RuntimeError) as error:
        if (lost := lost_store(error)) is None:
            raise
        raise lost from error


async def _greet_async(connection: redis.asyncio.Connection) -> None:
    """The same for the async client."""
    await _in_time(connection.on_connect)


class _PatientAsyncRetry(AsyncRetry):
    """The same for the async client."""

    async def call_with_retry(
        self,
        do: Callable[[], Awaitable[_Result]],
        fail: _Fail,
        is_retryable: Callable[[Exception], bool] | None = None,
        with_failure_count: bool = False,  # noqa: FBT001, FBT002 - the signature is redis-py's
    ) -> _Result:
        tries = _Tries(self._retries)
        mark = _inside.set(True)
        try:
            while True:
                try:
                    return await _in_time(do)
                except self._supported_errors as error:
                    if is_retryable and not is_retryable(error):
                        raise
                    pause = tries.pause_seconds(error)
                    await (fail(error, tries.failures) if with_failure_count else fail(error))
                    if pause is None:
                        raise
                await asyncio.sleep(pause)
        finally:
            _inside.reset(mark)
