"""A document that is not well-formed even when mended -> its entries, each read by itself.

Rules of this file: an entry that is well-formed is read as in any other document, and one that is not costs only
itself: it alone is left to feedparser, which guesses. An entry that another one begins in ends there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.model import Entry, FeedDocument, Unreadable
from pipeline.stages.parse.endings import HEAD_BYTES, MAX_ENTRIES, ROOT
from pipeline.stages.parse.limits import ParseLimits
from pipeline.stages.parse.with_feedparser import parse_with_feedparser
from pipeline.stages.parse.with_lxml import read_tree, tree_of

_MOST_BROKEN = 64  # a document with more is broken as a whole
# All begin with "<", which C looks for, and none is tried twice: 0.3 s for the worst 9 MB.
_TAG = re.compile(
    rb"<(?:!\[CDATA\[|(/?+)((?:item|entry)(?=[\s>/])|[A-Za-z_][\w.-]{0,30}+:(?:item|entry)(?=[\s>/])))", re.IGNORECASE
)
_NAMES = re.compile(rb"item|entry", re.IGNORECASE)
_CDATA_END = b"]]>"
_CHANNEL = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,30}+:)?+channel(?=[\s>/])", re.IGNORECASE)
_NAMESPACE = re.compile(rb"""\sxmlns(?::[\w.-]+)?=(?:"[^"<>]*"|'[^'<>]*')""")
_NAME = re.compile(rb"<([^\s>/]+)")


@dataclass(frozen=True, slots=True)
class _Pieces:
    """A document taken apart: *head* with what closes it, the tags around an entry, and the entries."""

    head: bytes
    before: bytes
    after: bytes
    entries: tuple[bytes, ...]


def parse_in_pieces(utf8: bytes, problems: tuple[str, ...], limits: ParseLimits) -> FeedDocument | None:
    """Read the feed in *utf8* (mended) entry by entry, within *limits*; None when it has too little order for that.

    *problems* is what was mended before.
    """
    pieces = _taken_apart(utf8)
    if pieces is None:
        return None
    head = _read(pieces.head, limits)
    if head is None or head.entries:
        return None
    entries: list[Entry] = []
    costly: list[str] = []
    broken = 0
    for piece in pieces.entries[:MAX_ENTRIES]:
        whole = pieces.before + piece + pieces.after
        tree = tree_of(whole)
        read = read_tree(tree, limits=limits) if tree is not None else None
        if read is None:
            broken += 1
            guessed = parse_with_feedparser(whole, limits=limits) if broken <= _MOST_BROKEN else None
            if guessed is None:
                return None
            if isinstance(guessed, Unreadable):  # built to cost: alone it costs nobody else
                costly.append(f"an entry was left out: {guessed.reason}")
                continue
            read = guessed
        entries.extend(read.entries)
    what = f"not well-formed: {broken} of {len(pieces.entries)} entries were read by guessing" if broken else None
    found = (*problems, *costly, what or "not well-formed between the entries")
    return replace(head, entries=tuple(entries), problems=found, path="items")


def _read(utf8: bytes, limits: ParseLimits) -> FeedDocument | None:
    tree = tree_of(utf8)
    if tree is not None:
        return read_tree(tree, limits=limits)
    guessed = parse_with_feedparser(utf8, limits=limits)
    return guessed if isinstance(guessed, FeedDocument) else None


def _taken_apart(utf8: bytes) -> _Pieces | None:
    root = ROOT.search(utf8, 0, HEAD_BYTES)
    spans = list(_spans(utf8)) if root and _NAMES.search(utf8) else []
    if root is None or not spans:
        return None
    first = spans[0][0]
    before = _start_tag(utf8, root.start())
    after = b"</" + root[1] + b">"
    if tree_of(before + after) is None:
        before = b"<" + root[1] + b"".join(_NAMESPACE.findall(before)) + b">"
    channel = _CHANNEL.search(utf8, root.end(), first)
    head = before + utf8[utf8.find(b">", root.end()) + 1 : first]
    if channel:
        name = _named(utf8, channel.start())
        if b"</" + name not in head:
            before += _start_tag(utf8, channel.start())
            after = b"</" + name + b">" + after
    return _Pieces(head + after, before, after, tuple(utf8[start:end] + close for start, end, close in spans))


def _spans(utf8: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield where each entry starts and ends, and the end tag that it lacks."""
    start = -1
    name = b""
    behind = 0  # the CDATA section that was passed last
    for match in _TAG.finditer(utf8):
        if match.start() < behind:
            continue
        if match[2] is None:
            behind = utf8.find(_CDATA_END, match.end())
            if behind < 0:
                break
        elif match[1]:
            if start >= 0:
                yield start, match.start(), b"</" + name + b">"
            start = -1
        else:
            if start >= 0:
                yield start, match.start(), b"</" + name + b">"
            start, name = match.start(), match[2]
    if start >= 0:
        yield start, len(utf8), b"</" + name + b">"


def _start_tag(utf8: bytes, start: int) -> bytes:
    return utf8[start : utf8.find(b">", start) + 1]


def _named(utf8: bytes, start: int) -> bytes:
    name = _NAME.match(utf8, start)
    return name[1] if name else b""
