"""What a page means for those who have read its article: told once, and not taken back by the next poll."""

from __future__ import annotations

from dataclasses import replace

from pipeline import wire
from pipeline.model import Article, FeedReference, Known, New, PageArticle, PageTask, Revised, Same
from pipeline.stages.extract import merge_page
from pipeline.stages.identity import judge
from pipeline.stages.page_revision import (
    HELD,
    Told,
    hold,
    judge_page,
    judged_anew,
    told_from_bytes,
    told_to_bytes,
)

TEXT = "The first paragraph of the page.\n\nThe second, which says more."
SAID = Article(
    id="ab" * 16,
    feed=FeedReference("f", "https://example.org/feed"),
    url="https://example.org/a",
    title="A title",
    summary="A summary.",
    problems=("summary only",),
)
PAGE = PageArticle(text=TEXT, html="<p>…</p>", authors=("Jane Doe",), complete=True)
MERGED = merge_page(SAID, PAGE)


def known() -> Known:
    """Give what is remembered once the feed's article was published."""
    verdict = judge(None, SAID, now_ms=1000)
    assert isinstance(verdict, New)
    return verdict.known


def after_page() -> tuple[Revised, Told]:
    """Give the revision that the page makes, and what is remembered as told with it."""
    verdict = judge_page(known(), None, basis=SAID, merged=MERGED, now_ms=2000)
    assert isinstance(verdict, Revised)
    told = told_from_bytes(told_to_bytes(verdict.article, text_of_page=True) + b"1700000000000-0")
    assert told is not None
    return verdict, told


def test_a_page_revises_once_and_the_summary_again_changes_nothing() -> None:
    """The whole of it: text under revision 2, the same page again nothing, the same feed again nothing."""
    verdict, told = after_page()
    assert (verdict.article.revision, verdict.article.changed) == (2, ("text", "html", "authors"))
    assert verdict.article.text == TEXT
    assert verdict.article.discovered_ms == 1000
    assert (told.stream_id, told.text_of_page) == ("1700000000000-0", True)
    assert judge_page(verdict.known, told, basis=SAID, merged=MERGED, now_ms=3000) == Same(SAID.id)
    assert isinstance(judge(verdict.known, SAID, now_ms=3000), Same)


def test_a_true_edit_of_the_feed_revises_and_keeps_the_text() -> None:
    """Readers who have the text keep it, and are told of the title alone."""
    page_verdict, told = after_page()
    edited = replace(SAID, title="A corrected title")
    verdict = judge(page_verdict.known, edited, now_ms=3000)
    assert isinstance(verdict, Revised)
    kept = judged_anew(verdict, told, page_verdict.article).article
    assert kept.url == "https://example.org/a"
    assert (kept.revision, kept.changed, kept.text, kept.title) == (3, ("title",), TEXT, "A corrected title")
    assert "summary only" not in kept.problems
    lost = judged_anew(verdict, told, None).article
    assert (lost.changed, lost.text) == (("title", "text", "html", "authors"), None)


def test_an_address_that_was_resolved_stays_while_the_link_of_the_feed_stays() -> None:
    """The feed names its redirector for ever; who was told the article's own address keeps it."""
    said = replace(SAID, url="https://short.example/x", source_url="https://short.example/x")
    first = judge(None, said, now_ms=1000)
    assert isinstance(first, New)
    merged = replace(merge_page(said, PAGE), url="https://example.org/a")
    page_verdict = judge_page(first.known, None, basis=said, merged=merged, now_ms=2000)
    assert isinstance(page_verdict, Revised)
    assert "url" in page_verdict.article.changed
    told = told_from_bytes(told_to_bytes(page_verdict.article, text_of_page=True) + b"1-0")
    assert told is not None
    edited = judge(page_verdict.known, replace(said, title="A corrected title"), now_ms=3000)
    assert isinstance(edited, Revised)
    kept = judged_anew(edited, told, page_verdict.article).article
    assert (kept.changed, kept.url) == (("title",), "https://example.org/a")


def test_a_fuller_text_of_the_feed_wins_over_the_page() -> None:
    """A feed that begins to carry its text is the better source."""
    page_verdict, told = after_page()
    verdict = judge(page_verdict.known, replace(SAID, text=TEXT * 3, problems=()), now_ms=3000)
    assert isinstance(verdict, Revised)
    assert judged_anew(verdict, told, page_verdict.article).article.text == TEXT * 3


def test_a_page_of_what_the_feed_has_changed_since_is_nothing() -> None:
    """Its basis is old: told, it would take the correction back. The new state has a page of its own on the way."""
    edited = judge(known(), replace(SAID, title="A corrected title"), now_ms=2000)
    assert isinstance(edited, Revised)
    assert judge_page(edited.known, None, basis=SAID, merged=MERGED, now_ms=3000) == Same(SAID.id)


def test_a_page_of_what_was_forgotten_is_nothing() -> None:
    """An article that fell out of the memory must not come back by its page."""
    assert judge_page(None, None, basis=SAID, merged=MERGED, now_ms=1) == Same(SAID.id)


def test_a_page_that_is_not_had_is_told_once() -> None:
    """Who waits for the text learns that none will come; the same failure again is no news."""
    failed = merge_page(SAID, PageArticle(problems=("page not fetched: HTTP 404",)))
    verdict = judge_page(known(), None, basis=SAID, merged=failed, now_ms=2000)
    assert isinstance(verdict, Revised)
    assert (verdict.article.changed, verdict.article.text) == (("problems",), None)
    told = told_from_bytes(told_to_bytes(verdict.article, text_of_page=False) + b"1-0")
    assert judge_page(verdict.known, told, basis=SAID, merged=failed, now_ms=3000) == Same(SAID.id)


def test_a_held_article_is_new_with_its_page() -> None:
    """Held back, it has no revision yet, stays unseen when the feed shows it again, and comes out as the first."""
    first = judge(None, SAID, now_ms=1000)
    assert isinstance(first, New)
    held = hold(first)
    assert held.revision == HELD
    assert isinstance(judge(held, SAID, now_ms=1500), Same)
    verdict = judge_page(held, None, basis=SAID, merged=MERGED, now_ms=2000)
    assert isinstance(verdict, New)
    assert (verdict.article.kind, verdict.article.revision, verdict.article.changed) == ("new", 1, ())
    assert (verdict.article.discovered_ms, verdict.article.accepted_ms) == (1000, 2000)
    assert verdict.known == first.known


def test_a_task_keeps_the_article_as_its_feed_said_it() -> None:
    """What comes back from Redis must have the same digests, or its page would be taken for one of an older state."""
    task = PageTask("https://example.org/a", SAID, 17)
    assert wire.page_task_from_bytes(wire.page_task_to_bytes(task)) == task


def test_what_was_told_is_read_back_or_is_nothing() -> None:
    """A record of another version means that nothing is known, not that everything changed."""
    assert told_from_bytes(b"") is None
    assert told_from_bytes(b"\x09" + bytes(60)) is None
