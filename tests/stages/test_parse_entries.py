"""The entries of a document: every element that newswire knows ends in its field, as the feed wrote it."""

from __future__ import annotations

import pytest

from pipeline.model import Link, RawDate
from tests.feeds import atom, entry_of, feed_of, rss


def test_an_rss_item_is_read_in_full() -> None:
    """Every element that newswire knows ends in its field, as written."""
    entry = entry_of(
        rss(
            "<item><guid isPermaLink='false'>id-1</guid><link>https://example.org/1</link><title>One</title>"
            "<description>Short</description><content:encoded><![CDATA[<p>Long text</p>]]></content:encoded>"
            "<dc:creator>Ann</dc:creator><dc:creator>Bob</dc:creator><category>News</category><category>Art</category>"
            "<pubDate>Fri, 09 Oct 2015 14:54:00 GMT</pubDate>"
            "<enclosure url='https://example.org/1.mp3' type='audio/mpeg' length='123'/></item>",
            "<language>en-gb</language>",
        )
    )

    assert entry.guid == "id-1"
    assert entry.link == "https://example.org/1"
    assert (entry.title_html, entry.summary_html, entry.content_html) == ("One", "Short", "<p>Long text</p>")
    assert entry.authors == ("Ann", "Bob")
    assert entry.categories == ("News", "Art")
    assert entry.published == RawDate("Fri, 09 Oct 2015 14:54:00 GMT", "pubDate")
    assert entry.updated is None
    assert entry.enclosures == (Link("https://example.org/1.mp3", "enclosure", "audio/mpeg", 123),)


def test_an_atom_entry_is_read_in_full() -> None:
    """Atom says more than RSS, and says it exactly."""
    entry = entry_of(
        atom(
            "<entry xml:lang='fr'><id>tag:example.org,2020:1</id><link rel='edit' href='e'/>"
            "<link rel='alternate' type='text/html' href='a/1.html'/><title type='text'>1 &lt; 2</title>"
            "<summary type='html'>&lt;i&gt;Short&lt;/i&gt;</summary>"
            "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>Long</p></div></content>"
            "<author><name>Ann</name><email>ann@example.org</email></author><category term='news' label='News'/>"
            "<published>2020-01-01T00:00:00Z</published><updated>2020-01-02T00:00:00Z</updated></entry>",
            "xml:base='https://example.org/blog/'",
        )
    )

    assert entry.guid == "tag:example.org,2020:1"
    assert entry.link == "https://example.org/blog/a/1.html"
    assert (entry.title_html, entry.summary_html, entry.content_html) == ("1 &lt; 2", "<i>Short</i>", "<p>Long</p>")
    assert (entry.authors, entry.categories, entry.language) == (("Ann",), ("News",), "fr")
    assert entry.published == RawDate("2020-01-01T00:00:00Z", "published")
    assert entry.updated == RawDate("2020-01-02T00:00:00Z", "updated")
    assert entry.base_url == "https://example.org/blog/"


def test_an_rdf_item_is_known_by_its_address_and_dated_by_dublin_core() -> None:
    """RSS 1.0 has no guid and no pubDate."""
    entry = entry_of(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://example.org/"><title>T</title></channel>'
        '<item rdf:about="https://example.org/1"><title>One</title><link>https://example.org/1</link>'
        "<dc:date>2020-01-01T00:00:00Z</dc:date></item></rdf:RDF>"
    )

    assert entry.guid == "https://example.org/1"
    assert (entry.published, entry.updated) == (RawDate("2020-01-01T00:00:00Z", "dc:date"), None)


