"""Reads the beginning of a document, in the daemon: what can be known of it before a worker has parsed it.

Rules of this file: this runs in the daemon's loop for every new document, so it looks at 64 KiB at most and takes one
pass, whatever the document holds; it never parses (a parser can be made to work for minutes).
"""

from __future__ import annotations

import re
import zlib
from codecs import BOM_UTF16_BE, BOM_UTF16_LE

from pipeline.stages.encoding import Damaged, unpack

HEAD_BYTES = 65_536
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


def head_of(body: bytes, content_encoding: str, *, limit_bytes: int) -> bytes:
    """The first 64 KiB of what *body* unpacks to, in an encoding that agrees with ASCII; b"" when it cannot be had.

    *limit_bytes* bounds what is unpacked of a body in a coding that cannot be unpacked in part.
    """
    head = _unpacked_head(body, content_encoding.strip().lower(), limit_bytes=limit_bytes)
    if head.startswith((BOM_UTF16_BE, BOM_UTF16_LE)):
        return head.decode("utf-16", "replace").encode("utf-8", "replace")
    return head


def _unpacked_head(body: bytes, content_encoding: str, *, limit_bytes: int) -> bytes:
    if content_encoding in ("", "identity"):
        return body[:HEAD_BYTES]
    if content_encoding in ("gzip", "x-gzip", "deflate"):
        try:
            return zlib.decompressobj(_GZIP_OR_ZLIB).decompress(body, HEAD_BYTES)
        except zlib.error:
            pass  # plain or raw deflate under a wrong name: the whole way knows them all
    plain = unpack(body, content_encoding, limit_bytes=limit_bytes)
    return b"" if isinstance(plain, Damaged) else plain[:HEAD_BYTES]


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
