"""A raw document -> its entries and what was wrong with them.

`read_feed` is the whole of it: bytes are unpacked, decoded and mended here, and only then seen by a parser.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.model import FeedDocument, RawDocument, Unreadable
from pipeline.stages.encoding import GZIP_MAGIC, Damaged, unpack
from pipeline.stages.parse.characters import Characters, decode
from pipeline.stages.parse.cost import excess
from pipeline.stages.parse.json_feed import is_json, parse_json
from pipeline.stages.parse.mending import mend
from pipeline.stages.parse.sitemaps import is_sitemap, parse_sitemap
from pipeline.stages.parse.with_feedparser import parse_xml

__all__ = ["read_feed"]

_HTML_STARTS = ("<!doctype html", "<html", "<head", "<body")


def read_feed(document: RawDocument, *, limit_bytes: int) -> FeedDocument | Unreadable:
    """Read the entries of *document*, of which at most *limit_bytes* are read once decoded.

    A feed without entries is a FeedDocument; Unreadable is what is not a feed, and says what it seems to be.
    """
    body = unpack(document.body, document.content_encoding, limit_bytes=limit_bytes)
    if isinstance(body, bytes) and body.startswith(GZIP_MAGIC):
        body = unpack(body, "gzip", limit_bytes=limit_bytes)  # compressed on disk, served as it lies there
    if isinstance(body, Damaged):
        return Unreadable(body.reason)
    characters = decode(body, document.content_type)
    if is_json(characters.text):
        return parse_json(characters.text, characters.problems)
    return _read_xml(characters)


def _read_xml(characters: Characters) -> FeedDocument | Unreadable:
    mended = mend(characters.text)
    problems = (*characters.problems, *mended.problems)
    if not mended.utf8.strip():
        return Unreadable("empty body")
    if is_sitemap(mended.utf8):
        return replace(parse_sitemap(mended.utf8, problems), incomplete=mended.incomplete)
    text = mended.utf8.decode("utf-8", "replace")
    too_much = excess(text, mended.utf8)
    if too_much:
        return Unreadable(too_much)
    feed = parse_xml(mended.utf8, problems=problems)
    if isinstance(feed, FeedDocument):
        return replace(feed, incomplete=mended.incomplete)
    return Unreadable(_what_it_is(text)) if feed is None else feed


def _what_it_is(text: str) -> str:
    start = text[:1000].lstrip("\ufeff \t\r\n").lower()
    if start.startswith(_HTML_STARTS) or "<html" in start:
        return "an HTML page, not a feed"
    return "not a feed"
