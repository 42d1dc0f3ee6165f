"""The seeds: starter lists that can be imported as they are, and sample feeds that hold what their table says."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.adapters.shipped import seeds, starter_lists
from pipeline.model import Known, New, RawDocument, Reading, Rejected, Revised, Same
from pipeline.stages.feed_list import read_list
from pipeline.stages.identity import judge
from pipeline.stages.reading import read_document

DEMO = tomllib.loads((seeds() / "demo" / "demo.toml").read_text("utf-8"))
FATES = ("new", "revised", "same", "rejected")


@pytest.mark.parametrize("path", starter_lists().values(), ids=starter_lists().keys())
def test_a_starter_list_can_be_imported_as_it_is(path: Path) -> None:
    """The first thing somebody imports must not complain: addresses in order, titles, folders, all over TLS."""
    listed = read_list(path.read_bytes(), name=path.name)

    assert listed.problems == ()
    assert 8 <= len(listed.feeds) <= 20
    assert path.read_text("utf-8").count("xmlUrl=") == len(listed.feeds)
    assert all(feed.url.startswith("https://") and feed.title and feed.folder for feed in listed.feeds)


def test_no_feed_stands_in_two_starter_lists() -> None:
    """Importing all of them must poll nothing twice."""
    addresses = [
        feed.url for path in starter_lists().values() for feed in read_list(path.read_bytes(), name="x").feeds
    ]

    assert len(addresses) == len(set(addresses))


def fates(feed: dict[str, Any]) -> Iterator[str]:
    """Yield the fate of each entry of *feed*, its states read in order."""
    remembered: dict[str, Known] = {}
    for state in feed["states"]:
        body = (seeds() / "demo" / state).read_bytes()
        document = RawDocument("0" * 16, "http://127.0.0.1/", 0, body, content_type=feed["content_type"])
        reading = read_document(
            document, feed_id=document.feed_id, feed_url=document.url, feed_title=None, limit_bytes=len(body)
        )
        assert isinstance(reading, Reading)
        for result in reading.results:
            match result if isinstance(result, Rejected) else judge(remembered.get(result.id), result, now_ms=0):
                case Rejected():
                    yield "rejected"
                case New(article, known):
                    remembered[article.id] = known
                    yield "new"
                case Revised(article, known):
                    remembered[article.id] = known
                    yield "revised"
                case Same():
                    yield "same"


@pytest.mark.parametrize("feed", DEMO["feeds"], ids=lambda feed: feed["name"])
def test_a_sample_feed_fares_as_its_table_says(feed: dict[str, Any]) -> None:
    """The demo checks itself against these figures; they must be those of the files."""
    counted = Counter(fates(feed))

    assert {"entries": counted.total(), **{fate: counted[fate] for fate in FATES}} == feed["expected"]


def test_the_table_of_the_demo_adds_up() -> None:
    """Every entry has one fate, and the whole is the sum of its feeds."""
    whole, feeds = DEMO["expected"], DEMO["feeds"]

    assert whole["feeds"] == len(feeds)
    assert whole["documents"] == sum(len(feed["states"]) for feed in feeds)
    for name in ("entries", *FATES):
        assert whole[name] == sum(feed["expected"][name] for feed in feeds)
    assert {state for feed in feeds for state in feed["states"]} == {p.name for p in (seeds() / "demo").glob("*.xml")}
