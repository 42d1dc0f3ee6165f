"""What every test may ask for: a real Valkey, clients for it, the corpus, and an environment without our variables.

A test that used Redis must leave only keys that expire or that `pipeline.adapters.keys.PERMANENT` names.
"""

from __future__ import annotations

import fnmatch
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import redis
import redis.asyncio
from hypothesis import settings

from pipeline.adapters import keys
from pipeline.adapters.connection import connect, connect_async
from pipeline.adapters.embedded import EmbeddedStore

# How long an example takes on a busy machine says nothing of what is tested.
settings.register_profile("untimed", parent=settings(), deadline=None)
settings.load_profile("untimed")

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the settings of whoever runs the tests."""
    for variable in [name for name in os.environ if name.startswith("NEWSWIRE_")]:
        monkeypatch.delenv(variable)


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """Give the address of a real Valkey that lives as long as the test session."""
    with tempfile.TemporaryDirectory(prefix="nw-") as folder, EmbeddedStore(Path(folder)) as store:
        yield store.url


@pytest.fixture
def redis_client(valkey_url: str) -> Iterator[redis.Redis]:
    """Give a plain client of an empty Valkey."""
    client = connect(valkey_url)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
async def async_redis(valkey_url: str) -> AsyncIterator[redis.asyncio.Redis]:
    """Give an async client of an empty Valkey."""
    client = connect_async(valkey_url)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture(autouse=True)
def _no_leaked_keys(request: pytest.FixtureRequest) -> Iterator[None]:
    """Check that every key has a TTL or a bound: one that stands unnoticed fills the memory in a year."""
    if "valkey_url" not in request.fixturenames:
        yield
        return
    client = connect(request.getfixturevalue("valkey_url"))
    yield
    leaked = sorted(
        name.decode("utf-8", "backslashreplace")
        for name in client.scan_iter(count=1000)
        if client.ttl(name) == -1 and not is_permanent(name)
    )
    if leaked:
        client.flushall()  # the next test has its own faults
    client.close()
    assert not leaked, f"keys without a TTL that keys.PERMANENT does not name: {', '.join(leaked[:20])}"


def is_permanent(name: bytes) -> bool:
    """Whether the key *name* may stand without a TTL."""
    text = name.decode("utf-8", "backslashreplace")
    return any(fnmatch.fnmatchcase(text, pattern) for pattern in keys.PERMANENT)


@pytest.fixture
def corpus() -> Path:
    """Give the folder of real feeds and pages beside the repository; without it the test is skipped."""
    if not CORPUS.exists():
        pytest.skip("../shared/corpus is absent")
    return CORPUS
