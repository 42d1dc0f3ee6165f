"""Whether a consumer group keeps up: judged by its oldest entry and by when it last asked."""

from __future__ import annotations

import pytest

from pipeline.model import ConsumerGroup, GroupHealth
from pipeline.stages.consumers import LATE_MS, group_alert, group_health

NOW_MS = 1_790_000_000_000


@pytest.mark.parametrize(
    ("oldest_ms", "asked_ms", "health"),
    [
        (None, None, "ok"),
        (None, NOW_MS - 90 * LATE_MS, "ok"),
        (NOW_MS - LATE_MS + 1, None, "ok"),
        (NOW_MS - LATE_MS, NOW_MS - 1, "slow"),
        (NOW_MS - LATE_MS, NOW_MS - LATE_MS, "dead"),
        (NOW_MS - LATE_MS, None, "dead"),
    ],
    ids=["nothing waits", "idle", "young", "reads and lags", "nobody asks", "no consumer at all"],
)
def test_a_group_is_judged_by_what_it_leaves_standing(
    oldest_ms: int | None, asked_ms: int | None, health: GroupHealth
) -> None:
    """A group with nothing to do is well however long it sleeps; one that lets entries wait holds up the trimming."""
    assert group_health(ConsumerGroup("g", 3, oldest_ms, asked_ms), now_ms=NOW_MS) == health


def test_an_alert_says_how_to_remove_a_group_that_nobody_uses() -> None:
    """The usual cause is a trial that was forgotten."""
    alert = group_alert(ConsumerGroup("g", 3, NOW_MS - 5 * LATE_MS, None), "ok", "dead", now_ms=NOW_MS)

    assert "3 entries" in alert.why
    assert "5 h" in alert.why
    assert "XGROUP DESTROY" in alert.what_to_do
