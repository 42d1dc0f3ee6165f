"""`newswire feeds add` of a page, and lists that name a feed in two ways."""

from __future__ import annotations

import json

from documents import Item, rss
from origin import OriginThread
from system import running_system

PAGE = b"""<html><head><link rel="alternate" type="application/rss+xml" title="Comments" href="/comments.xml">
<link rel="alternate" type="application/rss+xml" title="Dead" href="/dead.xml">
<link rel="alternate" type="application/rss+xml" title="News" href="/news.xml"></head></html>"""


def test_adding_a_page_adds_its_best_feed_and_shows_all() -> None:
    """People know the site, not the feed; a link that leads nowhere is not added."""
    with OriginThread() as origin, running_system() as system:
        origin.serve("/", PAGE, headers={"Content-Type": "text/html"})
        origin.serve("/news.xml", rss([Item("1", "One")], title="The News"))
        origin.serve("/comments.xml", rss([Item("2", "Two")]))

        shown = system.run("feeds", "add", origin.url("/"))
        again = json.loads(system.run("feeds", "add", origin.url("/"), "--json").stdout)

    assert shown.code == 0
    assert shown.stdout.splitlines()[-1] == f"added: {origin.url('/news.xml')}"
    assert all(path in shown.stdout for path in ("/news.xml", "/comments.xml", "/dead.xml"))
    assert (again[0]["url"], again[0]["added"]) == (origin.url("/news.xml"), False)
    assert [each["title"] for each in again[0]["found"]] == ["Dead", "News", "Comments"]


def test_a_feed_is_found_at_a_well_known_place_or_is_the_address_itself() -> None:
    """The last resort asks politely: one address after the other, none once a feed is found."""
    with OriginThread() as origin, running_system() as system:
        origin.serve("/", b"<html><p>no links here</html>")
        origin.serve("/atom.xml", rss([Item("1", "One")], title="Hidden"))
        origin.serve("/itself", rss([Item("1", "One")], title="Itself"))

        rows = json.loads(system.run("feeds", "add", origin.url("/"), origin.url("/itself"), "--json").stdout)
        asked = [request.path for request in origin.log if request.path != "/itself"]

    assert [row["url"] for row in rows] == [origin.url("/atom.xml"), origin.url("/itself")]
    assert [row["found"][0]["source"] for row in rows] == ["well-known", "itself"]
    assert asked == ["/", "/feed", "/rss.xml", "/atom.xml"]


def test_adding_needs_no_network() -> None:
    """Scripts add feeds before the network is there; what was not looked at is added as given, and said."""
    with OriginThread() as origin:
        closed = origin.url("/")
    with OriginThread() as origin, running_system() as system:
        origin.serve("/page", b"<html><p>nothing</html>")

        finished = system.run("feeds", "add", closed, origin.url("/page"), origin.url("/never-asked.xml"))

        assert origin.requests("/never-asked.xml") == []

    assert finished.code == 0
    assert finished.stdout.splitlines() == [
        f"added: {closed}", f"added: {origin.url('/page')}", f"added: {origin.url('/never-asked.xml')}"
    ]  # fmt: skip
    assert [line.split(": ")[2].split(" (")[0] for line in finished.messages] == [
        "it could not be looked at",
        "no feed was found there",
    ]


def test_a_list_that_names_a_feed_in_two_ways_adds_it_once() -> None:
    """Lists grow over years: http became https, and newsletters left their parameters."""
    addresses = b"""http://example.org/feed.xml
https://EXAMPLE.org:443/feed.xml
https://example.org/feed.xml?utm_source=mail
https://example.org/feed.xml?id=2
"""
    with running_system() as system:
        first = system.run("feeds", "import", "-", stdin=addresses)
        second = system.run("feeds", "import", "-", stdin=b"https://example.org/feed.xml\n")
        listed = json.loads(system.run("feeds", "list", "--json").stdout)

    assert first.stdout.startswith("2 feeds added")
    assert second.stdout.startswith("0 feeds added, 1 already on the list, 2 in all")
    assert [feed["url"] for feed in listed] == ["http://example.org/feed.xml", "https://example.org/feed.xml?id=2"]
