"""What hosts feel of us: how many requests at once, and how far apart."""

from __future__ import annotations

import asyncio
from itertools import pairwise

from asking import no_headers, web
from origin import Origin

from pipeline.adapters.host_gate import HostGate
from pipeline.model import Response

BODY = b"<rss><channel/></rss>"


async def test_a_host_gets_only_so_many_requests_at_once() -> None:
    """Many feeds of one host must not add up to an attack on it."""
    async with Origin() as origin, web(per_host_concurrency=2) as client:
        for number in range(8):
            origin.serve(f"/{number}", BODY, delay_seconds=0.03)

        await asyncio.gather(*(client.get(origin.url(f"/{number}"), no_headers) for number in range(8)))

    assert (len(origin.log), origin.most_at_once) == (8, 2)


async def test_requests_to_a_host_start_a_gap_apart_and_their_wait_is_no_timeout() -> None:
    """The gap holds for redirects too; a feed at the end of the line has not failed."""
    async with Origin() as origin, web(per_host_gap_seconds=0.15, timeout_seconds=0.5) as client:
        origin.serve("/old", status=302, headers={"Location": "/feed"})
        origin.serve("/feed", BODY)

        answers = await asyncio.gather(*(client.get(origin.url("/old"), no_headers) for _ in range(3)))

    starts = [request.at_seconds for request in origin.log]
    assert all(isinstance(answer, Response) for answer in answers)
    assert all(later - earlier > 0.08 for earlier, later in pairwise(starts))
    assert len(starts) == 6


async def test_one_slow_host_does_not_hold_up_another() -> None:
    """The lines of two hosts are apart."""
    async with (
        Origin("127.0.0.1") as slow,
        Origin("127.0.0.2") as fast,
        web(per_host_concurrency=1, timeout_seconds=60) as client,
    ):
        slow.serve("/", BODY, delay_seconds=10)
        fast.serve("/", BODY)
        waiting = [asyncio.create_task(client.get(slow.url(), no_headers)) for _ in range(3)]

        await asyncio.wait_for(client.get(fast.url(), no_headers), 5)

        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def test_the_limit_of_all_requests_holds() -> None:
    """Sockets and memory are bounded, whatever the number of hosts."""
    async with Origin() as origin, web(concurrency=2) as client:
        origin.serve("/", BODY, delay_seconds=0.03)

        urls = [f"http://127.0.0.1:{origin.port}/", f"http://localhost:{origin.port}/"] * 3
        await asyncio.gather(*(client.get(url, no_headers) for url in urls))

    assert (len(origin.log), origin.most_at_once) == (6, 2)


async def test_idle_hosts_are_forgotten() -> None:
    """A fleet of a million hosts must not stay in memory."""
    quick, spaced = HostGate(concurrency=1, gap_seconds=0), HostGate(concurrency=1, gap_seconds=0.05)
    for gate in (quick, spaced):
        for number in range(100):
            async with gate.turn(f"host-{number}"):
                pass

    assert (len(quick), len(spaced)) == (0, 100)
    await asyncio.sleep(0.1)
    assert len(spaced) == 0


async def test_a_request_that_gives_up_its_place_leaves_no_trace() -> None:
    """A cancelled wait must neither block its host nor stay in memory."""
    gate = HostGate(concurrency=1, gap_seconds=0)
    async with gate.turn("host"):
        waiting = asyncio.create_task(gate.turn("host").__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    assert len(gate) == 0
