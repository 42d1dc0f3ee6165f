"""Housekeeping: a changed schedule holds at once, and memory of the past is kept small."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from pathlib import Path
from time import time
from typing import NoReturn

import pytest
import redis
from structlog.testing import capture_logs
from waiting import wait_until

from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.shipped import default_settings_text
from pipeline.model import Feed, FeedState, GroupAlert, Known
from pipeline.settings import Settings, load
from pipeline.stages.digests import DIGESTS_BYTES
from pipeline.stages.seen_records import pack, unpack
from pipeline.state_fields import state_to_fields
from workers.housekeeping import apply_new_schedule, keep_house, look_at_groups, tidy_memory
from workers.status import status_of
from workers.store import open_store

FEED = Feed(id="00000000000000aa", url="https://example.org/feed.xml")


@pytest.fixture
def settings(valkey_url: str, tmp_path: Path) -> Settings:
    """The shipped settings on the test's Valkey."""
    overrides = {"redis_url": valkey_url, "data_dir": str(tmp_path)}
    return load(toml_texts=[("shipped", default_settings_text())], environ={}, overrides=overrides)


def polling_each(settings: Settings, interval_seconds: float) -> Settings:
    """Give *settings* with another interval."""
    return replace(settings, schedule=replace(settings.schedule, interval_seconds=interval_seconds))


def _due_by_the_hour(settings: Settings, client: redis.Redis, *, failures: int = 0) -> int:
    """Put the feed on the list of a daemon that polls each hour, due in most of one; when that is (ms)."""
    far_ms = int(time() * 1000) + 3_000_000
    with open_store(polling_each(settings, 3600)) as store:
        store.feeds.add([FEED], due_ms=far_ms)
        client.hset(store.keys.states(FEED.id), mapping=state_to_fields(FeedState(polled_ms=1, failures=failures)))
        apply_new_schedule(store)
        assert store.feeds.due_ms(FEED.id) == far_ms
    return far_ms


@pytest.mark.parametrize(("failures", "moves"), [(0, True), (3, False)], ids=["in good health", "backing off"])
def test_a_shorter_interval_holds_at_once(
    settings: Settings, redis_client: redis.Redis, failures: int, moves: bool
) -> None:
    """Who asks for a poll a minute must not wait until the old hour is over; a failing host is left in peace."""
    _due_by_the_hour(settings, redis_client, failures=failures)

    with open_store(polling_each(settings, 60)) as store:
        apply_new_schedule(store)
        due_ms = store.feeds.due_ms(FEED.id)

    assert due_ms is not None
    assert (due_ms < time() * 1000 + 120_000) is moves


