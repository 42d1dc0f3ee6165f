"""What the bytes of a response are once the encodings of HTTP are undone, or why they cannot be had.

Rules of this file: the output is bounded while it grows, never afterwards (a 1 MB gzip can hold 1 GiB), and a stream
counts only when its end marker was read: a body that was cut must not pass for a whole one.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

import brotli
from backports import zstd

GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_NO_CODINGS = frozenset({"", "identity", "none"})
_MAX_CODINGS = 3  # nobody honest sends more, and each costs a pass over the body
_MAX_MEMBERS = 256  # each member copies what is left of the body: without a bound, a quadratic cost
# Windows of more than 8 MB are not for the web (RFC 9659): a frame of a few bytes could ask for 2 GB.
_ZSTD_OPTIONS = {int(zstd.DecompressionParameter.window_log_max): 23}
_MOST_BROTLI_JUNK_BYTES = 1024
_FAILURES = (zlib.error, zstd.ZstdError)


class _Inflater(Protocol):
    """What zlib and zstd share: one stream, inflated piece by piece."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def _gzip() -> _Inflater:
    return zlib.decompressobj(16 + zlib.MAX_WBITS)


def _zlib() -> _Inflater:
    return zlib.decompressobj(zlib.MAX_WBITS)


def _raw_deflate() -> _Inflater:
    return zlib.decompressobj(-zlib.MAX_WBITS)


def _zstandard() -> _Inflater:
    return zstd.ZstdDecompressor(options=_ZSTD_OPTIONS)


@dataclass(frozen=True, slots=True)
class Damaged:
    """A body that cannot be had as it was sent, and why."""

    reason: str
    kind: Literal["too-large", "encoding"]


def unpack(body: bytes, content_encoding: str, *, limit_bytes: int) -> bytes | Damaged:
    """Undo the codings that *content_encoding* lists (RFC 9110 section 8.4), last applied first.

    At most *limit_bytes* + 1 bytes are ever inflated. A gzip coding that was announced but not applied is taken as
    plain, junk behind a complete stream is ignored (after brotli at most 1 KiB of it), and members of a gzip stream
    and frames of a zstd stream are joined (RFC 1952 section 2.2, RFC 8878 section 3).
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
            return _joined(body, _gzip, GZIP_MAGIC, limit_bytes) if body.startswith(GZIP_MAGIC) else body
        case "zstd":
            return _joined(body, _zstandard, _ZSTD_MAGIC, limit_bytes) if body.startswith(_ZSTD_MAGIC) else body
        case "deflate":
            return _inflate_either(body, limit_bytes)
        case "br":
            return _unbrotli(body, limit_bytes)
        case _:
            return Damaged(f"content encoding {coding[:40]!r} is not supported", "encoding")


def _joined(body: bytes, start: Callable[[], _Inflater], magic: bytes, limit_bytes: int) -> bytes | Damaged:
    """Inflate stream after stream, each begun by *magic*, and join them."""
    pieces: list[bytes] = []
    room, rest = limit_bytes, body
    while not pieces or rest.startswith(magic):
        if len(pieces) == _MAX_MEMBERS:
            return Damaged(f"more than {_MAX_MEMBERS} compressed streams in one body", "encoding")
        outcome = _inflate(rest, start(), room)
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
    outcome = _inflate(body, _zlib(), limit_bytes)
    if isinstance(outcome, Damaged) and outcome.kind == "encoding":
        raw = _inflate(body, _raw_deflate(), limit_bytes)
        outcome = outcome if isinstance(raw, Damaged) and raw.kind == "encoding" else raw
    return outcome if isinstance(outcome, Damaged) else outcome[0]


def _inflate(body: bytes, inflater: _Inflater, limit_bytes: int) -> tuple[bytes, bytes] | Damaged:
    """Inflate one stream to its end marker: its content and the bytes behind it."""
    try:
        plain = inflater.decompress(body, limit_bytes + 1)
        # zstd may stop at the end of the content with its end marker still to be read.
        if len(plain) <= limit_bytes and not inflater.eof:
            plain += inflater.decompress(b"", limit_bytes + 1 - len(plain))
    except _FAILURES as error:
        return _damaged(error)
    if len(plain) > limit_bytes:
        return _too_large(limit_bytes)
    return (plain, inflater.unused_data) if inflater.eof else _CUT


def _unbrotli(body: bytes, limit_bytes: int) -> bytes | Damaged:
    """Inflate a brotli stream (RFC 7932), which has no magic and no members; empty stays empty."""
    if not body:
        return body
    plain = _unbrotli_pieces([body], limit_bytes)
    if isinstance(plain, Damaged) and plain.kind == "encoding" and plain is not _CUT:
        # The library does not say where a stream ended before junk, only at a byte that it is given alone.
        at = max(len(body) - _MOST_BROTLI_JUNK_BYTES, 0)
        mended = _unbrotli_pieces([body[:at], *(body[i : i + 1] for i in range(at, len(body)))], limit_bytes)
        plain = plain if isinstance(mended, Damaged) and mended.kind == "encoding" else mended
    return plain


def _unbrotli_pieces(body: Iterable[bytes], limit_bytes: int) -> bytes | Damaged:
    """Inflate the brotli stream that *body* gives in pieces, up to its end marker."""
    inflater = brotli.Decompressor()
    pieces: list[bytes] = []
    room = limit_bytes + 1
    for given in body:
        rest = given
        while room > 0 and not inflater.is_finished():
            try:
                piece = inflater.process(rest, output_buffer_limit=room)
            except brotli.error as error:
                return _damaged(error)
            if not piece and not rest:
                break
            pieces.append(piece)
            room -= len(piece)
            rest = b""
    if room <= 0:
        return _too_large(limit_bytes)
    return b"".join(pieces) if inflater.is_finished() else _CUT


_CUT = Damaged("the compressed body ends before its end marker", "encoding")


def _damaged(error: Exception) -> Damaged:
    return Damaged(f"damaged compressed body: {error}", "encoding")


def _too_large(limit_bytes: int) -> Damaged:
    return Damaged(f"more than {limit_bytes} bytes after decoding", "too-large")
