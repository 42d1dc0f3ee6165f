"""A raw document -> its entries and what was wrong with them.

`read_feed` is the whole of it. Bytes are unpacked and decoded; what is then well-formed is read as it is, anything
else is mended first, and only what cannot be mended reaches a parser that guesses.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass, replace

from pipeline.model import FeedDocument, RawDocument, Unreadable
from pipeline.stages.encoding import GZIP_MAGIC, Damaged, unpack
from pipeline.stages.parse.characters import decode, is_plain_utf8
from pipeline.stages.parse.endings import HEAD_BYTES
from pipeline.stages.parse.in_pieces import parse_in_pieces
from pipeline.stages.parse.json_feed import is_json, parse_json
from pipeline.stages.parse.limits import DEFAULT_LIMITS, ParseLimits, limits_of, within
from pipeline.stages.parse.mending import Mended, mend
from pipeline.stages.parse.sitemaps import is_sitemap, parse_sitemap
from pipeline.stages.parse.with_feedparser import parse_with_feedparser
from pipeline.stages.parse.with_lxml import read_tree, tree_of

__all__ = ["ParseLimits", "Utf8", "limits_of", "read_feed", "read_utf8", "utf8_of"]

_DECODED_BYTES = 65_536
_DOCTYPE_BYTES = 1024  # most stand there, and are spared a tree; `tree_of` refuses the others
_LAST = True
_HTML_STARTS = ("<!doctype html", "<html", "<head", "<body")


@dataclass(frozen=True, slots=True)
class Utf8:
    """A document as UTF-8, without byte order mark and blanks before it, and what was mended to have it."""

    data: bytes
    problems: tuple[str, ...] = ()


def read_feed(
    document: RawDocument, *, limit_bytes: int, limits: ParseLimits = DEFAULT_LIMITS
) -> FeedDocument | Unreadable:
    """Read the entries of *document*, within *limits* and of at most *limit_bytes* once decoded.

    A feed without entries is a FeedDocument; Unreadable is what is not a feed, and says what it seems to be.
    """
    utf8 = utf8_of(document, limit_bytes=limit_bytes)
    return utf8 if isinstance(utf8, Unreadable) else read_utf8(utf8, limits)


def utf8_of(document: RawDocument, *, limit_bytes: int) -> Utf8 | Unreadable:
    """Unpack and decode *document*, at most *limit_bytes* of it."""
    body = unpack(document.body, document.content_encoding, limit_bytes=limit_bytes)
    if isinstance(body, bytes) and body.startswith(GZIP_MAGIC):
        body = unpack(body, "gzip", limit_bytes=limit_bytes)  # compressed on disk, served as it lies there
    if isinstance(body, Damaged):
        return Unreadable(body.reason)
    plain = body.removeprefix(codecs.BOM_UTF8).lstrip()
    if is_plain_utf8(plain, document.content_type) and _is_utf8(plain):
        return Utf8(plain)
    characters = decode(body, document.content_type)
    return Utf8(characters.text.encode("utf-8", "replace").lstrip(), characters.problems)


def read_utf8(utf8: Utf8, limits: ParseLimits = DEFAULT_LIMITS) -> FeedDocument | Unreadable:
    """Read what is well-formed and needs no entities of its own as it is, and mend the rest."""
    read = _read(utf8, limits)
    return read if isinstance(read, Unreadable) else within(read, limits, document_bytes=len(utf8.data))


def _read(utf8: Utf8, limits: ParseLimits) -> FeedDocument | Unreadable:
    if utf8.data.find(b"<!DOCTYPE", 0, _DOCTYPE_BYTES) < 0 and not is_sitemap(utf8.data):
        read = _of_tree(Mended(utf8.data, utf8.problems), limits)
        if read is not None:
            return read
    if is_json(utf8.data[:HEAD_BYTES].decode("utf-8", "replace")):
        return parse_json(utf8.data.decode("utf-8", "replace"), utf8.problems)
    mended = mend(utf8.data.decode("utf-8", "replace"))
    if not mended.utf8.strip():
        return Unreadable("empty body")
    mended = replace(mended, problems=(*utf8.problems, *mended.problems))
    feed = parse_xml(mended, limits)
    if isinstance(feed, FeedDocument):
        return replace(feed, incomplete=mended.incomplete)
    return Unreadable(_what_it_is(mended.utf8)) if feed is None else feed


def _is_utf8(data: bytes) -> bool:
    if b"\0" in data or b"\x1b" in data:  # UTF-16 and ISO 2022 are valid UTF-8 to the letter
        return False
    if data.isascii():
        return True
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), _DECODED_BYTES):  # a text of megabytes only to be thrown away costs twice
            decoder.decode(data[start : start + _DECODED_BYTES])
        decoder.decode(b"", _LAST)
    except UnicodeDecodeError:
        return False
    return True


def parse_xml(mended: Mended, limits: ParseLimits = DEFAULT_LIMITS) -> FeedDocument | Unreadable | None:
    """Read the feed in *mended* within *limits*, by the strictest parser that can; None when there is none in it."""
    feed = _of_tree(mended, limits)
    if feed is not None:
        return feed
    if is_sitemap(mended.utf8):
        return parse_sitemap(mended.utf8, mended.problems)
    read = parse_in_pieces(mended.utf8, mended.problems, limits)
    return read or parse_with_feedparser(mended.utf8, mended.problems, limits)


def _of_tree(mended: Mended, limits: ParseLimits) -> FeedDocument | None:
    root = tree_of(mended.utf8)
    return None if root is None else read_tree(root, mended.problems, limits)


def _what_it_is(utf8: bytes) -> str:
    start = utf8[:1000].decode("utf-8", "replace").lstrip("\ufeff \t\r\n").lower()
    if start.startswith(_HTML_STARTS) or "<html" in start:
        return "an HTML page, not a feed"
    return "not a feed"
