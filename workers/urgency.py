"""Looks after a feed sooner when a document brought so much that the next may have lost some of it."""

from __future__ import annotations

import structlog

from pipeline.model import RawDocument
from pipeline.stages.planning.budget import polling_schedule
from pipeline.stages.planning.sooner import hurried_due_ms
from workers.desk import desk

log = structlog.get_logger("workers.urgency")


def look_again_soon(document: RawDocument, soon_seconds: float | None) -> None:
    """Bring the feed of *document* forward to *soon_seconds*, for its plan was made before that was read.

    None: its plan holds.
    """
    if soon_seconds is None or document.fetched_ms is None:
        return
    station = desk()
    feed = station.feeds.get(document.feed_id)
    if feed is None:
        return
    state, schedule = station.feeds.state(feed.id), polling_schedule(station.settings)
    due_ms = hurried_due_ms(feed, state, round(soon_seconds * 1000), polled_ms=document.fetched_ms, settings=schedule)
    if due_ms is not None and station.feeds.bring_forward({feed.id: due_ms}):
        log.info("hurried", due_ms=due_ms)
