"""Waiting for something to become true: tests never sleep for a fixed time, and are patient: machines are busy."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

_Result = TypeVar("_Result")
_PAUSE_SECONDS = 0.01


def wait_until(condition: Callable[[], _Result], *, timeout_seconds: float = 60.0) -> _Result:
    """Return the first true value of *condition*, asked again and again; AssertionError after *timeout_seconds*."""
    deadline = time.monotonic() + timeout_seconds
    while not (result := condition()):
        assert time.monotonic() < deadline, _too_late(condition, result, timeout_seconds)
        time.sleep(_PAUSE_SECONDS)
    return result


async def wait_until_async(
    condition: Callable[[], _Result | Awaitable[_Result]], *, timeout_seconds: float = 60.0
) -> _Result:
    """Return the first true value of *condition* (plain or async); AssertionError after *timeout_seconds*."""
    deadline = time.monotonic() + timeout_seconds
    while True:
        answer = condition()
        result: _Result = await answer if inspect.isawaitable(answer) else answer
        if result:
            return result
        assert time.monotonic() < deadline, _too_late(condition, result, timeout_seconds)
        await asyncio.sleep(_PAUSE_SECONDS)


def _too_late(condition: object, result: object, timeout_seconds: float) -> str:
    name = getattr(condition, "__qualname__", repr(condition))
    return f"{name} did not become true within {timeout_seconds} s; last value: {result!r}"
