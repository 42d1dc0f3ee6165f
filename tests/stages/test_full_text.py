"""Which articles want their pages, and what comes of asking for one."""

from __future__ import annotations

import pytest

from pipeline.model import (
    Article,
    Attachment,
    FailureKind,
    FeedReference,
    FullText,
    NoResponse,
    PageCame,
    PageLater,
    PageMissing,
    Response,
)
from pipeline.stages.full_text import page_wish
from pipeline.stages.page_answers import MOST_ATTEMPTS, page_outcome

URL = "https://example.org/story"
HTML = (("content-type", b"text/html; charset=utf-8"),)


def article(url: str | None = URL, **said: object) -> Article:
    """Give an article of the feed with what is *said* of it."""
    return Article(id="0" * 32, feed=FeedReference("f", ""), url=url, **said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wanted", "mode", "subject"),
    [
        (True, "auto", article(summary="A teaser.")),
        (True, "auto", article(title="A headline alone")),
        (True, "auto", article(text="It began well but…", summary="It began")),
        (True, "auto", article(text="The same.", summary="The same.")),
        (True, "auto", article(summary="word " * 1000 + "...")),
        (False, "auto", article(text="A whole body. " * 40, summary="A teaser.")),
        (False, "auto", article(summary="word " * 1000)),
        (False, "auto", article(summary="Notes", attachments=(Attachment("https://e.org/1", "audio/mpeg"),))),
        (False, "auto", article("https://example.org/report.PDF", summary="A teaser.")),
        (False, "auto", article(None, summary="A teaser.")),
        (False, "always", article(None, summary="A teaser.")),
        (False, "always", article("mailto:desk@example.org", summary="A teaser.")),
        (True, "always", article(text="A whole body. " * 40, summary="A teaser.")),
        (False, "never", article(summary="A teaser.")),
    ],
)
def test_a_page_is_wanted_where_the_feed_has_less_than_the_article(
    mode: FullText, subject: Article, *, wanted: bool
) -> None:
    """Every page is a request to a host that asked for none: the reasons for it must be good, and told."""
    wish = page_wish(subject, mode)
    assert wish.wanted is wanted
    assert wish.reason


def answer(status: int, *headers: tuple[str, bytes], body: bytes = b"<p>A page.</p>") -> Response:
    """Give a response."""
    return Response(URL, status, headers or HTML, body, "")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_asked_for_again_with_growing_waits_and_not_for_ever(status: int) -> None:
    """A page that fails for ever must cost four requests in all."""
    said = [
        page_outcome(answer(status), attempts=attempts, tries=MOST_ATTEMPTS, retry_ms=60_000, now_ms=0)
        for attempts in range(1, MOST_ATTEMPTS + 1)
    ]
    problem = f"page not fetched: HTTP {status}"
    waits = [PageLater(wait_ms, problem) for wait_ms in (60_000, 240_000, 960_000)]
    assert said == [*waits, PageMissing(problem)]


def test_a_host_may_ask_for_a_longer_wait_up_to_a_day() -> None:
    """Retry-After binds us to wait, and nobody can make an article wait for years."""
    for seconds, wait_ms in ((b"3600", 3_600_000), (b"1", 60_000), (b"99999999", 86_400_000)):
        said = page_outcome(answer(503, ("retry-after", seconds)), attempts=1, tries=4, retry_ms=60_000, now_ms=0)
        assert said == PageLater(wait_ms, "page not fetched: HTTP 503")


@pytest.mark.parametrize("status", [204, 206, 400, 401, 402, 403, 404, 410, 451, 501])
def test_what_will_not_pass_is_given_up_at_once(status: int) -> None:
    """A refusal is an answer: to ask again is to pester."""
    said = page_outcome(answer(status), attempts=1, tries=4, retry_ms=1, now_ms=0)
    assert isinstance(said, PageMissing)
    assert f"HTTP {status}" in said.problem


@pytest.mark.parametrize(
    ("kind", "passes"),
    [
        ("timeout", True),
        ("dns", True),
        ("connection", True),
        ("tls", True),
        ("protocol", True),
        ("too-large", False),
        ("forbidden-address", False),
        ("redirects", False),
        ("encoding", False),
    ],
)
def test_no_answer_is_told_by_its_kind(kind: FailureKind, *, passes: bool) -> None:
    """A network may come back; a page that is too large will be so tomorrow."""
    said = page_outcome(NoResponse(kind, "detail"), attempts=1, tries=4, retry_ms=5, now_ms=0)
    problem = f"page not fetched: {kind}"
    assert said == (PageLater(5, problem) if passes else PageMissing(problem))


@pytest.mark.parametrize(
    ("content_type", "is_page"),
    [
        (b"text/html", True),
        (b"Application/XHTML+XML; charset=utf-8", True),
        (b"text/plain", True),
        (b"", True),
        (b"application/pdf", False),
        (b"image/jpeg", False),
        (b"application/octet-stream", False),
    ],
)
def test_only_pages_are_read(content_type: bytes, *, is_page: bool) -> None:
    """A picture or an archive holds no text, however long it is looked at."""
    said = page_outcome(answer(200, ("content-type", content_type)), attempts=1, tries=4, retry_ms=1, now_ms=0)
    assert isinstance(said, PageCame if is_page else PageMissing)


def test_a_wall_is_no_page() -> None:
    """What asks for a browser must not become the text of an article."""
    said = page_outcome(answer(403, ("cf-mitigated", b"challenge")), attempts=1, tries=4, retry_ms=1, now_ms=0)
    assert said == PageMissing("page not fetched: bot wall of Cloudflare")
