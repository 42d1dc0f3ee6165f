"""Says in words why the next poll of a feed that has a plan is when it is."""

from __future__ import annotations

from math import sqrt

from pipeline.stages.planning.live import SPREAD_SECONDS
from pipeline.stages.planning.planner import Plan
from pipeline.stages.weights import Weight, weight_words


def plan_words(
    plan: Plan, *, due_seconds: float, interval_seconds: float, is_pushed: bool, weight: Weight, answers: float
) -> str:
    """Say why a feed of this *plan* is due at *due_seconds*.

    *interval_seconds* is the one that is set, after which a first plan is looked at again; *is_pushed* says whether
    its hub is relied on, *weight* what the operator says that its entries count, *answers* what the cost of its
    answers makes of that.
    """
    words = _reason(plan, due_seconds=due_seconds, interval_seconds=interval_seconds, is_pushed=is_pushed)
    if weight.value != 1:
        words += (
            f" By {weight_words(weight)}, it is polled {_short(sqrt(weight.value))} times as often as it would be."
        )
    if answers != 1:
        words += (
            ' Its host sends the whole document each time, never a short "not modified": '
            f"for that it is polled {_short(sqrt(answers))} times as often."
        )
    return words


def _reason(plan: Plan, *, due_seconds: float, interval_seconds: float, is_pushed: bool) -> str:
    if any(0 <= due_seconds - poll < SPREAD_SECONDS for poll in plan.polls):
        later = sum(poll > due_seconds for poll in plan.polls)
        return (
            "Planned by its posting: the poll stands where expected entries have waited for as long, together, as a "
            f"request is worth now ({_short(plan.price / 60)} entry-minutes); {later} more polls are planned."
        )
    if is_pushed:
        return "Its hub pushes what is new; it is polled to see whether that is all (push.poll_interval_seconds)."
    if plan.made_seconds + interval_seconds <= due_seconds < min(plan.polls, default=0.0):
        return (
            "Its plan by its posting is a first one, looked at again after one interval (schedule.interval_seconds): "
            "by then it is better known what a request is worth."
        )
    if due_seconds > max(plan.polls, default=0.0):
        return "Its plan by its posting is used up, and its host or the longest interval says when it gets another."
    return (
        "Sooner than its plan by its posting says: it is being polled, or was brought forward, by hand or because "
        "most of its last document was new, and the next may have lost entries."
    )


def _short(number: float) -> str:
    return f"{number:.0f}" if number >= 10 else f"{number:.2g}"
