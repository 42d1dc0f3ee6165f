"""The memory of processes over time: sampled from /proc, and the slope of it that no single peak can bend."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

_MIB = 1024 * 1024
_HOUR_SECONDS = 3600
_BIN_SECONDS = 60


@dataclass(slots=True)
class MemoryLog:
    """The resident memory of processes by *name* and time; `pids` says which process each name is."""

    pids: dict[str, int]
    samples: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def sample(self, at_seconds: float) -> None:
        """Note the resident memory (MiB) of each process now; AssertionError when one has ended."""
        for name, pid in self.pids.items():
            self.samples.setdefault(name, []).append((at_seconds, resident_bytes(pid) / _MIB))

    def slopes(self, *, warm_up_seconds: float) -> dict[str, float]:
        """Give the slope of each process in MiB an hour, from the end of the warm-up on."""
        return {
            name: robust_slope([(at, size) for at, size in samples if at >= warm_up_seconds]) * _HOUR_SECONDS
            for name, samples in self.samples.items()
        }


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


def resident_bytes(pid: int) -> int:
    """Give the resident memory of process *pid*; AssertionError when there is no such process any more."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    except OSError:
        status = ""
    kilobytes = next((line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")), None)
    assert kilobytes is not None, f"process {pid} has ended, which nothing should have ended"
    return int(kilobytes) * 1024
