"""Every field says where it came from when asked."""

from __future__ import annotations

from dataclasses import fields, replace

from pipeline.model import Article, Entry, FeedReference, Link, RawDate
from pipeline.stages.normalize import Origin, normalize
from pipeline.stages.provenance import page_provenance, provenance

FEED = FeedReference(id="0" * 16, url="https://example.org/feed.xml")


def told(entry: Entry) -> tuple[Article, dict[str, str]]:
    """Give the article that *entry* becomes and where its fields came from."""
    article = normalize(entry, key="k", origin=Origin(FEED, FEED.url, "fr"))
    assert isinstance(article, Article)
    return article, provenance(article, entry)


def test_every_field_that_the_feed_filled_has_a_source() -> None:
    """A field without a source could not be held against the feed when it is wrong."""
    article, sources = told(
        Entry(
            link="/a",
            title_html="Ferry",
            summary_html="It sails.",
            content_html='<p>It sails again.</p><img src="/ferry.jpg">',
            authors=("Jane Doe",),
            categories=("Sea",),
            published=RawDate("Fri, 09 Oct 2026 16:54:00 GMT", "pubDate"),
            updated=RawDate("2026-10-09T17:00:00Z", "dc:date"),
            enclosures=(Link("/a.mp3", rel="enclosure"),),
        )
    )
    ours = {"id", "feed", "language_source", "kind", "revision"}  # made here, or the source itself

    assert sources == {
        "url": "feed:link",
        "source_url": "feed:link",
        "title": "feed:title",
        "summary": "feed:summary",
        "text": "feed:content",
        "html": "feed:content",
        "authors": "feed:author",
        "categories": "feed:category",
        "language": "feed",
        "published": "feed:pubDate",
        "updated": "feed:dc:date",
        "image": "content:img",
        "attachments": "feed:enclosure",
    }
    assert {field.name for field in fields(Article) if getattr(article, field.name)} - ours == set(sources)


def test_what_nobody_said_has_no_source() -> None:
    """Unknown stays unknown."""
    _, sources = told(Entry(title_html="Ferry", summary_html="<p>It sails.</p>", image="/a.jpg", language="en"))

    assert sources == {
        "title": "feed:title",
        "summary": "feed:summary",
        "html": "feed:summary",
        "language": "feed:xml:lang",
        "image": "feed:image",
    }


def test_a_field_that_has_no_line_of_its_own_was_said_by_the_document() -> None:
    """A new field touches the model, who fills it and its JSON form, and is explained all the same."""
    article, _ = told(Entry(title_html="Ferry"))

    related = replace(article, related=("Another ferry",))

    assert provenance(related, Entry(title_html="Ferry"))["related"] == "feed"
    assert page_provenance(related)["related"] == "page"
