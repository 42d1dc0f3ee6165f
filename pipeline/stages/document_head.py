"""Reads the beginning of a document, in the daemon: what can be known of it before a worker has parsed it.

Rules of this file: this runs in the daemon's loop for every new document, so it looks at 64 KiB at most and takes one
pass, whatever the document holds; it never parses (a parser can be made to work for minutes).
"""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE

from pipeline.stages.encoding import Damaged, unpacked

HEAD_BYTES = 65_536


def head_of(body: bytes, content_encoding: str, *, limit_bytes: int) -> bytes:
    """The first 64 KiB of what *body* unpacks to, in an encoding that agrees with ASCII; b"" when it cannot be had.

    *limit_bytes* bounds what is unpacked of a body in several codings on top of each other.
    """
    pieces: list[bytes] = []
    left_bytes = HEAD_BYTES
    for piece in unpacked(body, content_encoding, limit_bytes=limit_bytes):
        if isinstance(piece, Damaged):
            break
        pieces.append(piece[:left_bytes])
        left_bytes -= len(pieces[-1])
        if not left_bytes:
            break
    head = b"".join(pieces)
    if head.startswith((BOM_UTF16_BE, BOM_UTF16_LE)):
        return head.decode("utf-16", "replace").encode("utf-8", "replace")
    return head


_ROOT = re.compile(rb"<(?:[\w.-]{1,32}:)?(?:(rss|feed|rdf|urlset)|html|head|body)[\s/>]", re.IGNORECASE)
_JSON_FEED = re.compile(rb'"version"\s{0,20}:\s{0,20}"https?:\\?/\\?/(?:www\.)?jsonfeed\.org')


def begins_as_a_feed(head: bytes) -> bool:
    """Whether the document that begins with *head* is RSS, Atom, RDF, a sitemap or JSON Feed by its root."""
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _JSON_FEED.search(head) is not None
    root = _ROOT.search(without_comments(head))
    return root is not None and root[1] is not None


def without_comments(head: bytes) -> bytes:
    """Return *head* without comments and CDATA sections, in which anything may stand; an open one ends it."""
    kept: list[bytes] = []
    at = 0
    while (start := _OPENING.search(head, at)) is not None:
        kept.append(head[at : start.start()])
        end = head.find(b"-->" if start[0] == b"<!--" else b"]]>", start.end())
        if end < 0:
            return b"".join(kept)
        at = end + 3
    kept.append(head[at:])
    return b" ".join(kept)


_OPENING = re.compile(rb"<!--|<!\[CDATA\[")
