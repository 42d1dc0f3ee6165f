"""When a feed is asked without conditions, and what that shows of its 304s."""

from __future__ import annotations

import pytest
from asking import SETTINGS

from pipeline.model import Feed, FeedState, Fresh, Lease, LyingValidator, NoResponse, Outcome, Response, Unchanged
from pipeline.stages.audit import audit_is_due
from pipeline.stages.response import conditional_headers, read

URL = "http://news.example/feed"
NOW_MS = 1_790_000_000_000
DAY_MS = 24 * 3600 * 1000
DATE = b"Tue, 01 Sep 2026 10:00:00 GMT"
SILENT = FeedState(
    etag=b'"one"', last_modified=DATE, validators_url=URL, body_digest="d1", status=304, audited_ms=NOW_MS - DAY_MS
)
"""A feed that has said 304 for a day."""


def answered(response: Response | NoResponse, state: FeedState = SILENT, *, asked_ms: int = NOW_MS) -> Outcome:
    """Let *response* answer a poll at *asked_ms*."""
    lease = Lease(Feed("0" * 16, URL), state, token=1)
    return read(lease, response, settings=SETTINGS, asked_ms=asked_ms, now_ms=asked_ms + 100)


def body(digest: str, etag: bytes | None = None, date: bytes | None = None) -> Response:
    """Make a 200 with these validators."""
    headers = [("etag", etag), ("last-modified", date)]
    return Response(URL, 200, tuple((name, value) for name, value in headers if value), b"<rss/>", digest)


def is_conditional(state: FeedState, *, asked_ms: int = NOW_MS) -> bool:
    """Whether the feed is asked only for what is new."""
    return bool(conditional_headers(state, URL, settings=SETTINGS, asked_ms=asked_ms))


def test_a_feed_that_only_says_304_is_asked_without_conditions_once_a_day() -> None:
    """A server that lies with 304 hides every article for ever; a judge of readers allows one such question a day."""
    assert is_conditional(SILENT, asked_ms=NOW_MS - 1)
    assert not is_conditional(SILENT)


@pytest.mark.parametrize(
    "response",
    [body("d1", b'"one"'), body("d2", b'"two"'), Response(URL, 500, (), b"", ""), NoResponse("timeout", "no answer")],
    ids=["the same", "news", "an error", "no answer"],
)
def test_whatever_an_audit_brings_the_next_is_a_day_away_at_least(response: Response | NoResponse) -> None:
    """A host in trouble must not be asked for whole bodies again and again."""
    state = answered(response).state._replace(etag=b'"x"', validators_url=URL)

    assert state.audited_ms is not None
    assert is_conditional(state, asked_ms=NOW_MS + DAY_MS - 1)
    assert not is_conditional(state, asked_ms=NOW_MS + 2 * DAY_MS + 100)


def test_a_body_that_comes_by_itself_puts_the_audit_off() -> None:
    """A feed that answers conditional questions with news needs no check."""
    outcome = answered(body("d2", b'"two"'), asked_ms=NOW_MS - 1)

    assert isinstance(outcome, Fresh)
    assert is_conditional(outcome.state, asked_ms=NOW_MS + DAY_MS - 1)


def test_an_audit_that_finds_the_same_body_earns_trust() -> None:
    """Honest servers are asked for whole bodies after 1, 2, 4 and then always 8 days: 46 a year, not 365."""
    state, asked_ms, days = SILENT, NOW_MS, []
    for _ in range(5):
        outcome = answered(body("d1", b'"one"', DATE), state, asked_ms=asked_ms)
        assert isinstance(outcome, Unchanged)
        state = outcome.state._replace(status=304)
        next_ms = next(
            asked_ms + day * DAY_MS
            for day in range(1, 99)
            if audit_is_due(state, asked_ms=asked_ms + day * DAY_MS + 100, settings=SETTINGS)
        )
        days.append((next_ms - asked_ms) // DAY_MS)
        asked_ms = next_ms + 100

    assert days == [2, 4, 8, 8, 8]


@pytest.mark.parametrize(
    ("state", "etag", "date", "false_304s", "lying"),
    [
        (SILENT, b'"one"', DATE, 1, None),
        (SILENT, b'"one"', b"Wed, 02 Sep 2026 10:00:00 GMT", 1, "etag"),
        (SILENT, b'"one"', None, 1, None),
        (SILENT, b'"two"', DATE, 0, "last-modified"),
        (SILENT, b'"two"', b"Wed, 02 Sep 2026 10:00:00 GMT", 0, None),
        (SILENT._replace(etag=None), None, DATE, 1, None),
        (SILENT._replace(etag=None), b'"new"', DATE, 1, "last-modified"),
        (SILENT._replace(last_modified=None), b'"one"', None, 1, None),
    ],
)
def test_another_body_under_the_validator_that_was_vouched_for_proves_the_304s_false(
    state: FeedState, etag: bytes | None, date: bytes | None, false_304s: int, lying: LyingValidator | None
) -> None:
    """What was proven stuck is not sent again where there is something better; otherwise it is audited daily."""
    outcome = answered(body("d2", etag, date), state)

    assert isinstance(outcome, Fresh)
    assert (outcome.state.false_304s, outcome.state.lying_validator) == (false_304s, lying)


def test_a_feed_once_proven_false_is_audited_daily_for_ever() -> None:
    """A server that lied once may do so again: trust is not earned back."""
    state = SILENT._replace(false_304s=1, audit_trust=3)

    assert audit_is_due(state, asked_ms=NOW_MS, settings=SETTINGS)


def test_news_in_an_audit_under_new_validators_only_costs_the_trust() -> None:
    """It may have changed in this very minute: nothing is proven, and the next audit is a day away again."""
    outcome = answered(body("d2", b'"two"'), SILENT._replace(audit_trust=3, audited_ms=NOW_MS - 8 * DAY_MS))

    assert (outcome.state.audit_trust, outcome.state.false_304s, outcome.state.lying_validator) == (0, 0, None)


def test_a_false_304_is_found_out_and_its_articles_are_read() -> None:
    """The whole story: silence for a day, one question without conditions, a new document."""
    outcome = answered(body("d2", b'"one"', DATE))

    assert isinstance(outcome, Fresh)
    assert outcome.state.false_304s == 1
