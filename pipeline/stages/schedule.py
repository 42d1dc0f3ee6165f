"""Decides when a feed is polled next.

Rules of this file: the same feed, outcome and time give the same answer, so a restart moves nothing and needs no
memory; what looks like chance (phase, jitter) comes from the feed's id.
"""

from __future__ import annotations

from hashlib import blake2b

from pipeline.model import Feed, FeedState, Fresh, Gone, Outcome, Refused, Unchanged
from pipeline.settings import ScheduleSettings
from pipeline.stages.bounds import not_before_ms
from pipeline.stages.planning.policy import SimulatorPolicy

__all__ = ["SimulatorPolicy", "next_due_ms", "regular_due_ms"]

# A 410 means "for good", yet people do say it by mistake: we look again once a week.
_GONE_INTERVAL_MS = 7 * 24 * 3600 * 1000
# Beyond 2**32 intervals every cap is long reached; without a bound the power itself would grow for ever.
_MOST_DOUBLINGS = 32
# A poll that ended less than a tenth of an interval late still takes the very next slot; a later one skips it, for
# no host should be asked twice within one interval.
_LEAST_SHARE = 0.9
# Back-off waits between 3/4 and all of its time, so that feeds that failed together do not return together.
_JITTER = 0.25


def next_due_ms(feed: Feed, outcome: Outcome, *, settings: ScheduleSettings, now_ms: int) -> int:
    """When *feed* is due again, after *outcome* at *now_ms*; always later than *now_ms*.

    The plan decides, and what host and document asked for is a bound below it (`bounds.py`).
    """
    interval_ms = _interval_ms(feed, settings)
    longest_ms = max(_milliseconds(settings.max_interval_seconds), interval_ms)
    number = _number(feed)
    return not_before_ms(
        outcome.state,
        _planned_ms(number, outcome, interval_ms=interval_ms, longest_ms=longest_ms, now_ms=now_ms),
        now_ms=now_ms,
        longest_ms=longest_ms,
        phase_ms=number % interval_ms,
    )


def regular_due_ms(feed: Feed, state: FeedState, *, settings: ScheduleSettings, now_ms: int) -> int | None:
    """When *feed* is due by its interval alone, were it polled now; None where that may not shorten its wait.

    So it is with a feed that is paused, that was never polled, or that waits because polls failed.
    """
    if feed.paused or state.failures or state.polled_ms is None:
        return None
    return next_due_ms(feed, Unchanged(state, "status"), settings=settings, now_ms=now_ms)


def _planned_ms(number: int, outcome: Outcome, *, interval_ms: int, longest_ms: int, now_ms: int) -> int:
    """When we would like to poll the feed next whose own number is *number*.

    - Answered: the first of the feed's slots (its phase plus any number of intervals) at least 0.9 intervals away.
      Polls that come in time are exactly one interval apart; one out of turn (the first, or by hand) is followed
      by the next after 0.9 to 1.9 intervals. So no feed is polled twice within one interval.
    - Refused: `2 ** failures` intervals, at most `max_interval_seconds`, less up to a quarter by the feed's id; and
      never before the wait that the host asked for, even where that is longer than `max_interval_seconds`.
    - Gone: a week.
    """
    match outcome:
        case Fresh() | Unchanged():
            earliest_ms = now_ms + round(interval_ms * _LEAST_SHARE)
            return _slot_after(earliest_ms, phase=number % interval_ms, interval=interval_ms)
        case Refused(state=state, retry_after_ms=retry_after_ms):
            delay_ms = min(interval_ms << min(state.failures, _MOST_DOUBLINGS), longest_ms)
            spread = number / 2**64
            backed_off_ms = max(1, round(delay_ms * (1 - _JITTER * spread)))
            # The hosts' wait is a lower bound, so here the spread may only add.
            asked_ms = 0 if retry_after_ms is None else retry_after_ms + round(interval_ms * spread)
            return now_ms + max(backed_off_ms, asked_ms)
        case Gone():
            return now_ms + _GONE_INTERVAL_MS


def _slot_after(earliest_ms: int, *, phase: int, interval: int) -> int:
    """Find the first moment at or after *earliest_ms* that is *phase* plus a whole number of *interval*s (ms)."""
    return earliest_ms + (phase - earliest_ms) % interval


def _interval_ms(feed: Feed, settings: ScheduleSettings) -> int:
    """Return the feed's own interval, else the common one, within the bounds of the settings; at least 1 ms."""
    wanted = settings.interval_seconds if feed.interval_seconds is None else feed.interval_seconds
    return _milliseconds(min(max(wanted, settings.min_interval_seconds), settings.max_interval_seconds))


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))


def _number(feed: Feed) -> int:
    """Return a number from 0 to 2**64 - 1 that is the feed's own, evenly spread over all feeds."""
    return int.from_bytes(blake2b(feed.id.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
