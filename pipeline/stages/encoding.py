"""What the bytes of a response are once the encodings of HTTP are undone, or why they cannot be had.

Rules of this file: the output is bounded while it grows, never afterwards (a 1 MB gzip can hold 1 GiB), and a stream
counts only when its end marker was read: a body that was cut must not pass for a whole one.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Literal

GZIP_MAGIC = b"\x1f\x8b"
_GZIP = 16 + zlib.MAX_WBITS
_ZLIB = zlib.MAX_WBITS
_RAW_DEFLATE = -zlib.MAX_WBITS
_NO_CODINGS = frozenset({"", "identity", "none"})
_MAX_CODINGS = 3  # nobody honest sends more, and each costs a pass over the body
_MAX_MEMBERS = 256  # each member copies what is left of the body: without a bound, a quadratic cost


@dataclass(frozen=True, slots=True)
class Damaged:
    """A body that cannot be had as it was sent, and why."""

    reason: str
    kind: Literal["too-large", "encoding"]


def unpack(body: bytes, content_encoding: str, *, limit_bytes: int) -> bytes | Damaged:
    """Undo the codings that *content_encoding* lists (RFC 9110 section 8.4), last applied first.

    At most *limit_bytes* + 1 bytes are ever inflated. A gzip coding that was announced but not applied is taken as
    plain, junk behind a complete stream is ignored, and members of a gzip stream are joined (RFC 1952 section 2.2).
    """
    codings = [name for part in content_encoding.lower().split(",") if (name := part.strip()) not in _NO_CODINGS]
    if len(codings) > _MAX_CODINGS:
        return Damaged(f"{len(codings)} content encodings on top of each other", "encoding")
    if len(body) > limit_bytes:
        return _too_large(limit_bytes)
    plain: bytes | Damaged = body
    for coding in reversed(codings):
        if isinstance(plain, Damaged):
            break
        plain = _undo(plain, coding, limit_bytes)
    return plain


def _undo(body: bytes, coding: str, limit_bytes: int) -> bytes | Damaged:
    match coding:
        case "gzip" | "x-gzip":
            return _gunzip(body, limit_bytes) if body.startswith(GZIP_MAGIC) else body
        case "deflate":
            return _inflate_either(body, limit_bytes)
        case _:
            return Damaged(f"content encoding {coding[:40]!r} is not supported", "encoding")


def _gunzip(body: bytes, limit_bytes: int) -> bytes | Damaged:
    pieces: list[bytes] = []
    room, rest = limit_bytes, body
    while not pieces or rest.startswith(GZIP_MAGIC):
        if len(pieces) == _MAX_MEMBERS:
            return Damaged(f"a gzip stream of more than {_MAX_MEMBERS} members", "encoding")
        outcome = _inflate(rest, _GZIP, room)
        if isinstance(outcome, Damaged):
            return outcome if outcome.kind == "encoding" else _too_large(limit_bytes)
        piece, rest = outcome
        pieces.append(piece)
        room -= len(piece)
    return b"".join(pieces)


def _inflate_either(body: bytes, limit_bytes: int) -> bytes | Damaged:
    """Inflate "deflate": zlib by the standard (RFC 9110 section 8.4.1.2), raw by a widespread mistake."""
    if not body:
        return body
    outcome = _inflate(body, _ZLIB, limit_bytes)
    if isinstance(outcome, Damaged) and outcome.kind == "encoding":
        raw = _inflate(body, _RAW_DEFLATE, limit_bytes)
        outcome = outcome if isinstance(raw, Damaged) and raw.kind == "encoding" else raw
    return outcome if isinstance(outcome, Damaged) else outcome[0]


def _inflate(body: bytes, wbits: int, limit_bytes: int) -> tuple[bytes, bytes] | Damaged:
    """Inflate one stream to its end marker: its content and the bytes behind it."""
    inflater = zlib.decompressobj(wbits)
    try:
        plain = inflater.decompress(body, limit_bytes + 1)
    except zlib.error as error:
        return Damaged(f"damaged compressed body: {error}", "encoding")
    if len(plain) > limit_bytes:
        return _too_large(limit_bytes)
    if not inflater.eof:
        return Damaged("the compressed body ends before its end marker", "encoding")
    return plain, inflater.unused_data


def _too_large(limit_bytes: int) -> Damaged:
    return Damaged(f"more than {limit_bytes} bytes after decoding", "too-large")
