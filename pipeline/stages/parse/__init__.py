"""A raw document -> its entries and what was wrong with them.

`read_feed` is the whole of it: bytes are unpacked, decoded and mended here, and only then seen by a parser.
"""

from __future__ import annotations

from pipeline.model import FeedDocument, RawDocument, Unreadable
from pipeline.stages.encoding import GZIP_MAGIC, Damaged, unpack
from pipeline.stages.parse.characters import decode
from pipeline.stages.parse.cost import excess
from pipeline.stages.parse.mending import mend
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
    text, mended = mend(characters.text)
    if not text.strip():
        return Unreadable("empty body")
    utf8 = text.encode("utf-8", "replace")
    too_much = excess(text, utf8)
    if too_much:
        return Unreadable(too_much)
    feed = parse_xml(utf8, problems=(*characters.problems, *mended))
    return Unreadable(_what_it_is(text)) if feed is None else feed


def _what_it_is(text: str) -> str:
    start = text[:1000].lstrip("\ufeff \t\r\n").lower()
    if start.startswith(_HTML_STARTS) or "<html" in start:
        return "an HTML page, not a feed"
    if start.startswith(("{", "[")):
        return "JSON, which this version does not read"
    return "not a feed"
