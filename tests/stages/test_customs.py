"""What an operator adds to the table of tracking parameters counts as ours does, and nothing else changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import Article, Entry, FeedReference
from pipeline.stages.customs import Customs, Tracking, tracking_of
from pipeline.stages.normalize import Origin, normalize
from pipeline.stages.urls import canonical


@pytest.mark.parametrize(
    ("text", "names", "prefixes"),
    [
        ("", set(), ()),
        ("  , ", set(), ()),
        ("promo", {"promo"}, ()),
        ("Promo, seg_* via2", {"promo", "via2"}, ("seg_",)),
        ("*", set(), ()),
    ],
)
def test_the_setting_is_names_and_beginnings(text: str, names: set[str], prefixes: tuple[str, ...]) -> None:
    """A lone star would take every parameter of every address away: it takes none."""
    assert tracking_of(text) == Tracking(frozenset(names), prefixes)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://e.org/a?promo=x&id=1", "https://e.org/a?id=1"),
        ("https://e.org/a?PROMO=x", "https://e.org/a"),
        ("https://e.org/a?seg_one=1&seg_two=2&utm_source=x", "https://e.org/a"),
        ("https://e.org/a?segment=1&promoted=2", "https://e.org/a?segment=1&promoted=2"),
    ],
)
def test_added_parameters_go_and_their_neighbours_stay(url: str, expected: str) -> None:
    """`id` names the article; a name that only begins alike is another name."""
    assert canonical(url, tracking_of("promo seg_*")) == expected


def test_an_article_is_shown_without_them() -> None:
    """The setting reaches the address that subscribers get, and leaves the feed's own as it was."""
    article = normalize(
        Entry(link="https://e.org/a?promo=x", title_html="A title"),
        key="k",
        origin=Origin(
            FeedReference("f", "https://e.org/feed"),
            "https://e.org/feed",
            customs=Customs(tracking=tracking_of("promo")),
        ),
    )
    assert isinstance(article, Article)
    assert (article.url, article.source_url) == ("https://e.org/a", "https://e.org/a?promo=x")


@given(st.text())
def test_any_text_is_a_setting(text: str) -> None:
    """Whatever is typed, addresses are still read."""
    tracking = tracking_of(text)
    assert canonical("https://e.org/a?id=1", tracking).startswith("https://e.org/a")
    assert "" not in tracking.prefixes
