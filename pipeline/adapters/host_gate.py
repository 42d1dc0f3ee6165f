"""Holds requests back so that no host is asked by too many of them at once, or too soon after one another."""

from __future__ import annotations

import asyncio
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

    def turn(self, host: str) -> Turn:
        """A block to enter with `async with`: waits until *host* may be asked, counts as a request until it ends."""
        return Turn(self, host)

    async def enter(self, host: str) -> _Lane:
        """Wait until *host* may be asked; whoever enters leaves again."""
        lane = self._lanes.get(host)
        if lane is None:
            lane = self._lanes[host] = _Lane(asyncio.Semaphore(self._concurrency))
        lane.users += 1
        try:
            await lane.turns.acquire()
            try:
                await self._wait_for_start(lane)
            except BaseException:
                lane.turns.release()
                raise
        except BaseException:
            self._gone(host, lane)
            raise
        return lane

    def leave(self, host: str, lane: _Lane) -> None:
        """End a request to *host* that entered *lane*."""
        lane.turns.release()
        self._gone(host, lane)

    def _gone(self, host: str, lane: _Lane) -> None:
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


class Turn:
    """One request's turn at a host: a class and no generator, for every poll takes one."""

    __slots__ = ("_gate", "_host", "_lane")

    def __init__(self, gate: HostGate, host: str) -> None:
        self._gate = gate
        self._host = host
        self._lane: _Lane | None = None

    async def __aenter__(self) -> None:
        """Wait for the turn."""
        self._lane = await self._gate.enter(self._host)

    async def __aexit__(self, *exception: object) -> None:
        """Give the turn to the next."""
        if self._lane is not None:
            self._gate.leave(self._host, self._lane)
