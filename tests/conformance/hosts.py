"""Rows 10, 20, 22, 23 and 24: what a host feels of all its feeds together, of hubs, of article pages, of restarts."""

from __future__ import annotations

from itertools import pairwise

from conformance.rows import GAP_SECONDS, HOSTS, INTERVAL_SECONDS, PAGES, Evidence, feed, row
from conformance.scripted import Reply, Request, Script

_CLOCK_SECONDS = 0.08
_PATHS = tuple(f"/feed-{number}" for number in range(8))


def _refusing(path: str, _earlier: int, _request: Request) -> Reply:
    if path == "/feed":
        return Reply(429, headers={"Retry-After": "600"})
    return Reply(body=feed(f"whole-host{path}", "A"))


@row(10, "429 with Retry-After: every feed of that host waits", _refusing, paths=("/feed", *_PATHS[:3]))
def whole_host(evidence: Evidence) -> None:
    """Each feed asked once at the most: they may all be under way when the refusal comes."""
    times = [request.at_seconds for request in evidence.all_requests()]
    assert len(evidence.requests()) == 1
    assert 1 <= len(times) <= 1 + 3
    assert max(times) - evidence.requests()[0].at_seconds < INTERVAL_SECONDS


def _with_hubs(path: str, _earlier: int, _request: Request) -> Reply:
    if path != "/feed":
        return Reply(202)
    head = "<atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='hub' href='/hub-of-the-body'/>"
    return Reply(
        body=feed("hub", "A", head=head), headers={"Link": '</hub-of-the-header>; rel="hub", </feed>; rel=self'}
    )


@row(20, "WebSub: the hub of the header is asked, before one of the body", _with_hubs, session=HOSTS)
def hub(evidence: Evidence) -> None:
    """The order of discovery (WebSub section 4). Until the hub has proved itself, polls go on."""
    assert len(evidence.requests("/hub-of-the-header")) >= 1
    assert evidence.requests("/hub-of-the-body") == []
    assert len(evidence.requests()) >= 2


def _many(path: str, _earlier: int, _request: Request) -> Reply:
    return Reply(body=feed(f"many{path}", "A"))


@row(22, "many feeds of a host: one after another, a gap apart", _many, session=HOSTS, paths=("/feed", *_PATHS))
def many(evidence: Evidence) -> None:
    """A thousand feeds of one host must not reach it as one wave."""
    times = [request.at_seconds for request in evidence.all_requests()]
    assert {request.path for request in evidence.all_requests()} == {"/feed", *_PATHS}
    assert min(after - before for before, after in pairwise(times)) >= GAP_SECONDS - _CLOCK_SECONDS


def _with_page(rules: Reply) -> Script:
    def script(path: str, _earlier: int, request: Request) -> Reply:
        host = b"http://" + (request.header("host") or b"")
        match path:
            case "/robots.txt":
                return rules
            case "/feed":
                return Reply(body=feed(f"rules-{rules.status}", "A").replace(b"https://example.org", host))
            case _:
                return Reply(
                    body=b"<html><title>A</title><p>" + b"A page. " * 100, headers={"Content-Type": "text/html"}
                )

    return script


def _pages(evidence: Evidence) -> list[Request]:
    return [each for each in evidence.all_requests() if each.path not in ("/feed", "/robots.txt")]


@row(
    23,
    "robots.txt: a page it forbids is not asked for, the feed is",
    _with_page(Reply(body=b"User-agent: *\nDisallow: /")),
    session=PAGES,
)
def forbidden_page(evidence: Evidence) -> None:
    """Somebody subscribed to the feed; the pages are our own idea."""
    assert len(evidence.requests("/robots.txt")) == 1
    assert _pages(evidence) == []
    assert len(evidence.requests()) >= 2


@row(23, "robots.txt that fails (5xx) forbids all pages", _with_page(Reply(503)), session=PAGES)
def failing_rules(evidence: Evidence) -> None:
    """RFC 9309 section 2.3.1.4."""
    assert len(evidence.requests("/robots.txt")) >= 1
    assert _pages(evidence) == []


@row(23, "no robots.txt (4xx) allows all pages", _with_page(Reply(404)), session=PAGES)
def no_rules(evidence: Evidence) -> None:
    """RFC 9309 section 2.3.1.3."""
    assert len(evidence.requests("/robots.txt")) == 1
    assert len(_pages(evidence)) == 1


def _strict(_path: str, _earlier: int, request: Request) -> Reply:
    if request.header("if-none-match") == b'"1"':
        return Reply(304)
    return Reply(body=feed("calm-restart", "A"), headers={"ETag": '"1"'})


@row(24, "a restart asks no sooner than planned, and with conditions", _strict)
def calm_restart(evidence: Evidence) -> None:
    """No burst of polls and no round of whole documents, however often a daemon starts."""
    after = [each for each in evidence.requests() if each.at_seconds > evidence.restarted_seconds]
    assert after
    assert all(request.is_conditional for request in evidence.requests()[1:])
    assert min(evidence.gaps()) >= 0.9 * INTERVAL_SECONDS - _CLOCK_SECONDS
