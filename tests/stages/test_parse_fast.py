"""The fast path: the entries that feedparser gives, for every mixture of elements; odd items cost only themselves."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import Entry, FeedDocument
from pipeline.stages.parse.mending import mend
from pipeline.stages.parse.with_feedparser import parse_with_feedparser
from pipeline.stages.parse.with_lxml import read_tree, tree_of
from tests.feeds import atom, entry_of, feed_of, rss

TEXTS = (
    "",
    "Plain",
    "1 &lt; 2",
    "&lt;p&gt;One&lt;/p&gt;",
    "a &amp;amp; b",
    "<![CDATA[<b>bold</b> &eacute;]]>",
    " \n ",
)
TITLES = [f"<title>{text}</title>" for text in TEXTS]
SUMMARIES = [f"<description>{text}</description>" for text in TEXTS] + [
    "<description>with <b>inline</b> &amp; <br/> markup<img src='a&amp;b'/></description>",
    "<description><div>in <i>a</i> div</div></description>",
]
CONTENTS = [f"<content:encoded>{text}</content:encoded>" for text in TEXTS]
MODULES = [
    "<media:group><media:title>Media</media:title><media:content url='/v.mp4' type='video/mp4'/></media:group>",
    "<media:content url='https://example.org/i.jpg' medium='image' width='3'/>",
    "<media:thumbnail url='https://example.org/t.jpg'/>",
    "<media:description>What is seen</media:description>",
    "<itunes:image href='https://example.org/p.png'/>",
    "<itunes:summary>Told</itunes:summary>",
    "<itunes:keywords>one, two,,one</itunes:keywords>",
    "<unknown><title>Deeper</title><pubDate>never</pubDate></unknown>",
    "<source url='https://example.org/s'>Other</source>",
]
FACTS = [
    "<link>https://example.org/1</link>",
    "<link/>",
    "<atom:link rel='alternate' type='text/html' href='https://example.org/2'/>",
    "<atom:link rel='enclosure' type='audio/mpeg' href='https://example.org/2.mp3' length='7'/>",
    "<guid>https://example.org/g</guid>",
    "<guid isPermaLink='false'>g-2</guid>",
    "<pubDate>Fri, 09 Oct 2015 14:54:00 GMT</pubDate>",
    "<dc:date>2015-10-09</dc:date>",
    "<category>News</category>",
    "<category domain='d'>News</category>",
    "<category domain='e'/>",
    "<dc:subject>Art</dc:subject>",
    "<author>ann@example.org (Ann)</author>",
    "<dc:creator>Bob</dc:creator>",
    "<author/>",
    "<enclosure url='https://example.org/1.mp3' type='audio/mpeg' length='123'/>",
    "<dc:language>fr</dc:language>",
    "<comments>https://example.org/c</comments>",
]
PIECES = TITLES + SUMMARIES + CONTENTS + MODULES + FACTS


def both(document: str) -> tuple[FeedDocument, FeedDocument]:
    """Read *document* by the fast path and by feedparser."""
    utf8 = document.encode()
    root = tree_of(utf8)
    assert root is not None
    fast = read_tree(root)
    slow = parse_with_feedparser(utf8)
    assert isinstance(fast, FeedDocument)
    assert isinstance(slow, FeedDocument)
    return fast, slow


def comparable(entry: Entry) -> tuple[object, ...]:
    """Give what must be equal: the sources of dates are told better by the fast path."""
    dates = [date.raw if date else None for date in (entry.published, entry.updated)]
    return (
        entry.guid, entry.link, entry.title_html, entry.summary_html, entry.content_html, entry.authors,
        entry.categories, entry.language, entry.image, entry.enclosures, entry.base_url, *dates,
    )  # fmt: skip


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=8), min_size=1, max_size=3))
def test_any_mixture_of_elements_is_read_as_feedparser_reads_it(items: list[list[str]]) -> None:
    """Which of two titles counts is decided in one place by history, and must not change with the parser."""
    fast, slow = both(rss("".join(f"<item>{''.join(item)}</item>" for item in items)))

    assert [comparable(entry) for entry in fast.entries] == [comparable(entry) for entry in slow.entries]


ATOM_PIECES = [
    "<id>tag:example.org,2020:1</id>",
    "<link href='/1'/>",
    "<link rel='self' href='/self'/>",
    "<title type='html'>&lt;b&gt;Bold&lt;/b&gt;</title>",
    "<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>One <em>two</em></div></title>",
    "<summary>1 &lt; 2</summary>",
    "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>A<br/>b</p><p>c</p></div></content>",
    "<content type='html' xml:lang='de'>&lt;p&gt;Text&lt;/p&gt;</content>",
    "<content>plain &amp; simple\n\nsecond</content>",
    "<content type='application/octet-stream'>SGVsbG8=</content>",
    "<author><name>Ann</name><email>ann@example.org</email><uri>/ann</uri></author>",
    "<author><name>Bob</name></author>",
    "<category term='news' label='News'/>",
    "<published>2020-01-01T00:00:00Z</published>",
    "<updated>2020-01-02T00:00:00Z</updated>",
    "<source><title>Elsewhere</title><id>s</id><updated>1999</updated><author><name>X</name></author></source>",
    "<contributor><name>Cy</name></contributor>",
]


@given(st.lists(st.sampled_from(ATOM_PIECES), max_size=8), st.sampled_from(["", "xml:base='https://example.org/b/'"]))
def test_any_mixture_of_atom_is_read_as_feedparser_reads_it(entry: list[str], attributes: str) -> None:
    """Atom has kinds of text, and bases and languages that hold inside."""
    fast, slow = both(atom(f"<author><name>Feed</name></author><entry>{''.join(entry)}</entry>", attributes))

    assert [comparable(one) for one in fast.entries] == [comparable(one) for one in slow.entries]


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (rss("<item><title>one</title></item>"), "lxml"),
        (rss("<item><guid>one <b>two</b></guid></item>"), "lxml"),
        (rss("<item><title>one & two</title></item>"), "lxml"),
        (rss("<item><title>one</title></item><item><title>two</b></title></item>"), "items"),
        ("<rss version='2.0'><channel><title>T</channel></rss>", "feedparser"),
    ],
)
def test_a_document_says_by_which_parser_it_was_read(document: str, path: str) -> None:
    """An operator who wonders about a feed must be able to see what read it."""
    assert feed_of(document).path == path


def test_one_broken_item_costs_no_other() -> None:
    """A stray end tag in one of a hundred items must not hand the other ninety-nine to a parser that guesses."""
    items = [f"<item><title>{n}</title><guid>{n}</guid></item>" for n in range(100)]
    items[50] = "<item><title>fifty</b></title><guid>50</guid></item>"

    feed = feed_of(rss("".join(items)))

    assert [entry.guid for entry in feed.entries] == [str(n) for n in range(100)]
    assert feed.problems[-1] == "not well-formed: 1 of 100 entries were read by guessing"


@pytest.mark.parametrize(
    "head", ["<rss xmlns:a='http://a b/'>", "<rss xmlns:c=' http://purl.org/rss/1.0/modules/content/ '>"]
)
def test_a_namespace_that_is_no_address_costs_nothing(head: str) -> None:
    """A blank in an address that nobody ever opens is no reason to guess."""
    assert feed_of(f"{head}<channel><item><title>one</title></item></channel></rss>").path == "lxml"


def test_an_element_without_end_tag_in_html_has_none_when_read_from_xhtml() -> None:
    """HTML reads <br></br> as two breaks."""
    entry = entry_of(rss("<item><description>one<br/>two<b>three</b></description></item>"))

    assert entry.summary_html == "one<br>two<b>three</b>"


@given(st.binary(max_size=300))
def test_the_fast_path_never_raises(body: bytes) -> None:
    """Bytes from outside are a feed of ours or somebody else's work."""
    for utf8 in (body, mend(body.decode("latin-1")).utf8):
        root = tree_of(utf8)
        if root is not None:
            read_tree(root)


