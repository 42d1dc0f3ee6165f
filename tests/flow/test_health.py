"""The health of feeds as an operator sees it, with the whole system running."""

from __future__ import annotations

import json

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
