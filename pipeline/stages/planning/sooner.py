"""Decides how much sooner than planned a feed is due: its entries count more now, or came faster than expected.

What host, document and operator ask for is a bound below both (`bounds.py`).
"""

from __future__ import annotations

from math import sqrt

from pipeline.model import Feed, FeedState
from pipeline.settings import ScheduleSettings
from pipeline.stages.bounds import not_before_ms
from pipeline.stages.planning.live import is_planned

# A feed due this soon is being polled already, and stands at the end of its lease; or it will be at once.
_AT_ONCE_MS = 60_000


def reweighed_due_ms(
    due_ms: int, state: FeedState, *, before: float, after: float, settings: ScheduleSettings, now_ms: int
) -> int:
    """Return when the feed of *state*, due at *due_ms*, is due now that it weighs *after* instead of *before*.

    The wait shrinks as the distance of its polls will, which goes with the root. A wait that failures imposed is not
    shortened, nor is any that is nearly over.
    """
    wait_ms = due_ms - now_ms
    if after <= before or wait_ms <= _AT_ONCE_MS or state.failures or state.polled_ms is None:
        return due_ms
    wanted_ms = now_ms + round(wait_ms * sqrt(before / after))
    return min(due_ms, _allowed_ms(state, wanted_ms, polled_ms=state.polled_ms, settings=settings))


def hurried_due_ms(
    feed: Feed, state: FeedState, wanted_ms: int, *, polled_ms: int, settings: ScheduleSettings
) -> int | None:
    """Return when *feed*, last polled at *polled_ms*, is due if wanted at *wanted_ms*; None where it has no plan."""
    if not is_planned(feed, settings):
        return None
    return _allowed_ms(state, wanted_ms, polled_ms=polled_ms, settings=settings)


def _allowed_ms(state: FeedState, wanted_ms: int, *, polled_ms: int, settings: ScheduleSettings) -> int:
    earliest_ms = polled_ms + round(settings.min_interval_seconds * 1000)
    longest_ms = round(settings.max_interval_seconds * 1000)
    return not_before_ms(state, max(wanted_ms, earliest_ms), now_ms=polled_ms, longest_ms=longest_ms, phase_ms=0)
