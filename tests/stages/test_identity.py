"""Identity: the verdict on what an article says now, against what is remembered of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.model import (
    Article,
    ArticleDate,
    Attachment,
    FeedReference,
    Known,
    New,
    Revised,
    Same,
)
from pipeline.stages.digests import DIGESTED_FIELDS
from pipeline.stages.identity import CARRIED, MAX_REVISION, judge, withdraw
from pipeline.stages.seen_records import pack, unpack
from pipeline.stages.settling import settled

DAY_MS = 86_400_000
NOW_MS = 16_717 * DAY_MS + 1
ARTICLE = Article(
    id="0f" * 16,
    feed=FeedReference("00" * 8, "https://example.org/feed"),
    url="https://example.org/1",
    title="A title",
    summary="A summary",
    text="One.\n\nTwo.",
    html="<p>One.</p><p>Two.</p>",
    authors=("Ann", "Bob"),
    categories=("news",),
    language="en",
    published=ArticleDate(1_444_402_440_000, "second", "feed:pubDate", "Fri, 09 Oct 2015 14:54:00 GMT"),
    image="https://example.org/1.jpg",
    attachments=(Attachment("https://example.org/1.mp3", "audio/mpeg", 9),),
)


def _known() -> Known:
    verdict = judge(None, ARTICLE, now_ms=NOW_MS)
    assert isinstance(verdict, New)
    return verdict.known


def test_an_article_never_seen_is_new() -> None:
    """The first sight sets everything a subscriber sorts and counts by."""
    verdict = judge(None, replace(ARTICLE, changed=("stale",), revision=7), now_ms=NOW_MS)

    assert isinstance(verdict, New)
    article = verdict.article
    assert (article.kind, article.revision, article.changed) == ("new", 1, ())
    assert (article.discovered_ms, article.accepted_ms) == (NOW_MS, NOW_MS)
    assert (verdict.known.revision, verdict.known.discovered_ms, verdict.known.shown_day) == (1, NOW_MS, 16_717)


def test_an_article_seen_again_is_the_same() -> None:
    """Each poll shows every item again: it costs no publication, and no write before the day changes."""
    known = _known()

    assert judge(known, ARTICLE, now_ms=NOW_MS + 1) == Same(ARTICLE.id)
    assert judge(known, ARTICLE, now_ms=NOW_MS + DAY_MS) == Same(ARTICLE.id, replace(known, shown_day=16_718))
    assert judge(known, ARTICLE, now_ms=NOW_MS - DAY_MS) == Same(ARTICLE.id)


@pytest.mark.parametrize("name", ["title", "summary", "text"])
def test_a_change_of_what_is_read_is_a_revision(name: str) -> None:
    """Subscribers get a revision for words and keep the moment of the first discovery."""
    fields: dict[str, str] = {name: "Other words"}
    verdict = judge(_known(), replace(ARTICLE, **fields), now_ms=NOW_MS + 5)  # type: ignore[arg-type]  # a field by name

    assert isinstance(verdict, Revised)
    article = verdict.article
    assert (article.kind, article.revision, article.changed) == ("revised", 2, (name,))
    assert (article.discovered_ms, article.accepted_ms) == (NOW_MS, NOW_MS + 5)
    assert judge(verdict.known, article, now_ms=NOW_MS + 6) == Same(ARTICLE.id)


QUIET = [
    {"url": "https://example.org/1?x"},
    {"html": "<b>One.</b>"},
    {"authors": ("AnnBob",)},
    {"categories": ()},
    {"language": None},
    {"published": None},
    {"updated": ArticleDate(1_444_402_440_000, "day", "feed:updated", "2015-10-09", ("zone",))},
    {"image": ""},
    {"attachments": (Attachment("https://example.org/1.mp3", "audio/mpeg"),)},
]


@pytest.mark.parametrize("fields", QUIET, ids=lambda fields: next(iter(fields)))
def test_a_quiet_change_is_told_with_the_next_revision(fields: dict[str, object]) -> None:
    """A bumped date is no revision, but `changed` compares with what subscribers last got, so it is named later."""
    known = _known()
    quiet = replace(ARTICLE, **fields)  # type: ignore[arg-type]  # fields by name

    assert judge(known, quiet, now_ms=NOW_MS) == Same(ARTICLE.id)
    verdict = judge(known, replace(quiet, title="Other"), now_ms=NOW_MS)

    assert isinstance(verdict, Revised)
    names = {"title", *fields}
    assert verdict.article.changed == tuple(name for name in DIGESTED_FIELDS if name in names)


def test_whitespace_is_no_revision() -> None:
    """Templates re-wrap their text; a reader sees no difference."""
    wrapped = replace(ARTICLE, title=" A\u00a0 title", text="One. Two.\n")

    assert judge(_known(), wrapped, now_ms=NOW_MS) == Same(ARTICLE.id)
    assert judge(_known(), replace(ARTICLE, summary=None), now_ms=NOW_MS) != Same(ARTICLE.id)


def test_revisions_stop_counting_at_the_largest_that_fits() -> None:
    """An item that changes at every poll for years must not wrap round to revision 0, nor be taken for carried."""
    largest = replace(_known(), revision=MAX_REVISION, shown_day=-3, discovered_ms=-1)
    verdict = judge(largest, replace(ARTICLE, title="Other"), now_ms=NOW_MS)

    assert isinstance(verdict, Revised)
    assert verdict.article.revision == MAX_REVISION < CARRIED
    assert unpack(pack(largest)).revision == MAX_REVISION
    assert unpack(pack(replace(largest, revision=70_000))).revision == MAX_REVISION


def test_digests_are_the_same_for_ever() -> None:
    """The seen-index outlives every process and Python: other digests would publish everything once more."""
    assert _known().digests.hex() == (
        "d6d63911899cdbf810cd1bac9c78042a49afdbf890f752803501fd9497fab7e8dc08dcb31271cf2514f3744ccba9782f"
    )


def test_a_return_to_the_former_content_is_told_once_then_ever_more_rarely() -> None:
    """Two caches that disagree would otherwise tell the same two states for ever."""
    edited = replace(ARTICLE, title="Other")
    known, told = _known(), []
    for day in range(40):
        for shown in (edited, ARTICLE):
            verdict = judge(known, shown, now_ms=NOW_MS + day * DAY_MS)
            if isinstance(verdict, Revised):
                told.append(day)
            known = verdict.known or known

    assert told == [0, 0, 1, 3, 7, 15, 31]


def test_an_edit_after_a_return_is_told_at_once() -> None:
    """What flapped may be edited in earnest: a content never seen is news whatever came before."""
    known = _known()
    for title in ("Other", ARTICLE.title, "Other", "A third"):
        verdict = judge(known, replace(ARTICLE, title=title), now_ms=NOW_MS)
        known = verdict.known or known

    assert isinstance(verdict, Revised)
    assert verdict.article.title == "A third"


def test_an_article_is_taken_back_once_and_may_come_again() -> None:
    """A tombstone stands in the feed for months; it is told once, and what is shown again is told again."""
    first = withdraw(_known(), ARTICLE.id, ARTICLE.feed, now_ms=NOW_MS)
    assert isinstance(first, Revised)
    assert (first.article.kind, first.article.revision, first.article.title) == ("withdrawn", 2, None)
    assert withdraw(first.known, ARTICLE.id, ARTICLE.feed, now_ms=NOW_MS) == Same(ARTICLE.id)
    again = judge(first.known, ARTICLE, now_ms=NOW_MS)
    assert isinstance(again, Revised)
    assert again.article.revision == 3


SETTLED_DAY = 16_717 + 2


@pytest.mark.parametrize("name", ["title", "summary", "text"])
def test_an_edit_of_a_settled_article_is_a_revision(name: str) -> None:
    """A correction that comes after a week is told, under its number, and says what it corrects."""
    known = _settled()

    verdict = judge(known, replace(ARTICLE, **{name: "Another"}), now_ms=NOW_MS + 9 * DAY_MS)

    assert isinstance(verdict, Revised)
    assert (verdict.article.revision, name in verdict.article.changed) == (2, True)
    assert verdict.article.discovered_ms == NOW_MS - NOW_MS % 1_000
    assert len(verdict.known.digests) == 4 * len(DIGESTED_FIELDS)
    back = judge(verdict.known, ARTICLE, now_ms=NOW_MS + 9 * DAY_MS)
    assert isinstance(back, Revised)
    assert back.known.returns == 1, "what it said before it settled is still told from what is new"


def test_a_settled_article_seen_again_is_the_same() -> None:
    """A feed that shows its archive publishes nothing twice; whitespace and quiet fields make no revision."""
    quiet = replace(ARTICLE, title=" A  title", language="fr", url="https://example.org/other")

    assert judge(_settled(), quiet, now_ms=SETTLED_DAY * DAY_MS) == Same(ARTICLE.id)
    later = judge(_settled(), quiet, now_ms=(SETTLED_DAY + 30) * DAY_MS)
    assert isinstance(later, Same)
    assert later.known is not None
    assert unpack(pack(later.known)).shown_day >= SETTLED_DAY + 30


def test_a_settled_article_can_be_taken_back_and_come_again() -> None:
    """What was withdrawn stays known as withdrawn when its record shrinks."""
    gone = withdraw(_settled(), ARTICLE.id, ARTICLE.feed, now_ms=NOW_MS + 9 * DAY_MS)
    assert isinstance(gone, Revised)
    shrunk = unpack(pack(settled(gone.known, SETTLED_DAY + 20)))

    assert withdraw(shrunk, ARTICLE.id, ARTICLE.feed, now_ms=NOW_MS + 20 * DAY_MS) == Same(ARTICLE.id)
    again = judge(shrunk, ARTICLE, now_ms=NOW_MS + 20 * DAY_MS)
    assert isinstance(again, Revised)
    assert (again.article.revision, again.article.changed) == (3, DIGESTED_FIELDS)


def _settled() -> Known:
    """What is remembered of the article once it has settled, read back from its bytes."""
    known = settled(_known(), SETTLED_DAY)
    assert len(pack(known)) == 8
    return unpack(pack(known))
