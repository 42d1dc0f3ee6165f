"""Lists of feeds: what OPML and text from other programs give, whatever state they are in."""

from __future__ import annotations

import contextlib
import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import FeedListError
from pipeline.model import Feed
from pipeline.stages.feed_list import FeedList, read_list
from pipeline.stages.opml import MAX_DEPTH, MAX_FOLDER_CHARACTERS, ListedFeed, read_opml, write_opml
from pipeline.stages.own_settings import OwnSettings, own_settings

CORPUS = (Path(__file__).resolve().parents[2] / ".." / "shared" / "corpus" / "opml").resolve()
needs_corpus = pytest.mark.skipif(not CORPUS.exists(), reason="../shared/corpus is absent")

ONE = '<outline text="One" xmlUrl="https://one.example/feed"/>'


def opml(body: str, *, prologue: str = "") -> bytes:
    """Return a list whose body is *body*."""
    return f'{prologue}<opml version="2.0"><head/><body>{body}</body></opml>'.encode()


def addresses(listed: FeedList) -> list[str]:
    """Return the addresses of *listed*, in order."""
    return [feed.url for feed in listed.feeds]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (ONE, ListedFeed("https://one.example/feed", "One")),
        ('<outline xmlurl="https://one.example/feed"/>', ListedFeed("https://one.example/feed")),
        ('<OUTLINE TEXT="One" XMLURL="https://one.example/feed"/>', ListedFeed("https://one.example/feed", "One")),
        (
            '<outline text="Short" title="Long" xmlUrl="https://one.example/feed"/>',
            ListedFeed("https://one.example/feed", "Long"),
        ),
        (f'<outline text="A"><outline title="B">{ONE}</outline></outline>', ("One", "A/B")),
        (f"<outline>{ONE}</outline>", ("One", None)),
        (f'<outline text=" A / / B ">{ONE}</outline>', ("One", "A/B")),
        (f'<outline text="A"/>{ONE}', ("One", None)),
        ('<outline text="Q&A" xmlUrl="https://one.example/feed"/>', ("Q&A", None)),
        (
            '<outline text="Caf&eacute; &bogus; &#233;&#0;" xmlUrl="https://one.example/feed"/>',
            ("Café &bogus; é\ufffd", None),
        ),
        ('<outline text="a\x0bb" xmlUrl="https://one.example/feed"/>', ("ab", None)),
        (
            '<outline text="https://one.example/feed" xmlUrl="https://one.example/feed"/>',
            ListedFeed("https://one.example/feed"),
        ),
    ],
)
def test_messy_outlines_are_read_as_meant(body: str, expected: ListedFeed | tuple[str, str | None]) -> None:
    """Each of these stands in exports of real programs; refusing them would lose somebody's list."""
    if isinstance(expected, tuple):
        expected = ListedFeed("https://one.example/feed", *expected)

    assert read_opml(opml(body), name="x.opml").feeds == (expected,)


def test_a_bare_ampersand_in_an_address_is_mended() -> None:
    """Many programs export addresses unescaped; the address must arrive whole."""
    data = opml('<outline xmlUrl="https://one.example/feed?a=1&b=2&amp;c=3"/>')

    assert addresses(read_list(data, name="x")) == ["https://one.example/feed?a=1&b=2&c=3"]


