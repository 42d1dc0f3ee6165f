"""The way back after a gap: where a feed names its older entries, and where the walk over them ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import Backfill, NoResponse, RawDocument, Response
from pipeline.stages.older_pages import (
    MOST_ATTEMPTS,
    MOST_PAGES,
    next_step,
    older_in_document,
    older_in_headers,
    pack,
    unpack,
    wait_or_reason,
)

FEED = "https://example.org/feed"


def _document(url: str = FEED, backfill: bytes = b"") -> RawDocument:
    return RawDocument("f" * 16, url, 1, b"", backfill=backfill)


@pytest.mark.parametrize(
    ("document", "older"),
    [
        (b"<feed><link rel='next' href='?page=2'/><entry/></feed>", FEED + "?page=2"),
        (b"<rss><channel><atom:link href='/2' rel='next'/><item/></channel></rss>", "https://example.org/2"),
        (b"<feed><link rel='next' href='/2'/><link rel='prev-archive' href='/a'/></feed>", "https://example.org/a"),
        (b"<feed><entry></entry><link rel='next' href='/2'/></feed>", "https://example.org/2"),
        (b"<feed><entry><link rel='next' href='/2'/></entry></feed>", ""),
        (b"<feed><!-- <link rel='next' href='/2'/> --><entry/></feed>", ""),
        (b"<feed><link rel='next' href='/?a=1&amp;b=2'/></feed>", "https://example.org/?a=1&b=2"),
        (b"<feed><link rel='next' href='javascript:alert(1)'/></feed>", ""),
        (b"<feed><link rel='next'/></feed>", ""),
        (b'{"version":"https://jsonfeed.org/version/1.1","next_url":"https:\\/\\/example.org\\/2"}',
         "https://example.org/2"),
        (b'{"next_url": 7}', ""),
    ],
)  # fmt: skip
def test_a_feed_names_its_older_entries_in_links_of_its_own(document: bytes, older: str) -> None:
    """The link of an entry, or one in a comment, leads elsewhere."""
    assert older_in_document(document, FEED) == older


def test_the_link_header_names_them_as_well() -> None:
    """For a feed in any format (RFC 8288)."""
    headers = (("link", b'</1>; rel="prev"'), ("link", b'</2>; rel="next", </hub>; rel=hub'))

    assert older_in_headers(Response(FEED, 200, headers, b"<feed/>", "x")) == "https://example.org/2"


@given(st.binary(max_size=300))
def test_no_document_breaks_the_search(body: bytes) -> None:
    """What is looked at came from anybody."""
    older = older_in_document(b"<feed><link rel='next' href='" + body, FEED)

    assert older == "" or older.startswith("http")
    assert isinstance(older_in_document(b'{"next_url":"' + body, FEED), str)


def test_a_host_that_makes_up_pages_for_ever_is_left_after_twenty() -> None:
    """Calendars have pages without end, each with an address of its own."""
    step = next_step(_document(), f"{FEED}?page=1", feed_url=FEED, since_ms=5)
    walked = 0
    while step is not None:
        walked += 1
        step = next_step(_document(step.url, pack(step)), f"{FEED}?page={walked + 1}", feed_url=FEED, since_ms=0)

    assert walked == MOST_PAGES


def test_a_page_that_was_read_is_not_read_again() -> None:
    """Neither by the address that was asked for nor by the one that answered, with or without a fragment."""
    first = next_step(_document(), "https://example.org/2", feed_url="https://example.org/moved", since_ms=5)
    assert first is not None
    second = _document("https://example.org/answered", pack(first))

    for older_url in (
        FEED,
        "https://example.org/moved",
        "https://example.org/2#x",
        "https://example.org/answered",
        "",
    ):
        assert next_step(second, older_url, feed_url=FEED, since_ms=0) is None
    assert next_step(second, "https://example.org/3", feed_url=FEED, since_ms=0) is not None


@given(st.builds(Backfill, st.text(max_size=20), st.integers(0, 99), st.integers(0, 2**48), st.tuples(st.text())))
def test_a_step_comes_back_as_it_was(step: Backfill) -> None:
    """It lies in Redis between a worker and the daemon."""
    assert unpack(pack(step)) == step


@pytest.mark.parametrize("task", [b"", b"{}", b"[]", b"\xff", b'{"url":1,"pages_left":"x"}', b"null"])
def test_what_is_no_step_is_none(task: bytes) -> None:
    """The walk ends; nothing else may."""
    assert unpack(task) is None


def test_what_passes_is_waited_for_and_what_stays_is_given_up() -> None:
    """Four attempts in all, each wait four times the last; a host's own wait counts."""
    busy, gone = Response(FEED, 503, (("retry-after", b"900"),), b"", ""), Response(FEED, 404, (), b"", "")

    assert wait_or_reason(Response(FEED, 200, (), b"<feed/>", "x"), attempts=1, now_ms=0) is None
    assert wait_or_reason(busy, attempts=1, now_ms=0) == 900_000
    assert wait_or_reason(NoResponse("timeout", "slow"), attempts=2, now_ms=0) == 240_000
    assert wait_or_reason(busy, attempts=MOST_ATTEMPTS, now_ms=0) == "HTTP 503"
    assert wait_or_reason(gone, attempts=1, now_ms=0) == "HTTP 404"
    assert wait_or_reason(NoResponse("forbidden-address", "10.0.0.1"), attempts=1, now_ms=0) == (
        "forbidden-address: 10.0.0.1"
    )
