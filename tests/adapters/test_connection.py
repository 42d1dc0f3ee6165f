"""Connections: what is refused before it can lose data, what is warned of, and what is ridden out."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from operators_valkey import Valkey
from redis.exceptions import AuthenticationError
from redis.retry import Retry

from pipeline.adapters.connection import check, connect, connect_async, shown
from pipeline.errors import StoreUnfit, StoreUnreachable


@pytest.fixture
def operators_valkey(tmp_path: Path) -> Iterator[Valkey]:
    """Give a Valkey as its package configures it: snapshots and no log of writes."""
    valkey = Valkey(tmp_path)
    yield valkey
    valkey.stop()


def retry_of(client: redis.Redis) -> Retry:
    """Return the retry of the connections that *client* will make."""
    retry = client.get_retry()
    assert isinstance(retry, Retry)
    return retry


def configure(url: str, name: str, value: str) -> None:
    """Set one option of the Redis at *url*."""
    client = connect(url)
    client.config_set(name, value)
    client.close()


def test_the_embedded_store_passes_without_a_warning(valkey_url: str) -> None:
    """A newcomer is not greeted with warnings."""
    assert check(valkey_url) == ()


@pytest.mark.parametrize("policy", ["allkeys-lru", "volatile-ttl"])
def test_an_eviction_policy_that_forgets_is_refused_with_its_repair(operators_valkey: Valkey, policy: str) -> None:
    """Under memory pressure such a Redis drops articles and feeds without a word."""
    configure(operators_valkey.url, "maxmemory-policy", policy)

    with pytest.raises(StoreUnfit) as caught:
        check(operators_valkey.url)

    assert f"maxmemory-policy is {policy}" in str(caught.value)
    assert "redis-cli CONFIG SET maxmemory-policy noeviction" in str(caught.value)


@pytest.mark.parametrize(("save", "expected"), [("", "keeps nothing on disk"), ("3600 1", "keeps snapshots only")])
def test_a_store_that_forgets_at_a_restart_is_warned_of(operators_valkey: Valkey, save: str, expected: str) -> None:
    """It may be wanted for a trial; it must not be found out by losing a month."""
    configure(operators_valkey.url, "save", save)

    (warning,) = check(operators_valkey.url)

    assert expected in warning
    assert "redis-cli CONFIG SET appendonly yes" in warning


def test_a_managed_store_that_hides_its_configuration_is_only_warned_of(operators_valkey: Valkey) -> None:
    """Managed Redis forbids CONFIG; it can be used all the same."""
    client = connect(operators_valkey.url)
    client.acl_setuser("us", enabled=True, nopass=True, keys=["*"], commands=["+@all", "-config"])
    client.acl_setuser("blind", enabled=True, nopass=True, keys=["*"], commands=["+@all", "-config", "-info"])
    client.close()

    (no_config,) = check(operators_valkey.url.replace("unix://", "unix://us:x@"))
    (no_info,) = check(operators_valkey.url.replace("unix://", "unix://blind:x@"))

    assert "appendonly is off and `save` cannot be read" in no_config
    assert "cannot be checked" in no_info


def test_a_replica_is_refused(operators_valkey: Valkey) -> None:
    """The first write would fail hours later, in a worker."""
    client = connect(operators_valkey.url)
    client.replicaof("127.0.0.1", 1)
    client.close()

    with pytest.raises(StoreUnfit, match="is a replica"):
        check(operators_valkey.url)


def test_a_cluster_is_refused(tmp_path: Path) -> None:
    """RQ cannot work there (CROSSSLOT): better said at the start than by a worker that ends again and again."""
    store = Valkey(tmp_path, "--cluster-enabled", "yes")
    try:
        with pytest.raises(StoreUnfit, match="is part of a cluster"):
            check(store.url)
    finally:
        store.stop()


def test_nobody_listening_is_told_in_one_line_without_the_password() -> None:
    """It is the most common mistake of all, and its message ends up in a ticket."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        url = f"redis://me:secret@127.0.0.1:{taken.getsockname()[1]}/0"

        with pytest.raises(StoreUnreachable) as caught:
            check(url)

    message = str(caught.value)
    assert message.startswith(f"redis://127.0.0.1:{taken_port(url)}/0: Redis does not answer: ")
    assert "NEWSWIRE_REDIS_URL" in message
    assert "secret" not in message
    assert "\n" not in message


