"""The daemon's look at what it burdens others with: polling waits while the workers lag or the store is full."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic

import structlog

from pipeline.model import Load
from pipeline.stages.backpressure import reason_to_wait

log = structlog.get_logger("workers.backpressure")

_LOOK_SECONDS = 1.0


@dataclass(slots=True)
class Backpressure:
    """Tells whether polling waits; a change is said once.

    *measure* is asked once a second; *most_waiting* feeds may have documents waiting for a worker.
    """

    measure: Callable[[], Awaitable[Load]]
    most_waiting: int
    _reason: str | None = None
    _looked_at: float = -_LOOK_SECONDS

    async def holds(self) -> bool:
        """Whether no feed is to be polled now."""
        if monotonic() - self._looked_at < _LOOK_SECONDS:
            return self._reason is not None
        self._looked_at = monotonic()
        before = self._reason
        self._reason = reason_to_wait(await self.measure(), most_waiting=self.most_waiting, waits=before is not None)
        if self._reason is not None and before is None:
            log.warning("polling_waits", reason=self._reason)
        if self._reason is None and before is not None:
            log.info("polling_goes_on")
        return self._reason is not None
