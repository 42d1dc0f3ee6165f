"""What a worker tells of a feed's health once it has read a document of it."""

from __future__ import annotations

import structlog

from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.health import HealthStore
from pipeline.model import RawDocument, Reading, Unreadable
from pipeline.stages.encoding import Damaged, unpack
from pipeline.stages.health import after_reading, alert_of, gap_alert

log = structlog.get_logger("workers.diagnosis")

_TRIES = 5
_PAGE_BYTES = 4 * 1024 * 1024


def note_reading(
    health: HealthStore, feeds: FeedStore, document: RawDocument, said: Reading | Unreadable, *, now_ms: int
) -> None:
    """Note in the feed's *health* what *said* of its *document* means, and announce a change once.

    Safe to repeat. When the daemon changes the record at the same moment, the new record is judged again.
    """
    page = _page(document) if isinstance(said, Unreadable) else b""
    for _ in range(_TRIES):
        known = health.get(document.feed_id)
        judged = after_reading(known, said, page, now_ms=now_ms)
        if judged == known:
            return
        feed = feeds.get(document.feed_id)
        if feed is None:  # removed meanwhile
            return
        alert = alert_of(feed, known, judged)
        if health.change(feed.id, known, judged, alert):
            if alert is not None:
                log.warning("health_changed", feed=feed.id, before=alert.before, after=alert.after, why=alert.why)
            return


def note_gap(health: HealthStore, document: RawDocument, *, entries: int, walked_back: bool, now_ms: int) -> None:
    """Announce that *document* showed nothing known of its feed, and whether its older pages are *walked_back*."""
    alert = gap_alert(document.feed_id, document.url, entries=entries, walked_back=walked_back, now_ms=now_ms)
    health.announce_gap(alert)


def _page(document: RawDocument) -> bytes:
    """The beginning of a document that is no feed; what cannot be unpacked is taken as it came."""
    unpacked = unpack(document.body, document.content_encoding, limit_bytes=_PAGE_BYTES)
    return document.body if isinstance(unpacked, Damaged) else unpacked
