"""Mending: what a strict parser would refuse is put right, and named; what is well-formed stays as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.parse.mending import Mended, mend

ITEM = "<item><title>x</title></item>"


def rss(items: str = ITEM) -> str:
    """Give a feed of *items*."""
    return f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>"


@pytest.mark.parametrize(
    "text",
    [
        rss(),
        rss("<item><title>&lt;b&gt; &#8217; &#x2019; &#x1F600; &#10;</title></item>"),
        rss("<item><title><![CDATA[ a < b & c &nbsp; <x:y> </rss> ]]></title></item>"),
        rss() + "<!-- served in 3 ms -->\n",
        "<rdf:RDF xmlns:rdf='r'><channel/><item/></rdf:RDF>",
        "<feed xmlns:a='b'><a:b/><entry></entry></feed>",
        "<rss/>",
        "<opml><body>",
    ],
)
def test_what_is_well_formed_stays_as_it_is(text: str) -> None:
    """Most feeds need nothing, and what is not touched cannot be spoilt."""
    assert mend(text) == Mended(text.encode())


def test_a_document_of_stray_references_does_not_grow_out_of_bounds() -> None:
    """Escaped, each "&" is five bytes: a document of 8 MB of them cost the seconds of one of 25 MB."""
    bomb = rss("&#" * 500_000)

    mended = mend(bomb)

    assert mended.utf8.count(b"&amp;#") == 200_000
    assert len(mended.utf8) < len(bomb) + 1_000_000


@pytest.mark.parametrize(
    ("text", "expected", "problem"),
    [
        ("<?xml version='1.0' encoding='x'>" + rss(), rss(), None),
        ("\n\ufeff <!-- x --><?xml version='1.0'?>" + rss(), rss(), "text in front of the document"),
        ("Warning: x in y.php\n" + rss(), rss(), "text in front of the document"),
        ("<br/><b>Notice</b>" + rss(), rss(), "text in front of the document"),
        (rss() + "<script>(function(){})()</script>", rss(), "text behind the document"),
        (rss() + rss(), None, None),
        (f"<html><body>{rss()}</body></html>", rss(), "text behind the document"),
        (rss("\x00\x0b\ufffe"), rss(""), "forbidden control characters removed"),
        (rss("a&b &eacute; &#xD800;"), rss("a&amp;b é \ufffd"), "references that XML does not know were mended"),
        (rss("<item>1 < 2 <3</item>"), rss("<item>1 &lt; 2 &lt;3</item>"), 'a "<" that opens nothing was escaped'),
        (rss("&" * 9999), rss("&amp;" * 65), "signs in a row were escaped"),
        (rss().removesuffix("</rss>"), rss(), "the end of the document is missing"),
        (rss().removesuffix("ss>"), rss(), "the end of the document is missing"),
        ("<rss xmlns:a='http: //x '></rss>", "<rss xmlns:a='http://x'></rss>", "blanks within namespaces removed"),
    ],
)  # fmt: skip
def test_what_a_strict_parser_refuses_is_mended_and_named(
    text: str, expected: str | None, problem: str | None
) -> None:
    """One such sign would cost the whole feed."""
    mended = mend(text)

    assert mended.utf8.decode() == expected or expected is None
    assert problem is None or problem in mended.problems
    assert not mended.incomplete


def test_undeclared_prefixes_are_declared() -> None:
    """Copied templates use extensions and forget what declares them."""
    mended = mend(rss("<item><dc:date>x</dc:date><foo:bar/><![CDATA[<o:p>]]></item>"))

    assert mended.problems == ("undeclared prefixes: dc, foo",)
    assert mended.utf8.startswith(
        b'<rss xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:foo="urn:undeclared:foo" version='
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (rss(ITEM + "<item><title>cu"), rss(ITEM)),
        (rss(ITEM + "<item><title><![CDATA[cut "), rss(ITEM)),
        (rss(ITEM + "</chan"), rss(ITEM)),
        (rss("<item><ti"), rss("")),
        ("<feed><entry/><entry>x</entry><entry>", "<feed><entry/><entry>x</entry></feed>"),
        ("<rss><channel/><item></item><item>", "<rss><channel/><item></item></rss>"),
        (
            "<rss><channel><image><url>u</url></image><ite",
            "<rss><channel><image><url>u</url></image></channel></rss>",
        ),
    ],
)
def test_a_cut_document_is_closed_behind_its_last_whole_entry(text: str, expected: str) -> None:
    """It is marked, too: its validators must not be kept, or the rest would never be asked for."""
    cut = text.partition("</channel></rss>")[0] if "<rss version" in text else text

    mended = mend(cut)

    assert mended.utf8.decode() == expected
    assert mended.incomplete
    assert "the document is incomplete" in mended.problems


SOUP = (
    "<rss> </rss> <channel> </channel> <item> </item> <entry/> <feed </feed> <![CDATA[ ]]> <!-- --> & && < << &#0; "
    "&x; &eacute; <a:b> </a:b> <?xml ?> > \x00 \ufffe <!DOCTYPE [ ]> xmlns:x='a ' <html> é <url> <urlset> ' \" /"
)
PIECES = st.sampled_from(SOUP.split(" "))


@given(st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=60))
def test_any_text_is_mended_and_mended_text_needs_no_more(text: str) -> None:
    """No input raises, and nothing that was escaped is escaped again."""
    mended = mend(text)

    again = mend(mended.utf8.decode())
    assert not {"references that XML does not know were mended", 'a "<" that opens nothing was escaped'} & {
        *again.problems
    }
