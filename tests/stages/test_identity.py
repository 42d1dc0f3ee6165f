"""Identity: the key of an entry, the id made from it, and the verdict on what an article says now."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import (
    Article,
    ArticleDate,
    Attachment,
    Entry,
    FeedReference,
    Known,
    Link,
    New,
    RawDate,
    Revised,
    Same,
)
from pipeline.stages.digests import DIGESTED_FIELDS
from pipeline.stages.identity import CARRIED, MAX_REVISION, article_id, entry_keys, judge, seen_id, withdraw
from pipeline.stages.seen_records import pack, unpack
from pipeline.stages.settling import settled

DAY_MS = 86_400_000
NOW_MS = 16_717 * DAY_MS + 1
DATE = RawDate("Fri, 09 Oct 2015 14:54:00 GMT", "pubDate")
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


@pytest.mark.parametrize(
    ("entry", "key"),
    [
        (Entry(guid=" g1\n", link="https://e.org/1", title_html="T"), "g1"),
        (Entry(guid="  ", link=" https://e.org/1 ", title_html="T"), "https://e.org/1"),
        (Entry(title_html=" T ", published=DATE), f"T\n{DATE.raw}"),
        (Entry(title_html="T", updated=DATE), f"T\n{DATE.raw}"),
    ],
)
def test_the_key_is_the_first_thing_that_identifies_an_entry(entry: Entry, key: str) -> None:
    """The order guid, link, title with date is what publishers keep stable, most stable first."""
    assert entry_keys([entry]) == (key,)


def test_an_entry_without_any_name_is_known_by_its_content() -> None:
    """Two untitled notes are two articles, and the same note polled twice is one."""
    note, other = Entry(title_html="Untitled", summary_html="a"), Entry(title_html="Untitled", summary_html="b")
    sound = Entry(enclosures=(Link("https://e.org/a.mp3"),))

    keys = entry_keys([note, other, note, sound, Entry()])

    assert keys[0] == keys[2]
    assert len(set(keys)) == 4


@pytest.mark.parametrize(
    ("entries", "keys"),
    [
        ([("g", "l1", "t"), ("g", "l2", "t")], ("g\nl1", "g\nl2")),
        ([("g", "l1", "t"), ("g", "l1", "t")], ("g", "g")),
        ([("g", "l", "t1"), ("g", "l", "t2")], ("g\nt1", "g\nt2")),
        ([("g", "l1", "t1"), ("g", "l2", "t2"), ("g", "l2", "t3")], ("g\nl1", "g\nl2\nt2", "g\nl2\nt3")),
        ([("g", "l1", "t"), ("h", "l1", "t")], ("g", "h")),
        ([(None, "home", "t1"), (None, "home", "t2")], ("home\nt1", "home\nt2")),
    ],
)
def test_a_repeated_guid_is_told_apart_by_what_differs(
    entries: list[tuple[str | None, str, str]], keys: tuple[str, ...]
) -> None:
    """Ten items under one guid are ten articles, yet one item shown twice is one."""
    assert entry_keys([Entry(guid=guid, link=link, title_html=title) for guid, link, title in entries]) == keys


_TEXTS = st.none() | st.text(max_size=4)
_ENTRIES = st.builds(
    Entry, guid=_TEXTS, link=_TEXTS, title_html=_TEXTS, summary_html=_TEXTS, published=st.none() | st.just(DATE)
)


@given(st.lists(_ENTRIES, max_size=8))
def test_a_key_depends_on_no_other_entry_unless_a_guid_is_repeated(entries: list[Entry]) -> None:
    """A feed that drops its oldest item or turns its order round makes no article new."""
    keys = entry_keys(entries)

    assert entry_keys(entries[::-1]) == keys[::-1]
    alone = [entry_keys([entry])[0] for entry in entries]
    assert [key for key, own in zip(keys, alone, strict=True) if alone.count(own) == 1] == [
        own for own in alone if alone.count(own) == 1
    ]


def test_ids_are_the_same_for_ever() -> None:
    """Subscribers store these ids: a change of the rule must be seen here and raise the version."""
    identifier = article_id("0123456789abcdef", "tag:example.org,2015:1")

    assert identifier == "9a52cd80aa8b9031ac1ea1316deb86e3"
    assert seen_id(identifier) == bytes.fromhex(identifier)[:8]


@given(st.text(max_size=6), st.text(max_size=6), st.text(max_size=6), st.text(max_size=6))
def test_different_feeds_or_keys_have_different_ids(feed: str, key: str, other_feed: str, other_key: str) -> None:
    """The same guid in two feeds is two articles, wherever feed and key meet in the hash input."""
    same = (feed, key) == (other_feed, other_key)

    assert (article_id(feed, key) == article_id(other_feed, other_key)) is same


def test_a_lone_surrogate_in_a_guid_has_an_id() -> None:
    """Feeds hold half emoji: they must not end the document."""
    assert len(article_id("f", entry_keys([Entry(guid="\ud83d")])[0])) == 32


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
