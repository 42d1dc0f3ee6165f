"""The wire: the JSON that subscribers read."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import Article, ArticleDate, Attachment, FeedReference
from pipeline.wire import (
    article_from_json,
    article_to_dict,
    article_to_json,
    ms_from_rfc3339,
    rfc3339,
)

GOLDEN = Path(__file__).resolve().parent / "golden" / "article.json"

FULL = Article(
    id="00112233445566778899aabbccddeeff",
    feed=FeedReference("0123456789abcdef", "https://example.org/feed.xml", "Beispiel"),
    url="https://example.org/nachrichten/fluss",
    source_url="https://example.org/r?u=fluss&from=rss",
    title='Der Fluß steigt \u2013 «Übung» "heute" 🌊',
    summary="Pegel über sechs Meter.",
    text="Erster Absatz.\n\nZweiter Absatz\\Ende.",
    html="<p>Erster Absatz.</p>\n<p>Zweiter Absatz\\Ende.</p>",
    authors=("Ann Meyer", "Zoë"),
    categories=("Region", "Wetter"),
    language="de-AT",
    language_source="page",
    published=ArticleDate(1_444_402_440_250, "second", "feed:pubDate", "Fri, 09 Oct 2015 14:54:00.25 +0000"),
    updated=ArticleDate(1_444_435_200_000, "day", "text", "10. Oktober", ("year", "zone")),
    image="https://example.org/fluss.jpg",
    attachments=(
        Attachment("https://example.org/fluss.mp3", "audio/mpeg", 123_456),
        Attachment("https://example.org/fluss.pdf"),
    ),
    also_in=(FeedReference("fedcba9876543210", "https://example.net/atom"),),
    near_duplicate_of="ffeeddccbbaa99887766554433221100",
    story="0f" * 16,
    similarity=0.875,
    related=("Brücke gesperrt", "Schulen zu"),
    problems=("charset: said utf-8, is windows-1252",),
    kind="revised",
    revision=2,
    changed=("title", "published"),
    discovered_ms=1_444_402_501_007,
    accepted_ms=1_444_456_800_000,
)
BARE = Article(id="00" * 16, feed=FeedReference("00" * 8, "https://example.org/feed"))


# --- Instants -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1_444_402_440_000, "2015-10-09T14:54:00Z"),
        (1_444_402_440_250, "2015-10-09T14:54:00.250Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
    ],
)
def test_an_instant_shows_milliseconds_only_when_it_has_some(ms: int, text: str) -> None:
    """Instants are compared as text by many subscribers: one instant has one form."""
    assert rfc3339(ms) == text
    assert ms_from_rfc3339(text) == ms


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999))
def test_every_instant_of_the_calendar_comes_back(ms: int) -> None:
    """Years 1 to 9999 survive the wire to the millisecond."""
    assert ms_from_rfc3339(rfc3339(ms)) == ms


@given(st.datetimes(datetime(1970, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001 - UTC is drawn
def test_finer_fractions_are_cut(instant: datetime) -> None:
    """Other writers show microseconds: they are read, and rounded to no later moment."""
    assert ms_from_rfc3339(instant.isoformat()) == ms_from_rfc3339(instant.isoformat(timespec="milliseconds"))


@pytest.mark.parametrize(
    "text", ["", "2015-10-09", "2015-10-09T14:54:00", "2015-13-09T14:54:00Z", "20151009T145400Z", "x"]
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    """A reader that guesses a zone shifts every article of its archive."""
    with pytest.raises(ValueError, match=r"\S"):
        ms_from_rfc3339(text)


@given(st.text())
def test_any_text_is_an_instant_or_a_value_error(text: str) -> None:
    """Readers of the stream catch one kind of error."""
    with pytest.raises(ValueError, match=r"\S"):
        ms_from_rfc3339(f"{text}?")


# --- Articles -----------------------------------------------------------------------------------------------------


def test_an_article_is_written_as_the_golden_file_says() -> None:
    """The golden file is the contract: names, order and forms; a difference here breaks every subscriber."""
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    written = article_to_dict(FULL)

    assert written == golden
    assert list(written) == list(golden)
    assert list(json.loads(article_to_json(FULL))["published"]) == list(golden["published"])


def test_the_golden_file_is_read_back_whole() -> None:
    """The file fills every field, so a field forgotten by the reader is seen."""
    assert article_from_json(GOLDEN.read_bytes()) == FULL
    assert all(getattr(FULL, field.name) != field.default for field in fields(Article))


def test_json_is_compact_and_not_escaped() -> None:
    """The stream is kept in memory: a Cyrillic article must not take six bytes a letter."""
    text = article_to_json(FULL)

    assert "Fluß" in text
    assert "🌊" in text
    assert "\n" not in text
    assert '": ' not in text


def test_what_is_not_known_is_null_or_empty_and_always_there() -> None:
    """Subscribers index fields without asking whether they exist."""
    written = article_to_dict(BARE)

    assert list(written) == list(article_to_dict(FULL))
    assert [name for name, value in written.items() if value == []] == [
        *("changed", "authors", "categories", "attachments", "also_in", "related", "problems"),
    ]
    assert article_from_json(article_to_json(BARE)) == BARE


def test_fields_of_a_later_version_are_ignored() -> None:
    """New fields are added to the schema without breaking yesterday's subscribers."""
    later = {
        **article_to_dict(FULL),
        "mood": "calm",
        "feed": {**json.loads(GOLDEN.read_text("utf-8"))["feed"], "x": 1},
    }

    assert article_from_json(json.dumps(later)) == FULL


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": "newswire.article/2"}, "newswire.article/2"),
        ({"schema": None}, "schema is None"),
        ({"id": None}, "'id'"),
        ({"feed": None}, "'feed'"),
        ({"feed": "x"}, "'feed'"),
        ({"title": 5}, "'title'"),
        ({"revision": "2"}, "'revision'"),
        ({"revision": True}, "'revision'"),
        ({"similarity": "high"}, "'similarity'"),
        ({"kind": "odd"}, "'kind'"),
        ({"authors": "Ann"}, "'authors'"),
        ({"authors": [1]}, "'authors'"),
        ({"attachments": [1]}, "not a JSON object"),
        ({"published": []}, "'published'"),
        ({"discovered_at": "today"}, "today"),
    ],
)
def test_what_is_no_article_is_refused_with_its_reason(change: dict[str, object], said: str) -> None:
    """An error that names field and value is repaired in a minute."""
    with pytest.raises(ValueError, match=said):
        article_from_json(json.dumps({**article_to_dict(FULL), **change}))


