"""Feeds that are pushed: a real hub on loopback, and the whole system as its subscriber."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import redis
from documents import Item, rss
from hub import Hub
from origin import OriginThread
from system import running_system
from waiting import wait_until

ITEMS = [Item(str(number), f"Item {number}") for number in range(6)]


def free_port() -> int:
    """A port that nobody listens to just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def subscribed(
    valkey_url: str, *, lease_seconds: int = 3600
) -> Iterator[tuple[Hub, OriginThread, Callable[[int], None]]]:
    """Let the system follow one feed with a hub, verified; gives hub, origin, and what serves the first n items."""
    port = free_port()
    settings = {
        "REDIS_URL": valkey_url,
        "PUSH__CALLBACK_URL": f"http://127.0.0.1:{port}",
        "SCHEDULE__INTERVAL_SECONDS": 0.5,
        "FETCH__MAX_BODY_BYTES": 20_000,
    }
    with Hub(lease_seconds) as hub, OriginThread() as origin, running_system(**settings) as system:
        links = {"Link": f'<{hub.url}>; rel="hub", <{origin.url("/feed.xml")}>; rel="self"'}

        def serve(count: int) -> None:
            origin.serve("/feed.xml", rss(ITEMS[:count]), headers=links, etag=f'"{count}"')

        serve(1)
        system.start("run", "--workers", "1", "--port", str(port), origin.url("/feed.xml"))
        wait_until(lambda: hub.verified)
        yield hub, origin, serve


def titles(client: redis.Redis) -> list[str]:
    """The titles on the stream, in order, repeats too."""
    articles = [json.loads(fields[b"article"]) for _, fields in client.xrange("{newswire}:articles")]
    return [article["title"] for article in articles]


def test_a_pushed_item_is_published_once_and_polling_slows_while_pushes_work(
    valkey_url: str, redis_client: redis.Redis
) -> None:
    """The whole life with a hub: subscribed, pushed, stormed, lied to, relied on, caught out, polled again."""
    with subscribed(valkey_url) as (hub, origin, serve):
        wait_until(lambda: redis_client.xlen("{newswire}:articles") == 1)
        pushed = rss(ITEMS[1:2])

        assert {hub.push(pushed, method=method) for method in ("sha1", "sha256", "sha384", "sha512") * 250} == {202}
        assert hub.push(rss(ITEMS[5:]), signature="") == 202, "a push that is not signed is taken, and ignored"
        assert hub.push(rss(ITEMS[5:]), signature="sha256=" + "0" * 64) == 202
        assert hub.push(rss(ITEMS[5:]), method="md5") == 202, "a method that proves nothing"
        wait_until(lambda: redis_client.xlen("{newswire}:articles") == 2)

        serve(2)  # the next poll sees the same item
        time.sleep(4)
        before = len(origin.log)
        time.sleep(3)
        assert len(origin.log) - before <= 1, "polling has slowed"
        assert redis_client.xlen("{newswire}:articles") == 2

        serve(3)  # news that the hub does not push; one audit by hand finds it
        redis_client.zadd("{newswire}:due", {next(iter(redis_client.hkeys("{newswire}:feeds"))): 0})
        wait_until(lambda: redis_client.xlen("{newswire}:articles") == 3)
        before = len(origin.log)
        wait_until(lambda: len(origin.log) >= before + 3)

        assert sorted(titles(redis_client)) == ["Item 0", "Item 1", "Item 2"]
    redis_client.flushall()


def test_when_a_hub_dies_polling_takes_over_at_the_end_of_its_lease(
    valkey_url: str, redis_client: redis.Redis
) -> None:
    """A hub that pushed well and then is gone must not leave its feeds to one poll a day."""
    with subscribed(valkey_url, lease_seconds=12) as (hub, origin, serve):
        wait_until(lambda: redis_client.xlen("{newswire}:articles") == 1)
        assert hub.push(rss(ITEMS[1:2])) == 202
        serve(2)
        wait_until(lambda: redis_client.xlen("{newswire}:articles") == 2)
        hub.die()
        wait_until(lambda: time.monotonic() > origin.log[-1].at_seconds + 2.5)  # polling has slowed
        serve(3)
        wait_until(lambda: redis_client.xlen("{newswire}:articles") == 3, timeout_seconds=30)
        before = len(origin.log)
        wait_until(lambda: len(origin.log) >= before + 3, timeout_seconds=10)

        assert sorted(titles(redis_client)) == ["Item 0", "Item 1", "Item 2"]
    redis_client.flushall()


def test_a_hub_gets_no_confirmation_of_what_was_not_asked_for(valkey_url: str, redis_client: redis.Redis) -> None:
    """Unknown topics, modes and callbacks are a 404, a body beyond the bound is refused unread."""
    with subscribed(valkey_url) as (hub, _, _):
        form = hub.verified[0]
        question = {"hub.mode": "subscribe", "hub.topic": form["hub.topic"], "hub.challenge": "x"}
        stranger = form | {"hub.callback": form["hub.callback"][:-4] + "aaaa"}

        assert hub.question(form, question) == (200, b"x")
        assert hub.question(form, question | {"hub.topic": "https://example.org/other"})[0] == 404
        assert hub.question(form, question | {"hub.mode": "unsubscribe"})[0] == 404
        assert hub.question(stranger, question)[0] == 404
        assert hub.push(b"x" * 30_000) == 413
        assert len(form["hub.callback"].rsplit("/", 1)[1]) >= 32
    redis_client.flushall()
