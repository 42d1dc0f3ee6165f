"""The wire: feeds as JSON, states and documents as the fields that Redis keeps."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import LEAST_WEIGHT, MOST_WEIGHT, Feed, FeedState, Hints, RawDocument
from pipeline.state_fields import state_from_fields, state_to_fields
from pipeline.wire import (
    document_from_fields,
    document_to_fields,
    feed_from_json,
    feed_to_json,
)

_WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_MAYBE = st.none() | _WORDS
_MS = st.integers(0, 253_402_300_799_999)


@given(
    st.builds(
        Feed,
        id=_WORDS,
        url=_WORDS,
        title=_MAYBE,
        folder=_MAYBE,
        interval_seconds=st.none() | st.floats(0.5, 1e6),
        paused=st.booleans(),
        added_ms=_MS,
        weight=st.none() | st.floats(LEAST_WEIGHT, MOST_WEIGHT),
    )
)
def test_every_feed_comes_back_as_it_was(feed: Feed) -> None:
    """The feed list is what the operator told us: it is kept whole."""
    assert feed_from_json(feed_to_json(feed)) == feed


def test_a_feed_is_written_in_one_form() -> None:
    """Feed lists outlive releases: the form is held here."""
    assert feed_to_json(Feed("00" * 8, "https://example.org/ü", interval_seconds=0.5, added_ms=7)) == (
        '{"schema":"newswire.feed/1","id":"0000000000000000","url":"https://example.org/ü","title":null,'
        '"folder":null,"interval_seconds":0.5,"paused":false,"added_ms":7,"full_text":null,'
        '"weight":null}'
    )


@pytest.mark.parametrize(
    "change",
    [{"schema": "newswire.article/1"}, {"paused": 1}, {"paused": None}, {"added_ms": 0.5}]
    + [{"weight": wrong} for wrong in ("3", True, 0, -1, 101, math.nan, math.inf)],
)
def test_what_is_no_feed_is_refused(change: dict[str, object]) -> None:
    """A feed read wrongly would be polled wrongly."""
    feed = json.loads(feed_to_json(Feed("00" * 8, "https://example.org/")))

    with pytest.raises(ValueError, match=r"schema|paused|added_ms|weight"):
        feed_from_json(json.dumps({**feed, **change}))


_STATES = st.builds(
    FeedState,
    etag=st.none() | st.binary(max_size=9),
    last_modified=st.none() | st.binary(max_size=9),
    validators_url=st.none() | st.text(max_size=9),
    body_digest=st.none() | st.text(max_size=9),
    polled_ms=st.none() | _MS,
    changed_ms=st.none() | _MS,
    failures=st.integers(0, 9),
    status=st.none() | st.integers(100, 599),
    problem=st.none() | st.text(max_size=9),
    is_feed=st.booleans(),
    fresh_until_ms=st.none() | _MS,
    max_age_ms=st.none() | _MS,
    wait_until_ms=st.none() | _MS,
    hints=st.builds(
        Hints, _MS, _MS, st.none() | st.integers(-(10**12), 10**12), st.integers(0, 9), st.integers(0, 9)
    ),
    audited_ms=st.none() | _MS,
    audit_trust=st.integers(0, 9),
    false_304s=st.integers(0, 9),
    lying_validator=st.sampled_from([None, "etag", "last-modified"]),
    moving_to=st.none() | st.text(max_size=9),
    moving_polls=st.integers(0, 9),
    moved_to=st.none() | st.text(max_size=9),
    moved_ms=st.none() | _MS,
)


@given(_STATES)
def test_every_state_comes_back_byte_for_byte(state: FeedState) -> None:
    """A validator that changes by one byte makes every poll a full download (RFC 9110 section 13.1)."""
    held = state_to_fields(state)

    assert state_from_fields({**held, b"token": b"7", b"due_ms": b"x"}) == state
    assert all(getattr(state, name.decode()) is not None for name in held)


def test_no_fields_are_a_feed_never_polled() -> None:
    """Redis has no empty hash: a feed just added has no state at all."""
    assert state_from_fields({}) == FeedState()
    assert state_to_fields(FeedState(etag=b"")) == {b"etag": b"", b"failures": b"0"}


@given(
    st.builds(
        RawDocument,
        feed_id=_WORDS,
        url=st.text(max_size=9),
        fetched_ms=_MS,
        body=st.binary(),
        content_encoding=_WORDS,
        content_type=st.text(max_size=9),
        id=_WORDS,
        is_delta=st.booleans(),
    )
)
def test_every_document_comes_back_as_it_was(document: RawDocument) -> None:
    """The body crosses the process border as it came off the wire."""
    held = document_to_fields(document)

    assert document_from_fields(document.id, {**held, b"attempts": b"2"}) == document
    assert b"id" not in held


def test_a_document_that_has_ended_is_refused() -> None:
    """A hash that expired half way is noticed and named."""
    held = document_to_fields(RawDocument("f", "https://example.org/", 1, b"", id="d1"))
    del held[b"body"]

    with pytest.raises(ValueError, match=r"document d1 lacks .*body"):
        document_from_fields("d1", held)
