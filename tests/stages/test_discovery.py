"""Where the feeds of an address are, told from the address, the headers and the page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import Response
from pipeline.stages.discovery import (
    candidates_by_address,
    candidates_in_page,
    link_headers,
    looks_like_feed,
    self_link,
    well_known,
)
from pipeline.stages.platforms import account_feed, platform_feeds

SITE = "https://example.org/news/"


def answer(*links: bytes, url: str = SITE) -> Response:
    """A page with these Link headers."""
    return Response(url, 200, tuple(("link", link) for link in links), b"", "")


def urls(page: str, *links: bytes, url: str = SITE) -> list[str]:
    """The addresses that a page names, best first."""
    return [candidate.url for candidate in candidates_in_page(answer(*links, url=url), page.encode())]


@pytest.mark.parametrize(
    ("url", "best"),
    [
        (
            "https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv/videos",
            "https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv",
        ),
        (
            "https://m.youtube.com/playlist?list=PLabcdefghijk",
            "https://www.youtube.com/feeds/videos.xml?playlist_id=PLabcdefghijk",
        ),
        ("https://github.com/owner/project", "https://github.com/owner/project/releases.atom"),
        ("https://github.com/owner/project/", "https://github.com/owner/project/releases.atom"),
        ("https://github.com/owner/project/tree/main", "https://github.com/owner/project/commits/main.atom"),
        ("https://github.com/someone", "https://github.com/someone.atom"),
        ("https://old.reddit.com/r/france/", "https://www.reddit.com/r/france/.rss"),
        ("https://www.reddit.com/r/france/new", "https://www.reddit.com/r/france/new/.rss"),
        ("https://www.reddit.com/u/somebody", "https://www.reddit.com/user/somebody/.rss"),
        ("https://bsky.app/profile/some.one", "https://bsky.app/profile/some.one/rss"),
        ("https://medium.com/@someone", "https://medium.com/feed/@someone"),
        ("https://someone.substack.com/", "https://someone.substack.com/feed"),
        ("https://someone.blogspot.com", "https://someone.blogspot.com/feeds/posts/default"),
        ("https://news.ycombinator.com/", "https://news.ycombinator.com/rss"),
    ],
)
def test_platforms_are_known_by_their_addresses(url: str, best: str) -> None:
    """People paste the page they look at; for these it takes no request to know the feed."""
    assert candidates_by_address(url)[0].url == best


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/@handle",
        "https://github.com/",
        "https://github.com/features",
        "https://github.com.evil.example/owner/project",
        "https://example.org/github.com/a/b",
        "https://vimeo.com/123456",
        "https://[",
    ],
)
def test_other_addresses_are_not_taken_for_platforms(url: str) -> None:
    """A wrong guess is worse than a look at the page."""
    assert platform_feeds(url) == ()


def test_an_account_page_may_be_on_any_mastodon_server() -> None:
    """There are thousands of them, none known by name."""
    assert account_feed("https://social.example/@someone") == "https://social.example/@someone.rss"
    assert account_feed("https://social.example/users/someone/") == "https://social.example/@someone.rss"
    assert account_feed("https://social.example/@someone/123") is None
    assert urls("<p>hello", url="https://social.example/@someone") == ["https://social.example/@someone.rss"]


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("https://example.org/rss.xml", True),
        ("https://example.org/feed/", True),
        ("https://example.org/feeds/all.atom", True),
        ("https://example.org/rss/sport", True),
        ("https://example.org/?feed=rss2", True),
        ("https://example.org/index.php?format=feed&type=rss", True),
        ("https://example.org/feed.json", True),
        ("https://example.org/", False),
        ("https://example.org/feedback", False),
        ("https://example.org/2026/the-rss-story", False),
        ("https://example.org/data.json", False),
    ],
)
def test_addresses_of_feeds_are_written_like_it(url: str, *, is_one: bool) -> None:
    """These are added without a request, as scripts always did."""
    assert looks_like_feed(url) is is_one


def test_the_feeds_of_a_page_come_as_the_page_has_them_and_comments_last() -> None:
    """The first link of the head is what the site means; WordPress puts that of comments beside it."""
    page = """<html><head><base href="/base/">
    <link rel="alternate" type="application/rss+xml" title="Site &raquo; Comments Feed" href="/comments/feed/">
    <link rel="ALTERNATE home" type="application/rss+xml; charset=utf-8" title=" Site &amp;\n more " href="rss">
    <link rel="alternate" type="application/atom+xml" href="//cdn.example.org/a.atom">
    <link rel="alternate" type="application/atom+xml" href="//cdn.example.org/a.atom#again">
    <link rel="alternate" hreflang="fr" href="/fr"><link rel="stylesheet" type="text/css" href="/x.xml">
    <link rel="alternate" type="application/json" href="/wp-json/1"><link rel="alternate" type="application/rss+xml">
    <link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
    </head><body><a href="/sport/rss.xml">Sport</a><a href="/about">About</a>"""

    found = candidates_in_page(answer(), page.encode())

    assert [(each.url, each.source) for each in found] == [
        ("https://example.org/base/rss", "link"),
        ("https://cdn.example.org/a.atom", "link"),
        ("https://example.org/comments/feed/", "link"),
        ("https://example.org/sport/rss.xml", "anchor"),
    ]
    assert found[0].title == "Site & more"


@pytest.mark.parametrize(
    ("links", "found"),
    [
        ('<link rel="alternate" type="text/xml" href="/x">', ["https://example.org/x"]),
        ('<link rel="alternate" type="application/json" href="/x">', ["https://example.org/x"]),
        ('<link rel="alternate" href="/x.rss"><link rel="alternate" href="/fr">', ["https://example.org/x.rss"]),
        (
            '<link rel="alternate" type="application/rss+xml" href="feed:https://a.example/x">',
            ["https://a.example/x"],
        ),
        ('<link rel="alternate" type="application/rss+xml" href="feed://a.example/x">', ["http://a.example/x"]),
        ('<link rel="alternate" type="application/rss+xml" href="feed:javascript:x">', []),
        ('<link rel="stylesheet" type="text/xml" href="/x.xml">', []),
    ],
)
def test_a_link_that_only_may_be_a_feed_counts_where_no_other_is_better(links: str, found: list[str]) -> None:
    """Old and hand-written pages call their feed XML, JSON or nothing; what it is, is seen when it is read."""
    better = '<link rel="alternate" type="application/rss+xml" href="/better">'
    is_vague = "rss+xml" not in links

    assert urls(links) == found
    assert urls(links + better) == ([] if is_vague else found) + ["https://example.org/better"]


def test_the_page_is_read_in_its_own_characters() -> None:
    """A title in Latin-1 would be shown as rubble, and a page in UTF-16 names nothing at all."""
    page = '<html><meta charset="CHARSET"><link rel=alternate type=application/rss+xml title="Économie" href=/e>'

    for charset in ("iso-8859-1", "utf-16"):
        (found,) = candidates_in_page(answer(), page.replace("CHARSET", charset).encode(charset))
        assert (found.url, found.title) == ("https://example.org/e", "Économie")


def test_the_header_comes_before_the_page() -> None:
    """RFC 8288: a Link header says of the resource what its author put there on purpose."""
    headers = (b'<a.css>; rel=stylesheet, </atom>; rel="alternate home"; type="application/atom+xml"; title="A, B"',)

    assert urls("<link rel=alternate type=application/rss+xml href=/rss>", *headers) == [
        "https://example.org/atom",
        "https://example.org/rss",
    ]
    assert dict(link_headers(answer(b"<https://hub.example/>; rel=hub, <>; rel=self")))["https://hub.example/"] == {
        "rel": "hub"
    }


def test_well_known_places_are_few_and_of_the_site() -> None:
    """A site is asked for a handful of addresses at most, and nothing beside it."""
    places = [candidate.url for candidate in well_known("https://example.org/blog/post?x=1")]

    assert places[0] == "https://example.org/blog/feed"
    assert len(places) <= 7
    assert all(place.startswith("https://example.org/") for place in places)


@pytest.mark.parametrize(
    ("document", "own"),
    [
        (b'<rss><channel><atom:link href="https://example.org/f?a=1&amp;b=2" rel="self"/>', "https://example.org/f?a=1&b=2"),
        (b"<feed><link rel='self' href='/other'/>", "https://example.org/other"),
        (b"<feed><link rel='self' href='https://example.org/news/'/>", None),
        (b"<feed><link rel='alternate' href='/x'/>", None),
        (b"{}", None),
    ],
)  # fmt: skip
def test_a_feed_may_know_a_better_address_of_its_own(document: bytes, own: str | None) -> None:
    """It is shown and not obeyed: half of these links are left from an old host."""
    assert self_link(document, SITE) == own


@given(st.binary(max_size=400), st.binary(max_size=200))
def test_any_page_and_any_header_is_looked_at_without_harm(page: bytes, link: bytes) -> None:
    """Both come from strangers."""
    candidates_in_page(answer(link), page)
    self_link(page, SITE)
