"""Backpressure: when polling waits, and when it goes on again."""

from __future__ import annotations

import pytest

from pipeline.model import Load
from pipeline.stages.backpressure import reason_to_wait

MIB = 1_048_576


@pytest.mark.parametrize(
    ("load", "waits", "reason"),
    [
        (Load(0, 10 * MIB, 0), False, None),
        (Load(99, 10 * MIB, 0), False, None),
        (Load(100, 10 * MIB, 0), False, "100 feeds have documents waiting for a worker, and 100 may"),
        (Load(81, 10 * MIB, 0), True, "81 feeds have documents waiting for a worker, and 100 may"),
        (Load(79, 10 * MIB, 0), True, None),
        (Load(0, 89 * MIB, 100 * MIB), False, None),
        (Load(0, 91 * MIB, 100 * MIB), False, "the store uses 91 of 100 MiB (maxmemory)"),
        (Load(0, 81 * MIB, 100 * MIB), True, "the store uses 81 of 100 MiB (maxmemory)"),
        (Load(0, 79 * MIB, 100 * MIB), True, None),
    ],
)
def test_polling_waits_for_workers_and_for_memory(load: Load, waits: bool, reason: str | None) -> None:
    """A backlog without bound fills the store, and a full store refuses every write: then all stands still."""
    assert reason_to_wait(load, most_waiting=100, waits=waits) == reason
