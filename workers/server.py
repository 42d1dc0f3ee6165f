"""The HTTP port of the daemon: whether it lives, whether it can work, how the system stands."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from errno import EADDRINUSE
from socket import AF_INET, AF_INET6, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, socket

import structlog
from aiohttp import web

from pipeline.adapters.store_errors import STORE_LOST
from pipeline.errors import PortInUse
from pipeline.settings import HttpSettings
from workers.hub_door import HubDoor
from workers.status import Status

log = structlog.get_logger("workers.server")


def require_free_port(settings: HttpSettings) -> None:
    """Raise PortInUse, with one line, unless the HTTP port can be bound; before anything else is begun."""
    _bound(settings).close()


def _bound(settings: HttpSettings) -> socket:
    listener = socket(AF_INET6 if ":" in settings.host else AF_INET, SOCK_STREAM)
    listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        why = "it is in use by another program" if error.errno == EADDRINUSE else str(error.strerror or error)
        raise PortInUse(
            f"HTTP port {settings.host}:{settings.port} cannot be opened: {why}; "
            "choose another with --port, or 0 for any free one"
        ) from None
    return listener


@asynccontextmanager
async def http_server(
    settings: HttpSettings, *, status: Callable[[], Status], hub_door: HubDoor | None = None
) -> AsyncIterator[int]:
    """Serve `/healthz`, `/readyz` and `/status` while the block lasts; yields the port. Raises PortInUse.

    With *hub_door* hubs are let in too, at its address.
    """

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_request: web.Request) -> web.Response:
        try:
            await asyncio.to_thread(status)
        except STORE_LOST as error:
            return web.Response(status=503, text=f"redis: {error}\n")
        return web.Response(text="ready\n")

    async def show_status(_request: web.Request) -> web.Response:
        try:
            return web.json_response(asdict(await asyncio.to_thread(status)))
        except STORE_LOST as error:
            return web.json_response({"error": f"redis: {error}"}, status=503)

    application = web.Application(client_max_size=hub_door.limit_bytes if hub_door else 1024)
    application.add_routes(
        [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/status", show_status)]
    )
    if hub_door is not None:
        application.add_routes(hub_door.routes())
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    listener = _bound(settings)
    try:
        await web.SockSite(runner, listener, shutdown_timeout=1.0).start()
        yield int(listener.getsockname()[1])
    finally:
        await runner.cleanup()