def taken_port(url: str) -> str:
    """Return the port in *url*."""
    return url.rpartition(":")[2].partition("/")[0]


def test_a_wrong_password_is_told_at_once(operators_valkey: Valkey) -> None:
    """Trying it again for fifteen seconds would only delay the message, and look like an attack."""
    configure(operators_valkey.url, "requirepass", "right")
    before = time.monotonic()

    with pytest.raises(StoreUnreachable, match="invalid username-password pair"):
        check(operators_valkey.url.replace("unix://", "unix://:wrong@"))
    assert time.monotonic() - before < 2


@pytest.mark.parametrize("make", [connect, connect_async])
@pytest.mark.parametrize("url", ["", "http://h", "redis://u:se/cret@h:1/0", "redis://h:secret", "redis://h:99999999"])
def test_an_address_that_cannot_be_is_told_in_one_line(make: Callable[[str], object], url: str) -> None:
    """Both clients say the same, and neither shows what may be a password."""
    with pytest.raises(StoreUnreachable, match="is not a Redis address") as caught:
        make(url)

    assert "cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://me:secret@h:1/2", "redis://h:1/2"),
        ("redis://me:sec/ret@h:1/2", "redis://h:1/2"),
        ("redis://h:1/2?password=secret", "redis://h:1/2"),
        ("unix://:secret@/a/b", "unix:///a/b"),
    ],
)
def test_an_address_is_shown_without_its_secrets(url: str, expected: str) -> None:
    """Addresses are in logs, in `status` and in errors."""
    assert shown(url) == expected


def test_a_plain_client_rides_out_a_restart(operators_valkey: Valkey) -> None:
    """A worker must survive a restart of Redis in the middle of a document."""
    client = connect(operators_valkey.url)
    client.set("key", "value", ex=60)
    client.save()
    operators_valkey.stop()
    restart = threading.Timer(0.5, operators_valkey.start)
    restart.start()

    assert client.get("key") == b"value"
    restart.join()
    client.close()


async def test_an_async_client_rides_out_a_restart(operators_valkey: Valkey) -> None:
    """The daemon has thousands of polls in flight that all want to settle."""
    client = connect_async(operators_valkey.url)
    await client.set("key", "value", ex=60)
    await client.save()
    operators_valkey.stop()
    restart = threading.Timer(0.5, operators_valkey.start)
    restart.start()

    answers_ = await asyncio.gather(*(client.get("key") for _ in range(20)))

    assert answers_ == [b"value"] * 20
    restart.join()
    await client.aclose()


def test_the_tries_of_a_command_and_of_its_connect_are_counted_together(operators_valkey: Valkey) -> None:
    """redis-py retries the connect inside each retry of a command, which makes minutes out of seconds."""
    client = connect(operators_valkey.url)
    retry_of(client).update_retries(3)  # pauses of 0.1, 0.2 and 0.4 s at most; four times that if they multiplied
    client.ping()
    operators_valkey.stop()
    before = time.monotonic()

    with pytest.raises(redis.ConnectionError):
        client.get("key")

    assert 0.3 < time.monotonic() - before < 1.4
    client.close()


def test_a_blocking_pop_longer_than_the_socket_timeout_is_left_to_rq(redis_client: redis.Redis) -> None:
    """RQ raises the timeout of the connections it is given; that must go on working with ours."""
    pool = redis_client.connection_pool

    assert pool.connection_kwargs["socket_timeout"] == 30.0
    assert redis_client.blpop(["rq:queue:none"], timeout=1) is None


def test_errors_of_a_wrong_password_are_connection_errors_in_redis_py() -> None:
    """The reason why retrying has to tell them apart."""
    assert issubclass(AuthenticationError, redis.ConnectionError)


async def test_a_cancelled_call_ends(async_redis: redis.asyncio.Redis) -> None:
    """A subscriber that is told to stop must stop: redis-py's own time limit loses one cancellation in thirteen."""
    await async_redis.set("key", "value", ex=60)

    async def read_for_ever() -> None:
        while True:
            await async_redis.get("key")

    readers = []
    for attempt in range(150):
        reader = asyncio.create_task(read_for_ever())
        await asyncio.sleep(attempt % 17 / 3000)
        reader.cancel()
        readers.append(reader)

    _, running = await asyncio.wait(readers, timeout=5)

    assert not running
