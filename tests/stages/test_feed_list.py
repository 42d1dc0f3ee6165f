"""Lists of feeds: what OPML and text from other programs give, whatever state they are in."""

from __future__ import annotations

import contextlib
import gzip
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import FeedListError, UsageError
from pipeline.model import LEAST_WEIGHT, LONGEST_INTERVAL_SECONDS, MOST_WEIGHT, SHORTEST_INTERVAL_SECONDS, Feed
from pipeline.stages.feed_list import FeedList, read_list
from pipeline.stages.opml import MAX_DEPTH, MAX_FOLDER_CHARACTERS, ListedFeed, read_opml, write_opml
from pipeline.stages.own_settings import OwnSettings, own_settings, own_settings_of
from pipeline.stages.urls import feed_url
from pipeline.stages.weights import folders_around

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


def normalised(path: str) -> str | None:
    """Return the address of a feed at *path*, or None if it cannot be one."""
    try:
        return feed_url(f"https://example.org/{path}")
    except UsageError:
        return None


urls = st.text(max_size=20).map(normalised).filter(lambda url: url is not None)
words = st.text(max_size=12)
folders = st.none() | st.lists(words, max_size=4).map("/".join) | st.just("/".join("abcdefghij" * 20))


def tidy(text: str | None, separator: str | None = None) -> str | None:
    """Return *text* as any XML attribute can hold it, or None if nothing is left."""
    shown = "".join(c for c in text or "" if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff"))
    shown = "".join(c for c in shown if not "\ud800" <= c <= "\udfff")
    if separator is None:
        return " ".join(shown.split()) or None
    return separator.join(part for name in shown.split(separator) if (part := tidy(name))) or None


weights = st.floats(LEAST_WEIGHT, MOST_WEIGHT)
intervals = st.floats(SHORTEST_INTERVAL_SECONDS, LONGEST_INTERVAL_SECONDS)


@given(
    st.lists(
        st.builds(
            Feed,
            st.just("0"),
            urls,
            st.none() | words,
            folders,
            st.none() | intervals,
            st.booleans(),
            st.just(0),
            st.none() | st.sampled_from(["auto", "always", "never"]),
            st.none() | weights,
        ),
        max_size=8,
        unique_by=lambda feed: feed.url,
    ),
    words,
    st.randoms(use_true_random=False),
)
def test_what_is_written_reads_back_the_same(feeds: list[Feed], title: str, chance: Random) -> None:
    """An export is a backup: importing it must give the list it was made from."""
    around = {path for feed in feeds for path in folders_around(replace(feed, folder=tidy(feed.folder, "/")))}
    of_folders = {path: chance.uniform(LEAST_WEIGHT, MOST_WEIGHT) for path in sorted(around) if path.count("/") < 90}

    document = write_opml(feeds, title=title, folder_weights=of_folders)

    back = read_list(document, name="x")
    assert back.problems == ()
    assert back.folder_weights == of_folders
    assert {feed.url: (feed.title, feed.folder, feed.own) for feed in back.feeds} == {
        feed.url: (tidy(feed.title), tidy(feed.folder, "/"), own_settings_of(feed)) for feed in feeds
    }
    settings = {feed.url: feed for feed in feeds}
    again = [replace(settings[feed.url], title=feed.title, folder=feed.folder) for feed in back.feeds]
    assert write_opml(again, title=title, folder_weights=back.folder_weights) == document


def test_what_was_set_stands_in_a_namespace_of_its_own() -> None:
    """Other programs leave alone what they can see is not theirs; a list of which nothing was set is plain OPML."""
    feeds = [
        Feed("1", "https://one.example/feed", None, "News/Paris", 90.0, paused=True, full_text="never", weight=0.5)
    ]

    assert write_opml(feeds, title="Mine", folder_weights={"News": 3.0, "Gone": 2.0}).decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<opml version="2.0" xmlns:newswire="https://pypi.org/project/newswire/">\n'
        "  <head><title>Mine</title></head>\n"
        "  <body>\n"
        '    <outline text="News" title="News" newswire:weight="3">\n'
        '      <outline text="Paris" title="Paris">\n'
        '        <outline type="rss" text="https://one.example/feed" xmlUrl="https://one.example/feed" '
        'newswire:weight="0.5" newswire:interval="90" newswire:fullText="never" newswire:paused="true"/>\n'
        "      </outline>\n"
        "    </outline>\n"
        "  </body>\n"
        "</opml>\n"
    )


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


def test_an_export_is_nested_as_its_folders_are() -> None:
    """Other programs show folders from the nesting; a flat export would lose them."""
    feeds = [
        Feed(id="1", url="https://one.example/feed?a=1&b=2", title='One "1"', folder="News/Paris"),
        Feed(id="2", url="https://two.example/feed"),
        Feed(id="3", url="https://three.example/feed", folder="News"),
    ]

    assert write_opml(feeds, title="Mine & yours").decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<opml version="2.0">\n'
        "  <head><title>Mine &amp; yours</title></head>\n"
        "  <body>\n"
        '    <outline type="rss" text="https://two.example/feed" xmlUrl="https://two.example/feed"/>\n'
        '    <outline text="News" title="News">\n'
        '      <outline type="rss" text="https://three.example/feed" xmlUrl="https://three.example/feed"/>\n'
        '      <outline text="Paris" title="Paris">\n'
        '        <outline type="rss" text="One &quot;1&quot;" title="One &quot;1&quot;" '
        'xmlUrl="https://one.example/feed?a=1&amp;b=2"/>\n'
        "      </outline>\n"
        "    </outline>\n"
        "  </body>\n"
        "</opml>\n"
    )


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
