"""Weights through the command and the processes: what an operator says is kept, told, and planned by."""

from __future__ import annotations

import json
from email.utils import formatdate
from time import time

import pytest
from origin import OriginThread
from system import System, running_system

from pipeline.adapters.connection import connect
from pipeline.adapters.embedded import EmbeddedStore
from pipeline.adapters.keys import Keys
from pipeline.stages.planning.packing import plan_from_bytes

pytestmark = pytest.mark.flow

NAMES = ("plain", "paris", "asia", "own", "timed")
LIST = """<opml version="2.0" xmlns:newswire="https://pypi.org/project/newswire/"><body>
<outline text="News" newswire:weight="4"><outline xmlUrl="{url}/paris"/>
<outline text="World" newswire:weight="0.25"><outline xmlUrl="{url}/asia"/></outline>
<outline xmlUrl="{url}/own" newswire:weight="9"/></outline>
<outline xmlUrl="{url}/plain" newswire:weight="heavy"/></body></opml>"""


def hourly() -> bytes:
    """Return a document of entries published once an hour until now."""
    items = "".join(
        f"<item><guid>{hour}</guid><title>Story {hour}</title>"
        f"<pubDate>{formatdate(time() - hour * 3600)}</pubDate></item>"
        for hour in range(40)
    )
    return f"<rss version='2.0'><channel><title>Hourly</title>{items}</channel></rss>".encode()


def listed(system: System) -> dict[str, tuple[float, str | None]]:
    """Return the weight of each feed, and whose it is, as `feeds list --json` tells it."""
    rows = json.loads(system.run("feeds", "list", "--json").stdout)
    return {row["url"].rpartition("/")[2]: (row["weight"], row["weight_of"]) for row in rows}


def test_weights_are_imported_told_planned_by_and_exported() -> None:
    """The way of a weight from the operator's list to the next poll, and back into a list."""
    with OriginThread() as origin, running_system(SCHEDULE__INTERVAL_SECONDS=3600) as system:
        for name in NAMES:
            origin.serve(f"/{name}", hourly(), etag='"1"')
        opml = LIST.format(url=origin.url("").rstrip("/")).encode()
        imported = system.run("feeds", "import", "-", stdin=opml)
        assert "line 5: newswire:weight 'heavy' must be a number from 0.01 to 100" in imported.stderr
        system.run("feeds", "add", origin.url("/timed"), "--interval", "7200", "--weight", "2")
        for _ in range(2):  # the first document teaches the rhythm, the second poll is planned by it
            assert system.run("run", "--once", "--workers", "1").code == 0
        weights = listed(system)
        told = {name: json.loads(system.run("explain", origin.url(f"/{name}"), "--json").stdout) for name in NAMES}
        shown = json.loads(system.run("feeds", "show", origin.url("/paris"), "--json").stdout)
        exported = system.run("feeds", "export").stdout
        with EmbeddedStore(system.data_dir) as store, connect(store.url) as client:
            kept = client.hgetall(Keys("newswire").plans)
        plans = {name: plan_from_bytes(kept[told[name]["id"].encode()]) for name in NAMES if name != "timed"}

    assert weights == {
        "plain": (1.0, None),
        "paris": (4.0, "folder News"),
        "asia": (0.25, "folder News/World"),
        "own": (9.0, "feed"),
        "timed": (2.0, "feed"),
    }
    prices = {name: plan.price for name, plan in plans.items() if plan}
    assert {name: prices["plain"] / price for name, price in prices.items()} == pytest.approx(
        {"plain": 1.0, "paris": 4.0, "asia": 0.25, "own": 9.0}, rel=1e-3
    )
    assert "By the weight of its folder News, 4, it is polled 2 times as often as it would be." in shown["why_then"]
    assert "By its own weight, 9, it is polled 3 times as often" in told["own"]["why_then"]
    assert "weight" not in told["plain"]["why_then"]
    assert told["timed"]["why_then"].endswith("; its own weight, 2, changes nothing in that.")
    with running_system() as another:
        another.run("feeds", "import", "-", stdin=exported.encode())
        assert listed(another) == weights


def test_a_feed_that_is_given_weight_is_due_sooner_and_planned_anew() -> None:
    """Who says that a feed matters does not wait for a poll that was planned when it did not."""
    with OriginThread() as origin, running_system(SCHEDULE__INTERVAL_SECONDS=7200) as system:
        origin.serve("/feed", hourly(), etag='"1"')
        url = origin.url("/feed")
        system.run("feeds", "add", url, "--folder", "News / Paris")
        for _ in range(2):
            system.run("run", "--once", "--workers", "1")
        with EmbeddedStore(system.data_dir) as store, connect(store.url) as client:
            before = client.zscore(
                Keys("newswire").due, json.loads(system.run("explain", url, "--json").stdout)["id"]
            )
        weighed = system.run("feeds", "weigh", "100", "--folder", "News")
        own = system.run("feeds", "weigh", "3", url)
        with EmbeddedStore(system.data_dir) as store, connect(store.url) as client:
            after = client.zscore(Keys("newswire").due, json.loads(system.run("explain", url, "--json").stdout)["id"])
        back = system.run("feeds", "weigh", "none", url)

    now = time() * 1000
    assert weighed.stdout == "folder News: weighs 100; 1 feeds are in it\n"
    assert own.stdout == f"{url}: weighs 3\n"
    assert back.stdout == f"{url}: weighs 100\n"
    assert float(after) - now < 0.2 * (float(before) - now)


def test_a_wrong_weight_or_folder_is_refused_in_one_line() -> None:
    """A number mistyped by a thousand would take the whole budget."""
    url = "https://example.org/feed.xml"
    with running_system() as system:
        system.run("feeds", "add", url, "--folder", "News/Paris")
        for arguments, said in (
            (("weigh", "3"), "say which feeds"),
            (("weigh", "0", url), "'0' must be a number from 0.01 to 100"),
            (("weigh", "3", "--folder", "Nws"), "no feed is in it; the folders are: News, News/Paris"),
            (("add", f"{url}?2", "--weight", "1000"), "'1000' must be a number from 0.01 to 100"),
            (("add", f"{url}?2", "--interval", "nan"), "'nan' must be a number from 0.5 to 2678400"),
        ):
            refused = system.run("feeds", *arguments)
            assert (refused.code, refused.stdout, len(refused.stderr.splitlines())) == (2, "", 1)
            assert said in refused.stderr
        kept, shown = listed(system), json.loads(system.run("feeds", "show", url, "--json").stdout)

    assert kept == {"feed.xml": (1.0, None)}
    assert shown["next_poll"] > "2026", "a feed that was never polled is due now, and not since 1970"
    assert shown["posting"].startswith("Nothing is known yet")
