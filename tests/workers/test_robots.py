"""Asking hosts whether their pages may be fetched, with real requests and a real cache."""

from __future__ import annotations

import asyncio
import gzip

import pytest
import redis.asyncio
from asking import LIMIT_BYTES, SETTINGS, web
from origin import Origin

from pipeline.adapters.keys import Keys
from pipeline.adapters.robots_cache import KEEP_SECONDS, KEEP_TROUBLE_SECONDS, RobotsCache
from pipeline.adapters.web import Web
from workers.robots import RobotsGuide

KEYS = Keys("newswire")


def guide(client: Web, store: redis.asyncio.Redis) -> RobotsGuide:
    """A guide as the daemon has it."""
    return RobotsGuide(client, RobotsCache(store, KEYS), user_agent=SETTINGS.user_agent, limit_bytes=LIMIT_BYTES)


async def test_a_host_is_asked_once_for_all_its_pages(async_redis: redis.asyncio.Redis) -> None:
    """Pages come by the dozen; the second daemon does not ask again, and the answer does not outlive a day."""
    async with Origin() as origin, web() as client:
        origin.serve(
            "/robots.txt",
            gzip.compress(b"User-agent: newswire\nDisallow: /private"),
            headers={"Content-Encoding": "gzip"},
        )
        pages = [origin.url(f"/{name}") for name in ("1", "2", "private/3")]

        first = await asyncio.gather(*map(guide(client, async_redis).allowed, pages))
        second = await asyncio.gather(*map(guide(client, async_redis).allowed, pages))

    assert first == second == [True, True, False]
    assert [request.path for request in origin.log] == ["/robots.txt"]
    assert 0 < await async_redis.ttl(KEYS.robots(origin.url("/robots.txt"))) <= KEEP_SECONDS


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (500, False), (503, False)])
async def test_a_host_without_rules_is_open_and_one_in_trouble_closed(
    async_redis: redis.asyncio.Redis, status: int, *, allowed: bool
) -> None:
    """And the trouble is looked at again within the hour."""
    async with Origin() as origin, web() as client:
        origin.serve("/robots.txt", status=status)

        assert await guide(client, async_redis).allowed(origin.url("/1")) is allowed

    kept_seconds = await async_redis.ttl(KEYS.robots(origin.url("/robots.txt")))
    assert kept_seconds <= (KEEP_SECONDS if allowed else KEEP_TROUBLE_SECONDS)


async def test_a_host_that_does_not_answer_is_closed(async_redis: redis.asyncio.Redis) -> None:
    """So is everything that is no page of the web."""
    async with Origin() as origin:
        closed = origin.url("/1")
    async with web() as client:
        assert not await guide(client, async_redis).allowed(closed)
        assert not await guide(client, async_redis).allowed("file:///etc/passwd")


async def test_redirects_are_followed_and_endless_ones_mean_no_rules(async_redis: redis.asyncio.Redis) -> None:
    """RFC 9309 section 2.3.1.2."""
    async with Origin() as origin, Origin() as endless, web() as client:
        origin.serve("/robots.txt", status=301, headers={"Location": "/there.txt"})
        origin.serve("/there.txt", b"User-agent: *\nDisallow: /")
        endless.serve("/robots.txt", status=302, headers={"Location": "/robots.txt"})

        assert not await guide(client, async_redis).allowed(origin.url("/1"))
        assert await guide(client, async_redis).allowed(endless.url("/1"))
