"""One article in several feeds of one site: told once, with the other feeds named in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from identity_cases import TUESDAY, document, item
from ledger import Line, published, repeated
from origin import Origin, OriginThread
from system import System, running_system

from pipeline.adapters.embedded import EmbeddedStore

pytestmark = pytest.mark.flow


@pytest.fixture
def origin() -> Iterator[Origin]:
    """Give an origin."""
    with OriginThread() as origin:
        yield origin


@pytest.fixture
def system() -> Iterator[System]:
    """Give a system that fetches no pages."""
    with running_system(ARTICLES__FULL_TEXT="never") as system:
        yield system


def once(system: System, *sources: str) -> dict[str, int]:
    """Run one round; its summary."""
    finished = system.run("run", "--once", "--workers", "2", *sources)
    assert finished.code == 0, finished.stderr[-2000:]
    assert "Traceback" not in finished.stderr, finished.stderr[-3000:]
    summary: dict[str, int] = finished.summary
    fates = ("new", "revised", "same", "near_duplicates", "rejected")
    assert summary["entries"] == sum(summary[fate] for fate in fates)
    return summary


def stream_of(system: System) -> list[Line]:
    """Read the stream that a system which has ended left in its folder."""
    with EmbeddedStore(system.data_dir) as store:
        return published(store.url)


def test_an_article_in_three_feeds_of_a_site_is_told_once(system: System, origin: Origin) -> None:
    """Sections and front pages carry the same article (miniflux/v2#4535): polled at once, it is still one."""
    link = origin.url("/bridge")
    names = ("front", "local", "politics")
    urls = [origin.url(f"/{name}.xml") for name in names]
    for name in names:
        origin.serve(f"/{name}.xml", document(item(guid=f"{name}-1", link=f"{link}?utm_source={name}")))
    once(system, *urls)
    lines = stream_of(system)
    assert [line.kind for line in lines] == ["new", "revised", "revised"]
    assert len({line.article["id"] for line in lines}) == 1
    assert not repeated(lines)
    last = lines[-1].article
    assert (last["revision"], last["changed"]) == (3, ["also_in"])
    assert sorted([last["feed"]["url"], *(each["url"] for each in last["also_in"])]) == sorted(urls)

    for name in names:
        edited = item("The bridge opens at last", guid=f"{name}-1", link=link)
        origin.serve(f"/{name}.xml", document(edited))
    once(system)
    edits = stream_of(system)[3:]
    assert [(line.kind, line.title) for line in edits] == [("revised", "The bridge opens at last")]
    assert len(edits[0].article["also_in"]) == 2, "an edit keeps the feeds"
    assert "title" in edits[0].article["changed"]


def test_what_only_looks_alike_is_told_of_each_feed(system: System, origin: Origin) -> None:
    """A live page with another date, and what an aggregator links to on another site, are records of their own."""
    live = origin.url("/live")
    origin.serve("/a.xml", document(item("Storm nears", guid="a", link=live) + item(guid="x")))
    origin.serve("/b.xml", document(item("Storm passes", guid="b", link=live, date=TUESDAY) + item(guid="y")))
    once(system, origin.url("/a.xml"), origin.url("/b.xml"))

    lines = stream_of(system)
    assert [line.kind for line in lines] == ["new"] * 4
    assert not any(line.article["also_in"] for line in lines)


def test_explain_tells_of_a_carried_article(system: System, origin: Origin) -> None:
    """Whoever looks for the article under its second feed finds why it is not on the stream."""
    link = origin.url("/bridge")
    origin.serve("/a.xml", document(item(guid="a", link=link)))
    once(system, origin.url("/a.xml"))
    origin.serve("/b.xml", document(item(guid="b", link=link)))
    once(system, origin.url("/b.xml"))
    once(system)

    lines = stream_of(system)
    assert [line.kind for line in lines] == ["new", "revised"]
    told = json.loads(system.run("explain", str(lines[0].article["id"]), "--json").stdout)
    assert "also_in: none -> " in told["revision_2"]
    assert origin.url("/b.xml") in told["revision_2"]


def test_a_section_whose_articles_are_told_elsewhere_is_no_silent_feed(system: System, origin: Origin) -> None:
    """Its plan follows when it shows entries, whoever shows them first: else it was hardly polled any more."""
    hourly = [format_datetime(datetime.now(UTC) - timedelta(hours=each)) for each in range(1, 9)]
    entries = "".join(
        item(f"Report {each}", guid=f"{each}", link=origin.url(f"/{each}"), date=date)
        for each, date in enumerate(hourly)
    )
    for name in ("front", "section"):
        origin.serve(f"/{name}.xml", document(entries))
    once(system, origin.url("/front.xml"))
    once(system, origin.url("/section.xml"))

    front, section = (
        json.loads(system.run("feeds", "show", origin.url(f"/{name}.xml"), "--json").stdout)["posting"].split()
        for name in ("front", "section")
    )
    assert front[0] == section[0] == "About"
    assert float(section[1]) == pytest.approx(float(front[1]), rel=0.1)
    assert float(front[1]) > 7
