"""Reading the stream: `newswire tail`, and `pipeline.follow` alone and in groups, also when things die."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from documents import Item, rss
from origin import Origin, OriginThread
from system import System, kill, running_system
from waiting import wait_until, wait_until_async

from pipeline import Delivery, follow
from pipeline.adapters.connection import connect

pytestmark = pytest.mark.flow

_ITEMS = 8
_LIVE_SECONDS = 2.0


@dataclass(slots=True)
class Town:
    """A running system that follows one feed at *origin*; `publish` gives the feed an item more."""

    system: System
    origin: Origin
    count: int = 0

    def publish(self, count: int = 1) -> None:
        """Have the feed show *count* items more."""
        self.count += count
        body = rss([Item(str(n), f"Story {n}") for n in range(self.count, 0, -1)])
        self.origin.serve("/feed", body, etag=f'"{self.count}"')


@pytest.fixture
def town() -> Iterator[Town]:
    """Give a town with eight articles on its stream."""
    with OriginThread() as origin, running_system(SCHEDULE__INTERVAL_SECONDS=0.5) as system:
        town = Town(system, origin)
        town.publish(_ITEMS)
        system.start("run", origin.url("/feed"), "--workers", "1")
        wait_until(system.server_pid)
        yield town


async def taken(deliveries: AsyncIterator[Delivery], count: int) -> list[Delivery]:
    """Take *count* deliveries and acknowledge each."""
    found = []
    for _ in range(count):
        async with asyncio.timeout(30):
            delivery = await anext(deliveries)
        await delivery.ack()
        found.append(delivery)
    return found


@asynccontextmanager
async def following(url: str, **options: Any) -> AsyncIterator[AsyncIterator[Delivery]]:  # noqa: ANN401 - those of follow
    """Give what `follow` yields, and close it at the end."""
    deliveries = follow(url, **options)
    assert isinstance(deliveries, AsyncGenerator)
    try:
        yield deliveries
    finally:
        await deliveries.aclose()


def titles(deliveries: list[Delivery]) -> list[str]:
    """List the titles, sorted."""
    return sorted(str(delivery.article.title) for delivery in deliveries)


def stories(first: int, last: int) -> list[str]:
    """List the titles of the stories *first* to *last*, sorted."""
    return sorted(f"Story {n}" for n in range(first, last + 1))


def test_tail_prints_so_many_articles_as_json_lines(town: Town) -> None:
    """The first thing a script does with the stream: all of it, one article a line, and an end."""
    finished = town.system.run("tail", "--since", "0", "--count", str(_ITEMS), "--json")
    articles = [json.loads(line) for line in finished.stdout.splitlines()]
    assert (finished.code, len(articles)) == (0, _ITEMS)
    assert sorted(article["title"] for article in articles) == stories(1, _ITEMS)
    assert {article["schema"] for article in articles} == {"newswire.article/1"}


async def test_a_live_article_arrives_within_two_seconds_of_being_served(town: Town) -> None:
    """News is worth its minute: from the poll that finds an article to the reader it takes no longer than this."""
    async with following(town.system.url, since="0") as deliveries:
        await taken(deliveries, _ITEMS)
        for _ in range(3):
            served = time.monotonic()
            town.publish()
            await taken(deliveries, 1)
            assert time.monotonic() - served < _LIVE_SECONDS


async def test_two_consumers_of_a_group_divide_the_articles(town: Town) -> None:
    """A group shares the work: no article goes to two of its consumers, none to neither."""
    url = town.system.url
    found: dict[str, list[Delivery]] = {"a": [], "b": []}

    def count() -> int:
        return sum(map(len, found.values()))

    async def consume(name: str) -> None:
        async with following(url, group="g", consumer=name) as deliveries:
            async for delivery in deliveries:
                found[name].append(delivery)
                await delivery.ack()

    both = [asyncio.create_task(consume(name)) for name in found]
    await wait_until_async(lambda: count() == _ITEMS)
    for number in range(1, 7):
        town.publish()
        await wait_until_async(partial(_reached, count, _ITEMS + number))
    for task in both:
        task.cancel()
    await asyncio.gather(*both, return_exceptions=True)
    assert titles(found["a"] + found["b"]) == stories(1, _ITEMS + 6)


def _reached(count: Callable[[], int], wanted: int) -> bool:
    return count() == wanted


async def test_an_acknowledged_article_is_not_delivered_again(town: Town) -> None:
    """A consumer that comes back goes on where it stopped, also when another one has more patience than it."""
    async with following(town.system.url, group="g", consumer="a") as deliveries:
        first = await taken(deliveries, _ITEMS)
    town.publish(2)
    async with following(town.system.url, group="g", consumer="a") as deliveries:
        second = await taken(deliveries, 2)
    assert (titles(first), titles(second)) == (stories(1, _ITEMS), stories(_ITEMS + 1, _ITEMS + 2))


_TAKES_WITHOUT_ACKNOWLEDGING = """
import asyncio, sys
from pipeline import follow

async def main():
    count = 0
    async for delivery in follow(sys.argv[1], group="g", consumer="dies"):
        count += 1
        if count <= 3:
            await delivery.ack()
        print(delivery.article.title, flush=True)

asyncio.run(main())
"""


@asynccontextmanager
async def dying_consumer(town: Town) -> AsyncIterator[asyncio.subprocess.Process]:
    """Give a process that reads as a consumer of the group, acknowledges three articles and no more."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-c", _TAKES_WITHOUT_ACKNOWLEDGING, town.system.url,
        stdout=asyncio.subprocess.PIPE, env=town.system.environment(),
    )  # fmt: skip
    try:
        yield process
    finally:
        kill(process.pid)
        await process.wait()


