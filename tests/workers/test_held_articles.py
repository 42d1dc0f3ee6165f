"""Articles that are held back for their pages: each is told, whatever becomes of its page."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
import redis
import redis.asyncio
from asking import web
from documents import Item, rss
from page_desk import FEED, pages_of, read, told
from worker_desk import KEYS, laid_out, leave

from pipeline.adapters.articles import ArticleStore
from pipeline.adapters.connection import connect
from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.pages import PageStore
from pipeline.model import RawDocument
from workers.jobs import process
from workers.lifecycle import settings_of_this_process

ITEM = Item("1", "A held title")
OTHER = Item("2", "Another title", "And another summary.")
PAGE = b"<html><body><article><p>" + b"The page says more of it. " * 60 + b"</p></article></body></html>"


@pytest.fixture(autouse=True)
def _held_for_a_minute(valkey_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lay out the desk of a worker that holds every article back for its page."""
    with laid_out(monkeypatch, valkey_url, ARTICLES__FULL_TEXT="always", ARTICLES__HOLD_SECONDS="60"):
        yield
    with connect(valkey_url) as client:
        for waiting in client.scan_iter(f"{KEYS.pages[:-1]}*"):
            client.delete(waiting)


async def delivered(client: redis.asyncio.Redis, page: bytes = PAGE) -> None:
    """Hand the page of the one article that waits to the worker, as the daemon does."""
    store = PageStore(client, KEYS)
    (lease,), _ = await store.lease(limit=5)
    document = RawDocument(FEED.id, lease.url, 1, page, content_type="text/html")
    assert await store.deliver(lease, document) == "delivered"


async def test_an_article_is_told_whose_page_meets_a_fault_of_ours(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """Buried with its page, it was remembered as held and told never."""
    read(redis_client, ITEM)
    assert told(redis_client) == []
    await delivered(async_redis)
    redis_client.set(KEYS.sketches, "damaged")  # what is looked up for every article that is told

    process([FEED.id])

    assert told(redis_client) == [("new", "A held title", ["summary only", "page not read: ResponseError"])]
    redis_client.delete(KEYS.sketches)
    read(redis_client, ITEM)
    assert len(told(redis_client)) == 1


async def test_an_article_that_is_held_back_has_one_fate(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """The sums must reconcile with the stream: it is counted when it is told, and not before as one that is known."""
    read(redis_client, ITEM)
    assert "same" not in ArticleStore(redis_client, KEYS).totals()
    await delivered(async_redis)

    process([FEED.id])

    totals = ArticleStore(redis_client, KEYS).totals()
    assert (totals["entries"], totals["new"], totals.get("same", 0), len(told(redis_client))) == (1, 1, 0, 1)


async def test_an_article_whose_page_was_told_keeps_its_text_when_the_next_meets_a_fault(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """A fault of ours is no reason to take back what readers have."""
    read(redis_client, ITEM)
    await delivered(async_redis)
    process([FEED.id])
    read(redis_client, Item("1", "A corrected title"))
    await delivered(async_redis, PAGE.replace(b"more", b"much more"))
    redis_client.set(KEYS.sketches, "damaged")

    process([FEED.id])

    assert [kind for kind, _, _ in told(redis_client)] == ["new", "revised"]
    redis_client.delete(KEYS.sketches)


async def test_an_article_is_told_whose_page_task_cannot_be_read(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """After a step back to an older version its articles must not wait for tasks that this one cannot read."""
    read(redis_client, ITEM)
    (task,) = redis_client.scan_iter(f"{KEYS.pages}:*")
    redis_client.hset(task, "task", (redis_client.hget(task, "task") or b"").replace(b"page-task/1", b"page-task/9"))
    redis_client.hset(KEYS.states(FEED.id), mapping={"etag": "x", "body_digest": "y", "failures": "0"})
    async with web() as client:
        pages = pages_of(settings_of_this_process(), async_redis, client)
        await pages.keep(asyncio.Event())
        await pages.drain()

    process([FEED.id])

    ((_, buried),) = redis_client.xrange(KEYS.dead)
    assert b"page-task/9" in buried[b"page_task"], "a version that can read it may do so"
    assert redis_client.hgetall(KEYS.states(FEED.id)) == {b"failures": b"0"}, "the feed is asked for all it shows"
    read(redis_client, ITEM)
    assert told(redis_client) == [("new", "A held title", ["summary only"])]


async def test_a_task_whose_attempts_are_no_number_costs_no_other(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """One damaged field stopped the fetching of all pages; its article is told without."""
    read(redis_client, ITEM, OTHER)
    for task in list(redis_client.scan_iter(f"{KEYS.pages}:*"))[:1]:
        redis_client.hset(task, "attempts", "junk")

    leases, _ = await PageStore(async_redis, KEYS).lease(limit=5)

    assert [bool(lease.url) for lease in leases].count(True) == 1
    assert len(leases) == 2


def test_an_article_is_told_whose_page_is_waited_for_in_vain(redis_client: redis.Redis) -> None:
    """Whatever took the page away, nobody is left to bring it: the feed shows the article, and it is told."""
    read(redis_client, ITEM, OTHER)
    names = list(redis_client.scan_iter(f"{KEYS.pages}:*"))
    redis_client.delete(names[0])
    redis_client.zrem(KEYS.pages, names[0].rsplit(b":", 1)[1])
    redis_client.delete(KEYS.items(FEED.id))

    read(redis_client, ITEM, OTHER)
    redis_client.delete(KEYS.items(FEED.id))
    read(redis_client, ITEM, OTHER)

    assert [kind for kind, _, _ in told(redis_client)] == ["new"], "the other still waits"


async def test_an_article_waits_on_while_its_page_waits_to_be_read(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """The page has come and stands behind a document of its feed: told by that, it would be told twice."""
    read(redis_client, ITEM)
    redis_client.delete(KEYS.items(FEED.id))
    leave(redis_client, FEED, rss([ITEM]))
    await delivered(async_redis)

    process([FEED.id])

    assert [kind for kind, _, _ in told(redis_client)] == ["new"]
    assert redis_client.zcard(KEYS.pages) == 0


def test_an_article_comes_out_that_another_feed_of_its_site_told_meanwhile(redis_client: redis.Redis) -> None:
    """Its own telling was refused, judged again, and refused again, until its document was given up."""
    other = replace(FEED, id="00000000000000bb", full_text="never")
    read(redis_client, ITEM)
    read(redis_client, ITEM, feed=other)
    FeedStore(redis_client, KEYS).change(FEED.id, lambda feed: replace(feed, full_text="never"))
    redis_client.delete(KEYS.items(FEED.id))

    read(redis_client, replace(ITEM, title="A corrected title"))

    assert [(kind, title) for kind, title, _ in told(redis_client)] == [
        ("new", "A held title"),
        ("new", "A corrected title"),
    ]
