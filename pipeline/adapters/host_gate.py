"""Holds requests back so that no host is asked by too many of them at once, or too soon after one another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class _Lane:
    """The requests of one host: how many wait or run (`users`), and the earliest next start (loop time, seconds)."""

    turns: asyncio.Semaphore
    users: int = 0
    next_start: float = 0.0


class HostGate:
    """Lets *concurrency* requests of a host run at once, their starts *gap_seconds* apart, first come first served.

    Only hosts that are being asked, or were within the last gap, are remembered.
    """

    def __init__(self, *, concurrency: int, gap_seconds: float) -> None:
        self._concurrency = concurrency
        self._gap_seconds = gap_seconds
        self._lanes: dict[str, _Lane] = {}

    def __len__(self) -> int:
        """How many hosts are remembered now."""
        return len(self._lanes)

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait until *host* may be asked, and count as a request to it until the block ends."""
        lane = self._lanes.get(host)
        if lane is None:
            lane = self._lanes[host] = _Lane(asyncio.Semaphore(self._concurrency))
        lane.users += 1
        try:
            async with lane.turns:
                await self._wait_for_start(lane)
                yield
        finally:
            lane.users -= 1
            self._forget_when_idle(host, lane)

    async def _wait_for_start(self, lane: _Lane) -> None:
        """Reserve the lane's next start and sleep until then."""
        now = asyncio.get_running_loop().time()
        start = max(now, lane.next_start)
        lane.next_start = start + self._gap_seconds
        if start > now:
            await asyncio.sleep(start - now)

    def _forget_when_idle(self, host: str, lane: _Lane) -> None:
        """Drop *lane* if nobody uses it, at once or, while its gap still has to be kept, when that is over."""
        if lane.users or self._lanes.get(host) is not lane:
            return
        loop = asyncio.get_running_loop()
        if loop.time() >= lane.next_start:
            del self._lanes[host]
        else:
            loop.call_at(lane.next_start, self._forget_when_idle, host, lane)