_SOUP = (
    "<item> </item> <title> </title> <![CDATA[ ]]> <pubDate> </pubDate> <guid> </guid> <link/> <author> </author> "
    "<content:encoded> </content:encoded> <x:y z='1'> </x:y> <image> </image> <source> <entry/> &#233; text"
)
SOUP = _SOUP.split(" ")


@given(st.lists(st.sampled_from(SOUP), max_size=30))
def test_any_soup_that_is_well_formed_is_read_or_left(pieces: list[str]) -> None:
    """What the handlers meet is decided by strangers."""
    utf8 = rss("".join(pieces)).encode()
    root = tree_of(utf8)
    if root is not None:
        read_tree(root)


@pytest.mark.parametrize(
    "item",
    [
        "<category>c</category>" * 20_000,
        "<author>a</author>" * 20_000,
        "<guid><b/></guid>" * 5_000,
        "<media:content " + " ".join(f"a{n}='x'" for n in range(20_000)) + "/>",
        "<description>" + "<b>" * 200 + "</b>" * 200 + "</description>",
    ],
    ids=["categories", "authors", "odd", "attributes", "nested"],
)
def test_an_item_built_to_cost_costs_little(item: str) -> None:
    """What is read in one pass has no quadratic corner."""
    start = time.process_time()

    feed_of(rss(f"<item><title>before</title></item><item>{item}</item>"))

    assert time.process_time() - start < 1
