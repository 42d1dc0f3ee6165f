"""Calls of scripts that are sent together: each keeps its own answer, and its own error."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from pipeline.adapters.batched_calls import BatchedCalls
from pipeline.adapters.keys import Keys

KEYS = Keys("newswire")


async def lease_one(calls: BatchedCalls, due: str = KEYS.due) -> list[bytes]:
    """Lease one feed; the ids that were leased."""
    answer = await calls.call(
        "lease_due",
        keys={"due": due, "leases": KEYS.leases, "tokens": KEYS.tokens},
        arguments={"limit": 1, "lease_ms": 60_000, "until_ms": 0},
    )
    return list(answer[2::2])


async def test_calls_that_come_together_are_each_run_once(async_redis: Redis) -> None:
    """A poll that is settled twice, or by its neighbour's answer, would be counted or scheduled wrongly."""
    await async_redis.zadd(KEYS.due, {str(number): number for number in range(150)})
    await async_redis.script_flush()
    calls = BatchedCalls(async_redis)

    leased = await asyncio.gather(*(lease_one(calls) for _ in range(200)))

    assert sorted(feed for each in leased for feed in each) == sorted(str(number).encode() for number in range(150))


async def test_a_call_that_fails_costs_its_neighbours_nothing(async_redis: Redis) -> None:
    """One feed with a damaged key must not keep sixty others from being settled."""
    await async_redis.zadd(KEYS.due, {"a": 1, "b": 2})
    await async_redis.set(KEYS.schedule, "no sorted set")
    calls = BatchedCalls(async_redis)

    first, wrong, second = await asyncio.gather(
        lease_one(calls), lease_one(calls, due=KEYS.schedule), lease_one(calls), return_exceptions=True
    )

    assert (first, second) == ([b"a"], [b"b"])
    assert isinstance(wrong, ResponseError)


async def test_a_caller_that_is_cancelled_leaves_the_others_their_answers(async_redis: Redis) -> None:
    """A stopping daemon cancels some of its polls while others still settle."""
    await async_redis.zadd(KEYS.due, {"a": 1, "b": 2})
    calls = BatchedCalls(async_redis)
    given_up, kept = asyncio.create_task(lease_one(calls)), asyncio.create_task(lease_one(calls))
    await asyncio.sleep(0)

    given_up.cancel()

    assert await kept == [b"b"]
    with pytest.raises(asyncio.CancelledError):
        await given_up
