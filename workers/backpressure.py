"""The daemon's look at what it burdens others with: polling waits while the workers lag or the store is full."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic

import structlog

from pipeline.adapters.store_errors import STORE_LOST
from pipeline.model import Load
from pipeline.stages.backpressure import reason_to_wait

log = structlog.get_logger("workers.backpressure")

_LOOK_SECONDS = 1.0
_ANNOUNCED_AFTER_SECONDS = 10.0
"""So that a busy minute, in which polling stops and goes on by turns, is no alert each time."""


@dataclass(slots=True)
class Backpressure:
    """Tells whether polling waits; a change is said once in the log, and as an alert when it lasts.

    *measure* is asked once a second; *announce* is given why polling waits, or None when it goes on; *most_waiting*
    feeds may have documents waiting for a worker.
    """

    measure: Callable[[], Awaitable[Load]]
    announce: Callable[[str | None], Awaitable[None]]
    most_waiting: int
    _reason: str | None = None
    _looked_at: float = -_LOOK_SECONDS
    _changed_at: float = 0.0
    _is_announced: bool | None = None  # a daemon that died may have left it announced

    async def holds(self) -> bool:
        """Whether no feed is to be polled now."""
        if monotonic() - self._looked_at < _LOOK_SECONDS:
            return self._reason is not None
        self._looked_at = monotonic()
        before = self._reason
        self._reason = reason_to_wait(await self.measure(), most_waiting=self.most_waiting, waits=before is not None)
        if (self._reason is None) != (before is None):
            self._changed_at = self._looked_at
            self._say()
        await self._announce()
        return self._reason is not None

    def _say(self) -> None:
        if self._reason is not None:
            log.warning("polling_waits", reason=self._reason)
        else:
            log.info("polling_goes_on")

    async def _announce(self) -> None:
        waits = self._reason is not None
        is_new = waits and self._looked_at - self._changed_at < _ANNOUNCED_AFTER_SECONDS
        if waits == self._is_announced or is_new:
            return
        with suppress(*STORE_LOST):  # a store that is quite full takes no alert: tried again at the next look
            await self.announce(self._reason)
            self._is_announced = waits
