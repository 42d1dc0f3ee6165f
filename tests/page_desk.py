"""A daemon's pages and a worker's desk in one process, on a real Valkey and the web of this machine."""

from __future__ import annotations

import json
from functools import partial

import redis
import redis.asyncio
from documents import Item, rss
from worker_desk import KEYS, leave

from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.hosts import HostStore
from pipeline.adapters.load import announce_wait, measure_load
from pipeline.adapters.pages import PageStore
from pipeline.adapters.robots_cache import RobotsCache
from pipeline.adapters.web import Web
from pipeline.model import Feed
from pipeline.settings import Settings
from workers.backpressure import Backpressure
from workers.host_turns import HostTurns
from workers.jobs import process
from workers.pages import Pages
from workers.robots import RobotsGuide

FEED = Feed("00000000000000aa", "https://example.org/feed")


def pages_of(settings: Settings, client: redis.asyncio.Redis, web: Web, *, gap_ms: int = 0) -> Pages:
    """The pages as a daemon fetches them, a host's requests *gap_ms* apart."""
    hosts = HostStore(client, KEYS, gap_ms=gap_ms, concurrency=4, run_ms=5_000, leased="pages")
    guide = RobotsGuide(web, RobotsCache(client, KEYS), user_agent="newswire", limit_bytes=100_000)
    measure, announce = partial(measure_load, client, KEYS), partial(announce_wait, client, KEYS)
    pressure = Backpressure(measure, announce, settings.workers.most_waiting)
    return Pages(settings, PageStore(client, KEYS), web, HostTurns(hosts, settings.fetch), guide, pressure, 4)


def read(client: redis.Redis, *items: Item, feed: Feed = FEED) -> None:
    """Let the worker read a document of *feed* that shows *items*, and whatever waits before it."""
    FeedStore(client, KEYS).add([feed])
    leave(client, feed, rss(items))
    process([feed.id])


def told(client: redis.Redis) -> list[tuple[str, str, list[str]]]:
    """What stands on the stream, in order: kind, title and problems."""
    articles = [json.loads(fields[b"article"]) for _, fields in client.xrange(KEYS.articles)]
    return [(each["kind"], each["title"], each.get("problems", [])) for each in articles]
