"""Tells by their bytes which items of a document were processed before, and cuts the document down to the others.

Rules of this file: bytes only, no parsing, linear; a document that cannot be split plainly (items in several places,
items inside items, half a CDATA section) is not split at all. The name of an item holds for its context, too: the
document around the items without what changes at every poll, so that another language, base or namespace renames all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from pipeline.stages.parse.endings import MAX_ENTRIES

NAME_BYTES = 8
"""Length of an item's name; among the 5,000 items of the longest document two share one once in 10^12 polls."""

_FIRST_ITEM = re.compile(rb"<(item|entry)(?=[\s>])")
_BLANK = re.compile(rb"\s*")
_APART = ((b"<![CDATA[", b"]]>"), (b"<!--", b"-->"))
_LONGEST_CONTEXT_BYTES = 65_536
_VOLATILE = re.compile(
    rb"<!--.*?-->|<(lastBuildDate|pubDate|updated|modified|dc:date|ttl|generator)(?=[\s>/])[^>]*(?:/>|>[^<]*</\1\s*>)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Split:
    """A document as its `head`, its `items` in order, each with its name in `names`, and its `tail`."""

    head: bytes
    items: tuple[bytes, ...]
    tail: bytes
    names: tuple[bytes, ...]

    def without(self, known: Collection[bytes]) -> bytes:
        """The document with only the items whose names are not in *known*."""
        fresh = (item for item, name in zip(self.items, self.names, strict=True) if name not in known)
        return b"\n".join((self.head, *fresh, self.tail))


def split(document: bytes) -> Split | None:
    """Split *document* (UTF-8 XML) into its items; None when that is not plainly possible."""
    first = _FIRST_ITEM.search(document)
    if first is None:
        return None
    start, end = re.compile(rb"<" + first[1] + rb"(?=[\s>])"), b"</" + first[1] + b">"
    items: list[bytes] = []
    position = first.start()
    while start.match(document, position):
        stop = document.find(end, position)
        if stop < 0:
            return None
        stop += len(end)
        items.append(document[position:stop])
        position = _BLANK.match(document, stop).end()  # type: ignore[union-attr]  # it matches nothing, too
        if len(items) > MAX_ENTRIES:
            return None
    head, tail = document[: first.start()], document[position:]
    if start.search(tail) or len(head) + len(tail) > _LONGEST_CONTEXT_BYTES:
        return None
    if not all(_is_whole(item, start) for item in items):
        return None
    return Split(head, tuple(items), tail, _names(head, items, tail))


def _is_whole(item: bytes, start: re.Pattern[bytes]) -> bool:
    """Whether *item* is one item: what stands in its comments and CDATA sections is neither a start nor an end."""
    outside: list[bytes] = []
    position = 0
    while (opened := item.find(b"<!", position)) >= 0:
        close = next((end for begin, end in _APART if item.startswith(begin, opened)), None)
        closed = item.find(close, opened) if close else -1
        if closed < 0:
            return False
        outside.append(item[position:opened])
        position = closed + len(b"-->")
    return len(start.findall(b" ".join((*outside, item[position:])))) == 1


def _names(head: bytes, items: Sequence[bytes], tail: bytes) -> tuple[bytes, ...]:
    context = blake2b(_VOLATILE.sub(b"", head) + b"\0" + _VOLATILE.sub(b"", tail), digest_size=16).digest()
    return tuple(blake2b(item, digest_size=NAME_BYTES, key=context).digest() for item in items)
