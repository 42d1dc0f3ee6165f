"""JSON Feed: every field ends in its place, a broken item costs itself, a cut document gives what is whole."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import FeedDocument, Link, RawDate, Unreadable
from pipeline.stages.parse import read_feed
from pipeline.stages.parse.json_feed import parse_json
from tests.feeds import LIMIT, document, feed_of

VERSION = '"version": "https://jsonfeed.org/version/1.1"'


def read(items: str, head: str = "") -> FeedDocument:
    """Read a JSON Feed with *items* and more members in its *head*."""
    feed = parse_json(f'{{{VERSION}{head}, "items": [{items}]}}')
    assert isinstance(feed, FeedDocument), feed
    return feed


def test_an_item_is_read_in_full() -> None:
    """Every field that newswire knows ends in its place."""
    item = {
        "id": "1", "url": "https://example.org/1", "external_url": "https://example.com/", "title": "A < B",
        "content_html": "<p>Long</p>", "content_text": "Long", "summary": "Short", "image": "https://i.example/1.jpg",
        "banner_image": "https://i.example/b.jpg", "date_published": "2020-01-01T00:00:00Z", "language": "fr",
        "date_modified": "2020-01-02T00:00:00Z", "authors": [{"name": "Ann"}, {"url": "https://b.example"}],
        "tags": ["News", "R&D"],
        "attachments": [{"url": "https://e.example/1.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 123,
                         "duration_in_seconds": 9.5}],
    }  # fmt: skip

    feed = read(json.dumps(item), ', "title": "T", "home_page_url": "https://example.org/", "language": "en"')

    assert (feed.title, feed.link, feed.language) == ("T", "https://example.org/", "en")
    (entry,) = feed.entries
    assert (entry.guid, entry.link, entry.title_html) == ("1", "https://example.org/1", "A &lt; B")
    assert (entry.content_html, entry.summary_html) == ("<p>Long</p>", "Short")
    assert (entry.authors, entry.categories, entry.language) == (("Ann",), ("News", "R&amp;D"), "fr")
    assert entry.published == RawDate("2020-01-01T00:00:00Z", "date_published")
    assert entry.updated == RawDate("2020-01-02T00:00:00Z", "date_modified")
    assert entry.image == "https://i.example/1.jpg"
    assert entry.enclosures == (Link("https://e.example/1.mp3", "enclosure", "audio/mpeg", 123),)
    assert feed.problems == ()


@pytest.mark.parametrize(
    ("written", "guid"),
    [
        ('"a"', "a"),
        ("42", "42"),
        ("1.50", "1.50"),
        ("9" * 5000, "9" * 5000),
        ("1e999", "1e999"),
        ("true", "true"),
        ('{"b": 1, "a": 2}', '{"a": "2", "b": "1"}'),
        ('""', None),
        ("null", None),
        ("NaN", None),
        (r'"a\ud800\u0000b"', "a\ufffdb"),
    ],
)
def test_an_id_of_any_type_is_a_text(written: str, guid: str | None) -> None:
    """The specification says: coerce; a number that were read as a number could change its spelling."""
    (entry,) = read(f'{{"id": {written}}}').entries

    assert entry.guid == guid


@pytest.mark.parametrize(
    ("item", "link"),
    [
        ('"url": "https://a.example/"', "https://a.example/"),
        ('"external_url": "https://b.example/"', "https://b.example/"),
        ('"id": "https://c.example/"', "https://c.example/"),
        ('"id": "c", "url": 1.2', None),
    ],
)
def test_the_link_is_the_items_own_page_first(item: str, link: str | None) -> None:
    """A link blog may name only the page that it is about."""
    assert read(f"{{{item}}}").entries[0].link == link


@pytest.mark.parametrize(
    ("item", "authors"),
    [
        ('"authors": [{"name": "Ann"}], "author": {"name": "Old"}', ("Ann",)),
        ('"author": {"name": "Old"}', ("Old",)),
        ('"authors": "Ann"', ("Ann",)),
        ('"authors": {"name": "Ann"}', ("Ann",)),
        ('"authors": [1, null, []]', ("Feed",)),
        ("", ("Feed",)),
    ],
)
def test_authors_of_both_versions_are_read(item: str, authors: tuple[str, ...]) -> None:
    """Version 1.0 had one author; those of the feed speak for an item that names none."""
    assert read(f"{{{item}}}", ', "authors": [{"name": "Feed"}]').entries[0].authors == authors


def test_plain_text_is_escaped_and_keeps_its_paragraphs() -> None:
    """`content_text` is no HTML: "a < b" must not open a tag."""
    (entry,) = read(r'{"content_text": "a < b\n\nnext", "title": 1000, "tags": "one"}').entries

    assert (entry.content_html, entry.title_html, entry.categories) == ("a &lt; b<br><br>next", "1000", ("one",))


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (r'{"id": "\q"}', r"item 2 could not be read: Invalid \escape"),
        ('{"id": x}', "item 2 could not be read: Expecting value"),
        ("[" * 5000 + "]" * 5000, "item 2 could not be read: nested too deep"),
        ('"text"', "item 2 is not an object: left out"),
        ("null", "item 2 is not an object: left out"),
    ],
)
def test_a_broken_item_costs_only_itself(broken: str, reason: str) -> None:
    """One bad escape would cost the whole feed otherwise."""
    feed = read(f'{{"id": 1}}, {broken}, {{"id": 3}}')

    assert [entry.guid for entry in feed.entries] == ["1", "3"]
    assert feed.problems == (reason,)


def test_a_cut_document_keeps_its_whole_items_wherever_it_is_cut() -> None:
    """What came is published; a part of an item is not."""
    items = ", ".join(json.dumps({"id": str(n), "title": f'say "{n}", {{now}}]'}) for n in range(9))
    text = f'{{{VERSION}, "items": [{items}]}}'
    start = text.index("[") + 1

    for cut in range(start, len(text) - 2):
        feed = parse_json(text[:cut])
        assert isinstance(feed, FeedDocument)
        assert feed.incomplete
        assert feed.problems == ("the document is incomplete",)
        assert [entry.guid for entry in feed.entries] == [str(n) for n in range(text[:cut].count(']"}'))]


@pytest.mark.parametrize("text", ["[]", '{"error": 404}', "{}", '{"items": 5}', "{nonsense"])
def test_other_json_is_unreadable(text: str) -> None:
    """Not every JSON is a feed."""
    assert isinstance(parse_json(text), Unreadable)


@pytest.mark.parametrize(
    ("before", "after"),
    [("\ufeff\n", "\n"), ("/* a comment */\n// another\n", ""), ("", "\0\0"), ("", "<script>x</script>")],
)
def test_what_stands_around_the_document_is_skipped(before: str, after: str) -> None:
    """Servers add things; a feed is told by its start."""
    feed = feed_of(f'{before}{{{VERSION}, "items": [{{"id": 1,}},]}}{after}')

    assert len(feed.entries) + len(feed.problems) == 1


def test_items_behind_the_bound_are_counted_and_left_out() -> None:
    """The bound is that of all formats."""
    feed = read(",".join(f'{{"id": {n}}}' for n in range(5010)))

    assert len(feed.entries) == 5000
    assert feed.problems == ("10 entries behind the first 5000 were left out",)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["id", "url", "authors", "tags"]), inner)
    ),
    max_leaves=20,
)
ITEM = st.dictionaries(
    st.sampled_from(["id", "url", "title", "content_html", "authors", "author", "tags", "attachments", "language"]),
    JSON,
)


@given(st.lists(ITEM | JSON, max_size=5), st.integers(0, 400))
def test_any_items_cut_anywhere_never_raise(items: list[object], cut: int) -> None:
    """Values of every type in every place, whole and cut: a feed or unreadable."""
    text = json.dumps({"version": "https://jsonfeed.org/version/1", "items": items})

    for body in (text, text[:cut], text[cut:]):
        assert isinstance(parse_json(body), FeedDocument | Unreadable)
        assert isinstance(read_feed(document(body.encode()), limit_bytes=LIMIT), FeedDocument | Unreadable)
