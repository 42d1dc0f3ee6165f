"""Redis behind Sentinel: the address `redis+sentinel://host:port,host:port/service/db`, and clients that follow it.

Such a client asks the sentinels who the primary is whenever it connects, and connects anew when the server it speaks
to turns out to be a replica: a failover is a lost connection like any other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import redis
import redis.asyncio
import redis.asyncio.sentinel
import redis.sentinel

SCHEME = "redis+sentinel://"
_PORT = 26_379
_ASKING_SECONDS = 1.0  # for a sentinel's answer: a dead one is passed over
_ADDRESS = re.compile(
    r"redis\+sentinel://(?:(?P<user>[^:@/]*)(?::(?P<password>[^@/]*))?@)?(?P<hosts>[^/?#@]+)/(?P<service>[^/?#]+)"
    r"(?:/(?P<db>\d+))?"
)
_HOST = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\[\]:]+)(?::(?P<port>\d{1,5}))?")


@dataclass(frozen=True, slots=True)
class Watched:
    """A service that sentinels watch: their addresses, its name, and how to log in at its servers."""

    sentinels: tuple[tuple[str, int], ...]
    service: str
    db: int
    username: str | None
    password: str | None


def is_watched(url: str) -> bool:
    """Whether *url* names sentinels."""
    return url.startswith(SCHEME)


def watched(url: str) -> Watched:
    """Read *url*; raises ValueError when it is no such address."""
    parts = _ADDRESS.fullmatch(url)
    if parts is None:
        raise ValueError("redis+sentinel://host:port,host:port/service expected")
    return Watched(
        sentinels=tuple(_host_and_port(each) for each in parts["hosts"].split(",")),
        service=unquote(parts["service"]),
        db=int(parts["db"] or 0),
        username=unquote(parts["user"]) if parts["user"] else None,
        password=unquote(parts["password"]) if parts["password"] else None,
    )


def plain_client(url: str, options: Mapping[str, Any]) -> redis.Redis:
    """Return a plain client for the primary that the sentinels of *url* name, with the connection *options*."""
    place = watched(url)
    watch = redis.sentinel.Sentinel(list(place.sentinels), sentinel_kwargs=_asking())  # type: ignore[no-untyped-call]
    client: redis.Redis = watch.master_for(place.service, **_login(place), **options)  # type: ignore[no-untyped-call]
    return client


def async_client(url: str, options: Mapping[str, Any]) -> redis.asyncio.Redis:
    """Return an async client for the primary that the sentinels of *url* name, with the connection *options*."""
    place = watched(url)
    watch = redis.asyncio.sentinel.Sentinel(  # type: ignore[no-untyped-call]
        list(place.sentinels), sentinel_kwargs=_asking()
    )
    client: redis.asyncio.Redis = watch.master_for(place.service, **_login(place), **options)
    return client


def _asking() -> dict[str, Any]:
    return {"socket_timeout": _ASKING_SECONDS, "socket_connect_timeout": _ASKING_SECONDS}


def _login(place: Watched) -> dict[str, Any]:
    return {"db": place.db, "username": place.username, "password": place.password}


def _host_and_port(text: str) -> tuple[str, int]:
    parts = _HOST.fullmatch(text)
    port = int(parts["port"] or _PORT) if parts else 0
    if parts is None or not 0 < port <= 0xFFFF:
        raise ValueError(f"{text!r} is not a sentinel's host:port")
    return parts["host"].strip("[]"), port
