"""From documents to plans through the real store: what a worker notes is what a daemon plans by."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from time import time

import pytest
import redis
import redis.asyncio
from origin import OriginThread
from posting import MONDAY, desk

from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.keys import Keys
from pipeline.adapters.leases import LeaseStore
from pipeline.adapters.rhythms import RhythmStore
from pipeline.adapters.shipped import default_settings_text
from pipeline.model import Article, ArticleDate, Feed, FeedReference, RawDocument, Subscription
from pipeline.settings import load
from pipeline.stages.planning.accounting import Book, book_from_json, book_to_json
from pipeline.stages.planning.packing import plan_from_bytes, plan_to_bytes, rhythm_from_bytes, rhythm_to_bytes
from pipeline.stages.planning.planner import Plan
from pipeline.stages.planning.price import Account
from pipeline.stages.planning.rhythm import begun
from workers.arrivals import note_arrivals
from workers.daemon_process import open_daemon
from workers.housekeeping import book_requests
from workers.store import open_store

KEYS = Keys("newswire")
FEED = Feed("00000000000000aa", "https://news.example/feed")
NOW_MS = int(MONDAY * 1000)


def articles(*ages_minutes: float, precision: str = "second") -> list[Article]:
    """Return articles published so many minutes ago."""
    return [
        Article(
            f"{number:032x}",
            FeedReference(FEED.id, FEED.url, None),
            published=ArticleDate(NOW_MS - int(age * 60_000), "day" if precision == "day" else "second", "test", ""),
        )
        for number, age in enumerate(ages_minutes)
    ]


def document(*, previous_ms: int | None = None, replayed: bool = False) -> RawDocument:
    """Return the document that brought them."""
    return RawDocument(FEED.id, FEED.url, NOW_MS, b"", previous_ms=previous_ms, replayed=replayed)


def note(store: RhythmStore, brought_by: RawDocument, brought: list[Article]) -> None:
    """Note *brought*, all of which no feed had told of before."""
    note_arrivals(store, brought_by, brought, told={article.id for article in brought}, shown=len(brought))


def counted(store: RhythmStore) -> float:
    """Return how many entries the feed's rhythm remembers."""
    kept = store.rhythm(FEED.id)
    rhythm = rhythm_from_bytes(kept) if kept else None
    return sum(rhythm.week) if rhythm else -1.0


def test_the_first_document_begins_a_rhythm_and_the_next_ones_add_to_it(redis_client: redis.Redis) -> None:
    """The oldest entry of the first document only says since when it looks back."""
    store = RhythmStore(redis_client, KEYS)

    note(store, document(), articles(60, 120, 180))
    begun = counted(store)
    note(store, document(previous_ms=NOW_MS - 600_000), articles(5, 6))

    assert begun == pytest.approx(2, abs=0.1)
    assert counted(store) == pytest.approx(4, abs=0.2)


def test_a_document_tells_how_much_it_shows(redis_client: redis.Redis) -> None:
    """What may roll out of a document before it is seen depends on its size; a difference (RFC 3229) has none."""
    store = RhythmStore(redis_client, KEYS)

    def window() -> int:
        kept = store.rhythm(FEED.id)
        rhythm = rhythm_from_bytes(kept) if kept else None
        return rhythm.window if rhythm else -1

    noted = []
    for shown, is_delta in ((30, False), (12, False), (2, True)):
        brought_by = replace(document(previous_ms=NOW_MS - 600_000), is_delta=is_delta)
        note_arrivals(store, brought_by, articles(1, 5), told=set(), shown=shown)
        noted.append(window())

    assert noted == [30, 12, 12]


def test_breaking_news_says_when_to_look_again(redis_client: redis.Redis) -> None:
    """Twelve of twelve entries in ten minutes: in five, half of the document is new again."""
    store = RhythmStore(redis_client, KEYS)
    soon = [
        note_arrivals(store, document(previous_ms=previous_ms), articles(*range(1, 13)), told=set(), shown=12)
        for previous_ms in (None, NOW_MS - 600_000)
    ]

    assert soon == [None, NOW_MS / 1000 + 300]