@pytest.mark.parametrize(
    "data",
    [
        opml('<outline text="Ж" xmlUrl="https://one.example/feed"/>', prologue="\ufeff"),
        opml('<outline text="Ж" xmlUrl="https://one.example/feed"/>', prologue="\n\n <?xml version='1.0'?>"),
        opml('<outline text="Ж" xmlUrl="https://one.example/feed"/>').decode().encode("utf-16"),
        opml('<outline text="Ж" xmlUrl="https://one.example/feed"/>').decode().encode("utf-16-be"),
        b'<?xml version="1.0" encoding="windows-1251"?>'
        + opml('<outline text="Ж" xmlUrl="https://one.example/feed"/>').decode().encode("cp1251"),
        b'<?xml version="1.0" encoding="utf-16"?>' + opml('<outline text="Ж" xmlUrl="https://one.example/feed"/>'),
        b'<?xml version="1.0" encoding="gb2312"?>'
        + opml('<outline text="Ж" xmlUrl="https://one.example/feed"/>').decode().encode("gb2312"),
        b'<?xml version="1.0" encoding="unicode_escape"?>'
        + opml('<outline text="Ж" xmlUrl="https://one.example/feed"/>'),
    ],
    ids=["bom", "leading-blanks", "utf-16", "utf-16-be-no-bom", "cp1251", "false-utf-16", "gb2312", "not-a-charset"],
)
def test_every_encoding_gives_the_same_list(data: bytes) -> None:
    """A title in Cyrillic must not depend on the program it was exported with."""
    assert read_list(data, name="x").feeds == (ListedFeed("https://one.example/feed", "Ж"),)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<html><body>Sign in</body></html>", "web page"),
        (b"<rss version='2.0'/>", "a feed itself"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'/>", "a feed itself"),
        (b"<plist/>", "<plist>, not <opml>"),
        (b"\n<opml><body>\n<outline></body></opml>", "line 3, column 12"),
        (b"<opml><body>", "line 1"),
        (b"<!DOCTYPE opml [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]><opml>&b;</opml>", "entities of its own"),
        (b"<!DOCTYPE opml [<!ENTITY % a SYSTEM 'file:///x'> %a;]><opml/>", "entities of its own"),
        (opml("<outline>" * MAX_DEPTH), "nested deeper"),
        (b"https://one.example/feed\n\x00\x01", "line 2, column 1"),
    ],
)
def test_what_cannot_be_read_says_which_where_and_what_to_do(data: bytes, said: str) -> None:
    """The person who imports a list has one line to go by."""
    with pytest.raises(FeedListError) as caught:
        read_list(data, name="mine.opml")

    message = str(caught.value)
    assert message.startswith("cannot read the feed list mine.opml: ")
    assert said in message
    assert "one address a line" in message
    assert "\n" not in message


def test_a_bad_outline_costs_only_itself() -> None:
    """One dead entry in a list of thousands must not stop the import, and must be found again."""
    data = opml(f'\n<outline text="Saved" xmlUrl="vfolder one"/>\n{ONE}')

    listed = read_list(data, name="x")

    assert addresses(listed) == ["https://one.example/feed"]
    assert listed.problems == ("line 2: not a feed address: vfolder one",)


def test_a_bad_line_costs_only_itself() -> None:
    """The same in a text list; a problem names the line as an editor counts it, and never controls a terminal."""
    data = b"# mine\r\n\r\nhttps://one.example/feed The One\r\nnot an \x1b[31maddress\nhttps://two.example/"

    listed = read_list(data, name="x")

    assert addresses(listed) == ["https://one.example/feed", "https://two.example/"]
    assert listed.problems == ("line 4: not a feed address: not an \ufffd[31maddress",)


def test_equal_addresses_collapse_to_the_first() -> None:
    """Lists merged from several programs name a feed many times; it must be polled once."""
    data = opml(f'{ONE}<outline text="Two" xmlUrl="HTTPS://one.example:443/feed"/>{ONE}')

    assert read_list(data, name="x") == FeedList((ListedFeed("https://one.example/feed", "One"),))


def test_a_folder_path_is_bounded() -> None:
    """A path stands with every feed below it: unbounded, a hostile list would grow to many times its size."""
    data = opml(f'<outline text="{"long" * 1000}"><outline text="below">{ONE}</outline></outline>')

    (feed,) = read_list(data, name="x").feeds

    assert len(feed.folder or "") == MAX_FOLDER_CHARACTERS


def test_an_empty_list_is_a_list() -> None:
    """Nothing to add is not an error."""
    assert read_list(b"", name="x") == read_list(opml(""), name="x") == FeedList()


