"""Values that are sent together: each keeps its own answer, and its own error."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from pipeline.adapters.batched_calls import BatchedCalls
from pipeline.adapters.scripts import Value


class Doubling:
    """Answers each number with its double, a negative one with an error; notes how many came in each call."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    async def __call__(self, values: Sequence[Value]) -> list[object]:
        """Answer *values*."""
        self.sizes.append(len(values))
        await asyncio.sleep(0)
        if 0 in values:
            raise ConnectionError("lost")
        return [2 * int(value) if int(value) > 0 else ValueError(value) for value in values]


async def test_what_comes_together_is_sent_in_few_calls() -> None:
    """A poll that is settled twice, or by its neighbour's answer, would be counted or scheduled wrongly."""
    server = Doubling()
    calls = BatchedCalls(server)

    answers = await asyncio.gather(*(calls.call([number]) for number in range(1, 201)))

    assert answers == [2 * number for number in range(1, 201)]
    assert server.sizes == [64, 64, 64, 8]


async def test_an_error_costs_its_neighbours_nothing() -> None:
    """One feed with a damaged key must not keep sixty others from being settled."""
    calls = BatchedCalls(Doubling())

    first, wrong, second = await asyncio.gather(
        calls.call([1]), calls.call([-1]), calls.call([2]), return_exceptions=True
    )

    assert (first, second) == (2, 4)
    assert isinstance(wrong, ValueError)


async def test_a_lost_call_is_said_to_everyone_in_it_and_the_next_goes_on() -> None:
    """When Redis is away no poll may count as settled; when it is back the next ones are."""
    calls = BatchedCalls(Doubling())

    lost = await asyncio.gather(calls.call([0]), calls.call([1]), return_exceptions=True)

    assert [type(each) for each in lost] == [ConnectionError, ConnectionError]
    assert await calls.call([3]) == 6


async def test_a_caller_that_is_cancelled_leaves_the_others_their_answers() -> None:
    """A stopping daemon cancels some of its polls while others still settle."""
    calls = BatchedCalls(Doubling())
    given_up, kept = asyncio.create_task(calls.call([1])), asyncio.create_task(calls.call([2]))
    await asyncio.sleep(0)

    given_up.cancel()

    assert await kept == 4
    with pytest.raises(asyncio.CancelledError):
        await given_up
