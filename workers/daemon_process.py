"""The daemon as a process of its own: `python -m workers.daemon_process`, its settings in the environment."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from hashlib import blake2b

import structlog
import uvloop

from pipeline.adapters import log as logs
from pipeline.adapters.backfills import BackfillStore
from pipeline.adapters.connection import AsyncClient, connect_async
from pipeline.adapters.hosts import HostStore, Leased
from pipeline.adapters.leases import LeaseStore
from pipeline.adapters.load import announce_wait, measure_load
from pipeline.adapters.pages import PageStore
from pipeline.adapters.robots_cache import RobotsCache
from pipeline.adapters.store_errors import STORE_LOST
from pipeline.adapters.web import Web
from pipeline.errors import NewswireError
from pipeline.model import NoResponse
from pipeline.settings import Settings
from pipeline.stages.encoding import Damaged, unpacked
from pipeline.stages.page_answers import MOST_ATTEMPTS
from workers import lifecycle
from workers.backpressure import Backpressure
from workers.daemon import Daemon
from workers.host_turns import HostTurns
from workers.housekeeping import apply_new_schedule, keep_house, stay_small
from workers.hub_door import HubDoor
from workers.loops import beside
from workers.older_pages import OlderPages
from workers.pages import Pages
from workers.polling import Poller
from workers.pushes import Pushes
from workers.robots import RobotsGuide
from workers.server import http_server
from workers.status import status_of
from workers.store import Store, open_store

log = structlog.get_logger("workers.daemon")

_HOSTS_AT_LEAST = 4
"""One host that never answers takes no more than a quarter of the requests, whatever the settings allow it."""
_LEEWAY_SECONDS = 5.0
"""A request counts as running for this long after its time limit: its daemon died, or the store was away."""


def digest_of_decoded(body: bytes, content_encoding: str, limit_bytes: int) -> str | NoResponse:
    """A body's identity: the hex digest of what it unpacks to, held piece by piece; "" if that is nothing."""
    digest, is_empty = blake2b(digest_size=16), True
    for piece in unpacked(body, content_encoding, limit_bytes=limit_bytes):
        if isinstance(piece, Damaged):
            return NoResponse(piece.kind, piece.reason)
        digest.update(piece)
        is_empty = is_empty and not piece
    return "" if is_empty else digest.hexdigest()


@asynccontextmanager
async def open_daemon(store: Store, *, page_tries: int = MOST_ATTEMPTS) -> AsyncIterator[Daemon]:
    """A daemon with its client of the web and of Redis, ready to run, closed at the end of the block.

    A page that cannot be had is asked for *page_tries* times in all.
    """
    settings = store.settings
    client = connect_async(store.url)
    try:
        async with Web(settings.fetch, digest=digest_of_decoded) as web:
            poller = Poller(settings, LeaseStore(client, store.keys), web, _turns(client, store))
            pressure = _pressure(client, store)
            pages = _pages(client, store, web, pressure, tries=page_tries)
            older_pages = OlderPages(
                BackfillStore(client, store.keys), web, _turns(client, store, leased="backfills")
            )
            yield Daemon(settings, store.backlog, poller, pressure, pages=(pages, older_pages))
    finally:
        await client.aclose()


def _pressure(client: AsyncClient, store: Store) -> Backpressure:
    measure, announce = partial(measure_load, client, store.keys), partial(announce_wait, client, store.keys)
    return Backpressure(measure, announce, store.settings.workers.most_waiting)


def _turns(client: AsyncClient, store: Store, *, leased: Leased = "feeds") -> HostTurns:
    fetch = store.settings.fetch
    hosts = HostStore(
        client,
        store.keys,
        gap_ms=round(fetch.per_host_gap_seconds * 1000),
        concurrency=min(fetch.per_host_concurrency, max(1, fetch.concurrency // _HOSTS_AT_LEAST)),
        run_ms=round((fetch.timeout_seconds + _LEEWAY_SECONDS) * 1000),
        leased=leased,
    )
    return HostTurns(hosts, fetch)


def _pages(client: AsyncClient, store: Store, web: Web, pressure: Backpressure, *, tries: int) -> Pages:
    fetch = store.settings.fetch
    robots = RobotsGuide(
        web, RobotsCache(client, store.keys), user_agent=fetch.user_agent, limit_bytes=fetch.max_body_bytes
    )
    turns = _turns(client, store, leased="pages")
    return Pages(store.settings, PageStore(client, store.keys), web, turns, robots, pressure, tries)


async def serve(settings: Settings) -> None:
    """Run the daemon and its HTTP port until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    with open_store(settings) as store:
        status, door = partial(status_of, store), _hub_door(store)
        async with open_daemon(store) as daemon, http_server(settings.http, status=status, hub_door=door) as port:
            if door is not None:
                daemon.poller.pushes = Pushes(settings, store.subscriptions, daemon.poller.web)
            log.info("started", http_port=port, feeds=store.feeds.count())
            await asyncio.to_thread(apply_new_schedule, store)
            async with beside([keep_house(store, stop), stay_small(stop)]):
                await daemon.run(stop)
    log.info("stopped")


def _hub_door(store: Store) -> HubDoor | None:
    """The door for hubs; None where no address is known under which they would find it."""
    settings = store.settings
    if not settings.push.callback_url:
        return None
    return HubDoor(store.subscriptions, store.backlog.now_ms, limit_bytes=settings.fetch.max_body_bytes)


def main() -> int:
    """The process's entry; the exit code of the process."""
    lifecycle.end_with_parent()
    settings = lifecycle.settings_of_this_process()
    logs.configure(settings.log)
    lifecycle.collect_garbage_rarely()
    lifecycle.give_large_blocks_back()
    lifecycle.share_one_heap()
    try:
        uvloop.run(serve(settings))
    except NewswireError as error:
        log.error("failed", reason=str(error))  # noqa: TRY400 - one line is what an operator needs
        return error.exit_code
    except STORE_LOST as error:  # at the start or the end; in between it is waited for
        log.error("failed", reason=str(error))  # noqa: TRY400 - the same
        return 1
    except Exception as error:  # of a part that failed; whoever started us starts us again
        log.exception("failed", reason=f"{type(error).__name__}: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
