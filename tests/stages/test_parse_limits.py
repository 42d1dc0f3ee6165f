"""How much of a document is read: the limits an operator may set, and that they are the shipped ones by default."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pipeline.model import FeedDocument
from pipeline.settings import ParseSettings
from pipeline.stages.parse import ParseLimits, limits_of, read_feed
from tests.feeds import LIMIT, document, rss

CONFIG = Path(__file__).resolve().parents[2] / "config" / "newswire.toml"
ITEMS = "".join(f"<item><guid>{n}</guid><description>{'x' * 2000}</description></item>" for n in range(40))


def read(limits: ParseLimits) -> FeedDocument:
    """Read forty entries of 2,000 characters within *limits*."""
    return read_items(ITEMS, limits)


def read_items(items: str, limits: ParseLimits) -> FeedDocument:
    """Read the RSS *items* within *limits*."""
    feed = read_feed(document(rss(items).encode()), limit_bytes=LIMIT, limits=limits)
    assert isinstance(feed, FeedDocument)
    return feed


def test_what_ships_is_what_holds_without_settings() -> None:
    """One number in two places is two numbers some day."""
    shipped = tomllib.loads(CONFIG.read_text())["parse"]

    assert limits_of(ParseSettings(**shipped)) == ParseLimits()


def test_entries_behind_the_limit_are_left_out_and_counted() -> None:
    """Who sets a limit must be able to see that it was reached."""
    feed = read(ParseLimits(entries=3))

    assert [entry.guid for entry in feed.entries] == ["0", "1", "2"]
    assert feed.problems == ("37 entries behind the first 3 were left out",)


def test_a_text_beyond_the_limit_is_cut() -> None:
    """A book sent as one article is an article all the same."""
    feed = read(ParseLimits(text_characters=1000))

    assert [len(entry.summary_html or "") for entry in feed.entries] == [1000] * 40
    assert feed.problems == ("texts of 40 entries were longer than is read, and cut",)


def test_within_its_limits_a_document_is_untouched() -> None:
    """Almost every document is."""
    assert read(ParseLimits()).problems == ()


def test_an_element_with_more_attributes_than_the_limit_has_none() -> None:
    """Whoever lowers the limit spares parsers the listing; what the element is beside them stays."""
    many = " ".join(f'a{n}="x"' for n in range(20))
    items = f'<item><guid isPermaLink="false" {many}>https://example.org/1</guid></item>'

    (beyond,) = read_items(items, ParseLimits(attributes=20)).entries
    (within,) = read_items(items, ParseLimits(attributes=21)).entries

    assert (beyond.guid, beyond.link) == ("https://example.org/1", "https://example.org/1")
    assert (within.guid, within.link) == ("https://example.org/1", None)


def test_an_entry_that_nests_deeper_than_the_limit_costs_no_other() -> None:
    """Depth is what recursive readers pay for with memory."""
    nested = "<a>" * 30 + "<title>deep</title>" + "</a>" * 30
    items = f"<item><guid>1</guid></item><item>{nested}</item><item><guid>3</guid></item>"

    assert [entry.guid for entry in read_items(items, ParseLimits(depth=16)).entries] == ["1", "3"]
    assert [entry.title_html for entry in read_items(items, ParseLimits()).entries] == [None, "deep", None]
