"""What redis-py raises when the store is not there for now: waited for and tried again, never given up on."""

from __future__ import annotations

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError, ReadOnlyError
from redis.exceptions import TimeoutError as RedisTimeoutError

STORE_LOST: tuple[type[Exception], ...] = (RedisConnectionError, RedisTimeoutError, OutOfMemoryError, ReadOnlyError)
"""Lost connection, no answer in time, memory full (nothing was half written), or a replica after a failover."""
