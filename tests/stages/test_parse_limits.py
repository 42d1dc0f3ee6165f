"""How much of a document is read: the limits an operator may set, and that they are the shipped ones by default."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pipeline.model import FeedDocument
from pipeline.stages.parse import ParseLimits, read_feed
from tests.feeds import LIMIT, document, rss

CONFIG = Path(__file__).resolve().parents[2] / "config" / "newswire.toml"
ITEMS = "".join(f"<item><guid>{n}</guid><description>{'x' * 2000}</description></item>" for n in range(40))


def read(limits: ParseLimits) -> FeedDocument:
    """Read forty entries of 2,000 characters within *limits*."""
    feed = read_feed(document(rss(ITEMS).encode()), limit_bytes=LIMIT, limits=limits)
    assert isinstance(feed, FeedDocument)
    return feed


def test_what_ships_is_what_holds_without_settings() -> None:
    """One number in two places is two numbers some day."""
    shipped = tomllib.loads(CONFIG.read_text())["parse"]

    assert ParseLimits(shipped["max_entries"], shipped["max_text_characters"]) == ParseLimits()


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
