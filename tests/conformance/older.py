"""Row 18: after a gap the older pages of a feed are walked back until something known is met (RFC 5005)."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.rows import Evidence, assert_polled_often, feed, in_turn, row
from conformance.scripted import Reply, Request, Script

_ATOM = 'xmlns:a="http://www.w3.org/2005/Atom"'


def _page(name: str, *items: str, older: str = "", relation: str = "next") -> Reply:
    head = f'<a:link {_ATOM} rel="{relation}" href="{older}"/>' if older else ""
    return Reply(body=feed(name, *items, head=head))


def _walked(
    name: str, pages: Mapping[str, Reply], *, older: str, relation: str = "next", header: bool = False
) -> Script:
    """Show A, then a window that shares nothing with it; the other paths answer with *pages*."""
    link = {"Link": f'<{older}>; rel="{relation}"'} if header else {}
    said = "" if header else older
    first, later = _page(name, "A"), _page(name, "H", "G", older=said, relation=relation)
    later = Reply(body=later.body, headers=link)
    polls = in_turn(first, first, later)

    def answer(path: str, earlier: int, request: Request) -> Reply:
        return polls(path, earlier, request) if path == "/feed" else pages.get(path, Reply(404))

    return answer


def _assert_asked_once(evidence: Evidence, *paths: str) -> None:
    assert {path: len(evidence.requests(path)) for path in paths} == dict.fromkeys(paths, 1)
    assert not any(request.is_conditional for path in paths for request in evidence.requests(path))
    assert evidence.counts["gaps"] == 1
    assert evidence.counts["older_pages"] == len(paths)
    assert_polled_often(evidence)


_PAGED = {
    "/feed?page=2": _page("paged", "F", "E", older="/feed?page=3"),
    "/feed?page=3": _page("paged", "D", "A", older="/feed?page=4"),
    "/feed?page=4": _page("paged", "Z"),
}


@row(18, "paged: rel=next is walked back until a known item", _walked("paged", _PAGED, older="/feed?page=2"))
def paged(evidence: Evidence) -> None:
    """What came between two polls is not lost, and nothing is asked for beyond what is missing."""
    _assert_asked_once(evidence, "/feed?page=2", "/feed?page=3")
    assert sorted(evidence.titles) == ["A", "D", "E", "F", "G", "H"]
    assert evidence.requests("/feed?page=4") == []


_ARCHIVE = {
    "/2026/11": _page("archive", "F", "E", older="/2026/10", relation="prev-archive"),
    "/2026/10": _page("archive", "D", "A", older="/2026/09", relation="prev-archive"),
    "/2026/09": _page("archive", "Z"),
}


@row(
    18,
    "archive: rel=prev-archive is walked back until a known item",
    _walked("archive", _ARCHIVE, older="/2026/11", relation="prev-archive"),
)
def archive(evidence: Evidence) -> None:
    """Archives may be years long: only what is missing is read."""
    _assert_asked_once(evidence, "/2026/11", "/2026/10")
    assert sorted(evidence.titles) == ["A", "D", "E", "F", "G", "H"]
    assert evidence.requests("/2026/09") == []


_LINKED = {"/older": _page("linked", "D", "A")}


@row(18, "the Link header names the older page as well", _walked("linked", _LINKED, older="/older", header=True))
def linked(evidence: Evidence) -> None:
    """RFC 8288: a feed in any format can be paged."""
    _assert_asked_once(evidence, "/older")
    assert sorted(evidence.titles) == ["A", "D", "G", "H"]


_CIRCLE = {
    "/one": _page("circle", "F", older="/two"),
    "/two": _page("circle", "E", older="/one#again"),
}


@row(18, "a circle of pages is walked once", _walked("circle", _CIRCLE, older="/one"))
def circle(evidence: Evidence) -> None:
    """A mistake of the host must not become a flood of ours."""
    _assert_asked_once(evidence, "/one", "/two")
    assert sorted(evidence.titles) == ["A", "E", "F", "G", "H"]


_SHIFTED = {
    "/shifted": _page("shifted", "G", "F", older="/further"),
    "/further": _page("shifted", "E", "A"),
}


@row(18, "what was shown since the gap is not the known item", _walked("shifted", _SHIFTED, older="/shifted"))
def shifted(evidence: Evidence) -> None:
    """Pages move while they are walked: the second begins with what the first ended with."""
    _assert_asked_once(evidence, "/shifted", "/further")
    assert sorted(evidence.titles) == ["A", "E", "F", "G", "H"]


def _revised(path: str, earlier: int, _request: Request) -> Reply:
    if path == "/feed":
        name = "old-news"
        return in_turn(_page(name, "A"), _page(name, "A"), _page(name, "H", older="/page"))(path, earlier, _request)
    body = feed("old-news", "D", "A").replace(b"old-news A", b"old-news A as it was long ago")
    return Reply(body=body)


@row(18, "what differs on an older page is history, not a revision", _revised)
def old_news(evidence: Evidence) -> None:
    """An archive keeps what was said first; readers have what was said last."""
    _assert_asked_once(evidence, "/page")
    assert sorted(evidence.titles) == ["A", "D", "H"]


@row(
    18,
    "without a gap no older page is asked for",
    in_turn(_page("no-gap", "A", older="/older"), _page("no-gap", "B", "A", older="/older")),
)
def no_gap(evidence: Evidence) -> None:
    """Not for a feed that is new either: nobody asked for its past."""
    assert sorted(evidence.titles) == ["A", "B"]
    assert evidence.requests("/older") == []
