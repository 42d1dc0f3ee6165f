"""Whatever the bytes of a page are, an article comes back, clean, and in bounded time."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.model import Page, PageArticle
from pipeline.stages.extract import read_page
from pipeline.stages.extract.tree import MOST_BYTES
from tests.pages import STORY

_PIECES = (
    "<p>", "</p>", "<div class='related'>", "</div>", "<h1>", "<article>", "<li><a href='/x'>", "</a>", "<br>",
    "<nav>",
    "<time datetime='2015-10-09T16:54:00Z'>", "<script type='application/ld+json'>", "</script>",
    '{"@type":"NewsArticle"',
    ',"author":', ',"@graph":[', "]}", '"headline":"', "<meta property='og:title' content='", "'>", "<!--", "-->",
    "<table><td>",
    "<svg>", "<pre>", "A sentence that goes on for a while and then ends as it should. ", "Lire aussi : Un titre",
    "09/10 16h54",
    "\x00", "\ud800", "\ufffe", "&#0;", "&#x110000;", "&lt;script&gt;", "<p itemprop='author'>", "<html lang='fr'>",
    "<", "=", '"',
)  # fmt: skip


def assert_clean(article: PageArticle) -> None:
    """Hold what the contract promises of every text, and that no markup of the page's own is in the HTML."""
    texts = [article.title, article.summary, article.text, *article.authors, *article.related]
    for text in filter(None, texts):
        assert unicodedata.is_normalized("NFC", text)
        assert not any(unicodedata.category(character) in {"Cc", "Cs"} for character in text if character != "\n")
    html = article.html or ""
    for tag in ("p", "h2", "h3", "h4", "h5", "h6", "ul", "li", "blockquote", "pre"):
        html = html.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
    assert "<" not in html.replace("<br>", "")


@given(
    st.binary(max_size=400),
    st.sampled_from(["", "text/html", "text/html; charset=utf-16", "text/plain; charset=big5"]),
)
def test_any_bytes_give_an_article(body: bytes, content_type: str) -> None:
    """A page that raises would come back for ever."""
    assert_clean(read_page(Page("https://example.org/2015/10/09/story", 1_444_413_600_000, body, content_type)))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(_PIECES), max_size=60))
def test_any_markup_gives_an_article(pieces: list[str]) -> None:
    """Markup is broken in more ways than anybody lists."""
    assert_clean(read_page(Page("", None, "".join(pieces).encode("utf-8", "surrogatepass"))))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_mutated_page_gives_an_article(data: st.DataObject) -> None:
    """Pages are cut, doubled and garbled on their way."""
    body = STORY.encode()
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(body))] * 2)))
    middle = data.draw(st.sampled_from([b"", body[start:end] * 2, b"\xff\xfe", b"<" * 50, b"\x00" * 9]))

    assert_clean(read_page(Page("https://example.org/a", None, body[:start] + middle + body[end:])))


@pytest.mark.parametrize(
    "body",
    [
        b"<p><b>" * 50_000,
        b"<div>" * 200_000 + b"deep",
        b"<nav>" * 300 + b"<p>words words words words words words</p>" * 5_000,
        b"<div " + b" ".join(b"a%d=1" % number for number in range(100_000)) + b">one tag</div>",
        b"<div " + b" ".join(b'a%d=">"' % number for number in range(50_000)) + b">one tag</div>",
        b"<p>" + b"!" * 1_000_000 + b"x</p>",
        b"!" * 1_000_000 + b"x",
        b'<script type="application/ld+json">' + b"[" * 500_000 + b"</script><p>text",
        b'<script type="application/ld+json">{"a":' + b" " * 500_000 + b"</script><p>text",
        b'<script type="application/ld+json">{"@type":"NewsArticle","headline":'
        + b"9" * 50_000
        + b"}</script><p>text",
        b'<div class="author" itemprop="author">' * 2_000 + b"name " * 50_000,
        b"<time datetime=2015-10-09>x</time>" * 30_000,
        b"Updated 9 October 2015 at 10:00\n" * 20_000,
    ],
    ids=[
        "bold",
        "deep",
        "menus",
        "attributes",
        "quotes",
        "marks",
        "flat-marks",
        "json",
        "blanks",
        "number",
        "authors",
        "times",
        "date-lines",
    ],
)
def test_what_costs_others_minutes_is_read(body: bytes) -> None:
    """Each was quadratic somewhere: a tree's search for double attributes, a pattern tried at every place."""
    assert_clean(read_page(Page("https://example.org/a", None, body)))


def test_a_page_that_was_cut_says_so() -> None:
    """A reader must be able to tell half a story from a whole one."""
    article = read_page(
        Page("", None, STORY.encode() + b"<p>and so on, for ever and a day.</p>" * (MOST_BYTES // 30))
    )

    assert article.problems[-1] == f"cut: only the first {MOST_BYTES} bytes were read"


@pytest.mark.parametrize("beginning", [b"\x89PNG\r\n\x1a\n", b"PK\x03\x04", b"%PDF-1.7\n"])
def test_what_is_no_text_has_none(beginning: bytes) -> None:
    """Links lead to pictures and archives, whatever their servers call them."""
    body = beginning + bytes(range(256)) * 40

    article = read_page(Page("https://example.org/a", None, body, "text/html"))

    assert article.text is None
    assert article.problems == ("no text: these are not characters",)