@given(st.binary(max_size=300))
def test_any_bytes_give_a_list_or_a_feed_list_error(data: bytes) -> None:
    """Lists come from strangers: nothing in them may end the command with a traceback."""
    for candidate in (data, b"<" + data, b'<?xml version="1.0" encoding="' + data, opml("")[:40] + data):
        with contextlib.suppress(FeedListError):
            read_list(candidate, name="x")


MARKUP = (
    "<outline ",
    "</outline>",
    "/>",
    ">",
    'text="',
    'xmlUrl="',
    '"',
    "https://a.example/",
    "&",
    "&lt",
    "&#1;",
    "\n",
)
ODDITIES = (
    'newswire:weight="3"',
    'newswire:weight="',
    "&eacute;",
    "\0",
    "\ud800",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<!DOCTYPE a [",
    "<!ENTITY",
    "A/B",
    "é",
)


@given(st.lists(st.sampled_from(MARKUP + ODDITIES), max_size=30).map("".join))
def test_any_markup_gives_a_list_or_a_feed_list_error(body: str) -> None:
    """The same, for what looks like OPML longest."""
    with contextlib.suppress(FeedListError):
        read_list(b"<opml>" + body.encode(errors="surrogatepass") + b"</opml>", name="x")


def test_a_bad_setting_costs_only_itself() -> None:
    """The feed is followed as any other, and the line to mend is named."""
    ours = 'newswire:weight="0" newswire:INTERVAL=" 60 " newswire:fullText="yes" newswire:paused="1"'
    data = opml(f'\n<outline text="News" NewsWire:Weight="much">\n{ONE[:-2]} {ours}/></outline>')

    listed = read_list(data, name="x")

    assert [(feed.url, feed.folder, feed.own) for feed in listed.feeds] == [
        ("https://one.example/feed", "News", OwnSettings(interval_seconds=60.0))
    ]
    assert listed.folder_weights == {}
    assert listed.problems == (
        "line 2: newswire:weight 'much' must be a number from 0.01 to 100: it counts as not there",
        "line 3: newswire:weight '0' must be a number from 0.01 to 100: it counts as not there",
        "line 3: newswire:fullText 'yes' must be auto or always or never: it counts as not there",
        "line 3: newswire:paused '1' must be true or false: it counts as not there",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [("3", 3.0), ("0.01", 0.01), (" 1e2 ", 100.0)]
    + [(text, None) for text in ("", "much", "0", "-1", "0.001", "101", "nan", "inf", "3,5")],
)
def test_what_is_no_weight_is_none(text: str, expected: float | None) -> None:
    """A weight of nothing would never be polled, one without end would take all that there is."""
    settings, bad = own_settings({"newswire:weight": text})

    assert settings == OwnSettings(weight=expected)
    assert bool(bad) == (expected is None)


@needs_corpus
@pytest.mark.parametrize(
    ("file", "feeds", "problems"),
    [
        ("NetNewsWire__SubsNoTitleAttributes.opml", 206, 0),
        ("awesome-rss-feeds__France.opml", 11, 0),
        ("liferea__feedlist_fr.opml", 17, 2),
        ("picoFeed__google-reader.opml", 22, 0),
        ("yarr__sample_win1251.xml", 2, 0),
    ],
)
def test_real_exports_are_read_whole(file: str, feeds: int, problems: int) -> None:
    """Lists of real programs: every outline with an address is a feed or a problem, none is lost."""
    listed = read_list((CORPUS / file).read_bytes(), name=file)

    assert (len(listed.feeds), len(listed.problems)) == (feeds, problems)


@needs_corpus
def test_eighteen_thousand_addresses_survive_text_and_opml() -> None:
    """The longest list at hand goes through both forms with no address lost."""
    text = gzip.decompress((CORPUS / "smallweb-urls.txt.gz").read_bytes())
    listed = read_list(text, name="smallweb")
    feeds = [Feed(id="0", url=feed.url, folder=feed.url[8:10]) for feed in listed.feeds]

    back = read_list(write_opml(feeds, title="all"), name="smallweb.opml")

    assert len(listed.feeds) + len(listed.problems) > 18_000
    assert {feed.url for feed in back.feeds} == {feed.url for feed in listed.feeds}
