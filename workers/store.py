"""Open the Redis that a command works with: the configured one, checked, or the embedded Valkey."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import structlog

from pipeline.adapters.articles import ArticleStore
from pipeline.adapters.backlog import Backlog
from pipeline.adapters.connection import Client, check, connect
from pipeline.adapters.consumers import ConsumerGroups
from pipeline.adapters.embedded import EmbeddedStore
from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.health import HealthStore
from pipeline.adapters.keys import Keys
from pipeline.adapters.page_memory import PageMemory
from pipeline.adapters.rhythms import RhythmStore
from pipeline.adapters.subscriptions import Subscriptions
from pipeline.settings import Settings

log = structlog.get_logger("workers.store")


@dataclass(frozen=True, slots=True)
class Store:
    """An open store: *settings* with `redis_url` filled in, and our stores behind it.

    *tend* keeps the embedded server alive (call it each second); None when the Redis is not ours to tend.
    """

    settings: Settings
    url: str
    client: Client
    keys: Keys
    feeds: FeedStore
    backlog: Backlog
    articles: ArticleStore
    health: HealthStore
    groups: ConsumerGroups
    subscriptions: Subscriptions
    rhythms: RhythmStore
    pages: PageMemory
    tend: Callable[[], object] | None


@contextmanager
def open_store(settings: Settings) -> Iterator[Store]:
    """Open the store that *settings* name; raises StoreError with one line when it cannot or must not be used."""
    if settings.redis_url is not None:
        with _store(settings, settings.redis_url, None) as store:
            yield store
        return
    with EmbeddedStore(settings.data_dir) as embedded, _store(settings, embedded.url, embedded.ensure) as store:
        yield store


@contextmanager
def _store(settings: Settings, url: str, tend: Callable[[], object] | None) -> Iterator[Store]:
    for warning in check(url):
        log.warning("redis_unfit", reason=warning)
    client, keys = connect(url), Keys(settings.namespace)
    try:
        yield Store(
            settings=replace(settings, redis_url=url),
            url=url,
            client=client,
            keys=keys,
            feeds=FeedStore(client, keys),
            backlog=Backlog(client, keys),
            articles=ArticleStore(client, keys),
            health=HealthStore(client, keys),
            groups=ConsumerGroups(client, keys),
            subscriptions=Subscriptions(client, keys),
            rhythms=RhythmStore(client, keys),
            pages=PageMemory(client, keys),
            tend=tend,
        )
    finally:
        client.close()
