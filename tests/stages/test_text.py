"""What text and HTML read as: clean, plain, safe."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.text import clean, html_and_text, plain_text, safe_html, title_text

BASE = "https://example.org/news/a.html"
FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
HOSTILE = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("<>/&;#\x00\x01\x02\ud800\u0338\u0301\u200b \n\t=x"))
)
MARKUP = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "p",
                "div",
                "h2",
                "ul",
                "li",
                "table",
                "tr",
                "td",
                "blockquote",
                "pre",
                "b",
                "a",
                "span",
                "figcaption",
                "dt",
            ]
        ).flatmap(
            lambda name: st.sampled_from([f"<{name}>", f"</{name}>", f"<{name} title='a > b'>", f"<{name}\n>"])
        ),
        st.sampled_from(
            [
                "<br>",
                "<hr/>",
                "<img alt='x'>",
                "&nbsp;",
                "&lt;b&gt;",
                "&amp;lt;",
                "\n",
                "  ",
                "\t",
                "<",
                ">",
                "\u2009",
                "\u3000",
                "\u2028",
                "\u200b",
                "\u200d",
                "\x85",
                "&#8203;",
            ]
        ),
        st.sampled_from(
            ["word", "e\u0301", "\u0301", "\u00ad", "\u202e", "日本", "&#13;", "<!-- x -->", "<script>x</script>"]
        ),
    ),
    max_size=30,
).map("".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("  a \t b  ", "a b"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a \n\n\n\n b", "a\n\nb"),
        ("a\x00b\x07c\x85d", "abc\nd"),
        ("10\u00a0000\u202f€", "10 000 €"),
        ("e\u0301te\u0301", "été"),
        ("zero\u200bwidth\ufeff soft\u00adhyphen", "zerowidth softhyphen"),
        ("a\ud800b", "ab"),
        ("a\ufdd0b\uffffc\U0001fffed", "abcd"),
        ("family 👨\u200d👩\u200d👧", "family 👨\u200d👩\u200d👧"),
        ("\u0645\u06cc\u200c\u062e\u0648", "\u0645\u06cc\u200c\u062e\u0648"),
        ("\x01\x02", ""),
        ("user\u202egpj.exe\u202c \u2066x\u2069", "usergpj.exe x"),
        ("\u05d0\u200f!", "\u05d0\u200f!"),
    ],
)
def test_text_is_cleaned(text: str, expected: str) -> None:
    """One NUL or lone surrogate makes JSON, Redis or a terminal fail far from here."""
    assert clean(text) == expected


@given(HOSTILE)
def test_clean_text_holds_no_control_and_is_stable(text: str) -> None:
    """The contract of every text field: NFC, no controls but newline, no lone surrogates."""
    cleaned = clean(text)

    assert not FORBIDDEN.search(cleaned)
    assert unicodedata.is_normalized("NFC", cleaned)
    assert clean(cleaned) == cleaned
    assert "\n\n\n" not in cleaned


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("", ""),
        ("no markup,\nfolded", "no markup, folded"),
        ("one\n\ntwo", "one\n\ntwo"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<p>one<p>two", "one\n\ntwo"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("one<br><br />two", "one\n\ntwo"),
        ("<div><div><p>one</p></div></div>two", "one\n\ntwo"),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a\nb"),
        ("<p>a <b>bold</b>,\n   word</p>", "a bold, word"),
        ("<pre>a\n  b</pre>", "a\nb"),
        ("caf&eacute; &amp; th&#233;", "café & thé"),
        ("a<script>alert(1)</script>b<style>p{}</style>c", "abc"),
        ("a<!-- hidden -->b", "ab"),
        ('text<img src="https://track.example/1.gif" width="1" alt="pixel">', "text"),
        ("<a href='/x'>read</a> on", "read on"),
        ("5 < 6 & 7 > 3", "5 < 6 & 7 > 3"),
        ("a&#0;b&#xD800;c", "a\ufffdb\ufffdc"),
        ("&lt;b&gt;", "<b>"),
    ],
)
def test_html_reads_as_plain_text(html: str, expected: str) -> None:
    """Paragraphs survive, markup does not."""
    assert plain_text(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("Plain", "Plain"),
        ("Two\n lines", "Two lines"),
        ("<b>Bold</b> word", "Bold word"),
        ("Caf&eacute;", "Café"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("Tom &amp;amp; Jerry", "Tom & Jerry"),
        ("L&amp;#39;heure", "L'heure"),
        ("&lt;b&gt;Bold&lt;/b&gt;", "Bold"),
        ("&amp;lt;b&amp;gt;Bold&amp;lt;/b&amp;gt;", "Bold"),
        ("Use &lt;b&gt; for bold", "Use <b> for bold"),
        ("1 &lt; 2", "1 < 2"),
        ("AT&T", "AT&T"),
        ("R&amp;D", "R&D"),
        ("a<br>b", "a b"),
        ("<p>One</p><p>Two</p>", "One Two"),
        ("if x<y then", "if x<y then"),
        ("Option<T> and <stdio.h>, explained", "Option<T> and <stdio.h>, explained"),
        ("<o:p>Word</o:p> for <i>all</i>", "Word for all"),
        ("<![CDATA[Bread &amp; wine]]>", "Bread & wine"),
        ("<script>alert(1)</script>News", "News"),
    ],
)
def test_a_title_is_one_plain_line(html: str, expected: str) -> None:
    """Titles come escaped once, twice or not at all."""
    assert title_text(html) == expected


@given(HOSTILE)
def test_any_text_has_a_plain_reading(html: str) -> None:
    """Whatever stands in a feed, the fields made of it are clean."""
    for text in (plain_text(html), title_text(html)):
        assert not FORBIDDEN.search(text)
        assert unicodedata.is_normalized("NFC", text)
    assert "\n" not in title_text(html)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>text</p>", "<p>text</p>"),
        ('<a href="/b">x</a>', '<a href="https://example.org/b" rel="noopener noreferrer">x</a>'),
        ('<img src="c.png">', '<img src="https://example.org/news/c.png">'),
        ('<img src="//cdn.example/c d.png?a=1&amp;b=2">', '<img src="https://cdn.example/c%20d.png?a=1&amp;b=2">'),
        ('<a href="MAILTO:a@example.org">x</a>', '<a href="MAILTO:a@example.org" rel="noopener noreferrer">x</a>'),
        (
            '<img alt=" src=" title=" src=" src="c.png">',
            '<img alt=" src=" title=" src=" src="https://example.org/news/c.png">',
        ),
        ('<a href="">x</a>', '<a rel="noopener noreferrer">x</a>'),
        ('write &lt;a href="/b"> or href="/c"<br>', 'write &lt;a href="/b"&gt; or href="/c"<br>'),
        ('<a href="jav&#x09;ascript:alert(1)">x</a>', '<a rel="noopener noreferrer">x</a>'),
        ('<a href="data:text/html,x">x</a>', '<a rel="noopener noreferrer">x</a>'),
        ('<p onclick="x()" style="color:red">x</p>', "<p>x</p>"),
        ("<script>alert(1)</script>a<iframe src=x></iframe>", "a"),
        ("<svg/onload=alert(1)>", ""),
        ('a<img src="https://track.example/p" width="1" height="1">', "a"),
        ("a\x00\x07b", "ab"),
        ("e\u0301 e&#x301;", "é é"),
        ("<b>\u0338x</b>", "<b>x</b>"),
        ("<b>&#x338;x</b>", "<b>x</b>"),
    ],
)
def test_html_is_made_safe(html: str, expected: str) -> None:
    """The html field may be put on a page as it is."""
    assert safe_html(html, base_url=BASE) == expected


def test_relative_addresses_without_base_go() -> None:
    """An address that would mean another place on every page is no address."""
    assert safe_html('<a href="/b">x</a><img src="c.png" alt="c">', base_url=None) == (
        '<a rel="noopener noreferrer">x</a><img alt="c">'
    )


@given(HOSTILE)
def test_safe_html_is_clean_and_never_raises(html: str) -> None:
    """Controls, surrogates and decomposed letters do not pass as character references either."""
    safe = safe_html(html, base_url=BASE)

    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", safe)
    assert "<script" not in safe


@given(MARKUP)
def test_text_read_by_patterns_is_the_text_of_the_tree(html: str) -> None:
    """What nh3 wrote is read without a second parser; a difference would be a text that depends on the way taken."""
    html += "<wbr>"  # what has no tag is read another way: its blank lines are paragraphs
    safe, text = html_and_text(html, base_url=BASE)

    assert safe == safe_html(html, base_url=BASE)
    assert text == plain_text(f"{safe}<wbr>")


@pytest.mark.parametrize(
    "html",
    [
        "".join(f"<{name}>" for name in (f"x{number}" for number in range(60_000))),
        ("".join(f"<b id={number}>" for number in range(200)) + "<p>x" * 200) * 100,
        "<div>" * 60_000,
        "<b>" * 60_000,
        "<b></i>" * 60_000,
        "<p>" + "".join(f"<b id={number}>" for number in range(250)) + "</p><p>x</p>" * 8_000,
        "<a href='" * 60_000,
        "<" * 500_000,
        "&" * 500_000,
        "&x" * 250_000,
        "<p " * 100_000,
        "<a>" * 100_000,
        "<a><div>" * 60_000,
        "<A><TD>" * 60_000,
        "<a-b>" * 60_000,
        "<x-a></x-b>" * 60_000,
        "<div title='></div>'>" * 50_000,
        "<p>" + "".join(f"<b id={number} x='</b>'>" for number in range(250)) + "</p><p>x</p>" * 8_000,
        "<div title=</div>>" * 60_000,
        "<div </div>" * 60_000,
        "<div<b>>" * 60_000,
        "<div><!--</div>-->" * 50_000,
        "<div><title></div></title>" * 40_000,
        "<div><table></div></table>" * 40_000,
        "<div><svg><![CDATA[></div>]]></svg>" * 30_000,
    ],
)
def test_hostile_markup_costs_linear_time(html: str) -> None:
    """Elements nested without end cost parsers quadratic time: 17 s for half a megabyte when not caught."""
    start = time.process_time()

    plain_text(html)
    safe_html(html, base_url=None)

    assert time.process_time() - start < 2


def test_a_listing_of_code_keeps_its_spans_and_nested_ones_are_still_found() -> None:
    """Listings colour each word by a <span>: thousands side by side are honest, hundreds nested are not."""
    listing = '<span class="k">def</span> ' * 2000

    assert safe_html(listing, base_url=None).count("<span>") == 2000
    assert "<span>" not in safe_html("<span>" * 300 + listing + "</span>" * 300, base_url=None)


def test_the_blank_lines_of_a_text_with_an_ampersand_are_its_paragraphs() -> None:
    """Feeds of plain text know no other paragraphs; one "&" made them all one."""
    _, text = html_and_text("Bread &amp; wine\n\nSalt & oil\n\nEnd", base_url=None)

    assert text == "Bread & wine\n\nSalt & oil\n\nEnd"
