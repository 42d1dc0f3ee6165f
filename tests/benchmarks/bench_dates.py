"""What a date costs: CPU of `read_date` on the clean dates of the table and on all of it, beside what peers take.

    python -m tests.benchmarks.bench_dates [LOOPS]

The least of LOOPS (5) measurements counts. Target: 8 us for a clean date. A peer that is not installed is left out.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import time
import warnings
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime

from pipeline.stages.dates import read_date
from tests.stages.date_cases import CASES, CLEAN, FETCHED, Case

_FETCHED_MS = round(datetime.fromisoformat(FETCHED).timestamp() * 1000)
_PEERS = (("dateutil", "dateutil.parser", "parse"), ("dateparser", "dateparser", "parse"))


def _ours(raw: str) -> object:
    return read_date(raw, source="feed:pubDate", fetched_ms=_FETCHED_MS)


def least_us(read: Callable[[str], object], cases: list[Case], loops: int, times: int) -> float:
    """Give the CPU us that *read* takes for one of *cases*: the least of *loops* measurements of *times* rounds."""
    measured = []
    for _ in range(loops):
        start = time.process_time()
        for _ in range(times):
            for _, raw, _ in cases:
                try:
                    read(raw)
                except (ValueError, TypeError, OverflowError):
                    continue  # a peer's way to refuse
        measured.append(time.process_time() - start)
    return min(measured) / times / len(cases) * 1e6


def main() -> None:
    """Print the figures."""
    warnings.simplefilter("ignore")  # dateutil says at each call which zones it does not know
    loops = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    readers: list[tuple[str, Callable[[str], object], int]] = [
        ("newswire", _ours, 100),
        ("email.utils", parsedate_to_datetime, 100),
    ]
    for name, module, function in _PEERS:
        if importlib.util.find_spec(name) is not None:
            readers.append((name, getattr(importlib.import_module(module), function), 1))
    lines = [f"{'CPU us a date':16}{f'{len(CLEAN)} clean':>12}{f'all {len(CASES)}':>12}"]
    for name, read, times in readers:
        figures = [least_us(read, cases, loops, times) for cases in (CLEAN, CASES)]
        lines.append(f"{name:16}{figures[0]:12.1f}{figures[1]:12.1f}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
