"""The time that a daemon goes by: that of the store, which all daemons share."""

from __future__ import annotations

from time import monotonic


class Clock:
    """The store's clock, carried on between two readings by the machine's monotonic one, so that it never jumps."""

    def __init__(self) -> None:
        self._at_ms = 0
        self._read_at = monotonic()

    def set(self, now_ms: int) -> None:
        """Take over a reading of the store's clock."""
        self._at_ms = now_ms
        self._read_at = monotonic()

    def now_ms(self) -> int:
        """The store's time now, in ms since the epoch."""
        return self._at_ms + int((monotonic() - self._read_at) * 1000)
