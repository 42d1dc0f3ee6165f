"""What the bytes of a response are once the encodings of HTTP are undone, or why they cannot be had.

Rules of this file: the output is bounded while it grows, never afterwards (a 1 MB gzip can hold 1 GiB), and comes in
pieces of 64 KiB, so that who only passes over it holds no more than one; a stream counts only when its end marker was
read: a body that was cut must not pass for a whole one.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Literal, Protocol

import brotli
from backports import zstd

GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_NO_CODINGS = frozenset({"", "identity", "none"})
_MAX_CODINGS = 3  # nobody honest sends more, and each costs a pass over the body
_MAX_MEMBERS = 256  # nobody honest sends more, and each is a decompressor to set up
_PIECE_BYTES = 65_536
# Windows of more than 8 MB are not for the web (RFC 9659): a frame of a few bytes could ask for 2 GB.
_ZSTD_OPTIONS = {int(zstd.DecompressionParameter.window_log_max): 23}
_MOST_BROTLI_JUNK_BYTES = 1024
_FAILURES = (zlib.error, zstd.ZstdError)


class _Inflater(Protocol):
    """What our zlib and zstd share: one stream, inflated piece by piece; `b""` asks for more of what was given."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes | memoryview, max_length: int, /) -> bytes: ...


class _Zlib:
    """A stream of zlib, which hands back what it was given and had no room for; zstd keeps it by itself."""

    def __init__(self, window_bits: int) -> None:
        self._stream = zlib.decompressobj(window_bits)

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    def decompress(self, data: bytes | memoryview, max_length: int, /) -> bytes:
        return self._stream.decompress(data or self._stream.unconsumed_tail, max_length)


def _gzip() -> _Inflater:
    return _Zlib(16 + zlib.MAX_WBITS)


def _zstandard() -> _Inflater:
    return zstd.ZstdDecompressor(options=_ZSTD_OPTIONS)


@dataclass(frozen=True, slots=True)
class Damaged:
    """A body that cannot be had as it was sent, and why."""

    reason: str
    kind: Literal["too-large", "encoding"]


class _DamagedError(Exception):
    """Ends the unpacking, for the reason that *damaged* says."""

    def __init__(self, damaged: Damaged) -> None:
        super().__init__(damaged.reason)
        self.damaged = damaged


@dataclass(slots=True)
class _Room:
    """How much may still come out, of *limit_bytes* in all."""

    limit_bytes: int
    used_bytes: int = 0

    def piece_bytes(self) -> int:
        """How much to ask for next: one byte more than there is room for tells that there is more."""
        return min(_PIECE_BYTES, self.limit_bytes + 1 - self.used_bytes)

    def admit(self, piece: bytes) -> bytes:
        """Let *piece* out; raises _DamagedError when it is too much."""
        self.used_bytes += len(piece)
        if self.used_bytes > self.limit_bytes:
            raise _DamagedError(Damaged(f"more than {self.limit_bytes} bytes after decoding", "too-large"))
        return piece


def unpack(body: bytes, content_encoding: str, *, limit_bytes: int) -> bytes | Damaged:
    """Undo the codings that *content_encoding* lists (RFC 9110 section 8.4), last applied first.

    At most *limit_bytes* + 1 bytes are ever inflated. A gzip coding that was announced but not applied is taken as
    plain, junk behind a complete stream is ignored (after brotli at most 1 KiB of it), and members of a gzip stream
    and frames of a zstd stream are joined (RFC 1952 section 2.2, RFC 8878 section 3).
    """
    try:
        return _joined(_undone(body, content_encoding, limit_bytes))
    except _DamagedError as error:
        return error.damaged


def unpacked(body: bytes, content_encoding: str, *, limit_bytes: int) -> Iterator[bytes | Damaged]:
    """Do what `unpack` does piece by piece, for who keeps none of them; a Damaged is always the last."""
    try:
        yield from _undone(body, content_encoding, limit_bytes)
    except _DamagedError as error:
        yield error.damaged


def _undone(body: bytes, content_encoding: str, limit_bytes: int) -> Iterator[bytes]:
    codings = [name for part in content_encoding.lower().split(",") if (name := part.strip()) not in _NO_CODINGS]
    if len(codings) > _MAX_CODINGS:
        raise _DamagedError(Damaged(f"{len(codings)} content encodings on top of each other", "encoding"))
    pieces: Iterator[bytes] = iter((_Room(limit_bytes).admit(body),))
    for coding in reversed(codings):
        pieces = _pieces(_joined(pieces), coding, _Room(limit_bytes))
    return pieces


