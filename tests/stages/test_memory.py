"""Forgetting: only what a feed itself has ceased to show, long ago."""

from __future__ import annotations

import pytest

from pipeline.model import Known
from pipeline.stages.identity import DIGESTED_FIELDS
from pipeline.stages.memory import forgettable
from pipeline.stages.seen_records import pack


def _record(day: int) -> bytes:
    return pack(Known(revision=1, discovered_ms=0, shown_day=day, digests=bytes(4 * len(DIGESTED_FIELDS))))


@pytest.mark.parametrize(
    ("days", "forgotten"),
    [
        ([], []),
        ([20_000], []),
        ([20_000, 19_990], []),
        ([20_000, 19_989], [1]),
        ([100, 200, 90], [0, 2]),
    ],
    ids=["nothing known", "one article", "on the edge", "just out", "a feed silent for decades"],
)
def test_what_a_feed_has_long_ceased_to_show_is_forgotten(days: list[int], forgotten: list[int]) -> None:
    """Memory must not grow for ever, and an article still shown must never come back as new."""
    memory = [(bytes([n]), _record(day)) for n, day in enumerate(days)]

    assert forgettable(memory, window_days=10) == [bytes([n]) for n in forgotten]
