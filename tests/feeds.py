"""Feeds for the tests of parsing: small documents and the shortest way to read them."""

from __future__ import annotations

from pipeline.model import Entry, FeedDocument, RawDocument
from pipeline.stages.parse import read_feed

LIMIT = 10 * 1024 * 1024
URL = "https://example.org/feed.xml"


def document(body: bytes, content_type: str = "", content_encoding: str = "") -> RawDocument:
    """Give *body* as a fetched document."""
    return RawDocument("0" * 16, URL, None, body, content_encoding=content_encoding, content_type=content_type)


def rss(items: str, head: str = "") -> str:
    """Give an RSS 2.0 document with *items* and the channel elements *head*."""
    spaces = " ".join(
        f'xmlns:{prefix}="{uri}"'
        for prefix, uri in {
            "dc": "http://purl.org/dc/elements/1.1/",
            "content": "http://purl.org/rss/1.0/modules/content/",
            "media": "http://search.yahoo.com/mrss/",
            "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
            "atom": "http://www.w3.org/2005/Atom",
            "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
        }.items()
    )
    return f'<rss version="2.0" {spaces}><channel><title>T</title>{head}{items}</channel></rss>'


def atom(entries: str, attributes: str = "") -> str:
    """Give an Atom document with *entries*."""
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>T</title>{entries}</feed>'


def feed_of(body: bytes | str, content_type: str = "") -> FeedDocument:
    """Read *body*, which must be a feed."""
    read = read_feed(document(body if isinstance(body, bytes) else body.encode(), content_type), limit_bytes=LIMIT)
    assert isinstance(read, FeedDocument), read
    return read


def entry_of(body: bytes | str) -> Entry:
    """Read the only entry of *body*."""
    (entry,) = feed_of(body).entries
    return entry


ACCENTS = rss("<item><title>Café déjà vu à Nîmes</title></item>")