def test_a_new_schedule_that_a_kill_cut_short_holds_at_the_next_start(
    settings: Settings, redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Noted first and done then, it would never be done."""
    far_ms = _due_by_the_hour(settings, redis_client)

    with open_store(polling_each(settings, 60)) as store:
        with monkeypatch.context() as patch:
            patch.setattr(FeedStore, "bring_forward", _killed)
            with pytest.raises(KeyboardInterrupt):
                apply_new_schedule(store)

        apply_new_schedule(store)

        assert (store.feeds.due_ms(FEED.id) or far_ms) < far_ms


def _killed(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def test_what_settled_is_shrunk_and_what_is_long_gone_forgotten(
    settings: Settings, redis_client: redis.Redis
) -> None:
    """A feed of many articles is remembered in small, for as long as was asked; what it shows now stays whole."""
    today = int(time()) // 86_400
    gone, past, fresh = (_known(today - days) for days in (200, 50, 0))
    memory = {b"%d" % n + bytes(7): record for n, record in enumerate([gone, past, fresh])}
    with open_store(settings) as store:
        store.feeds.add([FEED])
        redis_client.hset(store.keys.seen(FEED.id), mapping=memory)
        tidy_memory(store)
        tidy_memory(store)
        records = store.articles.recall(FEED.id, list(memory))

    assert [len(record) for record in records] == [0, 8, 64]
    assert unpack(records[1]).shown_day in range(today - 50, today - 43)


def test_what_cannot_be_read_of_a_feed_costs_itself_alone(settings: Settings, redis_client: redis.Redis) -> None:
    """A later version may have written it, and a disk may have bent it: all else is tidied, and it is said once."""
    today = int(time()) // 86_400
    strange = b"\x63" + _known(today)[1:]
    memory = {b"%d" % n + bytes(7): record for n, record in enumerate([_known(today - 50), strange, _known(today)])}
    other = Feed(id="00000000000000bb", url="https://example.org/other.xml")
    with open_store(settings) as store, capture_logs() as lines:
        store.feeds.add([other, FEED])
        redis_client.set(store.keys.seen(other.id), "no hash at all")
        redis_client.hset(store.keys.seen(FEED.id), mapping=memory)
        tidy_memory(store)
        records = store.articles.recall(FEED.id, list(memory))
    redis_client.flushall()

    assert [len(record) for record in records] == [8, 64, 64]
    assert records[1] == strange
    failed, damaged = sorted(lines, key=lambda line: str(line["feed"]), reverse=True)
    assert (failed["event"], failed["step"], failed["feed"]) == ("housekeeping_failed", "tidy_memory", other.id)
    assert (damaged["event"], damaged["what"]) == ("damaged", "1 articles remembered")


async def test_a_step_that_fails_ends_neither_the_next_nor_the_housekeeping(
    settings: Settings, redis_client: redis.Redis
) -> None:
    """The budget stood still for good, and no group was watched any more, for one bad key."""
    stop = asyncio.Event()
    with open_store(settings) as store:
        redis_client.set(store.keys.articles, "no stream at all", ex=60)
        house = asyncio.create_task(keep_house(store, stop))
        await asyncio.to_thread(wait_until, lambda: redis_client.exists(store.keys.account))
        assert not house.done()
        stop.set()
        await house


def test_a_group_that_is_destroyed_meanwhile_is_no_fault(settings: Settings, redis_client: redis.Redis) -> None:
    """Operators destroy groups, as the alert tells them to, and the tidying may be at that very one."""
    ended = threading.Event()
    with open_store(settings) as store, open_store(settings) as operator:
        redis_client.xadd(store.keys.articles, {"article": "{}"})

        def make_and_destroy() -> None:
            while not ended.is_set():
                operator.client.xgroup_create(store.keys.articles, "brief", id="0")
                operator.client.xgroup_destroy(store.keys.articles, "brief")

        busy = threading.Thread(target=make_and_destroy)
        busy.start()
        try:
            for _ in range(500):
                store.articles.trim(before_ms=1)
                store.groups.all(now_ms=0)
        finally:
            ended.set()
            busy.join()


def _known(day: int) -> bytes:
    return pack(Known(1, day * 86_400_000, day, bytes(range(1, DIGESTS_BYTES + 1))))


def test_a_dead_consumer_group_is_told_once_and_again_when_it_is_well(
    settings: Settings, redis_client: redis.Redis
) -> None:
    """What it has not acknowledged is never trimmed: somebody must hear of it before the memory is full."""
    redis_client.xadd("{newswire}:articles", {"article": "{}"}, id="1-1")  # published in 1970
    redis_client.xgroup_create("{newswire}:articles", "forgotten", id="0")
    with open_store(settings) as store:
        look_at_groups(store)
        look_at_groups(store)
        ((_, dead),) = redis_client.xrange(store.keys.alerts)
        assert status_of(store).groups == {"forgotten": 1}
        redis_client.xreadgroup("forgotten", "a", {store.keys.articles: ">"}, noack=True)
        look_at_groups(store)
        _, (_, well) = redis_client.xrange(store.keys.alerts)
        look_at_groups(store)

    assert (dead[b"group"], dead[b"from"], dead[b"to"]) == (b"forgotten", b"ok", b"dead")
    assert b"XGROUP DESTROY" in dead[b"what_to_do"]
    assert (well[b"from"], well[b"to"]) == (b"dead", b"ok")
    assert redis_client.xlen("{newswire}:alerts") == 2


def test_a_change_of_a_group_is_remembered_and_announced_as_one(
    settings: Settings, redis_client: redis.Redis
) -> None:
    """Remembered first, it would be told by nobody after a kill; told first, by each of the daemons that look."""
    alert = GroupAlert("g", "ok", "dead", 0, "why", "what to do")
    with open_store(settings) as store:
        assert [store.groups.change(alert), store.groups.change(alert)] == [True, False]
        assert store.groups.health("g") == "dead"
        assert store.groups.change(replace(alert, before="dead", after="ok"))
        assert store.groups.health("g") == "ok"

    assert redis_client.xlen("{newswire}:alerts") == 2
