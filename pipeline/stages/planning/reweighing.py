"""Decides how much sooner a feed is due whose entries count more from now on."""

from __future__ import annotations

from math import sqrt

from pipeline.model import FeedState
from pipeline.settings import ScheduleSettings
from pipeline.stages.bounds import not_before_ms

# A feed due this soon is being polled already, and stands at the end of its lease; or it will be at once.
_AT_ONCE_MS = 60_000


def sooner_ms(
    due_ms: int, state: FeedState, *, before: float, after: float, settings: ScheduleSettings, now_ms: int
) -> int:
    """Return when the feed of *state*, due at *due_ms*, is due now that it weighs *after* instead of *before*.

    The wait shrinks as the distance of its polls will, which goes with the root; never below what host, document and
    operator ask for. A wait that failures imposed is not shortened, nor is any that is nearly over.
    """
    wait_ms = due_ms - now_ms
    if after <= before or wait_ms <= _AT_ONCE_MS or state.failures or state.polled_ms is None:
        return due_ms
    earliest_ms = state.polled_ms + round(settings.min_interval_seconds * 1000)
    longest_ms = round(settings.max_interval_seconds * 1000)
    allowed_ms = not_before_ms(state, earliest_ms, now_ms=state.polled_ms, longest_ms=longest_ms, phase_ms=0)
    return min(due_ms, max(now_ms + round(wait_ms * sqrt(before / after)), allowed_ms))
