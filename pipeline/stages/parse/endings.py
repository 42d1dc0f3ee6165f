"""The end of a document: cut, followed by what is not of it, or too long.

Rules of this file: entries are told by their bytes, and what is left is a document that ends as it should.
"""

from __future__ import annotations

import re
from itertools import islice

MAX_ENTRIES = 5000
"""Entries that are read of one document: the next poll would bring what is new. A document of 100,000 costs 22 s."""

ROOT = re.compile(rb"<((?:[a-z][\w.-]{0,30}+:)?(?:rss|feed|rdf|urlset|sitemapindex))(?=[\s>/])", re.IGNORECASE)
"""The start of the root of a feed; group 1 is its name."""

HEAD_BYTES = 65_536
"""How far from its start a document may begin, or begin to be a feed: what scripts print before it is shorter."""

_PREFIX = rb"(?:[A-Za-z_][\w.-]{0,30}+:)?"
_ENTRY = rb"(?:item|entry)(?=[\s>/])"
_PAGE = rb"(?:url|sitemap)(?=[\s>/])"  # an RSS image has a <url>, too
_STARTS = {name: re.compile(rb"<" + _PREFIX + name) for name in (_ENTRY, _PAGE)}
_ENDS = {name: re.compile(rb"</" + _PREFIX + name) for name in (_ENTRY, _PAGE)}
_CHANNEL = re.compile(rb"<(" + _PREFIX + rb"channel)(?=[\s>/])")
_CHANNEL_END = re.compile(rb"</" + _PREFIX + rb"channel(?=[\s>])")
_NOTHING = re.compile(rb"(?:\s++|<!--(?:[^-]++|-(?!->))*+-->|<\?[^>]*+>)*+\Z")
_INCOMPLETE = "the document is incomplete"


def with_an_end(utf8: bytes, problems: list[str]) -> tuple[bytes, bool]:
    """*utf8* without what stands behind its root, and whether the document was cut before the end of that.

    A cut document keeps its whole entries and is closed behind the last of them.
    """
    root = ROOT.search(utf8, 0, HEAD_BYTES)
    if root is None or utf8[root.end() : utf8.find(b">", root.end()) + 1].endswith(b"/>"):
        return utf8, False
    end = utf8.rfind(b"</" + root[1])
    close = utf8.find(b">", end) + 1
    if end < root.end() or not close or utf8[end + 2 + len(root[1]) : close - 1].strip():
        return _closed(utf8, root, problems)
    if _NOTHING.match(utf8, close):
        return utf8, False
    problems.append("text behind the document")
    return utf8[:close], False


def _closed(utf8: bytes, root: re.Match[bytes], problems: list[str]) -> tuple[bytes, bool]:
    """Close the document that opens with *root* and has no end, behind what is whole of it."""
    name = root[1]
    entries_end = _end_of_last(_ENDS[_entries_of(name)], utf8)
    channel_end = _end_of_last(_CHANNEL_END, utf8)
    if channel_end > entries_end and name.lower().endswith(b"rss"):
        problems.append("the end of the document is missing")
        return utf8[:channel_end] + b"</" + name + b">", False
    problems.append("the document is incomplete")
    if not entries_end:
        first = _STARTS[_entries_of(name)].search(utf8) if _names_entries(utf8) else None
        entries_end = first.start() if first else max(utf8.rfind(b"<"), root.end())
    kept = utf8[:entries_end]
    if kept.count(b">", root.start()) == 0:
        return utf8, True  # the root itself is cut: nothing can be had
    channel = _CHANNEL.search(kept, root.end())
    is_open = (
        channel is not None and not channel_end and not kept[: kept.find(b">", channel.end()) + 1].endswith(b"/>")
    )
    inner = b"</" + channel[1] + b">" if channel and is_open else b""
    return kept + inner + b"</" + name + b">", True


def without_the_rest(utf8: bytes, problems: list[str]) -> bytes:
    """*utf8* without the entries behind the first MAX_ENTRIES, cut so that the document stays whole."""
    if utf8.count(b"</") <= MAX_ENTRIES:
        return utf8
    root = ROOT.search(utf8, 0, HEAD_BYTES)
    if root is None:
        return utf8
    pattern = _ENDS[_entries_of(root[1])]
    ends = pattern.finditer(utf8)
    kept = last = next(islice(ends, MAX_ENTRIES - 1, None), None)
    left_out = 0
    for last in ends:  # noqa: B007 - the last is needed, too
        left_out += 1
    if kept is None or last is None or not left_out:
        return utf8
    problems.append(f"{left_out} entries behind the first {MAX_ENTRIES} were left out")
    kept_to, rest_from = (utf8.find(b">", end.start()) + 1 or len(utf8) for end in (kept, last))
    return utf8[:kept_to] + utf8[rest_from:]


def _entries_of(root: bytes) -> bytes:
    return _PAGE if root.lower().endswith((b"urlset", b"sitemapindex")) else _ENTRY


def _names_entries(utf8: bytes) -> bool:
    """Whether any of the names is there at all: a look that costs a tenth of a search for tags."""
    return any(name in utf8 for name in (b"item", b"entry", b"url", b"channel", b"sitemap"))


def _end_of_last(pattern: re.Pattern[bytes], utf8: bytes) -> int:
    """Find where the last whole end tag of *pattern* ends; 0 when there is none."""
    last = None
    if not _names_entries(utf8):
        return 0
    for last in pattern.finditer(utf8, 0, utf8.rfind(b">") + 1):  # noqa: B007 - the last is what is looked for
        pass
    return utf8.find(b">", last.end()) + 1 if last else 0