def test_dates_of_whole_days_and_old_documents_teach_nothing_wrong(redis_client: redis.Redis) -> None:
    """Midnight is not when they were published; a replayed document is not when they came."""
    store = RhythmStore(redis_client, KEYS)

    note(store, document(replayed=True), articles(1))
    assert store.rhythm(FEED.id) is None
    note(store, document(), articles(1, 2, 3, precision="day"))

    assert counted(store) == 0


async def test_a_lease_brings_rhythm_plan_and_price(
    redis_client: redis.Redis, async_redis: redis.asyncio.Redis
) -> None:
    """The daemon asks Redis once for all that it plans by; a removed feed takes it along."""
    feeds, rhythms, leases = (
        FeedStore(redis_client, KEYS),
        RhythmStore(redis_client, KEYS),
        LeaseStore(async_redis, KEYS),
    )
    feeds.add([FEED])
    rhythms.keep_rhythm(FEED.id, b"rhythm")
    rhythms.keep_account("account")
    leased = await leases.lease_due(limit=1)
    await leases.keep_plan(leased.leases[0], b"plan")
    await leases.release(leased.leases)
    leased = await leases.lease_due(limit=1)

    assert (leased.leases[0].rhythm, leased.leases[0].plan, leased.account) == (b"rhythm", b"plan", b"account")
    feeds.remove(FEED.id)
    assert (rhythms.rhythm(FEED.id), rhythms.plan(FEED.id)) == (None, None)


def test_the_price_is_booked_for_all_daemons(valkey_url: str, redis_client: redis.Redis, tmp_path: Path) -> None:
    """Twice the appetite of the budget makes a request dearer than before anything was known."""
    settings = load(
        toml_texts=[("shipped", default_settings_text())],
        environ={},
        overrides={"redis_url": valkey_url, "data_dir": str(tmp_path)},
    )
    with open_store(settings) as store:
        store.feeds.add([FEED])
        book_requests(store)
        before = book_from_json(store.rhythms.account())
        redis_client.hset(KEYS.plans, FEED.id, plan_to_bytes(Plan(MONDAY, 1800.0, 1e5, (MONDAY,))))
        book_requests(store)
        after = book_from_json(store.rhythms.account())

    assert before
    assert after
    assert after.account.price > 100 * before.account.price


def test_feeds_that_are_not_polled_by_their_plans_leave_the_budget_to_the_others(
    valkey_url: str, redis_client: redis.Redis, tmp_path: Path
) -> None:
    """Half of the list paused, timed or pushed must not make the other half wait twice as long."""
    settings = load(
        toml_texts=[("shipped", default_settings_text())],
        environ={},
        overrides={"redis_url": valkey_url, "data_dir": str(tmp_path), "budget.requests_per_day": 1000},
    )
    names = ("planned", "paused", "timed", "pushed")
    feeds = {name: Feed(f"{n:016x}", f"https://news.example/{name}") for n, name in enumerate(names)}
    feeds["timed"] = replace(feeds["timed"], interval_seconds=3600)
    hub = Subscription("https://hub.example/", feeds["pushed"].url, "t", "s", "active", credit=9)
    hub = replace(hub, lease_until_ms=int(time() * 1000) + 86_400_000)
    with open_store(settings) as store:

        def price() -> float:
            book_requests(store)
            book = book_from_json(store.rhythms.account())
            return book.account.price if book else 0.0

        store.feeds.add([feeds["planned"]])
        redis_client.hset(KEYS.plans, feeds["planned"].id, plan_to_bytes(Plan(MONDAY, 1800.0, 1e4, (MONDAY,))))
        alone = price()
        store.feeds.add(list(feeds.values()))
        store.feeds.set_paused(feeds["paused"].id, paused=True)
        store.subscriptions.change(feeds["pushed"].id, lambda _known: hub)
        for feed in feeds.values():
            redis_client.hset(KEYS.plans, feed.id, plan_to_bytes(Plan(MONDAY, 1800.0, 1e4, (MONDAY,))))
        together = price()
        store.subscriptions.change(feeds["pushed"].id, lambda _known: replace(hub, credit=0))

        assert together == pytest.approx(alone, rel=0.01)
        assert price() == pytest.approx(4 * alone, rel=0.01)


