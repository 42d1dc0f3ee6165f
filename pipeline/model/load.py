"""How much the store has to carry just now."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """Feeds whose documents wait for a worker; the store's memory, used and allowed (0: no limit), in bytes."""

    waiting: int
    used_bytes: int
    most_bytes: int
