"""What a daemon has in flight: a task for each lease it holds, kept until the task ends or is given up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

L = TypeVar("L")

_CANCEL_SECONDS = 2.0
"""A task that is cancelled ends within this time, or is left to the lease, which ends by itself."""


class LeasedTasks(Generic[L]):
    """Runs a task for each lease, by the name of what is leased; its length is how many are in flight."""

    def __init__(self) -> None:
        self._running: dict[str, tuple[L, asyncio.Task[None]]] = {}

    def __len__(self) -> int:
        """How many tasks are in flight."""
        return len(self._running)

    @property
    def leases(self) -> list[L]:
        """The leases of all tasks in flight."""
        return [lease for lease, _ in self._running.values()]

    def begin(self, name: str, lease: L, work: Callable[[L], Awaitable[None]]) -> None:
        """Begin *work* on *lease*; *name* is free again when it ends."""
        self._running[name] = (lease, asyncio.create_task(self._run(name, lease, work)))

    async def _run(self, name: str, lease: L, work: Callable[[L], Awaitable[None]]) -> None:
        try:
            await work(lease)
        finally:
            _, holder = self._running.get(name, (lease, None))
            if holder is asyncio.current_task():  # not the next, which has the name since our lease ended
                del self._running[name]

    async def let_end(self, *, at_most_seconds: float) -> None:
        """Wait until all tasks in flight have ended, but no longer than *at_most_seconds*."""
        tasks = [task for _, task in self._running.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=at_most_seconds)

    async def cancel(self) -> list[L]:
        """Cancel what is in flight and give back its leases: nobody works on them any more."""
        left = list(self._running.values())
        for _, task in left:
            task.cancel()
        if left:
            await asyncio.wait([task for _, task in left], timeout=_CANCEL_SECONDS)
        return [lease for lease, _ in left]
