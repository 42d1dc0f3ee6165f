"""What a response means, status by status."""

from __future__ import annotations

from dataclasses import replace

import pytest
from asking import SETTINGS
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import (
    Feed,
    FeedState,
    Fresh,
    Gone,
    Lease,
    NoResponse,
    Outcome,
    RawDocument,
    Refused,
    Response,
    Unchanged,
)
from pipeline.stages.response import Headers, conditional_headers, read

URL = "http://news.example/feed"
NOW_MS = 1_790_000_000_000
DAY_MS = 24 * 3600 * 1000
FEED = Feed(id="0123456789abcdef", url=URL)
KNOWN = FeedState(
    etag=b'"one"',
    last_modified=b"Tue, 01 Sep 2026 10:00:00 GMT",
    validators_url=URL,
    body_digest="d1",
    polled_ms=1,
    changed_ms=1,
    failures=3,
    status=503,
    problem="HTTP 503",
    audited_ms=NOW_MS - 60_000,
)


def lease(state: FeedState = KNOWN) -> Lease:
    """Make the right to poll, with *state* remembered."""
    return Lease(FEED, state, token=7)


def answer(status: int, *headers: tuple[str, bytes], body: bytes = b"<rss/>", digest: str = "d2") -> Response:
    """Make a response of the feed's own address."""
    return Response(URL, status, headers, body if status == 200 else b"", digest if status == 200 else "")


def judged(response: Response | NoResponse, state: FeedState = KNOWN) -> Outcome:
    """Read *response* to a question put a second before."""
    return read(lease(state), response, settings=SETTINGS, asked_ms=NOW_MS - 1000, now_ms=NOW_MS)


def conditions(state: FeedState, url: str = URL, *, asked_ms: int = NOW_MS) -> Headers:
    """Give the headers that *url* is asked with."""
    return conditional_headers(state, url, settings=SETTINGS, asked_ms=asked_ms)


def refusal(response: Response | NoResponse, state: FeedState = KNOWN) -> Refused:
    """Read *response*, which must be refused."""
    outcome = judged(response, state)
    assert isinstance(outcome, Refused)
    return outcome


def test_a_new_body_is_a_document_to_process() -> None:
    """The one way into the pipe: everything that workers need travels with the document."""
    response = answer(200, ("content-type", b"text/xml"), ("content-encoding", b"gzip"), ("etag", b'"two"'))

    outcome = judged(response)

    assert outcome == Fresh(
        FeedState(
            etag=b'"two"',
            last_modified=None,
            validators_url=URL,
            body_digest="d2",
            polled_ms=NOW_MS,
            changed_ms=NOW_MS,
            failures=0,
            status=200,
            problem=None,
            is_feed=True,
            audited_ms=NOW_MS,
        ),
        RawDocument("0123456789abcdef", URL, NOW_MS, b"<rss/>", "gzip", "text/xml", previous_ms=1),
    )


def test_validators_belong_to_the_address_that_answered() -> None:
    """After a redirect the feed's own address must not be asked with another one's validators."""
    response = replace(answer(200, ("etag", b'"two"')), url="http://mirror.example/feed")

    outcome = judged(response)

    assert outcome.state.validators_url == "http://mirror.example/feed"
    assert conditions(outcome.state) == ()


def test_the_same_body_is_unchanged_and_its_new_validators_are_kept() -> None:
    """Many servers make a new ETag for the same bytes: no work follows, and the next poll can still be a 304."""
    outcome = judged(answer(200, ("etag", b'"two"'), digest="d1"))

    assert isinstance(outcome, Unchanged)
    assert (outcome.by, outcome.state.etag, outcome.state.last_modified) == ("digest", b'"two"', None)
    assert (outcome.state.changed_ms, outcome.state.polled_ms, outcome.state.failures) == (1, NOW_MS, 0)


def test_a_new_body_under_an_old_etag_is_read() -> None:
    """A stuck ETag must not cost articles: the body decides."""
    outcome = judged(answer(200, ("etag", b'"one"')))

    assert isinstance(outcome, Fresh)


