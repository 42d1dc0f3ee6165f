"""Steps that a process repeats until it is told to end, through losses of the store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager

import structlog

from pipeline.adapters.store_errors import STORE_LOST

log = structlog.get_logger("workers.daemon")

_LONGEST_PAUSE_SECONDS = 2.0
"""A try is little work, and what is waited here is added to every outage of the store."""


async def repeat(step: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    """Run *step* until *stop* is set; a lost store is waited for with growing pauses, and said once."""
    pause, lost = 0.1, False
    while not stop.is_set():
        try:
            await step()
        except STORE_LOST as error:
            if not lost:
                log.error("redis_lost", reason=str(error))  # noqa: TRY400 - expected trouble, no traceback
            lost = True
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
        else:
            if lost:
                log.warning("redis_back")
            pause, lost = 0.1, False


@asynccontextmanager
async def beside(loops: Iterable[Coroutine[None, None, None]]) -> AsyncIterator[None]:
    """Run *loops* while the block lasts, and at its end until each has ended.

    One that fails ends the block and the others, and what it failed of is raised: a process that goes on without it
    looks alive, and nobody starts it again.
    """
    try:
        async with asyncio.TaskGroup() as group:
            for loop in loops:
                group.create_task(loop)
            yield
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None


async def wait(event: asyncio.Event, at_most_seconds: float) -> None:
    """Wait for *event*, but no longer than *at_most_seconds*."""
    try:
        async with asyncio.timeout(at_most_seconds):
            await event.wait()
    except TimeoutError:
        return
