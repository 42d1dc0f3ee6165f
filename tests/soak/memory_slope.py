"""The memory of processes over time: sampled from /proc, and the slope of it that no single peak can bend."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import combinations

from system import Process, resident_bytes

_MIB = 1024 * 1024
_HOUR_SECONDS = 3600
WARM_UP_SECONDS = 600
"""What a process does in the first of its life is not looked at: it fills its pools and caches."""
LOOKED_AT_SECONDS = 900
"""A slope over less than this says nothing."""
_BIN_SECONDS = 60


@dataclass(slots=True)
class MemoryLog:
    """The resident memory (MiB) of processes over time (seconds), by role and pid."""

    samples: dict[tuple[str, int], list[tuple[float, float]]] = field(default_factory=dict)

    def sample(self, processes: Iterable[Process], at_seconds: float) -> None:
        """Note the memory that each of *processes* has now; one that has just ended is left out."""
        for process in processes:
            with suppress(AssertionError):
                size = resident_bytes(process.pid) / _MIB
                self.samples.setdefault((process.role, process.pid), []).append((at_seconds, size))

    def slopes(self) -> dict[str, float]:
        """Give the slope in MiB an hour of each process that was looked at for long enough after its warm-up."""
        long_lived = {
            f"{role} {pid}": [(at, size) for at, size in samples if at >= samples[0][0] + WARM_UP_SECONDS]
            for (role, pid), samples in self.samples.items()
            if samples[-1][0] - samples[0][0] >= WARM_UP_SECONDS + LOOKED_AT_SECONDS
        }
        return {name: robust_slope(samples) * _HOUR_SECONDS for name, samples in long_lived.items()}


def robust_slope(samples: list[tuple[float, float]]) -> float:
    """Give the median of the slopes between all pairs of minutes (Theil and Sen), each minute by its median."""
    minutes: dict[int, list[tuple[float, float]]] = {}
    for at, size in samples:
        minutes.setdefault(int(at // _BIN_SECONDS), []).append((at, size))
    points = [
        (statistics.median(at for at, _ in some), statistics.median(size for _, size in some))
        for some in minutes.values()
    ]
    slopes = [
        (size - size_before) / (at - at_before) for (at_before, size_before), (at, size) in combinations(points, 2)
    ]
    return statistics.median(slopes) if slopes else 0.0