def test_a_body_without_validators_forgets_the_old_ones() -> None:
    """Old validators say nothing of the body that just came."""
    outcome = judged(answer(200))

    assert (outcome.state.etag, outcome.state.last_modified, outcome.state.validators_url) == (None, None, None)


def test_a_304_to_our_question_is_unchanged() -> None:
    """The cheapest answer there is; it ends a row of failures too."""
    outcome = judged(answer(304))

    assert outcome == Unchanged(
        KNOWN._replace(polled_ms=NOW_MS, failures=0, status=304, problem=None),
        by="status",
    )


def test_a_304_renews_the_validators_it_names() -> None:
    """RFC 9111 section 3.2: otherwise every later poll asks with a validator that is out of date."""
    outcome = judged(answer(304, ("etag", b'"two"')))

    assert (outcome.state.etag, outcome.state.last_modified) == (b'"two"', KNOWN.last_modified)
    assert outcome.state.validators_url == URL


@pytest.mark.parametrize(
    "state",
    [
        FeedState(),
        KNOWN._replace(audited_ms=NOW_MS - 2 * DAY_MS),
        KNOWN._replace(validators_url="http://other.example/"),
        KNOWN._replace(etag=None, last_modified=b""),
    ],
)
def test_a_304_nobody_asked_for_is_refused(state: FeedState) -> None:
    """A server that says 304 to everything would silence its feed for ever."""
    assert refusal(answer(304), state).reason == "HTTP 304 to a request without conditions"


@pytest.mark.parametrize(
    "response",
    [
        answer(200, ("etag", b'"two"'), body=b"", digest=""),
        answer(200, ("etag", b'"two"'), body=b"\x1f\x8b", digest=""),
    ],
    ids=["nothing sent", "nothing once unpacked"],
)
def test_an_empty_body_is_refused_and_its_validators_are_not_kept(response: Response) -> None:
    """With the validators of an empty body the next poll would be told that nothing is new."""
    outcome = refusal(response)

    assert (outcome.reason, outcome.state.etag, outcome.state.status) == ("empty body", b'"one"', 200)


def test_a_410_is_gone() -> None:
    """The host asks us to stop."""
    outcome = judged(answer(410))

    assert isinstance(outcome, Gone)
    assert (outcome.state.status, outcome.state.problem) == (410, "HTTP 410: gone for good")


@pytest.mark.parametrize("status", [101, 201, 204, 206, 300, 302, 400, 401, 403, 404, 418, 500, 502, 503, 999])
def test_every_other_status_is_refused_by_its_number(status: int) -> None:
    """Only 200, 304 and 410 have a meaning here: a partial or odd answer must not pass for a document."""
    outcome = refusal(answer(status, ("etag", b'"two"')))

    assert outcome.reason == f"HTTP {status}"
    assert outcome.state == KNOWN._replace(polled_ms=NOW_MS, failures=4, status=status, problem=f"HTTP {status}")


def test_a_difference_that_was_not_asked_for_is_refused() -> None:
    """A 226 holds some of the entries; taken as the whole feed it would be stored as such."""
    assert refusal(answer(226)).reason == "HTTP 226: a difference that was not asked for"


def test_no_response_is_refused_with_one_printable_line() -> None:
    """The detail may quote a stranger: it must not forge a second line of log."""
    outcome = refusal(NoResponse("timeout", "no answer\r\nfrom \x1b[31mhost" + "x" * 500))

    assert outcome.reason.startswith("timeout: no answer from ?[31mhostxxx")
    assert len(outcome.reason) == 200
    assert (outcome.state.failures, outcome.state.status, outcome.state.etag) == (4, None, b'"one"')


DATE = ("date", b"Sun, 06 Sep 2026 10:00:00 GMT")


