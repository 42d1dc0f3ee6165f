"""What a worker process has at hand: its settings and its stores."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pipeline.adapters.archive import Archive
from pipeline.adapters.articles import ArticleStore
from pipeline.adapters.backlog import Backlog
from pipeline.adapters.connection import connect
from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.health import HealthStore
from pipeline.adapters.keys import Keys
from pipeline.adapters.page_memory import PageMemory
from pipeline.adapters.rhythms import RhythmStore
from pipeline.adapters.sketch_index import SketchIndex
from pipeline.adapters.subscriptions import Subscriptions
from pipeline.adapters.zones import ZoneStore
from pipeline.settings import Settings
from pipeline.stages.near_duplicates import CANDIDATES, MOST_CARRIERS
from workers.archiving import archive_of
from workers.clock import Clock
from workers.lifecycle import settings_of_this_process

_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Desk:
    """What a worker needs at hand: settings and stores, made once per process (a forked child reconnects)."""

    settings: Settings
    url: str
    backlog: Backlog
    articles: ArticleStore
    sketches: SketchIndex
    feeds: FeedStore
    health: HealthStore
    subscriptions: Subscriptions
    rhythms: RhythmStore
    pages: PageMemory
    zones: ZoneStore
    archive: Archive
    clock: Clock


@cache
def desk() -> Desk:
    """The desk of this process, laid out from its settings."""
    settings = settings_of_this_process()
    if settings.redis_url is None:
        raise RuntimeError("a worker process needs NEWSWIRE_REDIS_URL (newswire worker sets it)")
    client, keys = connect(settings.redis_url), Keys(settings.namespace)
    sketches = SketchIndex(
        client,
        keys,
        window_ms=settings.articles.near_duplicate_days * _DAY_MS,
        most_carriers=MOST_CARRIERS,
        candidates=CANDIDATES,
    )
    return Desk(
        settings,
        settings.redis_url,
        Backlog(client, keys),
        ArticleStore(client, keys),
        sketches,
        FeedStore(client, keys),
        HealthStore(client, keys),
        Subscriptions(client, keys),
        RhythmStore(client, keys),
        PageMemory(client, keys),
        ZoneStore(client, keys),
        archive_of(settings),
        Clock(),
    )