def test_a_budget_that_is_set_makes_requests_dearer_or_cheaper(
    valkey_url: str, redis_client: redis.Redis, tmp_path: Path
) -> None:
    """An operator pays for requests; the interval is only a way to say how many."""

    def price(requests_per_day: float) -> float:
        redis_client.flushall()
        where = {"redis_url": valkey_url, "data_dir": str(tmp_path)}
        settings = load(
            toml_texts=[("shipped", default_settings_text())],
            environ={},
            overrides={**where, "budget.requests_per_day": requests_per_day},
        )
        with open_store(settings) as store:
            store.feeds.add([FEED])
            redis_client.hset(KEYS.plans, FEED.id, plan_to_bytes(Plan(MONDAY, 1800.0, 1e5, (MONDAY,))))
            book_requests(store)
            book_requests(store)
            book = book_from_json(store.rhythms.account())
        return book.account.price if book else 0.0

    assert price(24.0) > 10 * price(240.0)


async def test_a_poll_is_planned_at_the_price_of_its_lease_though_nothing_was_due_meanwhile(
    valkey_url: str, redis_client: redis.Redis, tmp_path: Path
) -> None:
    """A daemon looks for work five times a second, and must not forget the price when it finds none."""
    settings = load(
        toml_texts=[("shipped", default_settings_text())],
        environ={},
        overrides={"redis_url": valkey_url, "data_dir": str(tmp_path), "fetch.allow_private_networks": True},
    )
    rhythm = begun(desk("known", per_day=40, begin=time() - 28 * 86_400).published, now_seconds=time())
    with OriginThread() as origin, open_store(settings) as store:
        origin.serve("/feed", b"<rss version='2.0'><channel/></rss>", etag='"1"', delay_seconds=0.5)
        store.feeds.add([replace(FEED, url=origin.url("/feed"))])
        store.rhythms.keep_rhythm(FEED.id, rhythm_to_bytes(rhythm, now_seconds=time()))
        store.rhythms.keep_account(book_to_json(Book(Account(time(), price=7_200.0), 0)))
        async with open_daemon(store) as daemon:
            await daemon.poll_all_due(until_ms=int(time() * 1000))
        plan = plan_from_bytes(redis_client.hget(KEYS.plans, FEED.id) or b"")
        store.feeds.remove(FEED.id)

    assert plan
    assert plan.price == pytest.approx(7_200.0, rel=1e-3)


def test_how_soon_articles_were_seen_is_counted_for_the_feed_and_in_all(redis_client: redis.Redis) -> None:
    """Freshness is what the schedule is for; what the first document brings is history and says nothing of it."""
    store = RhythmStore(redis_client, KEYS)

    note(store, document(), articles(60, 120))
    assert store.latencies() == {}
    note(store, document(previous_ms=NOW_MS - 600_000), articles(1, 5))

    assert store.latencies() == store.latencies(FEED.id)
    assert store.latencies()["seconds"] == 360


def test_what_another_feed_told_of_is_a_habit_but_no_delay(redis_client: redis.Redis) -> None:
    """A section whose articles the front page shows first is no silent feed; nor were we late for them twice."""
    store = RhythmStore(redis_client, KEYS)
    note(store, document(), articles(60, 120))

    note_arrivals(store, document(previous_ms=NOW_MS - 600_000), articles(1, 5), told=set(), shown=2)

    assert counted(store) == pytest.approx(3, abs=0.1)
    assert store.latencies() == {}
