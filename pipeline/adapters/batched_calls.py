"""Sends what is asked for at about the same time to Redis in one call.

Polls end in bunches. Sent one by one, each end would take a connection, a write, a read and a run of the script of
its own; together they share one. Each still has its own answer, or its own error.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from pipeline.adapters.scripts import Value

_TOGETHER_SECONDS = 0.01
"""Parts that come within this time share a call. Less, and most polls of a daemon at work would end one by one."""
_AT_MOST = 64  # parts of one call: the server answers nobody else meanwhile, and one takes it about 30 microseconds

Send = Callable[[Sequence[Value]], Awaitable[Sequence[Any]]]


class BatchedCalls:
    """Parts of calls, sent together by *send* as far as they come together. For one event loop.

    *send* gets the values of many parts in a row, and returns the answers to them in their order.
    """

    def __init__(self, send: Send) -> None:
        self._send_values = send
        self._waiting: list[tuple[Sequence[Value], asyncio.Future[Any]]] = []
        self._senders: set[asyncio.Task[None]] = set()

    async def call(self, values: Sequence[Value]) -> Any:  # noqa: ANN401 - a script returns what its header says
        """Send *values* together with what other tasks send a moment later; its own answer or error."""
        answer = asyncio.get_running_loop().create_future()
        self._waiting.append((values, answer))
        if len(self._waiting) == 1:
            sender = asyncio.create_task(self._send())
            self._senders.add(sender)  # the loop itself holds tasks but weakly
            sender.add_done_callback(self._senders.discard)
        return await answer

    async def _send(self) -> None:
        await asyncio.sleep(_TOGETHER_SECONDS)
        calls, self._waiting = self._waiting, []
        for start in range(0, len(calls), _AT_MOST):
            some = calls[start : start + _AT_MOST]
            answers: Sequence[Any]
            try:
                answers = await self._send_values([value for values, _ in some for value in values])
            except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to those who wait
                answers = [error] * len(some)
            for (_, waiting), answer in zip(some, answers, strict=True):
                _tell(waiting, answer)


def _tell(waiting: asyncio.Future[Any], answer: object) -> None:
    """Give *waiting* its *answer*, unless whoever waited was cancelled."""
    if waiting.done():
        return
    if isinstance(answer, Exception):
        waiting.set_exception(answer)
    else:
        waiting.set_result(answer)
