"""Decides how long a feed must be left alone, whatever the plan says: what its host and its document asked for.

Rules of this file: every bound is a lower one; each but the host's own Retry-After ends with the operator's longest
interval, so that no feed can silence itself; at the end of a common pause feeds come back one after another.
"""

from __future__ import annotations

from pipeline.model import FeedState, Hints

_HOUR_MS = 3600 * 1000
_DAY_MS = 24 * _HOUR_MS
_HOURS_OF_A_WEEK = 7 * 24
# 1 January 1970 was a Thursday: day 3 of a week that begins on Monday.
_WEEKDAY_OF_THE_EPOCH = 3


def not_before_ms(state: FeedState, planned_ms: int, *, now_ms: int, longest_ms: int, phase_ms: int) -> int:
    """When the feed of *state* may be polled: *planned_ms*, or as much later as was asked for.

    - freshness (Cache-Control, Expires) and `ttl`, `sy:*`, counted from now, at most *longest_ms* from now;
    - not in `skipHours` or `skipDays`, unless they last longer than that;
    - Retry-After, in full: it was read with a limit of its own.

    *phase_ms* is the feed's own share of its interval: added where many feeds would otherwise wake at once.
    """
    latest_ms = now_ms + longest_ms
    asked_ms = max(state.fresh_until_ms or 0, _worth_a_look_ms(state.hints, now_ms=now_ms, phase_ms=phase_ms))
    due_ms = max(planned_ms, min(asked_ms, latest_ms))
    open_ms = _outside_skipped_ms(state.hints, due_ms, phase_ms=phase_ms)
    return max(min(open_ms, max(due_ms, latest_ms)), state.wait_until_ms or 0)


def _worth_a_look_ms(hints: Hints, *, now_ms: int, phase_ms: int) -> int:
    """The first moment at which the document, just read, says that there may be something new.

    A period with a base names the moments of publication: the next one counts, however near it is.
    """
    ttl_ms = now_ms + hints.ttl_ms if hints.ttl_ms > 0 else 0
    if hints.update_period_ms <= 0:
        return ttl_ms
    if hints.update_base_ms is None:
        return max(ttl_ms, now_ms + hints.update_period_ms)
    next_ms = now_ms + 1 + (hints.update_base_ms - now_ms - 1) % hints.update_period_ms
    return max(ttl_ms, next_ms + phase_ms)


def _outside_skipped_ms(hints: Hints, at_ms: int, *, phase_ms: int) -> int:
    """The first moment from *at_ms* on that is in none of the hours and days to skip; *at_ms* when there is none."""
    if not (hints.skip_hours or hints.skip_days) or not _is_skipped(hints, at_ms):
        return at_ms
    hour_ms = at_ms - at_ms % _HOUR_MS
    for number in range(1, _HOURS_OF_A_WEEK + 1):
        open_ms = hour_ms + number * _HOUR_MS
        if not _is_skipped(hints, open_ms):
            return open_ms + phase_ms % _HOUR_MS
    return at_ms


def _is_skipped(hints: Hints, at_ms: int) -> bool:
    hour = at_ms % _DAY_MS // _HOUR_MS
    day = (at_ms // _DAY_MS + _WEEKDAY_OF_THE_EPOCH) % 7
    return bool(hints.skip_hours >> hour & 1 or hints.skip_days >> day & 1)
