"""Tasks in flight: each has a lease, and whoever stops knows which leases are left to give back."""

from __future__ import annotations

import asyncio

from workers.leased_tasks import LeasedTasks


async def test_a_lease_is_held_exactly_as_long_as_its_task_runs() -> None:
    """What is renewed for too long blocks a feed; what is renewed too short is done twice."""
    tasks: LeasedTasks[str] = LeasedTasks()
    may_end = asyncio.Event()

    async def work(_lease: str) -> None:
        await may_end.wait()

    tasks.begin("a", "lease of a", work)
    held = tasks.leases
    may_end.set()
    await tasks.let_end(at_most_seconds=5)

    assert held == ["lease of a"]
    assert len(tasks) == 0


async def test_a_task_that_fails_holds_nothing_and_harms_no_other() -> None:
    """One bad page never costs its neighbours, nor the room of one in flight."""
    tasks: LeasedTasks[str] = LeasedTasks()
    seen: list[str] = []

    async def work(lease: str) -> None:
        await asyncio.sleep(0)
        if lease == "bad":
            raise asyncio.CancelledError
        seen.append(lease)

    for name in ("bad", "good"):
        tasks.begin(name, name, work)
    await tasks.let_end(at_most_seconds=5)

    assert seen == ["good"]
    assert len(tasks) == 0


async def test_whoever_cancels_is_told_which_leases_are_left() -> None:
    """What is given back at a stop is done by the next daemon at once, not when its lease ends."""
    tasks: LeasedTasks[str] = LeasedTasks()

    async def work(_lease: str) -> None:
        await asyncio.Event().wait()

    for name in ("a", "b"):
        tasks.begin(name, f"lease of {name}", work)
    await asyncio.sleep(0)
    left = await tasks.cancel()

    assert left == ["lease of a", "lease of b"]
    assert len(tasks) == 0


async def test_a_task_that_outlived_its_lease_leaves_the_next_one_alone() -> None:
    """After an outage the same feed is polled anew beside the old poll; unrenewed, the new lease is lost as well."""
    tasks: LeasedTasks[asyncio.Event] = LeasedTasks()
    old, new = asyncio.Event(), asyncio.Event()

    async def work(may_end: asyncio.Event) -> None:
        await may_end.wait()

    tasks.begin("feed", old, work)
    tasks.begin("feed", new, work)
    old.set()
    await tasks.let_end(at_most_seconds=0.1)
    held = tasks.leases
    new.set()
    await tasks.let_end(at_most_seconds=5)

    assert held == [new]
    assert len(tasks) == 0