@pytest.mark.parametrize(
    ("item", "guid", "link"),
    [
        ("<guid>https://example.org/1</guid>", "https://example.org/1", "https://example.org/1"),
        ("<guid>1234</guid>", "1234", None),
        ("<guid>1234</guid><link>/a</link>", "1234", "/a"),
        ("<link>https://example.org/?a=1&amp;b=2</link>", None, "https://example.org/?a=1&b=2"),
        ("<link>https://example.org/?a=1&b=2</link>", None, "https://example.org/?a=1&b=2"),
        (
            "<link>http://redirect.example/1</link><feedburner:origLink>https://example.org/1</feedburner:origLink>",
            None,
            "https://example.org/1",
        ),
        ("<link></link><guid isPermaLink='false'>x</guid>", "x", None),
    ],
)
def test_guid_and_link_are_what_the_feed_says(item: str, guid: str | None, link: str | None) -> None:
    """A guid melted with the feed's address would change when the feed moves, and all its articles with it."""
    entry = entry_of(rss(f"<item><title>x</title>{item}</item>"))

    assert (entry.guid, entry.link) == (guid, link)


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        ("<author>ann@news.museum (Ann)</author>", ("ann@news.museum (Ann)",)),
        ("<dc:creator>Ann</dc:creator><dc:creator>Bob</dc:creator>", ("Ann", "Bob")),
        ("<itunes:author>Ann</itunes:author>", ("Ann",)),
        ("<author></author>", ()),
        (
            "<author>jean@courrier.agency (Jean Dupont)</author><itunes:author>Ann Lee</itunes:author>",
            ("Jean Dupont", "Ann Lee"),
        ),
    ],
)
def test_authors_are_kept_as_written(authors: str, expected: tuple[str, ...]) -> None:
    """What is a name in them is decided where all feeds are normalized, not by the parser."""
    assert entry_of(rss(f"<item><title>x</title>{authors}</item>")).authors == expected


def test_an_atom_entry_that_names_nobody_is_by_the_author_of_its_feed() -> None:
    """RFC 4287 section 4.2.1 says so; RSS has no such rule."""
    named = "<author><name>Bob</name></author>"
    feed = feed_of(atom(f"<author><name>Ann</name></author><entry>{named}</entry><entry><id>2</id></entry>"))

    assert [entry.authors for entry in feed.entries] == [("Bob",), ("Ann",)]


@pytest.mark.parametrize(
    ("item", "image"),
    [
        ('<media:thumbnail url="https://i.example/t.jpg"/>', "https://i.example/t.jpg"),
        (
            '<media:content url="s.jpg" type="image/jpeg" width="9"/><media:content url="l.jpg" width="90"/>',
            "l.jpg",
        ),
        ('<media:content url="https://i.example/c.jpg"/>', "https://i.example/c.jpg"),
        ('<media:content url="v.mp4" type="video/mp4"/>', None),
        ('<itunes:image href="https://i.example/i.jpg"/>', "https://i.example/i.jpg"),
        ('<enclosure url="e.png" type="image/png" length="x"/>', "e.png"),
        ('<enclosure url="e.mp3" type="audio/mpeg" length="0"/>', None),
    ],
)
def test_the_image_is_found_where_feeds_put_it(item: str, image: str | None) -> None:
    """Four extensions carry the picture of an entry."""
    assert entry_of(rss(f"<item><title>x</title>{item}</item>")).image == image


@pytest.mark.parametrize(("length", "size"), [("123", 123), ("", None), ("0", None), ("-1", None), ("1,234", None)])
def test_a_size_that_is_no_number_is_unknown(length: str, size: int | None) -> None:
    """Unknown is null, never a guess."""
    (link,) = entry_of(rss(f'<item><title>x</title><enclosure url="e" length="{length}"/></item>')).enclosures

    assert link.bytes == size


def test_a_later_change_of_an_rss_item_is_kept_apart_from_its_date() -> None:
    """`atom:updated` inside RSS is not when the item was published."""
    entry = entry_of(rss("<item><title>x</title><pubDate>A</pubDate><atom:updated>B</atom:updated></item>"))

    assert (entry.published, entry.updated) == (RawDate("A", "pubDate"), RawDate("B", "updated"))
