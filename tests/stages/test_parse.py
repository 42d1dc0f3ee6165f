"""Documents: feeds, what is none and says what it is, and what was built to cost."""

from __future__ import annotations

import gzip
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import FeedDocument, Unreadable
from pipeline.stages.parse import read_feed
from tests.feeds import ACCENTS, LIMIT, document, entry_of, feed_of, rss


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty body"),
        (b"  \n\x00 ", "empty body"),
        (b"<!DOCTYPE html><html><body><p>404</p></body></html>", "an HTML page, not a feed"),
        (b"<HTML><head><title>x</title></head></HTML>", "an HTML page, not a feed"),
        (b'{"error": 404}', "JSON, but not a JSON Feed"),
        (b"Not found", "not a feed"),
        (b"<opml version='2.0'><body/></opml>", "not a feed"),
        (gzip.compress(b"<rss/>")[:-4], "the compressed body ends before its end marker"),
    ],
)
def test_what_is_no_feed_says_what_it_is(body: bytes, reason: str) -> None:
    """The operator should not have to download a page to learn that it is one."""
    assert read_feed(document(body), limit_bytes=LIMIT) == Unreadable(reason)


def test_a_feed_without_entries_is_a_feed() -> None:
    """Nothing to say is not an error."""
    feed = feed_of(rss("", "<language>fr</language>"))

    assert (feed.title, feed.language, feed.entries) == ("T", "fr", ())


def test_a_compressed_file_served_as_it_lies_on_disk_is_read() -> None:
    """Some hosts serve feed.xml.gz without saying that it is compressed."""
    assert entry_of(gzip.compress(ACCENTS.encode())).title_html == "Café déjà vu à Nîmes"


def test_an_encoded_body_is_unpacked_within_the_limit() -> None:
    """A bomb is refused before anything reads it."""
    bomb = document(gzip.compress(b" " * 1000), content_encoding="gzip")

    assert read_feed(bomb, limit_bytes=999) == Unreadable("more than 999 bytes after decoding")


def test_a_cut_document_gives_its_whole_items_and_says_so() -> None:
    """A dead connection is no reason to lose what came; a part of an item would pass for a whole one."""
    body = rss("<item><title>one</title></item><item><title>two</title></item>")

    feed = feed_of(body[: body.index("two") + 1])

    assert [entry.title_html for entry in feed.entries] == ["one"]
    assert feed.incomplete
    assert feed.problems == ("the document is incomplete",)


def test_entries_behind_the_first_5000_are_left_out_and_counted() -> None:
    """A document of a hundred thousand items would cost 22 s of CPU."""
    feed = feed_of(rss("".join(f"<item><title>{n}</title></item>" for n in range(5010))))

    assert len(feed.entries) == 5000
    assert feed.entries[-1].title_html == "4999"
    assert feed.problems == ("10 entries behind the first 5000 were left out",)


@pytest.mark.parametrize(
    "junk",
    [
        "<" * 200_000,
        "&" * 200_000,
        "<![CDATA[" * 50_000,
        "<!DOCTYPE [" * 50_000,
        "</item>" * 9_000,
        "<!--" + "x" * 8_000_000 + "-->",
    ],
    ids=["less-than", "ampersand", "cdata", "doctype", "end-tags", "comment"],
)
def test_hostile_text_costs_linear_time(junk: str) -> None:
    """Every rule of mending passes over the text once."""
    start = time.process_time()

    read_feed(document(rss(junk).encode()), limit_bytes=LIMIT)

    assert time.process_time() - start < 4


def test_a_document_is_never_taken_for_a_path(tmp_path: Path) -> None:
    """A parser that is given a text opens what looks like a file name or an address."""
    path = tmp_path / "secret.xml"
    path.write_text(ACCENTS, encoding="utf-8")

    assert read_feed(document(bytes(path)), limit_bytes=LIMIT) == Unreadable("not a feed")


@given(st.binary(max_size=300))
def test_any_bytes_are_a_feed_or_unreadable(body: bytes) -> None:
    """Bytes from outside never raise."""
    assert isinstance(read_feed(document(body), limit_bytes=LIMIT), FeedDocument | Unreadable)


SOUP = (
    b"<item> </item> <title> </title> <![CDATA[ ]]> &#xD800; & \xff \x00 <pubDate> <guid> <link/> <author> <!-- "
    b"<?xml x <media:content/url=' '> &#; &x; <entry> </entry> <content> </content> <dc:date> <category> <a:b>"
).split(b" ")


@given(st.lists(st.sampled_from(SOUP), max_size=40))
def test_any_soup_of_markup_is_a_feed_or_unreadable(pieces: list[bytes]) -> None:
    """Broken markup reaches the loose parser, which must not raise through us either."""
    body = b"<rss version='2.0'><channel>" + b"".join(pieces)

    assert isinstance(read_feed(document(body), limit_bytes=LIMIT), FeedDocument | Unreadable)
