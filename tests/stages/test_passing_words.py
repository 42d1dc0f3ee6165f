"""Passing words: what a text says for the moment only is no edit, and what it says for good is one."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.passing_words import lasting, passing

PASSING = (
    ("The bridge is open. 3 comments", "3 comments"),
    ("The bridge is open | 1,234 views", "1,234 views"),
    ("Comments: 17", "Comments: 17"),
    ("Points: 120", "Points: 120"),
    ("Comments (3)", "Comments (3)"),
    ("Le pont est ouvert. 12 commentaires", "12 commentaires"),
    ("3 Kommentare", "3 Kommentare"),
    ("2 hours ago - The bridge is open.", "2 hours ago"),
    ("An hour ago the bridge was opened.", "An hour ago"),
    ("Le pont a ouvert il y a 3 heures.", "il y a 3 heures"),
    ("Vor 5 Minuten ist die Brücke aufgegangen.", "Vor 5 Minuten"),
    ("El puente abrió hace 2 horas.", "hace 2 horas"),
    ("Il ponte ha aperto 3 ore fa.", "3 ore fa"),
    ("Мост открыли 5 минут назад.", "5 минут назад"),
    ("5分前に更新", "5分前"),
    ("3小时前发布", "3小时前"),
    ("Last updated: 5 Oct 2026 10:30 GMT", "Last updated: 5 Oct 2026 10:30 GMT"),
    ("Mis à jour le 5 octobre 2026 à 10h30\nLe pont est ouvert.", "Mis à jour le 5 octobre 2026 à 10h30"),
    ("The bridge is open.\nAdvertisement\nThe mayor came.", "Advertisement"),
)
LASTING = (
    "He scored 26 points in the final.",
    "He bought 300 shares in the bank.",
    "The crash cost 3 lives.",
    "The motion was won by 3 votes.",
    "It was published in 1987 by Faber.",
    "A report published on 5 October 2026 says that many people left.",
    "Sie warten vor 3 Toren.",
    "Advertisement spending rose by 3 %.",
)


@pytest.mark.parametrize(("text", "words"), PASSING)
def test_what_stands_for_the_moment_is_found(text: str, words: str) -> None:
    """A counter that goes up at every poll would else be told as an edit at every poll."""
    assert passing(text) == (words,)
    assert words not in lasting(text)


@pytest.mark.parametrize("text", LASTING)
def test_what_is_said_for_good_stays(text: str) -> None:
    """A number within a sentence is news: an edit of it is an edit."""
    assert passing(text) == ()
    assert lasting(text) is text


@given(st.text(alphabet=st.sampled_from("0123456789 ago.hours|()comments:updated\n\u00a0日前"), max_size=300))
def test_whatever_the_text_only_passing_words_go(text: str) -> None:
    """Nothing is invented, and nothing is taken that is not said to be passing."""
    taken = sum(len(words) for words in passing(text))

    assert set(lasting(text)) <= {*text, " "}
    assert bool(taken) or lasting(text).split() == text.split()


@pytest.mark.parametrize(
    "piece", ["1 ", "1,", "9", "updated ", "updated 1 ", "(", " ago", "comments: ", "1 comments "]
)
def test_a_long_text_takes_little_time(piece: str) -> None:
    """Texts come from outside: none may hold a worker."""
    text = piece * (100_000 // len(piece))
    started = process_time()

    lasting(text)

    assert process_time() - started < 1
