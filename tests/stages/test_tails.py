"""What feed software adds behind an article goes; what the author wrote stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.text import html_and_text

BASE = "https://example.org/news/a.html"
BODY = "<p>The ferry sails again.</p>"
POST = '<a href="https://example.org/a">Ferry sails</a>'
SITE = '<a href="https://example.org">The Coast</a>'

SHARE_BUTTONS = (
    '<div><a href="https://www.facebook.com/sharer.php?u=x"><img src="https://e.org/f.png" alt="f"></a> '
    '<a href="https://twitter.com/intent/tweet?u=x">Tweet</a></div>'
)
SHARE_WORDS = (
    '<p>Share on: <a href="https://www.facebook.com/sharer/sharer.php?u=x">Facebook</a> | '
    '<a href="mailto:?subject=x">e-mail</a></p>'
)


def text_of(html: str, title: str | None = "Ferry sails") -> str:
    """Give the text that a subscriber gets."""
    return html_and_text(html, base_url=BASE, title=title)[1]


@pytest.mark.parametrize(
    "tail",
    [
        f"<p>The post {POST} appeared first on {SITE}.</p>",
        f"<p>The post {POST} first appeared on {SITE}.</p>",
        f"<p>L'article {POST} est apparu en premier sur {SITE}.</p>",
        f"<p>Der Beitrag {POST} erschien zuerst auf {SITE}.</p>",
        f"<p>La entrada {POST} se publicó primero en {SITE}.</p>",
        f"<p>L'articolo {POST} proviene da {SITE}.</p>",
        f"<p>O post {POST} apareceu primeiro em {SITE}.</p>",
        f"<p>Het bericht {POST} verscheen eerst op {SITE}.</p>",
        f"<p>Сообщение {POST} появились сначала на {SITE}.</p>",
        '<p><a href="https://example.org/a">Read more</a></p>',
        '<p><a href="https://example.org/a">Continue reading <span>“Ferry sails”</span></a></p>',
        '<p><a href="https://example.org/a">Continue reading Ferry sails →</a></p>',
        '<a href="https://example.org/a">Lire la suite</a>',
        '<br><br><a href="https://example.org/a">[Weiterlesen]</a>',
        '<div><a href="https://example.org/a"><strong>Leer más »</strong></a></div>',
        '<p><a href="https://example.org/a">Leggi tutto...</a></p>',
        '<p><a href="https://example.org/a">Leia mais</a></p>',
        '<p><a href="https://example.org/a">Lees verder</a></p>',
        '<p><a href="https://example.org/a">続きを読む</a></p>',
        SHARE_BUTTONS,
        SHARE_WORDS,
        '<div><a href="http://feeds.feedburner.com/~ff/x?a=b"><img src="http://feeds.feedburner.com/~ff/x?d=y"></a></div>',
        '<img src="https://pixel.wp.com/b.gif?host=x" alt="">',
        '<img src="//feeds.feedburner.com/~r/x/~4/y" height="1" width="1" alt="">',
        f'<p><a href="https://example.org/a">Read more</a></p><p>The post {POST} appeared first on {SITE}.</p>',
    ],
)
def test_a_tail_that_feed_software_added_goes(tail: str) -> None:
    """A subscriber who summarises or compares texts must not meet the same line in every article of a site."""
    html, text = html_and_text(BODY + tail, base_url=BASE, title="Ferry sails")

    assert text == "The ferry sails again."
    assert html == BODY


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<p>The ferry… <a href="/a">Read more</a></p>', "The ferry…"),
        ('<p>The ferry sails [<a href="/a">Lire la suite</a>]</p>', "The ferry sails"),
        ('<div><p>The ferry sails <em><a href="/a">read more…</a></em></p></div>', "The ferry sails"),
        ("The ferry sails [...] Read more", "The ferry sails [...]"),
        ("The ferry sails again… Weiterlesen »", "The ferry sails again…"),
        ("It sails. The post Ferry sails appeared first on The Coast.", "It sails."),
    ],
)
def test_a_tail_at_the_end_of_a_line_leaves_the_line(html: str, text: str) -> None:
    """The words before the link are the summary."""
    assert text_of(html) == text


@pytest.mark.parametrize(
    "html",
    [
        "<p>The post of ambassador appeared first on the list of appointments.</p>",
        f"<p>The post {POST} appeared first on {SITE}.</p><p>We disagree with it.</p>",
        '<p>What follows is long. <a href="/b">Read more</a> about the harbour in our series.</p>',
        '<p><a href="/b">Read more</a></p><p>The last paragraph.</p>',
        '<p>For the timetable, see <a href="/b">the page of the harbour</a></p>',
        '<p>Also read: <a href="/b">Storm closes the harbour</a></p>',
        '<p>The minister answered on <a href="https://twitter.com/minister/status/1">Twitter</a></p>',
        '<p>He built the <a href="https://www.facebook.com/sharer.php?u=x">share button</a> of the site in 2009.</p>',
        '<p>Write to <a href="mailto:desk@example.org">the desk</a></p>',
        "<p>You should read more</p>",
        "<p>Children should read more.</p>",
        '<p><a href="/b">Read more books, says the minister</a></p>',
        '<p><img src="https://example.org/ferry.jpg" alt="ferry"></p>',
        "<p>Keep on… reading</p>",
        "<ul><li>one</li><li><a href='/b'>two</a></li></ul>",
    ],
)
def test_what_an_author_may_have_written_stays(html: str) -> None:
    """A rule that takes a sentence of the author is worse than a tail left standing."""
    from_tails, _ = html_and_text(html, base_url=BASE, title="Ferry sails")
    with_more, _ = html_and_text(html + "<p>End.</p>", base_url=BASE, title="Ferry sails")

    assert from_tails == with_more.removesuffix("<p>End.</p>")


def test_a_body_that_is_only_a_tail_has_no_text() -> None:
    """The words of a link are not what an article says."""
    assert text_of('<a href="https://example.org/a">Read more</a>') == ""


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<div>",
                "</div>",
                "<em>",
                "</em>",
                "<br>",
                "<a href='/x'>",
                "</a>",
                "Read more",
                "word",
                " ",
                "…",
                "<a href='https://twitter.com/share'>",
                "The post ",
                " appeared first on ",
                "<b>",
                "</b>",
                "<li>",
                "<ul>",
                "</ul>",
            ]
        ),
        max_size=25,
    ).map("".join)
)
def test_what_is_left_is_whole_markup(html: str) -> None:
    """Half an element left behind would swallow the page it is put on."""
    left, _ = html_and_text(html, base_url=BASE, title="word")

    assert html_and_text(left + "<p>End.</p>", base_url=BASE)[0] == left + "<p>End.</p>"
