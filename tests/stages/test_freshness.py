"""How long an answer may be used before it is asked for again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import FeedState, Response
from pipeline.stages.freshness import freshened_by, with_freshness_of

NOW_MS = 1_790_000_000_000
DATE = ("date", b"Sun, 06 Sep 2026 10:00:00 GMT")
LATER = b"Sun, 06 Sep 2026 10:05:00 GMT"
CONTROL = "cache-control"


def answer(*headers: tuple[str, bytes], status: int = 200) -> Response:
    """Make a response with *headers*."""
    return Response("http://news.example/feed", status, headers, b"", "")


def fresh_seconds(*headers: tuple[str, bytes]) -> float | None:
    """How long a body with *headers* is fresh; None for not at all."""
    state = with_freshness_of(answer(*headers), FeedState(), now_ms=NOW_MS)
    return None if state.fresh_until_ms is None else (state.fresh_until_ms - NOW_MS) / 1000


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ([(CONTROL, b"max-age=600")], 600),
        ([(CONTROL, b"public, Max-Age = 600 , must-revalidate")], 600),
        ([(CONTROL, b'max-age="600"')], 600),
        ([(CONTROL, b"public"), (CONTROL, b"max-age=600")], 600),
        ([(CONTROL, b"max-age=600, max-age=60")], 600),
        ([(CONTROL, b"max-age=600"), ("age", b"100")], 500),
        ([(CONTROL, b"max-age=600"), ("age", b"600")], None),
        ([(CONTROL, b"max-age=600"), ("age", b"soon")], 600),
        ([(CONTROL, b"s-maxage=600")], None),
        ([(CONTROL, b"s-maxage=600, max-age=60")], 60),
        ([(CONTROL, b"max-age=0")], None),
        ([(CONTROL, b"max-age=-5")], None),
        ([(CONTROL, b"max-age=")], None),
        ([(CONTROL, b"max-age=" + b"9" * 5000)], 999_999_999),
        ([(CONTROL, b"max-age=600, no-cache")], None),
        ([(CONTROL, b"no-store, max-age=600")], None),
        ([(CONTROL, b"no-cache"), DATE, ("expires", LATER)], None),
        ([(CONTROL, b'private="x, max-age=9"')], None),
        ([DATE, ("expires", LATER)], 300),
        ([DATE, ("expires", LATER), ("age", b"60")], 240),
        ([DATE, ("expires", LATER), (CONTROL, b"max-age=60")], 60),
        ([DATE, ("expires", LATER), (CONTROL, b"max-age=soon")], None),
        ([DATE, ("expires", DATE[1])], None),
        ([DATE, ("expires", b"0")], None),
        ([("expires", b"Mon, 21 Sep 2026 14:18:20 GMT")], 300),
        ([], None),
    ],
)
def test_freshness_is_read_as_a_private_cache_reads_it(
    headers: list[tuple[str, bytes]], seconds: float | None
) -> None:
    """Polling what is known to be fresh is load without use; taking a shared cache's word hides news."""
    assert fresh_seconds(*headers) == seconds


def test_a_304_with_caching_headers_replaces_what_was_stored() -> None:
    """A host that has calmed down says so in a 304 (RFC 9111 section 3.2)."""
    stored = FeedState(fresh_until_ms=1, max_age_ms=600_000)

    state = freshened_by(answer((CONTROL, b"max-age=60"), status=304), stored, now_ms=NOW_MS)

    assert (state.fresh_until_ms, state.max_age_ms) == (NOW_MS + 60_000, 60_000)


def test_a_304_without_caching_headers_begins_the_stored_age_anew() -> None:
    """The stored response is fresh again from now on (RFC 9111 section 4.3.4), less the Age of the 304."""
    stored = FeedState(fresh_until_ms=1, max_age_ms=600_000)

    state = freshened_by(answer(("age", b"10"), status=304), stored, now_ms=NOW_MS)

    assert (state.fresh_until_ms, state.max_age_ms) == (NOW_MS + 590_000, 600_000)


def test_an_expiry_that_has_passed_is_not_begun_anew_by_a_304() -> None:
    """Expires is a moment, and that moment is over."""
    stored = with_freshness_of(answer(DATE, ("expires", LATER)), FeedState(), now_ms=NOW_MS)

    assert freshened_by(answer(status=304), stored, now_ms=NOW_MS + 400_000).fresh_until_ms is None


HEADERS = st.lists(
    st.tuples(st.sampled_from([CONTROL, "age", "expires", "date"]), st.binary(max_size=60)), max_size=6
).map(tuple)


@given(HEADERS, st.integers(0, 2**42))
def test_whatever_headers_come_freshness_is_ahead_or_none(
    headers: tuple[tuple[str, bytes], ...], now_ms: int
) -> None:
    """No header can raise, or make a feed fresh for longer than the 31 years that we count to, or for ever."""
    state = with_freshness_of(answer(*headers), FeedState(), now_ms=now_ms)

    assert state.fresh_until_ms is None or state.fresh_until_ms > now_ms
    assert state.max_age_ms is None or 0 <= state.max_age_ms <= 999_999_999_000
