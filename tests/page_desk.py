"""A daemon's pages and a worker's desk in one process, on a real Valkey and the web of this machine."""

from __future__ import annotations

import json
from functools import partial
from time import time

import redis
import redis.asyncio
from documents import Item, rss

from pipeline import wire
from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.hosts import HostStore
from pipeline.adapters.keys import Keys
from pipeline.adapters.load import announce_wait, measure_load
from pipeline.adapters.pages import PageStore
from pipeline.adapters.robots_cache import RobotsCache
from pipeline.adapters.web import Web
from pipeline.model import Feed, RawDocument
from pipeline.settings import Settings
from workers.backpressure import Backpressure
from workers.host_turns import HostTurns
from workers.jobs import process
from workers.pages import Pages
from workers.robots import RobotsGuide

KEYS = Keys("newswire")
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
    wait_in_line(client, *items, feed=feed)
    process([feed.id])


def wait_in_line(client: redis.Redis, *items: Item, feed: Feed = FEED) -> None:
    """Leave a document of *feed* that shows *items* for the worker, behind those that wait."""
    now_ms = round(time() * 1000)
    name = f"{feed.id}-{client.incr(KEYS.tokens)}"
    document = RawDocument(feed.id, feed.url, now_ms, rss(items), content_type="text/xml")
    client.hset(KEYS.documents(name), mapping=wire.document_to_fields(document))
    client.rpush(KEYS.mailboxes(feed.id), name)
    client.zadd(KEYS.backlog, {feed.id: now_ms}, nx=True)


def told(client: redis.Redis) -> list[tuple[str, str, list[str]]]:
    """What stands on the stream, in order: kind, title and problems."""
    articles = [json.loads(fields[b"article"]) for _, fields in client.xrange(KEYS.articles)]
    return [(each["kind"], each["title"], each.get("problems", [])) for each in articles]
