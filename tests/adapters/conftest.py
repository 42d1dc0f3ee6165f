"""What the tests of adapters begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
import redis.asyncio

from pipeline.adapters import embedded_server
from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.keys import Keys
from pipeline.adapters.leases import LeaseStore
from pipeline.model import Feed, FeedState, RawDocument


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """Give a data directory with a short path, and see that nothing serves it afterwards."""
    folder = tmp_path / "d"
    yield folder
    life = folder / "valkey.life"
    if life.exists():
        with life.open("r+b") as file:
            assert not embedded_server.is_alive(file.fileno()), "a server was left behind"


@pytest.fixture
async def documents(redis_client: redis.Redis, async_redis: redis.asyncio.Redis) -> list[str]:
    """Two documents of one feed, as a daemon leaves them."""
    feed, keys = Feed(id="00000000000000aa", url="https://example.org/feed.xml"), Keys("newswire")
    FeedStore(redis_client, keys).add([feed])
    leases = LeaseStore(async_redis, keys)
    ids = []
    for body in (b"<one/>", b"<two/>"):
        leased = await leases.lease_due(limit=1)
        document = RawDocument(feed.id, feed.url, leased.now_ms, body, "", "text/xml")
        ids.append(await leases.ingest(leased.leases[0], FeedState(), document, due_ms=0))
    return [each for each in ids if each is not None]
