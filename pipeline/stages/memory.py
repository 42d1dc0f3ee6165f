"""Decides which articles may be forgotten: those their own feed has long ceased to show."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.stages.seen_records import unpack


def forgettable(memory: Sequence[tuple[bytes, bytes]], *, window_days: int) -> list[bytes]:
    """The seen ids of *memory*, pairs of seen id and record of one feed, last shown *window_days* before its newest.

    Days are counted back from the day the feed last showed anything, not from today: the articles of a feed that
    has been silent or unreachable for a year are all still known when it comes back.
    """
    shown = [(seen_id, unpack(record).shown_day) for seen_id, record in memory]
    newest = max((day for _, day in shown), default=0)
    return [seen_id for seen_id, day in shown if day < newest - window_days]
