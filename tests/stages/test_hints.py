"""What the beginning of a document says: is it a feed, and how often is it worth a look."""

from __future__ import annotations

import gzip
import zlib

import pytest
from feeds import atom, rss
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import NO_HINTS, Hints
from pipeline.stages.document_head import HEAD_BYTES, begins_as_a_feed, head_of
from pipeline.stages.hints import hints_of

HOUR_MS = 3600 * 1000
DAY_MS = 24 * HOUR_MS
ITEM = "<item><title>T</title></item>"


def channel(head: str) -> Hints:
    """Read the hints of an RSS feed with *head*."""
    return hints_of(rss(ITEM, head).encode())


def skipped(*hours: object) -> str:
    """Write `skipHours`."""
    return f"<skipHours>{''.join(f'<hour>{hour}</hour>' for hour in hours)}</skipHours>"


def syndication(period: str = "", frequency: str = "", base: str = "") -> str:
    """Write the elements of the syndication module that are given."""
    parts = {"updatePeriod": period, "updateFrequency": frequency, "updateBase": base}
    return "".join(f"<sy:{name}>{text}</sy:{name}>" for name, text in parts.items() if text)


@pytest.mark.parametrize(
    ("head", "hints"),
    [
        ("<ttl>60</ttl>", Hints(ttl_ms=HOUR_MS)),
        ("<TTL>\n 60 </TTL>", Hints(ttl_ms=HOUR_MS)),
        ("<ttl>1.5</ttl>", Hints(ttl_ms=60_000)),
        ("<ttl>999999999999999999</ttl>", Hints(ttl_ms=366 * DAY_MS)),
        ("<ttl>0</ttl>", NO_HINTS),
        ("<ttl>-60</ttl>", NO_HINTS),
        ("<ttl>soon</ttl>", NO_HINTS),
        ("<ttl/>", NO_HINTS),
        ("<!-- <ttl>60</ttl> -->", NO_HINTS),
        ("<description><![CDATA[<ttl>60</ttl>]]></description>", NO_HINTS),
        (skipped(0, 1, 23), Hints(skip_hours=0b11 | 1 << 23)),
        (skipped(24, " 5 ", "x", 99), Hints(skip_hours=0b100001)),
        (skipped(*range(24)), NO_HINTS),
        (skipped(*range(1, 25)), NO_HINTS),
        ("<skipHours></skipHours>", NO_HINTS),
        ("<skipDays><day>Monday</day><day>sun</day><day>Payday</day></skipDays>", Hints(skip_days=0b1000001)),
        (
            "<skipDays>"
            + "".join(f"<day>{day}day</day>" for day in ("Mon", "Tues", "Wednes", "Thurs", "Fri", "Satur", "Sun"))
            + "</skipDays>",
            NO_HINTS,
        ),
        (syndication("hourly", "1"), Hints(update_period_ms=HOUR_MS)),
        (syndication("daily", "4"), Hints(update_period_ms=6 * HOUR_MS)),
        (syndication("Weekly"), Hints(update_period_ms=7 * DAY_MS)),
        (syndication(frequency="2"), Hints(update_period_ms=DAY_MS // 2)),
        (syndication("hourly", "0"), Hints(update_period_ms=HOUR_MS)),
        (syndication("hourly", "-3"), Hints(update_period_ms=HOUR_MS)),
        (syndication("never", "1"), NO_HINTS),
        (syndication("daily", "99999999999"), NO_HINTS),
        (
            syndication("daily", "1", "2000-01-01T12:00+00:00"),
            Hints(update_period_ms=DAY_MS, update_base_ms=946_728_000_000),
        ),
        (syndication("daily", "1", "2000-13-01T12:00"), Hints(update_period_ms=DAY_MS)),
        (syndication(base="2000-01-01T12:00+00:00"), NO_HINTS),
    ],
)
def test_hints_of_a_channel_are_read_or_say_nothing(head: str, hints: Hints) -> None:
    """A wish that cannot be read, or that no hour satisfies, must not silence a feed."""
    assert channel(head) == hints


def test_a_hint_inside_an_item_is_that_items_text() -> None:
    """An article about RSS quotes its elements."""
    assert hints_of(rss("<item><description><ttl>60</ttl></description></item>").encode()) == NO_HINTS


@pytest.mark.parametrize(
    ("head", "is_feed"),
    [
        (rss(ITEM).encode(), True),
        (atom("").encode(), True),
        (b'\xef\xbb\xbf <?xml version="1.0"?><!-- <html> --><?xsl x?><rdf:RDF xmlns="x">', True),
        (b"<a:feed xmlns:a='x'>", True),
        (b"<urlset xmlns='x'><url/>", True),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', True),
        (b'{"version":"https:\\/\\/jsonfeed.org\\/version\\/1"}', True),
        (b'{"error": "<rss "}', False),
        (b"<!DOCTYPE html><html><head><rss >", False),
        (b"<html lang=en>", False),
        (b"rss feed", False),
        (b"<rssx>", False),
        (b"", False),
        (b"<!-- <rss >", False),
    ],
)
def test_a_feed_is_told_by_its_root(head: bytes, is_feed: bool) -> None:
    """A permanent redirect to a front page is a feed that has ended, not one that has moved."""
    assert begins_as_a_feed(head) is is_feed


RAW = zlib.compressobj(wbits=-15)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"<rss>" + b" " * 100, ""),
        (gzip.compress(b"<rss>" + b" " * 10**6), "gzip"),
        (gzip.compress(b"<rss>" + b" " * 100)[:-9], " GZIP"),
        (zlib.compress(b"<rss>" + b" " * 100), "deflate"),
        (RAW.compress(b"<rss>" + b" " * 100) + RAW.flush(), "deflate"),
        (b"<rss>" + b" " * 100, "gzip"),
        (gzip.compress(gzip.compress(b"<rss>" + b" " * 100)), "gzip, gzip"),
        ("<rss>é".encode("utf-16"), ""),
    ],
)
def test_the_head_is_had_in_every_encoding_and_bounded(body: bytes, encoding: str) -> None:
    """The loop has no time for ten megabytes of which the first page says it all."""
    head = head_of(body, encoding, limit_bytes=10**5)

    assert head.startswith(b"<rss>")
    assert len(head) <= HEAD_BYTES


