"""Undoing the encodings of HTTP: bounded, whole, tolerant of what real servers send."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.encoding import Damaged, unpack

LIMIT = 1_000_000
TEXT = b"<rss>" + b"caf\xc3\xa9 " * 1000 + b"</rss>"


def raw_deflate(data: bytes) -> bytes:
    """Compress *data* as many servers understand "deflate": without the zlib header."""
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return deflater.compress(data) + deflater.flush()


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (TEXT, ""),
        (TEXT, "identity"),
        (gzip.compress(TEXT), "gzip"),
        (gzip.compress(TEXT), " X-GZIP "),
        (zlib.compress(TEXT), "deflate"),
        (raw_deflate(TEXT), "deflate"),
        (gzip.compress(gzip.compress(TEXT)), "gzip, gzip"),
        (gzip.compress(zlib.compress(TEXT)), "deflate, gzip"),
        (gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:]), "gzip"),
        (gzip.compress(TEXT) + b"\0\0junk", "gzip"),
        (TEXT, "gzip"),
        (brotli.compress(TEXT), "br"),
        (brotli.compress(TEXT) + b"junk", "br"),
        (brotli.compress(TEXT) + b"\0" * 1024, "br"),
        (zstd.compress(TEXT), "zstd"),
        (zstd.compress(TEXT[:100]) + zstd.compress(TEXT[100:]), "zstd"),
        (zstd.compress(TEXT) + b"junk", "zstd"),
        (gzip.compress(brotli.compress(TEXT)), "br, gzip"),
        (TEXT, "zstd"),
        (zlib.compress(TEXT) + b"junk", "deflate"),
    ],
)
def test_a_whole_body_is_unpacked(body: bytes, encoding: str) -> None:
    """Every form that servers were seen to send gives the same document."""
    assert unpack(body, encoding, limit_bytes=LIMIT) == TEXT


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(TEXT)[:-20], "gzip"),
        (gzip.compress(TEXT) + gzip.compress(TEXT)[:-9], "gzip"),
        (zlib.compress(TEXT)[:-8], "deflate"),
        (raw_deflate(TEXT)[:-2], "deflate"),
        (gzip.compress(TEXT)[:15], "gzip"),
        (TEXT, "br"),
        (TEXT, "compress"),
        (TEXT, "gzip, br"),
        (brotli.compress(TEXT)[:-2], "br"),
        (brotli.compress(TEXT)[:9], "br"),
        (brotli.compress(TEXT) + b"junk" * 1000, "br"),
        (zstd.compress(TEXT)[:-1], "zstd"),
        (zstd.compress(TEXT)[:9], "zstd"),
        (zstd.compress(TEXT) + zstd.compress(TEXT)[:-3], "zstd"),
        (b"\x1f\x8b\x08 nonsense", "gzip"),
        (b"plain text", "deflate"),
        (TEXT, "gzip, gzip, gzip, gzip"),
    ],
)
def test_a_cut_or_unknown_body_is_damaged(body: bytes, encoding: str) -> None:
    """A cut body taken as whole would lose its last entries for good."""
    outcome = unpack(body, encoding, limit_bytes=LIMIT)

    assert isinstance(outcome, Damaged)
    assert outcome.kind == "encoding"
    assert "\n" not in outcome.reason


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"x" * (LIMIT + 1), ""),
        (gzip.compress(b"\0" * (LIMIT * 100)), "gzip"),
        (zlib.compress(b"\0" * (LIMIT * 100)), "deflate"),
        (gzip.compress(gzip.compress(b"\0" * (LIMIT * 100))), "gzip, gzip"),
        (gzip.compress(b"\0" * 900_000) * 2, "gzip"),
        (brotli.compress(b"\0" * (LIMIT * 100)), "br"),
        (zstd.compress(b"\0" * (LIMIT * 100)), "zstd"),
        (zstd.compress(b"\0" * 900_000) * 2, "zstd"),
    ],
)
def test_a_bomb_is_too_large(body: bytes, encoding: str) -> None:
    """The limit holds for what comes out, in all members together."""
    outcome = unpack(body, encoding, limit_bytes=LIMIT)

    assert isinstance(outcome, Damaged)
    assert outcome.kind == "too-large"


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(b"x" * LIMIT), "gzip"),
        (zlib.compress(b"x" * LIMIT), "deflate"),
        (brotli.compress(b"x" * LIMIT), "br"),
        (zstd.compress(b"x" * LIMIT), "zstd"),
    ],
)
def test_a_body_as_large_as_the_limit_passes(body: bytes, encoding: str) -> None:
    """The limit itself is allowed, and the end marker behind it is still read."""
    assert unpack(body, encoding, limit_bytes=LIMIT) == b"x" * LIMIT


def test_a_window_too_large_for_the_web_is_refused() -> None:
    """A frame of a few bytes can ask its reader for 2 GB of memory; RFC 9659 allows 8 MB."""
    window = {
        int(zstd.CompressionParameter.window_log): 27,
        int(zstd.CompressionParameter.enable_long_distance_matching): 1,
    }
    body = zstd.ZstdCompressor(options=window)
    frame = body.compress(TEXT) + body.flush()

    assert isinstance(unpack(frame, "zstd", limit_bytes=LIMIT), Damaged)


def test_thousands_of_gzip_members_are_refused() -> None:
    """Each member costs a copy of the rest: ten thousand of them would be a quadratic bill."""
    outcome = unpack(gzip.compress(b"") * 10_000, "gzip", limit_bytes=LIMIT)

    assert isinstance(outcome, Damaged)


@given(
    st.binary(max_size=400), st.sampled_from(["", "gzip", "deflate", "gzip, deflate", "br", "zstd", ",,", "x" * 500])
)
def test_any_bytes_are_unpacked_or_damaged(body: bytes, encoding: str) -> None:
    """Bytes from outside never raise, and never exceed the limit."""
    outcome = unpack(body, encoding, limit_bytes=300)

    assert isinstance(outcome, Damaged) or len(outcome) <= 300
