"""Decides when the memory of an article shrinks to what a late edit needs.

Rule of this file: an article that has been known for two days and is not going back and forth has settled, whether
its feed still shows it or not. Nearly all edits come within a day; a later one is still a revision, with its number,
but only the fields that a reader sees are compared from then on, and when it was first seen is known to the second.
"""

from __future__ import annotations

from pipeline.model import Known
from pipeline.stages.digests import SETTLED_BYTES, settled_digests

AFTER_DAYS = 2
"""Articles published or revised this many days ago have settled."""

_DAY_MS = 86_400_000
_SECOND_MS = 1_000


def is_settled(known: Known) -> bool:
    """Tell whether *known* has settled already."""
    return len(known.digests) == SETTLED_BYTES


def settled(known: Known, today: int) -> Known:
    """Give *known* as it is to be remembered from *today* (days since the epoch) on: shrunk, if its time has come.

    Not while it is held back for its page (revision 0) or goes back and forth between two contents.
    """
    last_day = max(known.discovered_ms // _DAY_MS, known.revised_day)
    if is_settled(known) or not known.revision or known.returns or today - last_day < AFTER_DAYS:
        return known
    return Known(
        known.revision,
        known.discovered_ms - known.discovered_ms % _SECOND_MS,
        known.shown_day,
        settled_digests(known.digests),
    )
