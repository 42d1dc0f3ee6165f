"""Whether a consumer group keeps up with the stream: what it has not acknowledged is never trimmed, and takes memory.

A group is slow when it has not acknowledged an entry for an hour after it was published, and dead when meanwhile
nobody asked in its name: nothing will ever be trimmed again until somebody does, or the group is removed.
"""

from __future__ import annotations

from pipeline.model import ConsumerGroup, GroupAlert, GroupHealth

LATE_MS = 3_600_000
"""An hour: longer than a restart and than a subscriber's busy time, much shorter than any stream is kept."""


def group_health(group: ConsumerGroup, *, now_ms: int) -> GroupHealth:
    """Judge *group* by what it has left standing."""
    if group.oldest_ms is None or now_ms - group.oldest_ms < LATE_MS:
        return "ok"
    return "dead" if group.asked_ms is None or now_ms - group.asked_ms >= LATE_MS else "slow"


def group_alert(group: ConsumerGroup, before: GroupHealth, after: GroupHealth, *, now_ms: int) -> GroupAlert:
    """Say to an operator what became of *group*, why, and what to do."""
    hours = (now_ms - group.oldest_ms) // LATE_MS if group.oldest_ms is not None else 0
    why = f"{group.waiting} entries are not acknowledged, the oldest for {hours} h" if hours else "it keeps up again"
    what_to_do = {
        "ok": "nothing",
        "slow": "start more consumers, or look why they do not acknowledge",
        "dead": f"start a consumer, or remove it: XGROUP DESTROY (the stream is not trimmed behind {group.name})",
    }
    return GroupAlert(group.name, before, after, now_ms, why, what_to_do[after])
