"""What is tidied now and then: old stream entries behind their readers, and memory of articles long gone.

Nothing waits for it and nothing else does it: what fails, a step or one feed in it, costs itself alone.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from time import monotonic

import structlog

from pipeline.adapters.store_errors import STORE_LOST
from pipeline.model import Feed
from pipeline.stages.consumers import group_alert, group_health
from pipeline.stages.memory import newest_day, tidied
from pipeline.stages.planning.accounting import Book, book_from_json, book_to_json, rebooked
from pipeline.stages.planning.budget import mean_schedule, opening_price, polling_schedule, requests_per_day
from pipeline.stages.planning.live import is_planned
from pipeline.stages.planning.packing import plan_from_bytes
from pipeline.stages.planning.price import Account
from pipeline.stages.schedule import regular_due_ms
from pipeline.stages.seen_records import is_readable
from pipeline.stages.websub import is_relied_on
from workers.lifecycle import give_unused_memory_back
from workers.loops import wait
from workers.store import Store

log = structlog.get_logger("workers.housekeeping")

_TRIM_SECONDS = 600
_UNUSED_SECONDS = 15  # a lost store leaves some 2 MiB each time; at 10 ms, a thousandth of a core
_TIDY_SECONDS = 86_400
_FIRST_TIDY_SECONDS = 3_600  # sooner than a day: daemons may be restarted every night
_DAY_SECONDS = 86_400


async def keep_house(store: Store, stop: asyncio.Event) -> None:
    """Tidy until *stop* is set; the store's calls block, so they run in a thread."""
    next_tidy = monotonic() + _FIRST_TIDY_SECONDS
    while not stop.is_set():
        steps = [trim_stream, look_at_groups, book_requests]
        if monotonic() >= next_tidy:
            next_tidy = monotonic() + _TIDY_SECONDS
            steps.append(tidy_memory)
        try:
            for step in steps:
                await asyncio.to_thread(_do, step, store)
        except STORE_LOST as error:
            log.warning("redis_lost", reason=str(error))
        await wait(stop, _TRIM_SECONDS)


def _do(step: Callable[[Store], None], store: Store) -> None:
    with _at_its_own_cost(step.__name__):
        step(store)


@contextmanager
def _at_its_own_cost(step: str, **which: str) -> Iterator[None]:
    """Let what fails in the block be said and cost nothing else; a lost store is no fault of the block."""
    try:
        yield
    except STORE_LOST:
        raise
    except Exception:
        log.exception("housekeeping_failed", step=step, **which)


async def stay_small(stop: asyncio.Event) -> None:
    """Give unused memory back to the system now and then, until *stop* is set."""
    while not stop.is_set():
        await wait(stop, _UNUSED_SECONDS)
        await asyncio.to_thread(give_unused_memory_back)


def apply_new_schedule(store: Store) -> None:
    """Bring feeds forward when the settings of schedule or budget were changed to poll more often.

    Only feeds in good health: a wait that failures or a host's own word imposed is not shortened.
    """
    settings, before = store.settings, store.feeds.schedule()
    wanted = json.dumps([asdict(settings.schedule), asdict(settings.budget)])
    if before in {None, wanted}:
        store.feeds.note_schedule(wanted)
        return
    feeds = [feed for feed in store.feeds.all() if not feed.paused]
    schedule = mean_schedule(settings, feeds=len(feeds))
    states = store.feeds.states([feed.id for feed in feeds])
    now_ms = store.backlog.now_ms()
    due_ms = {
        feed.id: due
        for feed, state in zip(feeds, states, strict=True)
        if (due := regular_due_ms(feed, state, settings=schedule, now_ms=now_ms)) is not None
    }
    moved = store.feeds.bring_forward(due_ms)
    store.feeds.note_schedule(wanted)  # last, so that one that is killed meanwhile does it at its next start
    log.info("rescheduled", feeds=moved)


def book_requests(store: Store) -> None:
    """Let the price of a request follow the budget.

    Several daemons may do so at once: what one has booked is no longer new to the next.
    """
    rhythms = store.rhythms
    followed = [feed for feed in store.feeds.all() if not feed.paused]
    requests, now_seconds = rhythms.requests(), store.backlog.now_ms() / 1000
    book = rebooked(
        book_from_json(rhythms.account()) or Book(Account(now_seconds, opening_price(store.settings)), requests),
        now_seconds=now_seconds,
        requests=requests,
        requests_per_day=requests_per_day(store.settings, feeds=len(followed)),
        appetite=_appetite(store, followed, now_ms=round(now_seconds * 1000)),
    )
    rhythms.keep_account(book_to_json(book))


def _appetite(store: Store, followed: Sequence[Feed], *, now_ms: int) -> float:
    """What the plans that are polled by ask for; a feed that is paused, timed or pushed has one that is not."""
    schedule, hubs, kept = polling_schedule(store.settings), store.subscriptions.all(), store.rhythms.plans()
    pushed = {feed_id for feed_id, hub in hubs.items() if is_relied_on(hub, now_ms=now_ms)}
    packed = (kept.get(each.id) for each in followed if each.id not in pushed and is_planned(each, schedule))
    plans = (plan_from_bytes(plan) for plan in packed if plan is not None)
    return sum(plan.appetite for plan in plans if plan is not None)


def look_at_groups(store: Store) -> None:
    """Announce, once, each consumer group that does not keep up any more, or does again."""
    now_ms = store.backlog.now_ms()
    for group in store.groups.all(now_ms=now_ms):
        with _at_its_own_cost("look_at_groups", group=group.name):
            before, after = store.groups.health(group.name), group_health(group, now_ms=now_ms)
            alert = group_alert(group, before, after, now_ms=now_ms)
            if before != after and store.groups.change(alert):
                log.warning("group_changed", group=group.name, before=before, after=after, why=alert.why)


def trim_stream(store: Store) -> None:
    """Drop what is too old by the store's clock, which numbers the entries: a daemon's own may be a year ahead."""
    kept_ms = int(store.settings.articles.stream_days * _DAY_SECONDS * 1000)
    trimmed = store.articles.trim(before_ms=store.backlog.now_ms() - kept_ms)
    if trimmed:
        log.info("trimmed", entries=trimmed)


def tidy_memory(store: Store) -> None:
    """Forget, feed by feed, what its own feed has not shown for `articles.seen_days`; shrink what has settled."""
    today = store.backlog.now_ms() // 1000 // _DAY_SECONDS
    for feed in store.feeds.all():
        with _at_its_own_cost("tidy_memory", feed=feed.id):
            _tidy_feed(store, feed.id, today)


def _tidy_feed(store: Store, feed_id: str, today: int) -> None:
    """Tidy the memory of one feed; a record that cannot be read is left to the version that can."""
    articles, unread = store.articles, 0
    everything = (article for portion in articles.memory(feed_id) for article in portion if is_readable(article[1]))
    newest = newest_day(everything, today=today)
    for portion in articles.memory(feed_id):
        known = [(seen_id, record) for seen_id, record in portion if is_readable(record)]
        unread += len(portion) - len(known)
        changes = tidied(known, newest_day=newest, window_days=store.settings.articles.seen_days, today=today)
        if forgotten := articles.tidy(feed_id, changes):
            log.info("forgotten", feed=feed_id, articles=forgotten)
    if unread:
        log.warning(
            "damaged", feed=feed_id, what=f"{unread} articles remembered", repair="nothing: they are left alone"
        )
