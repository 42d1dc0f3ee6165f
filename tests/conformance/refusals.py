"""Rows 10 to 12, 15, 16 and 24: hosts that refuse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from conformance.rows import INTERVAL_SECONDS, LONGEST_SECONDS, Evidence, feed, in_turn, row
from conformance.scripted import Reply, Request

_WAIT_SECONDS = 5
"""Longer than the longest interval: what a host that refuses asks for is not cut by it."""
_CLOCK_SECONDS = 0.05
_LEAST_BACK_OFF = 0.75


def _asks_to_wait(status: int, name: str) -> tuple[Reply, ...]:
    return (
        Reply(status, headers={"Retry-After": str(_WAIT_SECONDS)}),
        Reply(body=feed(name, "A")),
    )


def _assert_waited(evidence: Evidence) -> None:
    assert evidence.gaps()[0] >= _WAIT_SECONDS - _CLOCK_SECONDS
    assert evidence.titles == ["A"]


@row(10, "429 with Retry-After in seconds: at least that wait", in_turn(*_asks_to_wait(429, "retry-seconds")))
def retry_seconds(evidence: Evidence) -> None:
    """Whoever asks earlier than told is blocked, and rightly."""
    _assert_waited(evidence)


def _by_date(_path: str, earlier: int, _request: Request) -> Reply:
    if earlier:
        return Reply(body=feed("retry-date", "A"))
    clock = datetime(2001, 2, 3, tzinfo=UTC)
    until = format_datetime(clock + timedelta(seconds=_WAIT_SECONDS), usegmt=True)
    return Reply(429, headers={"Date": format_datetime(clock, usegmt=True), "Retry-After": until})


@row(10, "429 with Retry-After as a date, by the host's own clock", _by_date)
def retry_date(evidence: Evidence) -> None:
    """Both forms are in use, and so are wrong clocks."""
    _assert_waited(evidence)


@row(11, "503 with Retry-After: the same", in_turn(*_asks_to_wait(503, "retry-503")))
def retry_503(evidence: Evidence) -> None:
    """Maintenance says how long it takes."""
    _assert_waited(evidence)


def _assert_backs_off(evidence: Evidence) -> None:
    gaps = evidence.gaps()
    floors = [INTERVAL_SECONDS * 2, INTERVAL_SECONDS * 4, LONGEST_SECONDS]
    floors += [LONGEST_SECONDS] * (len(gaps) - len(floors))
    assert len(gaps) >= 3, gaps
    for gap, floor in zip(gaps, floors, strict=False):
        assert gap >= _LEAST_BACK_OFF * floor - _CLOCK_SECONDS, gaps


@row(12, "429 without a hint: each wait longer than the last, up to a ceiling", in_turn(Reply(429)))
def bare_429(evidence: Evidence) -> None:
    """And over a restart: the count of failures is kept."""
    _assert_backs_off(evidence)


@row(12, "5xx: the same, and never given up", in_turn(Reply(500), Reply(502), Reply(504)))
def bare_5xx(evidence: Evidence) -> None:
    """A feed that was given up after three errors is lost."""
    _assert_backs_off(evidence)


def _recovers(_path: str, earlier: int, request: Request) -> Reply:
    if earlier in (1, 2):
        return Reply(500, headers={"ETag": '"of the error"'})
    if request.header("if-none-match") == b'"1"':
        return Reply(304)
    return Reply(body=feed("validators-survive", "A"), headers={"ETag": '"1"'})


@row(12, "validators survive failures", _recovers)
def validators_survive(evidence: Evidence) -> None:
    """Otherwise a broken host gets whole downloads as soon as it is back."""
    assert {request.header("if-none-match") for request in evidence.requests()[1:]} == {b'"1"'}
    assert evidence.state.failures == 0


def _gone(_path: str, earlier: int, _request: Request) -> Reply:
    return Reply(410) if earlier == 0 else Reply(body=feed("gone", "A"))


@row(15, "410: not asked again (but once a week), and back when the feed is", _gone)
def gone(evidence: Evidence) -> None:
    """The session asks once by hand at its end: that finds the feed back."""
    assert len(evidence.requests()) >= 2
    assert evidence.requests()[1].at_seconds > evidence.restarted_seconds
    assert evidence.titles == ["A"]


def _assert_refused_and_backs_off(evidence: Evidence) -> None:
    _assert_backs_off(evidence)
    assert len({request.header("user-agent") for request in evidence.requests()}) == 1


@row(16, "404: backs off, and no second try under another name", in_turn(Reply(404)))
def not_found(evidence: Evidence) -> None:
    """The longest interval is a day by default."""
    _assert_refused_and_backs_off(evidence)


@row(16, "403: the same", in_turn(Reply(403)))
def forbidden(evidence: Evidence) -> None:
    """A host that does not want us gets no disguise."""
    _assert_refused_and_backs_off(evidence)


@row(16, "401: the same", in_turn(Reply(401, headers={"WWW-Authenticate": "Basic realm=x"})))
def unauthorized(evidence: Evidence) -> None:
    """No credentials are tried."""
    _assert_refused_and_backs_off(evidence)
    assert all(request.header("authorization") is None for request in evidence.requests())


@row(24, "Retry-After holds over a restart", in_turn(Reply(429, headers={"Retry-After": "600"})))
def retry_over_restart(evidence: Evidence) -> None:
    """Asked once in the whole session."""
    assert len(evidence.requests()) == 1


@row(24, "a feed's back-off holds over a restart", in_turn(Reply(500)))
def back_off_over_restart(evidence: Evidence) -> None:
    """No poll burst: the restart comes in the middle of a wait."""
    _assert_backs_off(evidence)
