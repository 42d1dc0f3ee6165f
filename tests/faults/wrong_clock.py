"""A daemon or worker of ours whose clock is wrong, or jumps: its wall clock is shifted, its monotonic one is right.

    python wrong_clock.py daemon|worker OFFSET,OFFSET,...

The real process with its real settings (in the environment) gets another offset (seconds) every two seconds, in turn.
"""

from __future__ import annotations

import sys
import time

_TURN_SECONDS = 2


def set_clock(offsets: list[int]) -> None:
    """Shift what this process takes for the time of day."""
    right = time.time

    def wrong() -> float:
        return right() + offsets[int(time.monotonic()) // _TURN_SECONDS % len(offsets)]

    time.time = wrong


if __name__ == "__main__":
    set_clock([int(word) for word in sys.argv[2].split(",")])
    from workers import daemon_process, worker  # not before: they take the clock as they find it

    sys.exit(daemon_process.main() if sys.argv[1] == "daemon" else worker.main([]))
