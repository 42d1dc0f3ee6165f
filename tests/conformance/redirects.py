"""Rows 13 and 14: feeds that move, and feeds that are elsewhere for a while."""

from __future__ import annotations

from conformance.rows import CONFIRMATIONS, Evidence, assert_polled_often, feed, in_turn, redirect, row
from conformance.scripted import Reply, Request, Script


def _to_target(name: str, *hops: tuple[str, Reply]) -> Script:
    """Answer the paths of *hops* with their redirects, and every other path with a feed."""
    replies = dict(hops)
    return lambda path, _earlier, _request: replies.get(path) or Reply(body=feed(name, "A"))


def _assert_moved(evidence: Evidence, target: str) -> None:
    assert len(evidence.requests()) == CONFIRMATIONS
    assert len(evidence.requests(target)) > CONFIRMATIONS
    assert (evidence.state.moved_to or "").endswith(target)
    assert evidence.titles == ["A"]


def _assert_stays(evidence: Evidence) -> None:
    assert_polled_often(evidence)
    assert evidence.state.moved_to is None


@row(
    13,
    "301: followed at once, stored after repeated confirmation",
    _to_target("moved-301", ("/feed", redirect(301, "/new"))),
)
def moved_301(evidence: Evidence) -> None:
    """The feed keeps its id, so nothing is published again."""
    _assert_moved(evidence, "/new")


@row(13, "308: the same", _to_target("moved-308", ("/feed", redirect(308, "/new"))))
def moved_308(evidence: Evidence) -> None:
    """A 301 by another number."""
    _assert_moved(evidence, "/new")


@row(
    13,
    "of a chain only the leading permanent part is stored",
    _to_target(
        "chain", ("/feed", redirect(301, "/one")), ("/one", redirect(308, "/two")), ("/two", redirect(302, "/three"))
    ),
)
def chain(evidence: Evidence) -> None:
    """The host keeps the say over the rest."""
    _assert_moved(evidence, "/two")


@row(
    13,
    "a temporary redirect that leads to a permanent one stores nothing",
    _to_target("temporary-first", ("/feed", redirect(302, "/one")), ("/one", redirect(301, "/two"))),
)
def temporary_first(evidence: Evidence) -> None:
    """The first hop was only for now."""
    _assert_stays(evidence)


def _to_page(path: str, _earlier: int, _request: Request) -> Reply:
    if path == "/feed":
        return redirect(301, "/")
    return Reply(body=b"<!doctype html><html><body>Welcome</body></html>", headers={"Content-Type": "text/html"})


@row(13, "a redirect to what is no feed is never stored", _to_page)
def to_a_page(evidence: Evidence) -> None:
    """Sites that close send everything to their front page."""
    _assert_stays(evidence)


def _alternating(path: str, earlier: int, _request: Request) -> Reply:
    return redirect(301, f"/target-{earlier}") if path == "/feed" else Reply(body=feed("alternating", "A"))


@row(13, "a target that changes from poll to poll is never stored", _alternating)
def alternating(evidence: Evidence) -> None:
    """Session ids in addresses."""
    _assert_stays(evidence)


def _mistaken(path: str, earlier: int, _request: Request) -> Reply:
    return redirect(301, "/new") if path == "/feed" and earlier == 1 else Reply(body=feed("mistaken", "A"))


@row(13, "one mistaken redirect stores nothing", _mistaken)
def mistaken(evidence: Evidence) -> None:
    """Somebody's maintenance."""
    _assert_stays(evidence)


@row(14, "302: followed, not stored", _to_target("found-302", ("/feed", redirect(302, "/now"))))
def found_302(evidence: Evidence) -> None:
    """Here for now."""
    _assert_stays(evidence)


@row(14, "303: followed, not stored", _to_target("found-303", ("/feed", redirect(303, "/now"))))
def found_303(evidence: Evidence) -> None:
    """Here for now."""
    _assert_stays(evidence)


@row(14, "307: followed, not stored", _to_target("found-307", ("/feed", redirect(307, "/now"))))
def found_307(evidence: Evidence) -> None:
    """Here for now."""
    _assert_stays(evidence)


@row(
    14,
    "a relative Location with a fragment is followed without it",
    _to_target("relative", ("/feed", redirect(302, "../now?a=1&b=%2F#part"))),
)
def relative(evidence: Evidence) -> None:
    """A fragment is never sent."""
    assert_polled_often(evidence, "/now?a=1&b=%2F")


@row(14, "raw UTF-8 in a Location is percent-encoded", _to_target("raw-utf8", ("/feed", redirect(302, "/caf\u00e9"))))
def raw_utf8(evidence: Evidence) -> None:
    """Dropping the byte would ask for another address."""
    assert_polled_often(evidence, "/caf%C3%A9")


@row(14, "a Location that is empty is refused", in_turn(redirect(302, "")))
def empty_location(evidence: Evidence) -> None:
    """There is nowhere to go."""
    assert "no address to follow" in (evidence.state.problem or "")


@row(
    14,
    "a loop of redirects is refused",
    _to_target("loop", ("/feed", redirect(301, "/one")), ("/one", redirect(301, "/feed"))),
)
def loop(evidence: Evidence) -> None:
    """Each address is asked once per poll."""
    assert "circle" in (evidence.state.problem or "")
    assert len(evidence.requests("/one")) == len(evidence.requests())


def _endless(path: str, _earlier: int, _request: Request) -> Reply:
    return redirect(302, f"{path}x")


@row(14, "an endless row of redirects is refused at a limit", _endless)
def endless(evidence: Evidence) -> None:
    """Five are followed by default."""
    assert "more than 5" in (evidence.state.problem or "")
    assert len(evidence.origin.log["endless"]) == 6 * len(evidence.requests())


@row(14, "a redirect to another scheme is refused", in_turn(redirect(301, "file:///etc/passwd")))
def other_scheme(evidence: Evidence) -> None:
    """Only http and https are the web."""
    assert "no address to follow" in (evidence.state.problem or "")
