"""The health of feeds as an operator sees it, with the whole system running."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import redis
from documents import Item, rss
from origin import OriginThread
from system import running_system


def test_an_operator_learns_which_feed_is_ill_since_when_and_what_to_do(
    valkey_url: str, redis_client: redis.Redis
) -> None:
    """A web page in place of a feed, a challenge, a 410 and a good feed, told apart from end to end."""
    with OriginThread() as origin, running_system(REDIS_URL=valkey_url) as system:
        origin.serve("/good.xml", rss([Item("1", "One")], title="Good"))
        origin.serve("/page.xml", b"<!doctype html><html><title>Moved</title></html>")
        origin.serve("/wall.xml", b"<!doctype html><html><title>Just a moment...</title></html>")
        origin.serve("/gone.xml", status=410)
        urls = [origin.url(path) for path in ("/good.xml", "/page.xml", "/wall.xml", "/gone.xml")]

        assert system.run("run", "--once", "--workers", "1", *urls).code == 0
        listed = json.loads(system.run("feeds", "list", "--json").stdout)
        walled = json.loads(system.run("feeds", "list", "--health", "bot-wall", "--json").stdout)
        explained = json.loads(system.run("explain", urls[1], "--json").stdout)
        status = json.loads(system.run("status", "--json").stdout)
        alerts = {fields[b"url"].decode(): fields for _, fields in redis_client.xrange("{newswire}:alerts")}
    redis_client.flushall()

    healths = {row["url"]: row["health"] for row in listed}
    assert healths[urls[1]] == "html"
    assert healths[urls[2]] == "bot-wall"
    assert healths[urls[3]] == "gone"
    assert healths[urls[0]] in {"ok", "quiet", "stale"}
    assert [row["url"] for row in walled] == [urls[2]]
    assert explained["health"].startswith("html since ")
    assert status["feeds"]["html"] == 1
    assert status["feeds"]["total"] == len(urls)
    assert alerts.keys() >= set(urls[1:])
    assert alerts[urls[3]][b"to"] == b"gone"
    assert alerts[urls[3]][b"what_to_do"].startswith(b"The owner took it down")


def _news_of(days: int) -> bytes:
    """A feed whose only item is so many days old."""
    at = format_datetime(datetime.now(UTC) - timedelta(days=days))
    return rss([Item("1", "One")]).replace(b"Mon, 05 Oct 2026 10:00:00 GMT", at.encode())


def test_every_state_of_a_feed_is_reached() -> None:
    """An operator of thousands of feeds asks for those in one state; one that is never reached would hide them."""
    with OriginThread() as elsewhere:
        nobody = elsewhere.url("/feed.xml")
    with OriginThread() as origin, running_system() as system:
        origin.serve("/ok", _news_of(days=1))
        origin.serve("/quiet", _news_of(days=60))
        origin.serve("/stale", _news_of(days=600))
        origin.serve("/moved", status=301, headers={"Location": "/ok?new"})
        origin.serve("/ok?new", _news_of(days=1))
        origin.serve("/html", b"<!doctype html><html><title>Welcome</title></html>")
        origin.serve("/bot-wall", b"<!doctype html><html><title>Just a moment...</title></html>", status=403)
        origin.serve("/gone", status=410)
        origin.serve("/broken", status=404)
        origin.serve("/broken?no-feed", b"{")
        origin.serve("/unreachable", status=503)
        paths = "/ok /quiet /stale /moved /html /bot-wall /gone /broken /broken?no-feed /unreachable"
        wanted = {origin.url(path): path[1:].partition("?")[0] for path in paths.split()}
        wanted[nobody] = "unreachable"

        assert system.run("run", "--once", "--workers", "1", *wanted).code == 0
        listed = json.loads(system.run("feeds", "list", "--json").stdout)
        silent = json.loads(system.run("feeds", "list", "--health", "unreachable", "--json").stdout)

    assert {row["url"]: row["health"] for row in listed} == wanted
    assert {row["url"] for row in silent} == {nobody, origin.url("/unreachable")}
    assert all(row["since"] and row["what_to_do"] for row in listed)
    assert all(row["why"] for row in listed if row["health"] != "ok")
