"""What is said of the difference between revisions and of what copies share."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import Article, FeedReference
from pipeline.stages.article_diff import changes, pairs_of_revisions, shared_phrases, word_diff

ARTICLE = Article(id="0" * 32, feed=FeedReference("f" * 16, "https://example.org/feed"), revision=1, title="One")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("Ministers agree on fish", "Ministers disagree on fish", "Ministers [-agree-]{+disagree+} on fish"),
        (
            "Nine people were hurt",
            "Nine people were hurt, police say",
            "Nine people were [-hurt-]{+hurt, police say+}",
        ),
        ("Fog at the airport", "Fog", "Fog [-at the airport-]"),
        ("", "Fog", "{+Fog+}"),
        ("Fog", "", "[-Fog-]"),
        ("one  two", "one two", ""),
        ("a b c d e f g", "x b c d e f y", "[-a-]{+x+} b c d ... d e f [-g-]{+y+}"),
    ],
)
def test_a_change_is_told_by_its_words(before: str, after: str, said: str) -> None:
    """Whoever asks what was edited wants the words, with those around them, and no more."""
    assert word_diff(before, after) == said


def test_a_text_that_was_rewritten_is_told_in_part() -> None:
    """A screen of changes is no explanation."""
    before = " ".join(f"a{number} same" for number in range(100))
    after = " ".join(f"b{number} same" for number in range(100))
    assert word_diff(before, after).endswith(" ... and 92 more")


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_two_texts_are_compared(before: str, after: str) -> None:
    """Texts come from outside; equal words are no change, and different words are one."""
    assert bool(word_diff(before, after)) == (before.split() != after.split())
    shared_phrases(before, after)


def test_every_changed_field_is_told() -> None:
    """`changed` names fields that readers do not see as well; each is told in its own way."""
    after = replace(
        ARTICLE, revision=2, kind="revised", title="Two", authors=("A. Writer",), changed=("title", "authors", "url")
    )
    assert changes(ARTICLE, after) == {
        "title": "[-One-]{+Two+}",
        "authors": "none -> A. Writer",
        "url": "none -> none",
    }


def test_a_revision_is_compared_with_the_one_before_it_only() -> None:
    """Where a revision has left the stream, the next says nothing of what changed since."""
    second, fourth = (replace(ARTICLE, revision=number, kind="revised") for number in (2, 4))
    assert list(pairs_of_revisions((ARTICLE, second, fourth))) == [(ARTICLE, second)]


def test_what_copies_share_is_quoted() -> None:
    """A similarity is believed when the shared words are seen; two in a row prove nothing."""
    count, phrases = shared_phrases(
        "The harbour of Ghent was closed on Monday after a spill",
        "Police: the harbour of Ghent was closed; on Monday",
    )
    assert count == 5
    assert phrases == ("The harbour of Ghent was",)
