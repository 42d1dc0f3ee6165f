"""Sends calls of scripts that are made at about the same time to Redis in one go.

Polls end in bunches. Sent one by one, each end would take a connection, a write and a read of its own; together they
share one. Nothing else changes: every call is still its own atom, with its own answer or its own error.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import NoScriptError

from pipeline.adapters.scripts import Script, Value, load

_AT_MOST = 64  # calls in one go: the server answers nobody else meanwhile, and one takes it about 50 microseconds


@dataclass(frozen=True, slots=True)
class _Call:
    """One script with its values, and who waits for its answer."""

    script: Script
    key_count: int
    values: list[Any]
    answer: asyncio.Future[Any]


class BatchedCalls:
    """Calls of scripts behind *client*, sent together as far as they come together. For one event loop."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._waiting: list[_Call] = []
        self._senders: set[asyncio.Task[None]] = set()

    async def call(
        self, name: str, *, keys: Mapping[str, str], arguments: Mapping[str, Value], tail: Sequence[Value] = ()
    ) -> Any:  # noqa: ANN401 - a script returns what its header says
        """Run script *name* together with what other tasks call in this turn of the loop; its own answer or error."""
        script = load(name)
        count, values = script.values(keys, arguments, tail)
        answer = asyncio.get_running_loop().create_future()
        self._waiting.append(_Call(script, count, values, answer))
        if len(self._waiting) == 1:
            sender = asyncio.create_task(self._send())
            self._senders.add(sender)  # the loop itself holds tasks but weakly
            sender.add_done_callback(self._senders.discard)
        return await answer

    async def _send(self) -> None:
        calls, self._waiting = self._waiting, []
        for start in range(0, len(calls), _AT_MOST):
            some = calls[start : start + _AT_MOST]
            try:
                answers = await self._answers(some)
            except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to those who wait
                answers = [error] * len(some)
            for call, answer in zip(some, answers, strict=True):
                _tell(call.answer, answer)

    async def _answers(self, calls: Sequence[_Call]) -> list[Any]:
        async with self._client.pipeline(transaction=False) as pipe:
            for call in calls:
                pipe.evalsha(call.script.sha, call.key_count, *call.values)
            answers = await pipe.execute(raise_on_error=False)
        if any(isinstance(answer, NoScriptError) for answer in answers):
            for script in {call.script.sha: call.script for call in calls}.values():
                await self._client.script_load(script.text)
            unknown = [place for place, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
            again = await self._answers([calls[place] for place in unknown])
            for place, answer in zip(unknown, again, strict=True):
                answers[place] = answer
        return answers


def _tell(waiting: asyncio.Future[Any], answer: object) -> None:
    """Give *waiting* its *answer*, unless whoever waited was cancelled."""
    if waiting.done():
        return
    if isinstance(answer, Exception):
        waiting.set_exception(answer)
    else:
        waiting.set_result(answer)
