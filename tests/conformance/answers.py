"""Rows 17, 19 and 21: differences, overflowing windows, and who we say we are."""

from __future__ import annotations

import re

from conformance.rows import Evidence, assert_polled_often, feed, in_turn, row
from conformance.scripted import Reply, Request


def _delta(_path: str, earlier: int, request: Request) -> Reply:
    known = request.header("if-none-match")
    if known == b'"2"':
        return Reply(304)
    if known == b'"1"' and request.header("a-im") == b"feed" and earlier >= 2:
        return Reply(226, feed("delta", "C"), {"ETag": '"2"', "IM": "feed"})
    if known == b'"1"':
        return Reply(304)
    return Reply(body=feed("delta", "B", "A"), headers={"ETag": '"1"'})


@row(17, "A-IM: feed is sent beside an ETag, and a 226 adds its entries", _delta)
def delta(evidence: Evidence) -> None:
    """What a difference lacks is not gone."""
    assert sorted(evidence.titles) == ["A", "B", "C"]
    assert all((request.header("a-im") is None) != request.is_conditional for request in evidence.requests())
    assert evidence.state.status == 304


@row(17, "a difference that was not asked for is refused", in_turn(Reply(226, feed("unasked", "A"), {"IM": "feed"})))
def unasked_delta(evidence: Evidence) -> None:
    """It would pass for the whole feed."""
    assert evidence.state.problem == "HTTP 226: a difference that was not asked for"
    assert evidence.titles == []


@row(
    19,
    "a window without anything known is recorded as a gap",
    in_turn(
        Reply(body=feed("window", "B", "A")),
        Reply(body=feed("window", "C", "B", "A")),
        Reply(body=feed("window", "Z", "Y")),
        Reply(body=feed("window", "Z", "Y", "X")),
    ),
)
def window(evidence: Evidence) -> None:
    """What came between was lost: an operator polls such a feed more often."""
    assert sorted(evidence.titles) == ["A", "B", "C", "X", "Y", "Z"]
    assert evidence.counts["gaps"] == 1


_THERE = "/there?z=1&utm_source=feed&a=%7e"


def _sets_a_cookie(path: str, _earlier: int, _request: Request) -> Reply:
    cookie = {"Set-Cookie": "id=1; Path=/"}
    if path == "/feed":
        return Reply(302, headers={"Location": _THERE} | cookie)
    return Reply(body=feed("identity", "A"), headers=cookie)


@row(21, "says who it is, wants feeds, offers gzip; no cookie, no Referer, no argument of its own", _sets_a_cookie)
def identity(evidence: Evidence) -> None:
    """Every request, also the one behind the redirect."""
    assert_polled_often(evidence)
    for request in evidence.origin.log["identity"]:
        assert re.fullmatch(rb"newswire/[\d.]+ \(\+https?://\S+\)", request.header("user-agent") or b"")
        accept = request.header("accept") or b""
        assert b"application/rss+xml" in accept
        assert b"application/atom+xml" in accept
        assert b"gzip" in (request.header("accept-encoding") or b"")
        assert [name for name, _ in request.headers if name in ("cookie", "referer", "from", "authorization")] == []
        assert request.path in ("/feed", _THERE)