def test_what_cannot_be_unpacked_has_no_head() -> None:
    """Nothing is guessed of a body that cannot be read; the web's door has refused it before."""
    assert head_of(b"\xff" * 100, "unheard-of", limit_bytes=10**5) == b""


PIECES = st.sampled_from(
    [
        b"<ttl>",
        b"5<",
        b"<skipHours>",
        b"<hour>7<",
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"<sy:updatePeriod>",
        b"daily",
        b"<",
    ]
)


@given(st.lists(PIECES | st.binary(max_size=5), max_size=40).map(b"".join))
def test_whatever_a_document_begins_with_is_read(head: bytes) -> None:
    """A stranger writes it: nothing raises, and nothing is beyond what bounds can be made of."""
    hints = hints_of(head)

    assert 0 <= hints.ttl_ms <= 366 * DAY_MS
    assert 0 <= hints.update_period_ms <= 366 * DAY_MS
    assert 0 <= hints.skip_hours < (1 << 24) - 1
    assert 0 <= hints.skip_days < (1 << 7) - 1
    assert begins_as_a_feed(head) in (True, False)


@pytest.mark.parametrize(
    "piece", [b"<!--", b"<![CDATA[", b"<ttl>", b"<ttl ", b"<skipHours>", b"<x:updateBase>1", b"<"]
)
def test_a_head_made_to_be_slow_is_read_at_once(piece: bytes) -> None:
    """Quadratic reading of 64 KiB would stop every other feed for seconds; this test would take minutes."""
    head = piece * (HEAD_BYTES // len(piece))

    for _ in range(20):
        assert hints_of(head).ttl_ms == 0
        assert not begins_as_a_feed(head)
