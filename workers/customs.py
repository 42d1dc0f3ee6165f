"""What a worker knows of a feed beyond its documents, and learns from each of them."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model import Article, RawDocument
from pipeline.stages.customs import Customs, tracking_of
from pipeline.stages.feed_zones import (
    learnt_from,
    learnt_zone,
    tells_zone,
    zone_memory_from_bytes,
    zone_memory_to_bytes,
)
from workers.desk import desk


def customs_of(feed_id: str) -> Customs:
    """Give what is known now of how the feed writes."""
    station = desk()
    memory = zone_memory_from_bytes(station.zones.zone(feed_id))
    return Customs(learnt_zone(memory), tracking_of(station.settings.articles.tracking_parameters))


def note_zone(document: RawDocument, articles: Sequence[Article]) -> None:
    """Learn the feed's zone from the new *articles* that *document* brought.

    A document that is read again after a crash has nothing new; one of yesterday tells nothing of when it arrived.
    """
    if document.fetched_ms is None or document.is_history or not tells_zone(articles):
        return
    kept = desk().zones.zone(document.feed_id)
    memory = zone_memory_from_bytes(kept)
    told = zone_memory_to_bytes(
        learnt_from(
            memory,
            articles,
            zone_minutes=learnt_zone(memory),
            fetched_ms=document.fetched_ms,
            previous_ms=document.previous_ms,
        )
    )
    if told != (kept or zone_memory_to_bytes(memory)):
        desk().zones.keep_zone(document.feed_id, told)
