"""What a worker tells of a feed's posting once it has published what a document brought."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pipeline.adapters.rhythms import RhythmStore
from pipeline.model import Article, RawDocument
from pipeline.stages.latency import counted
from pipeline.stages.planning.packing import rhythm_from_bytes, rhythm_to_bytes
from pipeline.stages.planning.planner import hurried
from pipeline.stages.planning.rhythm import begun, learned


def note_arrivals(
    rhythms: RhythmStore, document: RawDocument, articles: Sequence[Article], *, told: Collection[str], shown: int
) -> float | None:
    """Add to the rhythm of the feed the *articles* new to it that *document* brought, when each was published.

    *shown* is how many entries the document shows in all. Returns when to poll again at the latest (seconds), None
    where the plan holds.

    One that another feed of its site told of before is as much a habit of this feed as the others; but how late we
    were is counted only of those that were *told* now, by id.

    A document that is read again after a crash counts twice at worst, and one of yesterday not at all: a rhythm is a
    habit, not an account.
    """
    if document.fetched_ms is None or document.is_history or not articles:
        return None
    now, window = document.fetched_ms / 1000, 0 if document.is_delta else shown
    dates = [_seconds(article) for article in articles]
    kept = rhythms.rhythm(document.feed_id)
    rhythm = rhythm_from_bytes(kept) if kept else None
    if rhythm is None or document.previous_ms is None:
        rhythm, soon = begun(dates, now_seconds=now, shown=window), None
    else:
        previous = document.previous_ms / 1000
        rhythm = learned(rhythm, dates, previous_seconds=previous, now_seconds=now, shown=window)
        soon = hurried(rhythm, dates, previous_seconds=previous, now_seconds=now)
        ages = [
            now - date
            for article, date in zip(articles, dates, strict=True)
            if date is not None and article.id in told
        ]
        if counters := counted(ages, rhythm.visibility):
            rhythms.count_latencies(document.feed_id, counters)
    rhythms.keep_rhythm(document.feed_id, rhythm_to_bytes(rhythm, now_seconds=now))
    return soon


def _seconds(article: Article) -> float | None:
    """When *article* was published; None if only the day is known."""
    published = article.published
    return None if published is None or published.precision == "day" else published.at_ms / 1000
