"""What we remember of a host between two requests, whoever of us made them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HostState:
    """How gently a host is to be asked: not before `closed_until_ms`, and not within `gap_ms` of the last request.

    `gap_ms` is what the host made us add to the configured gap; `latency_ms` is how long it takes to answer, in the
    mean of the last few requests.
    """

    closed_until_ms: int = 0
    gap_ms: int = 0
    latency_ms: int = 0


UNKNOWN_HOST = HostState()
"""A host that nothing is remembered of."""