def _joined(pieces: Iterable[bytes]) -> bytes:
    joined = list(pieces)
    return joined[0] if len(joined) == 1 else b"".join(joined)


def _pieces(body: bytes, coding: str, room: _Room) -> Iterator[bytes]:
    match coding:
        case "gzip" | "x-gzip" if body.startswith(GZIP_MAGIC):
            return _members(body, _gzip, GZIP_MAGIC, room)
        case "zstd" if body.startswith(_ZSTD_MAGIC):
            return _members(body, _zstandard, _ZSTD_MAGIC, room)
        case "deflate" if body:
            return _inflated(memoryview(body), _Zlib(_deflate_bits(body)), room)
        case "br" if body:
            return _unbrotlied(body, room)
        case "gzip" | "x-gzip" | "zstd" | "deflate" | "br":
            return iter((body,))
        case _:
            raise _DamagedError(Damaged(f"content encoding {coding[:40]!r} is not supported", "encoding"))


def _deflate_bits(body: bytes) -> int:
    """Whether "deflate" is zlib, by the standard (RFC 9110 section 8.4.1.2), or raw, by a widespread mistake.

    A raw stream that begins as RFC 1950 section 2.2 wants would be a stored block with bits set in its padding.
    """
    is_zlib = body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS


def _members(body: bytes, start: Callable[[], _Inflater], magic: bytes, room: _Room) -> Iterator[bytes]:
    """Inflate stream after stream, each begun by *magic*."""
    rest, members = memoryview(body), 0
    while not members or rest[: len(magic)] == magic:
        if members == _MAX_MEMBERS:
            raise _DamagedError(Damaged(f"more than {_MAX_MEMBERS} compressed streams in one body", "encoding"))
        rest = yield from _inflated(rest, start(), room)
        members += 1


def _inflated(body: memoryview, inflater: _Inflater, room: _Room) -> Generator[bytes, None, memoryview]:
    """Inflate one stream to its end marker; returns what is behind it."""
    at = 0
    while at < len(body):
        given = body[at : at + _PIECE_BYTES]
        at += len(given)
        is_full = True  # a piece as long as it may be is not all that comes of what was given
        while is_full and not inflater.eof:
            asked_bytes = room.piece_bytes()
            try:
                piece = inflater.decompress(given, asked_bytes)
            except _FAILURES as error:
                raise _damaged(error) from None
            if piece:
                yield room.admit(piece)
            given, is_full = body[:0], len(piece) == asked_bytes
        if inflater.eof:
            return body[at - len(inflater.unused_data) :]
    raise _DamagedError(_CUT)


def _unbrotlied(body: bytes, room: _Room) -> Iterator[bytes]:
    """Inflate a brotli stream (RFC 7932), which has no magic and no members."""
    try:
        yield from _brotli_stream(_slices(body), room)
    except _DamagedError as error:
        if error.damaged.kind != "encoding" or error.damaged is _CUT:
            raise
        # The library does not say where a stream ended before junk, only at a byte that it is given alone.
        at = max(len(body) - _MOST_BROTLI_JUNK_BYTES, 0)
        alone = (body[i : i + 1] for i in range(at, len(body)))
        again = _Room(room.limit_bytes)
        for piece in _brotli_stream(chain(_slices(body[:at]), alone), again):
            yield piece[max(len(piece) - (again.used_bytes - room.used_bytes), 0) :]


def _slices(body: bytes) -> Iterator[bytes]:
    return (body[at : at + _PIECE_BYTES] for at in range(0, len(body), _PIECE_BYTES))


def _brotli_stream(body: Iterable[bytes], room: _Room) -> Iterator[bytes]:
    """Inflate the brotli stream that *body* gives in slices, up to its end marker."""
    inflater = brotli.Decompressor()
    for given in body:
        rest = given
        while not inflater.is_finished():
            try:
                piece = inflater.process(rest, output_buffer_limit=room.piece_bytes())
            except brotli.error as error:
                raise _damaged(error) from None
            if not piece and not rest:
                break
            rest = b""
            if piece:
                yield room.admit(piece)
    if not inflater.is_finished():
        raise _DamagedError(_CUT)


_CUT = Damaged("the compressed body ends before its end marker", "encoding")


def _damaged(error: Exception) -> _DamagedError:
    return _DamagedError(Damaged(f"damaged compressed body: {error}", "encoding"))
