"""Decides when a polled feed is due: by the plan of its rhythm, or at its fixed interval where there is none.

The fixed interval holds for a feed that has an interval of its own (the operator's word), that failed, or of which no
document was read yet; and wherever the interval is too short for plans that are made in minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

from pipeline.model import Feed, FeedState, Fresh, Lease, Outcome, Unchanged
from pipeline.settings import ScheduleSettings
from pipeline.stages.bounds import not_before_ms
from pipeline.stages.planning.packing import plan_from_bytes, plan_to_bytes, rhythm_from_bytes
from pipeline.stages.planning.planner import Bounds, Moment, next_poll
from pipeline.stages.schedule import next_due_ms

_SHORTEST_PLANNED_SECONDS = 120.0

# A document sent in full costs both sides twice a short answer: sqrt(1/2), seven polls instead of ten.
_FULL_ANSWER_WEIGHT = 0.5

SPREAD_SECONDS = 10
"""Many pollers come at the full minute; each of our feeds stays its own few seconds behind it."""


@dataclass(frozen=True, slots=True)
class Decision:
    """When a feed is due, and the packed plan that says so where it has to be kept anew."""

    due_ms: int
    plan: bytes | None = None


def decided(
    lease: Lease, outcome: Outcome, *, settings: ScheduleSettings, price: float, now_ms: int, weight: float = 1.0
) -> Decision:
    """Return when the feed of *lease* is due after *outcome* at *now_ms*; *price* is that of a request now.

    *weight* is what the operator says that an entry of this feed counts (`weights.py`).
    What host and document asked for is a bound below the plan (`bounds.py`), as it is below the interval.
    """
    rhythm = rhythm_from_bytes(lease.rhythm) if lease.rhythm and is_planned(lease.feed, settings) else None
    if rhythm is None or not isinstance(outcome, Fresh | Unchanged):
        return Decision(next_due_ms(lease.feed, outcome, settings=settings, now_ms=now_ms))
    plan = plan_from_bytes(lease.plan) if lease.plan else None
    # The first plan is made at a price that knows nothing yet of this feed, or of the whole list: it is looked at
    # again after one interval, for a plan of long pauses would not be asked before its first pause is over.
    longest_seconds = settings.max_interval_seconds if plan else settings.interval_seconds
    bounds = Bounds(settings.min_interval_seconds, longest_seconds)
    phase_ms = crc32(lease.feed.id.encode("utf-8", "surrogatepass"))
    longest_ms = round(settings.max_interval_seconds * 1000)

    def allowed_ms(planned_ms: int) -> int:
        return not_before_ms(
            outcome.state,
            planned_ms,
            now_ms=now_ms,
            longest_ms=longest_ms,
            phase_ms=phase_ms % max(1, round(settings.interval_seconds * 1000)),
        )

    moment = Moment(now_ms / 1000, price, allowed_ms(now_ms) / 1000)
    planned = next_poll(plan, rhythm, moment, bounds=bounds, weight=weight * answer_weight(outcome.state))
    due_ms = allowed_ms(round(planned.due_seconds * 1000) + phase_ms % (1000 * SPREAD_SECONDS))
    return Decision(due_ms, None if planned.plan is plan else plan_to_bytes(planned.plan))


def answer_weight(state: FeedState) -> float:
    """Return what a feed's entries weigh against the cost of asking for them: less where each answer is a full one.

    A host that gives a validator can answer "not modified" in a line (RFC 9110, section 13); one that gives none, or
    one that was caught lying, sends the whole document each time.
    """
    is_conditional = state.lying_validator is None and (state.etag is not None or state.last_modified is not None)
    return 1.0 if is_conditional else _FULL_ANSWER_WEIGHT


def is_planned(feed: Feed, settings: ScheduleSettings) -> bool:
    """Say whether *feed* is polled by a plan at all, once something is known of it."""
    return (
        settings.kind == "adaptive"
        and feed.interval_seconds is None
        and settings.interval_seconds >= _SHORTEST_PLANNED_SECONDS
    )
