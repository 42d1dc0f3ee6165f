"""Splitting a document into its items by bytes: plainly or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import RawDocument, Reading
from pipeline.stages.parse.delta import split
from pipeline.stages.reading import read_document

HEAD = b'<rss version="2.0"><channel><title>T</title><lastBuildDate>Mon</lastBuildDate>'
TAIL = b"</channel></rss>"
ITEMS = (b"<item><guid>1</guid></item>", b"<item><title><![CDATA[a <b>b</b>]]></title></item>", b"<item>3</item>")


def document(*items: bytes, head: bytes = HEAD, tail: bytes = TAIL) -> bytes:
    """A feed with *items*."""
    return head + b"\n  ".join(items) + b"\n" + tail


def test_a_document_is_its_head_its_items_and_its_tail() -> None:
    """What is cut apart must be all there when it is put together."""
    parts = split(document(*ITEMS))

    assert parts is not None
    assert (parts.head, parts.items, parts.tail) == (HEAD, ITEMS, TAIL)


def test_known_items_are_left_out() -> None:
    """The rest is parsed with the document's own head, so that language, base and namespaces hold."""
    parts = split(document(*ITEMS))
    assert parts is not None

    assert parts.without({parts.names[0], parts.names[2]}) == HEAD + b"\n" + ITEMS[1] + b"\n" + TAIL


@pytest.mark.parametrize(
    "head",
    [
        HEAD.replace(b"Mon", b"Tue"),
        HEAD.replace(b"<title>", b"<!-- made in 0.02 s --><title>"),
        HEAD.replace(b"<lastBuildDate>Mon</lastBuildDate>", b"<pubDate>Tue</pubDate><ttl>5</ttl>"),
    ],
    ids=["the date of the build", "a comment", "other dates"],
)
def test_what_changes_at_every_poll_renames_no_item(head: bytes) -> None:
    """Almost every feed states when it was made; were that to count, nothing would ever be known."""
    before, after = split(document(*ITEMS)), split(document(*ITEMS, head=head))
    assert before is not None
    assert after is not None

    assert before.names == after.names


@pytest.mark.parametrize(
    ("head", "tail"),
    [
        (HEAD.replace(b"<title>T", b"<language>fr</language><title>T"), TAIL),
        (HEAD.replace(b"<rss ", b'<rss xml:base="https://elsewhere.example/" '), TAIL),
        (HEAD, b"<language>fr</language>" + TAIL),
    ],
    ids=["a language", "a base", "a language behind the items"],
)
def test_another_context_renames_every_item(head: bytes, tail: bytes) -> None:
    """The same bytes mean something else under another language, base or namespace."""
    before, after = split(document(*ITEMS)), split(document(*ITEMS, head=head, tail=tail))
    assert before is not None
    assert after is not None

    assert set(before.names).isdisjoint(after.names)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html></html>",
        HEAD + TAIL,
        document(b"<item>1</item>", b"<textInput/>", b"<item>2</item>"),
        document(b"<item>1<item>2</item></item>"),
        document(b"<item><![CDATA[</item>]]></item>"),
        document(b"<item><!-- </item> --></item>"),
        document(*ITEMS)[:-20],
        document(*ITEMS, head=HEAD + b"x" * 70_000),
    ],
    ids=[
        "nothing",
        "a page",
        "no item",
        "items in two places",
        "an item inside an item",
        "an end inside CDATA",
        "an end inside a comment",
        "a document cut in an item",
        "a head too long to be read twice",
    ],
)
def test_what_cannot_be_split_plainly_is_not_split(body: bytes) -> None:
    """A wrong cut would lose an article; reading the whole only costs a millisecond."""
    assert split(body) is None


PIECES = st.lists(st.sampled_from([*ITEMS, HEAD, TAIL, b"<item>", b"</item>", b"<!--", b" "])).map(b"".join)


@given(st.binary(max_size=300) | PIECES)
def test_whatever_is_split_can_be_put_together(body: bytes) -> None:
    """No byte of a document may get lost between its parts, whatever it holds."""
    parts = split(body)

    if parts is not None:
        left = body
        for part in (parts.head, *parts.items, parts.tail):
            assert left.startswith(part) or left.lstrip().startswith(part)
            left = left.removeprefix(part) if left.startswith(part) else left.lstrip().removeprefix(part)
        assert left.strip() == b""


@pytest.mark.parametrize(
    "text", [b"<![CDATA[<!-- more ]]>", b"<![CDATA[a <item> of a list]]>", b"<!-- <item> -->", b"<![CDATA[-->]]>"]
)
def test_what_stands_in_cdata_and_comments_is_no_markup(text: bytes) -> None:
    """Half a comment of HTML in one article must not have all the others read again at every poll."""
    parts = split(document(b"<item>" + text + b"</item>", b"<item>2</item>"))

    assert parts is not None
    assert parts.items == (b"<item>" + text + b"</item>", b"<item>2</item>")


_FIRST, _SECOND, _OTHER, _NEW = (
    f"<item><link>https://example.org/{page}</link><title>{title}</title></item>".encode()
    for page, title in (("page", "First"), ("page", "Second"), ("other", "Other"), ("new", "New"))
)


@pytest.mark.parametrize(
    ("after", "skipped"),
    [
        ((_FIRST, _SECOND, _OTHER), 3),
        ((_NEW, _FIRST, _SECOND, _OTHER), 3),
        ((_NEW, _FIRST, _SECOND), 2),
        ((_FIRST, _OTHER), 0),
        ((_FIRST.replace(b"First", b"1st"), _SECOND, _OTHER), 0),
        ((_FIRST.replace(b"First", b"Third"), _FIRST, _SECOND, _OTHER), 0),
    ],
)
def test_items_that_share_a_link_are_known_while_they_stay_the_same(after: tuple[bytes, ...], skipped: int) -> None:
    """Where one link is all that several items have, the key of each depends on the others."""

    def reading(items: tuple[bytes, ...], known: bytes = b"") -> Reading:
        raw = RawDocument("0" * 16, "https://example.org/feed.xml", None, document(*items))
        read = read_document(raw, feed_id="0" * 16, feed_url=raw.url, feed_title=None, limit_bytes=10**6, items=known)
        assert isinstance(read, Reading)
        return read

    before = reading((_FIRST, _SECOND, _OTHER))
    whole, delta = reading(after), reading(after, before.items)

    assert len(delta.skipped) == skipped
    assert delta.items == whole.items
    assert {*before.results, *delta.results} >= set(whole.results)
    assert set(delta.results) <= set(whole.results)
