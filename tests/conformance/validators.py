"""Rows 1 to 6: validators, 304s and what they are worth."""

from __future__ import annotations

from conformance.rows import Evidence, always, assert_polled_often, feed, in_turn, row
from conformance.scripted import Reply, Request

ETAG = "W/\"odd, ; '1' ==\\\""
MODIFIED = "Mon, 5 Oct 2026 10:00:00 +0000 (odd)"


def knows(request: Request, *, etag: str | None = None, modified: str | None = None) -> bool:
    """Whether *request* holds exactly these validators, byte for byte."""
    wanted = (etag.encode() if etag else None, modified.encode() if modified else None)
    return (request.header("if-none-match"), request.header("if-modified-since")) == wanted


def _both(_path: str, _earlier: int, request: Request) -> Reply:
    headers = {"ETag": ETAG, "Last-Modified": MODIFIED}
    if knows(request, etag=ETAG, modified=MODIFIED):
        return Reply(304, headers=headers)
    return Reply(body=feed("both-validators", "A"), headers=headers)


@row(1, "ETag and Last-Modified go back byte for byte, and over a restart", _both)
def both_validators(evidence: Evidence) -> None:
    """One whole answer in the life of an unchanged feed."""
    first, *others = evidence.requests()
    assert not first.is_conditional
    assert_polled_often(evidence)
    assert all(knows(request, etag=ETAG, modified=MODIFIED) for request in others)
    assert evidence.titles == ["A"]


def _date_only(_path: str, _earlier: int, request: Request) -> Reply:
    if knows(request, modified=MODIFIED):
        return Reply(304)
    return Reply(body=feed("date-only", "A"), headers={"Last-Modified": MODIFIED})


@row(1, "a date that is no date goes back as it came", _date_only)
def date_only(evidence: Evidence) -> None:
    """Servers compare it as text."""
    assert all(knows(request, modified=MODIFIED) for request in evidence.requests()[1:])
    assert_polled_often(evidence)


def _renewed(_path: str, earlier: int, request: Request) -> Reply:
    if earlier == 0:
        return Reply(body=feed("etag-of-304", "A"), headers={"ETag": '"1"'})
    return Reply(304 if request.is_conditional else 500, headers={"ETag": f'"{earlier + 1}"'})


@row(2, "a 304 parses nothing and its new validators are stored", _renewed)
def etag_of_304(evidence: Evidence) -> None:
    """Each 304 names a new ETag: the next question carries it."""
    sent = [request.header("if-none-match") for request in evidence.requests()[1:]]
    assert sent == [f'"{number}"'.encode() for number in range(1, len(sent) + 1)]
    assert evidence.counts["documents"] == 1


@row(2, "a 304 to a question without conditions is refused", in_turn(Reply(304)))
def unasked_304(evidence: Evidence) -> None:
    """A server that says it to everybody would silence the feed for ever, and nobody would notice."""
    assert evidence.state.problem == "HTTP 304 to a request without conditions"
    assert evidence.state.failures > 1


def _stuck(_path: str, earlier: int, _request: Request) -> Reply:
    items = ("A",) if earlier < 3 else ("B", "A")
    return Reply(body=feed("etag-stuck", *items), headers={"ETag": '"stuck"'})


@row(3, "a new body under the same ETag is read", _stuck)
def etag_stuck(evidence: Evidence) -> None:
    """The body decides."""
    assert evidence.titles == ["A", "B"]
    assert evidence.counts["documents"] == 2


def _rotating(_path: str, earlier: int, _request: Request) -> Reply:
    return Reply(body=feed("etag-rotating", "A"), headers={"ETag": f'"{earlier}"'})


@row(5, "a new ETag over the same body: nothing is parsed", _rotating)
def etag_rotating(evidence: Evidence) -> None:
    """The body decides."""
    assert_polled_often(evidence)
    assert (evidence.titles, evidence.counts["documents"]) == (["A"], 1)


def _elsewhere(path: str, _earlier: int, request: Request) -> Reply:
    if path == "/feed":
        return Reply(302, headers={"Location": "/target", "ETag": '"of the redirect"'})
    if knows(request, etag='"of the target"'):
        return Reply(304)
    return Reply(body=feed("validators-across-redirects", "A"), headers={"ETag": '"of the target"'})


@row(6, "validators go to the address that gave them, and to no other", _elsewhere)
def validators_across_redirects(evidence: Evidence) -> None:
    """Another address would compare them with its own."""
    assert not any(request.is_conditional for request in evidence.requests())
    first, *others = evidence.requests("/target")
    assert not first.is_conditional
    assert all(knows(request, etag='"of the target"') for request in others)
    assert_polled_often(evidence, "/target")


@row(
    8,
    "no-cache and no-store: asked at the interval, still with conditions",
    always(feed("no-cache", "A"), Cache_Control="no-cache, no-store, max-age=60", ETag='"1"'),
)
def no_cache(evidence: Evidence) -> None:
    """They forbid to use an answer, not to ask for the next."""
    assert_polled_often(evidence)
    assert all(request.is_conditional for request in evidence.requests()[1:])
