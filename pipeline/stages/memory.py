"""Decides what becomes of the memory of articles: what has settled is shrunk, what is long gone is forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.model import Known, Tidied
from pipeline.stages.seen_records import WEEK_DAYS, pack, unpack
from pipeline.stages.settling import is_settled, settled


def newest_day(memory: Iterable[tuple[bytes, bytes]], *, today: int) -> int:
    """The day on which a feed last showed anything, by *memory*, pairs of seen id and record; 0 where it is empty.

    Read no further than *today* (days since the epoch) is found.
    """
    newest = 0
    for _, record in memory:
        newest = max(newest, _first_possible(unpack(record)))
        if newest >= today:
            break
    return newest


def tidied(memory: Sequence[tuple[bytes, bytes]], *, newest_day: int, window_days: int, today: int) -> list[Tidied]:
    """What is to be forgotten or shrunk of *memory*, pairs of seen id and record of one feed.

    The feed last showed anything on *newest_day*; what it showed last *window_days* before that is forgotten. Days
    are counted back from then, not from *today*: the articles of a feed that has been silent or unreachable for a
    year are all still known when it comes back.
    """
    changes = []
    for seen_id, record in memory:
        known = unpack(record)
        if known.shown_day < newest_day - window_days:
            changes.append(Tidied(seen_id, record))
        elif (shrunk := settled(known, today)) is not known:
            changes.append(Tidied(seen_id, record, pack(shrunk)))
    return changes


def _first_possible(known: Known) -> int:
    """The first day on which *known* may have been shown last."""
    return known.shown_day - (WEEK_DAYS - 1 if is_settled(known) else 0)
