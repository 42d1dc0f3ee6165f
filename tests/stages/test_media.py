"""Pictures and files of an entry, from wherever they stand."""

from __future__ import annotations

import pytest

from pipeline.model import Attachment, Entry, Link
from pipeline.stages.media import attachments, picture

BASE = "https://example.org/news/"


def test_the_picture_that_the_feed_names_comes_first() -> None:
    """media:thumbnail is chosen by the editor; the first picture of the text may be a map."""
    entry = Entry(image="/a.jpg")

    assert picture(entry, '<img src="https://example.org/b.jpg">', BASE) == "https://example.org/a.jpg"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<p>x</p><img src="https://example.org/b.jpg" alt="b">', "https://example.org/b.jpg"),
        ('<img alt="b" src="https://example.org/b.jpg?w=1&amp;h=2">', "https://example.org/b.jpg?w=1&h=2"),
        (
            '<img src="https://s.w.org/images/core/emoji/13/72x72/1f600.png"><img src="https://example.org/b.jpg">',
            "https://example.org/b.jpg",
        ),
        ('<img src="https://example.org/i.png" width="16" height="16">', None),
        ('<img src="https://example.org/i.png" width="1600">', "https://example.org/i.png"),
        ('<img src="https://secure.gravatar.com/avatar/1">', None),
        ('<img src="mailto:x">', None),
        ("<p>x</p>", None),
        (None, None),
    ],
)
def test_a_picture_of_the_text_is_taken_where_the_feed_names_none(html: str | None, expected: str | None) -> None:
    """An emoji as the picture of an article is worse than none."""
    assert picture(Entry(), html, BASE) == expected


def test_a_file_named_twice_is_one_attachment_with_all_that_is_said_of_it() -> None:
    """Podcasts name one file as an enclosure and as media:content."""
    links = (
        Link("a.mp3", rel="enclosure"),
        Link("https://example.org/news/a.mp3", rel="enclosure", type="audio/mpeg", bytes=9),
        Link("javascript:x", rel="enclosure"),
    )

    assert attachments(links, BASE) == (Attachment("https://example.org/news/a.mp3", "audio/mpeg", 9),)
