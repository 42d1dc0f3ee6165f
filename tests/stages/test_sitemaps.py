"""Sitemaps: pages with an address, some with news; an index has none."""

from __future__ import annotations

import pytest

from pipeline.model import RawDate
from tests.feeds import entry_of, feed_of

SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)
NEWS = (
    "<url><loc> https://example.org/1?a=1&amp;b=2 </loc><lastmod>2020-01-02</lastmod><news:news><news:publication>"
    "<news:name>The Example</news:name><news:language>fr</news:language></news:publication>"
    "<news:publication_date>2020-01-01T00:00:00Z</news:publication_date><news:title>A &lt; B\n &amp; C</news:title>"
    "<news:keywords>News, R&amp;D,</news:keywords></news:news>"
    "<image:image><image:loc>https://i.example/1.jpg</image:loc></image:image>"
    "<image:image><image:loc>https://i.example/2.jpg</image:loc></image:image></url>"
)


def sitemap(urls: str, spaces: str = SPACES) -> str:
    """Give a sitemap of *urls*."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<?xml-stylesheet href="s.xsl"?><urlset {spaces}>{urls}</urlset>'


@pytest.mark.parametrize("spaces", [SPACES, ""], ids=["declared", "undeclared"])
def test_a_page_of_google_news_is_read_in_full(spaces: str) -> None:
    """Some publishers offer no other feed; and some of them leave the prefixes undeclared."""
    feed = feed_of(sitemap(NEWS, spaces))

    (entry,) = feed.entries
    assert feed.title == "The Example"
    assert entry.guid == entry.link == "https://example.org/1?a=1&b=2"
    assert (entry.title_html, entry.language, entry.categories) == ("A &lt; B &amp; C", "fr", ("News", "R&amp;D"))
    assert entry.published == RawDate("2020-01-01T00:00:00Z", "news:publication_date")
    assert entry.updated == RawDate("2020-01-02", "lastmod")
    assert entry.image == "https://i.example/1.jpg"


def test_a_plain_page_has_an_address_and_no_title() -> None:
    """The title is on the page."""
    entry = entry_of(sitemap("<url><loc>https://example.org/</loc><priority>1.0</priority></url>"))

    assert (entry.link, entry.title_html, entry.updated) == ("https://example.org/", None, None)


def test_an_index_of_sitemaps_says_what_it_is() -> None:
    """It is not followed: each of its sitemaps can be added by itself."""
    feed = feed_of("<sitemapindex><sitemap><loc>a</loc></sitemap><sitemap><loc>b</loc></sitemap></sitemapindex>")

    assert feed.entries == ()
    assert feed.problems == ("an index of 2 sitemaps, which are not followed",)


def test_a_cut_sitemap_gives_its_whole_pages() -> None:
    """A sitemap is long, and connections die."""
    body = sitemap(NEWS + NEWS.replace("/1?", "/2?"))

    feed = feed_of(body[: body.index("/2?")])

    assert [entry.link for entry in feed.entries] == ["https://example.org/1?a=1&b=2"]
    assert feed.incomplete
    assert feed.problems == ("the document is incomplete",)


def test_pages_behind_the_bound_are_counted_and_left_out() -> None:
    """Sitemaps hold up to 50,000 pages; those of news 1,000."""
    feed = feed_of(sitemap("".join(f"<url><loc>https://example.org/{n}</loc></url>" for n in range(5010))))

    assert len(feed.entries) == 5000
    assert feed.problems == ("10 entries behind the first 5000 were left out",)


def test_a_broken_page_is_said() -> None:
    """What stands before the error is kept."""
    feed = feed_of(sitemap("<url><loc>https://example.org/</loc></url><url></loc></url>"))

    assert len(feed.entries) == 1
    assert feed.problems[0].startswith("not well-formed XML: mismatched tag")
