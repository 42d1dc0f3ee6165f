"""Changes of what was read just before: another hand makes them begin anew, a store that takes nothing ends them."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import redis
from operators_valkey import Valkey
from redis.client import Pipeline

from pipeline.adapters import transactions
from pipeline.adapters.connection import connect
from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.keys import Keys
from pipeline.adapters.store_errors import StoreNotReady
from pipeline.adapters.transactions import transact
from pipeline.model import Feed

KEYS = Keys("newswire")
FEED = Feed(id="00000000000000aa", url="https://example.org/feed.xml")


def test_what_another_hand_changes_meanwhile_is_read_again(redis_client: redis.Redis) -> None:
    """Two operators at one feed: neither may write over what the other has just set."""
    redis_client.set(KEYS.tokens, 1)
    asked = 0

    def double(pipe: Pipeline) -> None:
        nonlocal asked
        asked += 1
        number = int(pipe.get(KEYS.tokens) or 0)
        if asked == 1:
            redis_client.set(KEYS.tokens, 10)
        pipe.multi()
        pipe.set(KEYS.tokens, number * 2)

    assert transact(redis_client, double, KEYS.tokens) == [True]
    assert (asked, redis_client.get(KEYS.tokens)) == (2, b"20")


def test_a_full_memory_ends_every_change_of_the_feed_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that went on for ever told nobody why."""
    monkeypatch.setattr(transactions, "PATIENCE_SECONDS", 0.5)
    valkey = Valkey(tmp_path)
    try:
        with connect(valkey.url) as client:
            store = FeedStore(client, KEYS)
            store.add([FEED])
            client.config_set("maxmemory", 1)

            for change in (
                lambda: store.add([Feed("00000000000000bb", "https://example.org/b.xml")]),
                lambda: store.set_weight(FEED.id, 2.0),
            ):
                with pytest.raises(StoreNotReady, match=r"^the store has no memory left: command not allowed"):
                    change()

            relief = threading.Timer(0.3, client.config_set, ["maxmemory", 0])
            relief.start()
            assert store.set_weight(FEED.id, 3.0), "room that is made in time is used"
            relief.join()
    finally:
        valkey.stop()


def test_a_store_that_restarts_meanwhile_is_waited_for(tmp_path: Path) -> None:
    """The reading holds for the old connection only, so the whole change is made again."""
    valkey = Valkey(tmp_path)
    try:
        with connect(valkey.url) as client:
            asked = 0

            def write(pipe: Pipeline) -> None:
                nonlocal asked
                asked += 1
                pipe.get(KEYS.tokens)
                if asked == 1:
                    valkey.stop()
                    valkey.start()
                pipe.multi()
                pipe.set(KEYS.tokens, 7)

            assert transact(client, write, KEYS.tokens) == [True]
            assert (asked, client.get(KEYS.tokens)) == (2, b"7")
    finally:
        valkey.stop()