@pytest.mark.parametrize("text", ["", "[]", "null", "{", b"\xff", "{}"])
def test_what_is_no_json_object_is_refused(text: str | bytes) -> None:
    """A foreign entry in the stream is a value error like any other."""
    with pytest.raises(ValueError, match=r"\S"):
        article_from_json(text)


_WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_MAYBE = st.none() | _WORDS
_LISTS = st.lists(_WORDS, max_size=3).map(tuple)
_MS = st.integers(0, 253_402_300_799_999)
_DATES = st.none() | st.builds(
    ArticleDate,
    at_ms=_MS,
    precision=st.sampled_from(["second", "minute", "day"]),
    source=_WORDS,
    raw=_WORDS,
    inferred=st.sampled_from([(), ("year",), ("zone",), ("year", "zone")]),
)
_REFERENCES = st.builds(FeedReference, id=_WORDS, url=_WORDS, title=_MAYBE)
_ARTICLES = st.builds(
    Article,
    id=_WORDS,
    feed=_REFERENCES,
    title=_MAYBE,
    text=_MAYBE,
    authors=_LISTS,
    language_source=st.sampled_from([None, "feed", "page", "detected"]),
    published=_DATES,
    updated=_DATES,
    attachments=st.lists(
        st.builds(Attachment, url=_WORDS, type=_MAYBE, bytes=st.none() | st.integers(0)), max_size=2
    ).map(tuple),
    also_in=st.lists(_REFERENCES, max_size=2).map(tuple),
    similarity=st.none() | st.floats(0, 1),
    kind=st.sampled_from(["new", "revised", "withdrawn"]),
    revision=st.integers(1, 70_000),
    changed=_LISTS,
    discovered_ms=st.none() | _MS,
    accepted_ms=st.none() | _MS,
)


@given(_ARTICLES)
def test_every_article_comes_back_as_it_was(article: Article) -> None:
    """Archives are rebuilt from the stream: nothing may be lost or changed on the way."""
    assert article_from_json(article_to_json(article).encode()) == article


def test_no_number_that_is_no_number_reaches_the_wire() -> None:
    """NaN is no JSON (RFC 8259 section 6): one such article would stop every strict reader."""
    with pytest.raises(ValueError, match="JSON"):
        article_to_json(replace(BARE, similarity=float("nan")))
