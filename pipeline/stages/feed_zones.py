"""Learns the zone in which a feed writes times that say none, from its other dates and from its arrivals.

Rules of this file: an offset that the feed writes elsewhere is its own word. Else a time ahead of the moment at which
it arrived was written east of UTC, and by how much is told by several arrivals that agree; a time that lies behind
proves nothing, for the item may be old. What is not sure is not learnt: no zone is better than a wrong one.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.model import Article, ArticleDate

_OFFSET = re.compile(r"(?<=[0-9])\s?([+-])([0-9]{2}):?([0-9]{2})$")
_MOST_KEPT = 8
_ENOUGH = 4
# An item is found this long after it was written, at most, where its lead tells its zone: polls are minutes apart.
_LAG_MINUTES = 25
_SKEW_MINUTES = 5  # as far ahead as the clocks of publishers go
_LONGEST_GAP_MS = 1_800_000
# Clocks east of UTC: the whole hours, and India. Those of other half hours cannot be told from a slow publisher's.
_EAST = (60, 120, 180, 240, 300, 330, 360, 420, 480, 540, 600, 660, 720, 780)
_NOTHING_SAID = -0x8000
_LAYOUT = struct.Struct(">Bh")
_VERSION = 1


@dataclass(frozen=True, slots=True)
class ZoneMemory:
    """What tells a feed's zone: the offset (minutes east) that all its dates with one agree on, and the leads.

    A lead is by how many minutes the newest time without a zone, read as UTC, was ahead of its document; the latest
    few, oldest first.
    """

    said_minutes: int | None = None
    leads: tuple[int, ...] = ()


def learnt_zone(memory: ZoneMemory) -> int | None:
    """Give how far east of UTC, in minutes, the feed's times without a zone are; None where that is not sure."""
    if memory.said_minutes is not None:
        return memory.said_minutes
    if len(memory.leads) < _ENOUGH or max(memory.leads) <= _SKEW_MINUTES:
        return None
    top = max(memory.leads)
    east = next((minutes for minutes in _EAST if minutes >= top - _SKEW_MINUTES), None)
    if east is None or sum(east - lead <= _LAG_MINUTES for lead in memory.leads) < _ENOUGH:
        return None
    return east


def tells_zone(articles: Sequence[Article]) -> bool:
    """Tell whether *articles* hold what a zone is learnt for: a time without one. Nearly all feeds write none."""
    return any(_is_unsaid(date) for article in articles for date in (article.published, article.updated))


def learnt_from(
    memory: ZoneMemory,
    articles: Sequence[Article],
    *,
    zone_minutes: int | None,
    fetched_ms: int,
    previous_ms: int | None,
) -> ZoneMemory:
    """Give *memory* with what the new *articles* of one document tell, which were read in the zone *zone_minutes*.

    The document was fetched at *fetched_ms*, the one before at *previous_ms* (None: there was none, so nothing is
    known of when its articles arrived).
    """
    dates = [date for article in articles for date in (article.published, article.updated) if date is not None]
    offsets = {offset for date in dates if (offset := _offset(date)) is not None}
    if len(offsets) == 1:
        memory = replace(memory, said_minutes=offsets.pop())
    elif offsets:  # it writes in the zones of its authors: none of them is its own
        memory = replace(memory, said_minutes=None)
    unsaid = [date.at_ms for date in dates if _is_unsaid(date)]
    if not unsaid or previous_ms is None or fetched_ms - previous_ms > _LONGEST_GAP_MS:
        return memory
    lead = round((max(unsaid) - fetched_ms) / 60_000) + (zone_minutes or 0)
    return replace(memory, leads=(*memory.leads, _bounded(lead))[-_MOST_KEPT:])


def _is_unsaid(date: ArticleDate | None) -> bool:
    return date is not None and "zone" in date.inferred and date.precision != "day"


def _offset(date: ArticleDate) -> int | None:
    """The numeric offset that *date* says itself, in minutes east; None for none, and for UTC, which says nothing."""
    match = None if date.inferred else _OFFSET.search(date.raw)
    if match is None:
        return None
    minutes = int(match[2]) * 60 + int(match[3])
    return (-minutes if match[1] == "-" else minutes) or None


def zone_memory_to_bytes(memory: ZoneMemory) -> bytes:
    """Write *memory* as bytes: three, and two for each lead."""
    said = _NOTHING_SAID if memory.said_minutes is None else memory.said_minutes
    return _LAYOUT.pack(_VERSION, said) + struct.pack(f">{len(memory.leads)}h", *memory.leads)


def zone_memory_from_bytes(data: bytes) -> ZoneMemory:
    """Read what `zone_memory_to_bytes` wrote; an empty memory for anything else."""
    if len(data) < _LAYOUT.size or data[0] != _VERSION or len(data) % 2 != _LAYOUT.size % 2:
        return ZoneMemory()
    _, said = _LAYOUT.unpack_from(data)
    leads = struct.unpack(f">{(len(data) - _LAYOUT.size) // 2}h", data[_LAYOUT.size :])
    return ZoneMemory(None if said == _NOTHING_SAID else said, leads[-_MOST_KEPT:])


def _bounded(minutes: int) -> int:
    return max(-0x7FFF, min(minutes, 0x7FFF))
