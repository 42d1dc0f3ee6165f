"""Guards the network we stand in: no feed, link or redirect may make us ask an address that is not public.

The check sits where the socket is made, because only there is the final address known: a check of the name or a
custom resolver is passed by IP literals, by redirects to them and by names that resolve differently the second time.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from functools import partial
from typing import Any

from aiohttp import ClientError, TCPConnector
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_parser import RawResponseMessage
from aiohttp.streams import StreamReader

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_V4_COMPATIBLE = ipaddress.IPv6Network("::/96")
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
# Set apart by the IANA special-purpose registries; what ipaddress knows of them depends on the version of Python.
_SET_APART_V4 = tuple(map(ipaddress.IPv4Network, ("192.0.0.0/24", "192.88.99.0/24")))
_SET_APART_V6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")))

AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[Any, ...]]


class ForbiddenAddressError(OSError):
    """A connection that was not tried because of where it leads.

    The text never names the address: asyncio keeps the class of several failures only if they read the same.
    """


NOT_PUBLIC = "not a public address (fetch.allow_private_networks = true allows it)"
PORT_REFUSED = "port not allowed (80, 443 and 1024 to 65535 are)"


def guarded_socket(*, allow_private_networks: bool) -> Callable[[AddressInfo], socket.socket]:
    """Return a maker of sockets that raises ForbiddenAddressError for addresses and ports that must not be asked.

    *allow_private_networks* lifts the rule for addresses; that for ports stays.
    """

    def make(address: AddressInfo) -> socket.socket:
        family, kind, protocol, _, (host, port, *_) = address
        if not is_allowed_port(port):
            raise ForbiddenAddressError(PORT_REFUSED)
        if not allow_private_networks and not is_public(host):
            raise ForbiddenAddressError(NOT_PUBLIC)
        return socket.socket(family, kind, protocol)

    return make


def is_allowed_port(port: int) -> bool:
    """Whether a web server may be expected at *port*; below 1024 the others are mail, shells and the like."""
    return port in (80, 443) or 1024 <= port <= 65535


def is_public(host: str) -> bool:
    """Whether the IP address *host* is one of the public internet; False for anything that is no IP address.

    An IPv4 address inside an IPv6 one (mapped, compatible, 6to4, NAT64) is judged as the IPv4 address it leads to.
    """
    try:
        address = _unwrapped(ipaddress.ip_address(host))
    except ValueError:
        return False
    # ipaddress calls most multicast addresses global, and of IPv6 also what nobody has assigned.
    if isinstance(address, ipaddress.IPv6Address):
        if address not in _GLOBAL_UNICAST or any(address in network for network in _SET_APART_V6):
            return False
    elif any(address in network for network in _SET_APART_V4):
        return False
    return address.is_global and not address.is_multicast


def _unwrapped(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return the IPv4 address that *address* carries, if it carries one; else *address* itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and (address in _NAT64 or address in _V4_COMPATIBLE):
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address if inner is None else inner


# --- Early replies ------------------------------------------------------------------------------------------------

# aiohttp skips early replies (status 1xx) in a loop that lets no other task run while more have come: one host that
# sent nothing else held up every feed for as long as a poll may take (8 s measured, and 130 MB).
MOST_EARLY_REPLIES = 16
"""Honest hosts send one or two (RFC 8297)."""


class _BoundedHandler(ResponseHandler):
    """Reads the replies on one connection; one early reply too many ends it."""

    _early = 0

    def feed_data(self, data: tuple[RawResponseMessage, StreamReader], size: int = 0) -> None:
        """Take in one reply."""
        is_early = 100 <= data[0].code < 200 and data[0].code != 101
        self._early = self._early + 1 if is_early else 0
        if self._early <= MOST_EARLY_REPLIES:
            super().feed_data(data, size)
        elif self._early == MOST_EARLY_REPLIES + 1:
            if self.transport is not None:
                self.transport.close()
            self.set_exception(ClientError(f"more than {MOST_EARLY_REPLIES} early replies (1xx) before an answer"))


def bounded(connector: TCPConnector) -> TCPConnector:
    """Let the connections that *connector* makes bound the early replies; gives *connector*."""
    # aiohttp has no other way in; `partial` knows its class too exactly for mypy.
    connector._factory = partial(_BoundedHandler, loop=connector._loop)  # type: ignore[assignment]  # noqa: SLF001
    return connector
