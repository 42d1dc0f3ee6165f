"""Article pages as a daemon fetches them: what it does not ask for takes no turn at the host."""

from __future__ import annotations

import asyncio
from time import time

import redis
import redis.asyncio
from asking import web
from origin import Origin
from page_desk import FEED, KEYS, pages_of

from pipeline import wire
from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.pages import PageStore
from pipeline.adapters.shipped import default_settings_text
from pipeline.model import Article, FeedReference, PageTask, RawDocument
from pipeline.settings import load

SETTINGS = load(toml_texts=[("shipped", default_settings_text())], environ={}, overrides={})
HOST = "127.0.0.1"


def wait_for_page(
    client: redis.Redis, number: int, url: str, *, held_ms: int | None = None, attempts: str = "0"
) -> None:
    """Let the page at *url* wait to be fetched, its article held back for *held_ms* from now."""
    now_ms = round(time() * 1000)
    article = Article(f"{number:032x}", FeedReference(FEED.id, FEED.url), url=url)
    task = wire.page_task_to_bytes(PageTask(url, article, None if held_ms is None else now_ms + held_ms))
    client.hset(f"{KEYS.pages}:{article.id}", mapping={"feed": FEED.id, "task": task, "attempts": attempts})
    client.zadd(KEYS.pages, {article.id: now_ms})


async def test_pages_that_come_too_late_for_their_turns_leave_none_behind(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """Their articles went out without them: the next page of the host must not wait for turns that nobody takes."""
    FeedStore(redis_client, KEYS).add([FEED])
    async with Origin() as origin, web() as client:
        for number in range(30):
            wait_for_page(redis_client, number, origin.url(f"/{number}"), held_ms=700)
        pages = pages_of(SETTINGS, async_redis, client, gap_ms=10_000)
        ended = asyncio.Event()
        deadline = time() + 20
        while redis_client.zcard(KEYS.pages) and time() < deadline:
            await pages.keep(ended)
        wait_for_page(redis_client, 31, origin.url("/31"))
        await pages.keep(ended)
        await pages.drain()

    assert len(origin.log) == 2, "robots.txt, and the page whose turn it was"
    assert redis_client.zrange(f"{KEYS.hosts}:{HOST}:turns", 0, -1) == [b"%032x" % 31]
    ((_, turn_ms),) = redis_client.zrange(KEYS.pages, 0, -1, withscores=True)
    assert time() * 1000 < turn_ms < time() * 1000 + 10_000
    redis_client.flushall()


async def test_a_page_that_cannot_be_asked_for_after_all_takes_no_place_at_its_host(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """What breaks off between the turn and the question counted as a running request until its time was over."""
    FeedStore(redis_client, KEYS).add([FEED])
    async with Origin() as origin, web() as client:
        wait_for_page(redis_client, 1, origin.url("/1"), attempts=" 1")  # which nothing can be added to
        pages = pages_of(SETTINGS, async_redis, client)
        await pages.keep(asyncio.Event())
        await pages.drain()

    assert [request.path for request in origin.log] == ["/robots.txt"]
    assert not redis_client.exists(f"{KEYS.hosts}:{HOST}:running")
    redis_client.flushall()


async def test_an_attempt_at_a_page_that_another_daemon_handed_on_is_not_counted(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """It left a task without an article, for ever."""
    FeedStore(redis_client, KEYS).add([FEED])
    wait_for_page(redis_client, 1, "https://example.org/1")
    store = PageStore(async_redis, KEYS)
    (late,), _ = await store.lease(limit=1)
    redis_client.zadd(KEYS.pages, {late.article_id: 0})
    (lease,), _ = await store.lease(limit=1)
    await store.count_attempts([lease, late])
    assert redis_client.hget(f"{KEYS.pages}:{late.article_id}", "attempts") == b"1"
    assert await store.deliver(lease, RawDocument(FEED.id, lease.url, 1, b"a page")) == "delivered"

    await store.count_attempts([late])

    assert not redis_client.exists(f"{KEYS.pages}:{late.article_id}")
    redis_client.flushall()