@pytest.mark.parametrize(
    ("headers", "wait_ms"),
    [
        ([("retry-after", b"120")], 120_000),
        ([("retry-after", b" 0 ")], 0),
        ([("retry-after", b"86401")], DAY_MS),
        ([("retry-after", b"9" * 5000)], DAY_MS),
        ([("retry-after", b"Sun, 06 Sep 2026 10:05:00 GMT"), DATE], 300_000),
        ([("retry-after", b"Sunday, 06-Sep-26 10:05:00 GMT"), DATE], 300_000),
        ([("retry-after", b"Sun Sep  6 10:05:00 2026"), DATE], 300_000),
        ([("retry-after", b"Sun, 06 Sep 2026 09:00:00 GMT"), DATE], 0),
        ([("retry-after", b"Fri, 06 Sep 2126 09:00:00 GMT"), DATE], DAY_MS),
        ([("retry-after", b"Mon, 21 Sep 2026 14:13:25 GMT")], 5_000),
        ([("retry-after", b"Mon, 21 Sep 2026 14:13:25 GMT"), ("date", b"now")], 5_000),
        ([("retry-after", b"soon")], None),
        ([("retry-after", b"-5")], None),
        ([("retry-after", b"\xb2")], None),
        ([("retry-after", b"")], None),
        ([], None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_read_in_every_form(
    status: int, headers: list[tuple[str, bytes]], wait_ms: int | None
) -> None:
    """Hosts that ask for rest and do not get it block us; one that asks for a century is not obeyed."""
    assert refusal(answer(status, *headers)).retry_after_ms == wait_ms


@pytest.mark.parametrize("status", [403, 404, 500, 504])
def test_retry_after_is_heard_beside_any_refusal(status: int) -> None:
    """Whoever takes the trouble to ask for rest means it, whatever the number above (RFC 9110 section 10.2.3)."""
    outcome = refusal(answer(status, ("retry-after", b"120")))

    assert outcome.retry_after_ms == 120_000
    assert outcome.state.wait_until_ms == NOW_MS + 120_000


A_IM = ("A-IM", b"feed")
MODIFIED = ("If-Modified-Since", b"Tue, 01 Sep 2026 10:00:00 GMT")


@pytest.mark.parametrize(
    ("state", "url", "headers"),
    [
        (KNOWN, URL, (("If-None-Match", b'"one"'), A_IM, MODIFIED)),
        (KNOWN._replace(last_modified=None), URL, (("If-None-Match", b'"one"'), A_IM)),
        (KNOWN._replace(etag=b" W/caf\xe9 "), URL, (("If-None-Match", b" W/caf\xe9 "), A_IM, MODIFIED)),
        (KNOWN._replace(etag=b'"a\x01b"'), URL, (MODIFIED,)),
        (KNOWN, URL + "/", ()),
        (KNOWN._replace(lying_validator="etag"), URL, (MODIFIED,)),
        (KNOWN._replace(lying_validator="last-modified"), URL, (("If-None-Match", b'"one"'), A_IM)),
        (FeedState(), URL, ()),
    ],
)
def test_validators_go_back_as_they_came_to_where_they_came_from(
    state: FeedState, url: str, headers: tuple[tuple[str, bytes], ...]
) -> None:
    """Strict servers compare bytes; other servers must never see them."""
    assert conditions(state, url) == headers


NAMES = st.sampled_from(["etag", "last-modified", "retry-after", "date", "content-type", "content-encoding"])
HEADERS = st.lists(st.tuples(NAMES, st.binary(max_size=80)), max_size=8).map(tuple)
RESPONSES = st.builds(
    Response,
    url=st.sampled_from([URL, "http://mirror.example/"]),
    status=st.one_of(st.sampled_from([200, 226, 304, 410, 429, 503]), st.integers(100, 999)),
    headers=HEADERS,
    body=st.binary(max_size=8),
    digest=st.sampled_from(["", "d1", "d2"]),
)
FAILURES = st.builds(NoResponse, kind=st.sampled_from(["timeout", "dns", "tls"]), detail=st.text())


@given(RESPONSES | FAILURES)
def test_whatever_comes_is_judged(response: Response | NoResponse) -> None:
    """No host can stop the loop with an exception, shorten a failure count or forge a line of log."""
    outcome = judged(response)

    assert outcome.state.polled_ms == NOW_MS
    assert outcome.state.failures == (4 if isinstance(outcome, (Refused, Gone)) else 0)
    if isinstance(outcome, Refused):
        assert outcome.reason.isprintable()
        assert outcome.retry_after_ms is None or 0 <= outcome.retry_after_ms <= DAY_MS
        assert (outcome.state.etag, outcome.state.body_digest) == (KNOWN.etag, KNOWN.body_digest)
