"""A feed's zone is learnt from the feed itself, and only where it is sure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import Article, ArticleDate, Entry, FeedReference, RawDate
from pipeline.stages.customs import Customs
from pipeline.stages.dates import read_date
from pipeline.stages.feed_zones import (
    ZoneMemory,
    learnt_from,
    learnt_zone,
    zone_memory_from_bytes,
    zone_memory_to_bytes,
)
from pipeline.stages.normalize import Origin, normalize

FEED = FeedReference("f", "https://e.org/feed")
NOON_MS = 1_791_979_200_000  # 2026-10-14 12:00 UTC
MINUTE_MS = 60_000


def dated(raw: str, *, zone: int | None = None) -> Article:
    """Give an article published at *raw*, as it is read in *zone*."""
    date = read_date(raw, source="feed:pubDate", zone=zone)
    assert date is not None
    return Article(id="0" * 32, feed=FEED, published=date)


def arrived(leads: list[int], *, memory: ZoneMemory | None = None, gap_minutes: int = 10) -> ZoneMemory:
    """Give what is learnt of articles without a zone that arrived one by one, so many minutes ahead of the clock."""
    memory = memory or ZoneMemory()
    for lead in leads:
        zone = learnt_zone(memory)
        at_ms = NOON_MS + (lead - (zone or 0)) * MINUTE_MS
        article = Article(
            id="0" * 32, feed=FEED, published=ArticleDate(at_ms, "minute", "feed:pubDate", "", ("zone",))
        )
        memory = learnt_from(
            memory,
            [article],
            zone_minutes=zone,
            fetched_ms=NOON_MS,
            previous_ms=NOON_MS - gap_minutes * MINUTE_MS,
        )
    return memory


@pytest.mark.parametrize(
    ("leads", "east"),
    [
        ([118, 115, 119, 112], 120),
        ([119, 118, 117, 116, 118, 119, 118, 117, 119, 118], 120),
        ([325, 320, 328, 310], 330),
        ([58, 50, 57, 40], 60),
        ([121, 118, 122, 112], 120),
        ([1, 2, 3, 2], None),
        ([118, 115, 119], None),
        ([118, -300, 119, 20, -1000, 60], None),
        ([-2, -5, -1, -8], None),
        ([-242, -250, -241, -244], None),
        ([90, 85, 80, 92], None),
        ([900, 905, 899, 901], None),
        ([118, 115, 119, 112, 500], None),
    ],
)
def test_a_zone_is_learnt_from_arrivals_that_agree(leads: list[int], east: int | None) -> None:
    """Ahead of the clock is proof, behind it is none; too few, too scattered or impossible is not sure."""
    assert learnt_zone(arrived(leads)) == east


def test_a_learnt_zone_holds_and_follows_the_clocks() -> None:
    """What is learnt is used for reading, which must not change what is learnt; in winter the clocks go back."""
    memory = arrived([118, 115, 119, 112, 117, 118])
    assert learnt_zone(memory) == 120
    assert learnt_zone(arrived([58, 55, 59, 52, 57, 58, 51, 56], memory=memory)) == 60


def test_a_document_after_a_long_gap_tells_nothing() -> None:
    """Whoever looks once a day finds items of any age."""
    assert arrived([118, 115, 119, 112], gap_minutes=60).leads == ()


@pytest.mark.parametrize(
    ("raws", "said"),
    [
        (["Wed, 14 Oct 2026 14:00:00 +0200", "2026-10-14T14:05:00+02:00"], 120),
        (["Wed, 14 Oct 2026 08:00:00 -0400", "14 Oct 2026 08:00"], -240),
        (["Wed, 14 Oct 2026 14:00:00 +0200", "Wed, 14 Oct 2026 08:00:00 -0400"], None),
        (["Wed, 14 Oct 2026 12:00:00 GMT", "2026-10-14T12:00:00Z", "Wed, 14 Oct 2026 12:00:00 +0000"], None),
        (["14 Oct 2026 12:00", "2026-10-14"], None),
    ],
)
def test_an_offset_that_the_feed_writes_is_its_own_word(raws: list[str], said: int | None) -> None:
    """A feed that dates one thing with an offset means it of the others too; UTC is what servers write for nobody."""
    memory = learnt_from(
        ZoneMemory(), [dated(raw) for raw in raws], zone_minutes=None, fetched_ms=NOON_MS, previous_ms=None
    )
    assert learnt_zone(memory) == said


def test_a_learnt_zone_is_used_for_times_that_say_none_and_marked() -> None:
    """14:00 in a feed two hours east is 12:00 UTC, and readers are told that the zone was inferred."""
    entry = Entry(title_html="A title", published=RawDate("14 Oct 2026 14:00", "pubDate"))
    other = Entry(title_html="A title", published=RawDate("Wed, 14 Oct 2026 14:00:00 GMT", "pubDate"))
    for subject, at_ms, inferred in ((entry, NOON_MS, ("zone",)), (other, NOON_MS + 120 * MINUTE_MS, ())):
        article = normalize(subject, key="k", origin=Origin(FEED, FEED.url, customs=Customs(zone_minutes=120)))
        assert isinstance(article, Article)
        assert article.published is not None
        assert (article.published.at_ms, article.published.inferred) == (at_ms, inferred)


@given(st.none() | st.integers(-720, 840), st.lists(st.integers(-0x7FFF, 0x7FFF), max_size=8))
def test_a_memory_is_read_back_as_it_was(said: int | None, leads: list[int]) -> None:
    """What was learnt outlives the worker that learnt it."""
    memory = ZoneMemory(said, tuple(leads))
    assert zone_memory_from_bytes(zone_memory_to_bytes(memory)) == memory


@given(st.binary(max_size=40))
def test_any_bytes_are_a_memory(data: bytes) -> None:
    """What another version wrote is no trouble."""
    assert len(zone_memory_from_bytes(data).leads) <= 8
