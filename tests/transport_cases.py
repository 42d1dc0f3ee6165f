"""Every way in which a host can go wrong below the document: what it sends, and what must become of the poll.

A case is a pattern that the feed's problem must match ("": it must be read, with no problem) and the pieces that its
host sends: bytes as they are, seconds to wait, RESET, or an endless iterator of bytes.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, repeat

import brotli
from backports import zstd
from documents import Item, rss

RESET = float("inf")
"""The piece that ends a connection with RST: what is on its way is thrown away."""
Piece = bytes | float | Callable[[], Iterator[bytes]]
Case = tuple[str, Sequence[Piece]]

FEED = rss([Item(f"fault-{number}", f"Fault {number} " + "word " * 40) for number in range(200)])
_MIB = bytes(1 << 20)


def _answer(body: bytes, *lines: bytes, length: int | None = None, status: bytes = b"200 OK") -> bytes:
    size = len(body) if length is None else length
    return b"\r\n".join((b"HTTP/1.1 " + status, b"Content-Length: %d" % size, *lines, b"", b"")) + body


def _chunked(*lines: bytes) -> bytes:
    return b"\r\n".join((b"HTTP/1.1 200 OK", b"Transfer-Encoding: chunked", *lines, b"", b""))


def _coded(coding: bytes, body: bytes) -> bytes:
    return _answer(body, b"Content-Encoding: " + coding)


def _redirect(location: bytes) -> bytes:
    return _answer(b"", b"Location: " + location, status=b"302 Found")


def _bomb(bits: int, size_mib: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, bits)
    return b"".join([*(packer.compress(_MIB) for _ in range(size_mib)), packer.flush()])


def _zstd_bomb(size_mib: int) -> bytes:
    packer = zstd.ZstdCompressor()
    return b"".join([*(packer.compress(_MIB) for _ in range(size_mib)), packer.flush()])


def _brotli_bomb(size_mib: int) -> bytes:
    packer = brotli.Compressor(quality=1)
    return b"".join([*(packer.process(_MIB) for _ in range(size_mib)), packer.finish()])


def _endless(piece: bytes) -> Callable[[], Iterator[bytes]]:
    return lambda: repeat(piece)


_GZIP, _BROTLI, _ZSTD = gzip.compress(FEED), brotli.compress(FEED), zstd.compress(FEED)
_DRIP: list[Piece] = list(chain.from_iterable(repeat((b"x", 1.0), 60)))


def cases(bomb_mib: int = 1024) -> dict[str, Case]:
    """Build every case, the bombs of *bomb_mib* unpacked included (a gigabyte is seconds of work)."""
    return _encodings(bomb_mib) | _framing() | _heads() | _answers()


def _encodings(bomb_mib: int) -> dict[str, Case]:
    """How a body is packed: bombs, cuts and labels that lie."""
    return {
        "gzip bomb": ("too-large", [_coded(b"gzip", _bomb(31, bomb_mib))]),
        "deflate bomb": ("too-large", [_coded(b"deflate", _bomb(15, bomb_mib))]),
        "raw deflate bomb": ("too-large", [_coded(b"deflate", _bomb(-15, bomb_mib))]),
        "zstd bomb": ("too-large", [_coded(b"zstd", _zstd_bomb(bomb_mib))]),
        "br bomb": ("too-large", [_coded(b"br", _brotli_bomb(bomb_mib))]),
        "chunked 1 GiB": ("too-large", [_chunked(), _endless(b"10000\r\n" + bytes(65_536) + b"\r\n")]),
        "gzip, gzip": ("", [_coded(b"gzip, gzip", gzip.compress(_GZIP))]),
        "gzip cut": ("encoding", [_coded(b"gzip", _GZIP[:-20])]),
        "br cut": ("encoding", [_coded(b"br", _BROTLI[:-20])]),
        "zstd cut": ("encoding", [_coded(b"zstd", _ZSTD[:-20])]),
        "gzip and junk": ("", [_coded(b"gzip", _GZIP + b"junk")]),
        "br and junk": ("", [_coded(b"br", _BROTLI + b"junk")]),
        "zstd and junk": ("", [_coded(b"zstd", _ZSTD + b"junk")]),
        "gzip announced, plain": ("", [_coded(b"gzip", FEED)]),
        "gzip without header": ("", [_answer(_GZIP)]),
        "unknown coding": ("encoding", [_coded(b"rot13", FEED)]),
    }


def _framing() -> dict[str, Case]:
    """Where a body ends: lengths and chunks (RFC 9112 sections 6 and 7)."""
    return {
        "length of 10 GiB": ("too-large", [_answer(b"", length=10 << 30), 60.0]),
        "length too long": ("protocol|connection", [_answer(FEED, length=len(FEED) + 50)]),
        "length too short": ("protocol", [_answer(FEED, length=len(FEED)) + b"more"]),
        "reset in the body": ("protocol|connection", [_answer(FEED[:500], length=len(FEED)), RESET]),
        "chunk cut": ("protocol|connection", [_chunked() + b"ffff\r\nshort"]),
        "HTTP/1.0, closed": ("", [b"HTTP/1.0 200 OK\r\n\r\n" + FEED]),
        "two lengths": ("protocol", [b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"]),
        "length below nought": ("protocol", [_answer(FEED, length=-5)]),
        "length and chunks": (
            "protocol",
            [b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n" + _chunked()[17:] + b"0\r\n\r\n"],
        ),
        "bad chunk size": ("protocol", [_chunked() + b"zz\r\nx\r\n0\r\n\r\n"]),
        "huge chunk size": ("protocol|too-large|timeout", [_chunked() + b"f" * 40 + b"\r\nx"]),
        "100k trailers": ("protocol", [_chunked() + b"1\r\nx\r\n0\r\n" + b"T: x\r\n" * 100_000 + b"\r\n"]),
        "1 MB chunk extension": ("|protocol", [_chunked() + b"1;" + b"x" * 1_000_000 + b"\r\nx\r\n0\r\n\r\n"]),
        "second reply": ("", [_answer(FEED) + _answer(b"other")]),
    }


def _heads() -> dict[str, Case]:
    """Status lines and header fields that no grammar allows, or no memory holds."""
    return {
        "1 MB header": ("protocol", [_answer(FEED, b"X: " + b"x" * 1_000_000)]),
        "100k headers": ("protocol", [_answer(FEED, *[b"X: x"] * 100_000)]),
        "NUL in header": ("protocol", [_answer(FEED, b"X: a\0b")]),
        "bare CR in header": ("protocol", [_answer(FEED, b"X: a\rb")]),
        "HTTP/0.9": ("protocol", [FEED]),
        "bad status line": ("protocol", [b"HTTP/1.1 banana\r\n\r\n"]),
        "space before colon": ("|protocol", [_answer(FEED, b"X : y")]),
        "folded header": ("|protocol", [_answer(FEED, b"X: a", b"  b")]),
        "header bytes not ASCII": ("", [_answer(FEED, b'ETag: "\xe9\xff"')]),
        "charset=zlib_codec": ("", [_answer(FEED, b"Content-Type: text/xml; charset=zlib_codec")]),
    }


def _answers() -> dict[str, Case]:
    """Statuses nobody asked for, redirects that lead nowhere, and hosts that are slow."""
    return {
        "replies 103 without end": ("protocol", [_endless(b"HTTP/1.1 103 Early Hints\r\n\r\n")]),
        "status 999": ("HTTP 999", [_answer(FEED, status=b"999 No")]),
        "101 not asked for": ("HTTP 101|protocol|timeout", [_answer(b"", status=b"101 Switching Protocols")]),
        "206 not asked for": ("HTTP 206", [_answer(FEED, status=b"206 Partial")]),
        "304 not asked for": ("HTTP 304", [b"HTTP/1.1 304 Not Modified\r\n\r\n"]),
        "slow head": ("timeout", [b"HTTP/1.1 200 OK\r\nX: ", *_DRIP]),
        "slow body": ("timeout", [_answer(b"", length=99), *_DRIP]),
        "silence": ("timeout", [60.0]),
        "redirect to itself": ("redirects", [_redirect(b"/feed")]),
        "empty Location": ("redirects", [_redirect(b"")]),
        "Location of 60 kB": ("protocol|redirects|HTTP", [_redirect(b"/" + b"x" * 60_000)]),
        "Location file:": ("redirects", [_redirect(b"file:///etc/hosts")]),
        "Location gopher:": ("redirects", [_redirect(b"gopher://127.0.0.1/")]),
        "Location javascript:": ("redirects", [_redirect(b"javascript:alert(1)")]),
        "Location data:": ("redirects", [_redirect(b"data:text/xml,x")]),
    }
