"""The key of an entry, by which it is known again, and the id that is made from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import Entry, Link, RawDate
from pipeline.stages.identity import article_id, entry_keys, seen_id

DATE = RawDate("Fri, 09 Oct 2015 14:54:00 GMT", "pubDate")


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