async def test_what_a_dead_consumer_did_not_acknowledge_goes_to_another(town: Town) -> None:
    """A crashed subscriber costs nothing: another one gets exactly what it had not finished."""
    async with dying_consumer(town) as process:
        assert process.stdout is not None
        done: list[str] = []
        async with asyncio.timeout(30):
            while len(done) < _ITEMS:
                done.append((await process.stdout.readline()).decode().strip())
    async with following(town.system.url, group="g", consumer="b", claim_after_seconds=1.0) as deliveries:
        claimed = await taken(deliveries, _ITEMS - 3)
        assert titles(claimed) == sorted(done[3:])
        town.publish()
        assert titles(await taken(deliveries, 1)) == [f"Story {_ITEMS + 1}"]


_DIES_AT_A_STORY = """
import asyncio, os, sys
from pipeline import follow

async def main():
    async for delivery in follow(sys.argv[1], group="g", consumer="dies", most_deliveries=3):
        if delivery.article.title == "Story 3":
            os._exit(9)
        await delivery.ack()
        print(delivery.article.title, flush=True)

asyncio.run(main())
"""


async def test_a_delivery_that_ends_each_consumer_is_buried_and_those_behind_it_come(town: Town) -> None:
    """One article that a subscriber cannot bear must not hold up all others for ever; it is kept to be looked at."""
    wait_until(lambda: _length(town, "articles") == _ITEMS)
    done: list[str] = []
    for _ in range(3):
        reader = town.system.launch([sys.executable, "-P", "-c", _DIES_AT_A_STORY, town.system.url])
        assert reader.ended(timeout_seconds=60).code == 9
        done += reader.stdout.read_text("utf-8").splitlines()
    reader = town.system.launch([sys.executable, "-P", "-c", _DIES_AT_A_STORY, town.system.url])
    wait_until(lambda: len(done + reader.stdout.read_text("utf-8").splitlines()) == _ITEMS - 1)
    done += reader.stdout.read_text("utf-8").splitlines()

    assert sorted(done) == sorted({*stories(1, _ITEMS)} - {"Story 3"})
    with connect(town.system.url) as client:
        ((_, buried),) = client.xrange("{newswire}:dead_deliveries")
        assert json.loads(buried[b"article"])["title"] == "Story 3"
        assert (buried[b"group"], buried[b"deliveries"]) == (b"g", b"4")
        assert client.xpending("{newswire}:articles", "g")["pending"] == 0


_TAKES_ONE = """
import asyncio, sys
from pipeline import follow

async def main():
    async for delivery in follow(sys.argv[1], group="g", consumer="brief", most_deliveries=2):
        print(delivery.article.title, flush=True)
        await delivery.ack()
        break

asyncio.run(main())
"""


async def test_what_was_never_handed_out_is_not_buried(town: Town) -> None:
    """A consumer that is restarted after each article has fetched those behind it, and tried none of them."""
    wait_until(lambda: _length(town, "articles") == _ITEMS)
    done: list[str] = []
    for _ in range(_ITEMS):
        reader = town.system.launch([sys.executable, "-P", "-c", _TAKES_ONE, town.system.url])
        assert reader.ended(timeout_seconds=60).code == 0
        done += reader.stdout.read_text("utf-8").splitlines()

    assert sorted(done) == stories(1, _ITEMS)
    assert _length(town, "dead_deliveries") == 0


@pytest.mark.parametrize("group", [None, "g"])
async def test_an_entry_that_is_no_article_is_left_out(town: Town, group: str | None) -> None:
    """Another hand may write to the stream, or a version to come: what stands behind it is read all the same."""
    wait_until(lambda: _length(town, "articles") == _ITEMS)
    with connect(town.system.url) as client:
        for fields in ({"x": "y"}, {"article": "[]"}, {"article": '{"schema":"newswire.article/2"}'}):
            client.xadd("{newswire}:articles", fields)
    town.publish()

    async with following(town.system.url, group=group, since="0") as deliveries:
        assert titles(await taken(deliveries, _ITEMS + 1)) == stories(1, _ITEMS + 1)
    assert _length(town, "dead_deliveries") == (0 if group is None else 3)


def _length(town: Town, stream: str) -> int:
    with connect(town.system.url) as client:
        return int(client.xlen(f"{{newswire}}:{stream}"))


@pytest.mark.parametrize("group", [None, "g"])
async def test_reading_goes_on_when_the_store_has_forgotten_everything(town: Town, group: str | None) -> None:
    """Somebody empties it by mistake, and adds the feeds again: no reader is to be started again for that."""
    (town.system.folder / "feeds.txt").write_text(town.origin.url("/feed"), "utf-8")
    async with following(town.system.url, group=group, since="0") as deliveries:
        await taken(deliveries, _ITEMS)
        waiting = asyncio.create_task(taken(deliveries, _ITEMS + 3))
        await asyncio.sleep(0.5)  # it is to wait for the next article when it happens
        with connect(town.system.url) as client:
            client.flushall()
        town.publish(3)
        assert town.system.run("feeds", "import", "feeds.txt").code == 0
        assert titles(await waiting) == stories(1, _ITEMS + 3)


@pytest.mark.parametrize("group", [None, "g"])
async def test_reading_goes_on_after_the_server_was_killed(town: Town, group: str | None) -> None:
    """A reader outlives its Redis: it waits for the restart and skips and repeats nothing."""
    async with following(town.system.url, group=group, since="0") as deliveries:
        first = await taken(deliveries, _ITEMS)
        server = town.system.server_pid()
        assert server is not None
        kill(server, signal.SIGKILL)
        town.publish(3)
        second = await taken(deliveries, 3)
    assert (titles(first), titles(second)) == (stories(1, _ITEMS), stories(_ITEMS + 1, _ITEMS + 3))
