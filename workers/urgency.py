"""Looks after a feed sooner when a document brought so much that the next may have lost some of it."""

from __future__ import annotations

import structlog

from pipeline.model import RawDocument
from pipeline.stages.planning.budget import polling_schedule
from pipeline.stages.planning.live import hurried_ms
from pipeline.stages.planning.planner import is_urgent
from pipeline.stages.planning.rhythm import Rhythm
from workers.desk import desk

log = structlog.get_logger("workers.urgency")


def look_again_soon(document: RawDocument, rhythm: Rhythm, *, new: int) -> None:
    """Bring the feed of *document* forward where *new* entries at once say that it fills up faster than planned.

    The plan was made before the document was read; what a hub pushed says nothing of how long that took.
    """
    if document.previous_ms is None or document.fetched_ms is None or not is_urgent(rhythm, new=new):
        return
    station = desk()
    feed = station.feeds.get(document.feed_id)
    if feed is None:
        return
    due_ms = hurried_ms(
        feed,
        station.feeds.state(feed.id),
        rhythm,
        new=new,
        previous_ms=document.previous_ms,
        now_ms=document.fetched_ms,
        settings=polling_schedule(station.settings),
    )
    if due_ms is not None and station.feeds.bring_forward({feed.id: due_ms}):
        log.info("hurried", new=new, shown=rhythm.window)
