"""Feed documents that the tests of the whole pipe serve: small, well-formed, each entry told by its guid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a feed; *guid* is also the path of its link."""

    guid: str
    title: str
    summary: str = "A summary that stays."


def rss(items: Iterable[Item], *, title: str = "RSS") -> bytes:
    """Give an RSS 2.0 document."""
    body = "".join(
        f"<item><guid isPermaLink='false'>{escape(item.guid)}</guid><title>{escape(item.title)}</title>"
        f"<link>https://example.org/{escape(item.guid)}</link><description>{escape(item.summary)}</description>"
        "<pubDate>Mon, 05 Oct 2026 10:00:00 GMT</pubDate></item>"
        for item in items
    )
    return f"<rss version='2.0'><channel><title>{escape(title)}</title>{body}</channel></rss>".encode()


def atom(items: Iterable[Item]) -> bytes:
    """Give an Atom document."""
    body = "".join(
        f"<entry><id>{escape(item.guid)}</id><title>{escape(item.title)}</title>"
        f"<link href='https://example.org/{escape(item.guid)}'/><summary>{escape(item.summary)}</summary>"
        "<updated>2026-10-05T10:00:00Z</updated></entry>"
        for item in items
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><id>f</id><title>Atom</title>{body}</feed>".encode()


def rdf(items: Iterable[Item]) -> bytes:
    """Give an RSS 1.0 document."""
    body = "".join(
        f"<item rdf:about='https://example.org/{escape(item.guid)}'><title>{escape(item.title)}</title>"
        f"<link>https://example.org/{escape(item.guid)}</link><description>{escape(item.summary)}</description></item>"
        for item in items
    )
    spaces = "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'"
    return f"<rdf:RDF {spaces}><channel><title>RDF</title></channel>{body}</rdf:RDF>".encode()
