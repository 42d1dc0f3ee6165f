"""Which addresses and ports may be asked."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters.addresses import ForbiddenAddressError, guarded_socket, is_allowed_port, is_public

PUBLIC = ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1"]
NOT_PUBLIC = [
    "127.0.0.1",
    "127.255.0.3",
    "0.0.0.0",  # noqa: S104 - refused, not bound
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::1",
    "2002:c0a8:101::1",
    "2001:db8::1",
    "192.0.0.8",
    "192.0.0.9",
    "192.88.99.1",
    "3fff::1",
    "2001::1",
    "fc00::1",
    "fd12::1",
    "fe80::1",
    "fe80::1%lo",
    "fec0::1",
    "ff02::1",
    "4000::1",
    "localhost",
    "example.org",
    "",
    "127.1",
]


@pytest.mark.parametrize("host", PUBLIC)
def test_a_public_address_is_public(host: str) -> None:
    """The guard must not cost feeds."""
    assert is_public(host)


@pytest.mark.parametrize("host", NOT_PUBLIC)
def test_an_address_of_our_own_networks_is_not_public(host: str) -> None:
    """Each of these led into the machine or its network from a feed that a stranger wrote."""
    assert not is_public(host)


@given(st.integers(0, 2**32 - 1))
def test_an_ipv4_address_is_judged_alike_in_every_wrapping(number: int) -> None:
    """IPv6 has four ways to write an IPv4 address; none may be a way around the rule."""
    plain = socket.inet_ntoa(number.to_bytes(4, "big"))
    high, low = f"{number >> 16:x}", f"{number & 0xFFFF:x}"

    for wrapped in (f"::ffff:{plain}", f"64:ff9b::{plain}", f"2002:{high}:{low}::1"):
        assert is_public(wrapped) == is_public(plain)


@given(st.text(max_size=50))
def test_any_text_has_an_answer(host: str) -> None:
    """What is no address is not public, and is no exception either."""
    assert is_public(host) in (True, False)


@pytest.mark.parametrize(
    ("port", "allowed"),
    [(80, True), (443, True), (1024, True), (65535, True), (0, False), (22, False), (1023, False)],
)
def test_only_ports_of_web_servers_are_allowed(port: int, allowed: bool) -> None:
    """A feed address with port 25 makes the fetcher talk to a mail server."""
    assert is_allowed_port(port) == allowed


def address(host: str, port: int) -> tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[str, int]]:
    """Make an address as asyncio hands it to a maker of sockets."""
    return socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port)


def test_no_socket_is_made_for_an_address_that_is_not_public() -> None:
    """The refusal names the setting that lifts it."""
    with pytest.raises(ForbiddenAddressError, match=r"fetch\.allow_private_networks"):
        guarded_socket(allow_private_networks=False)(address("127.0.0.1", 8080))


def test_private_networks_can_be_allowed_but_not_every_port() -> None:
    """An intranet has feeds; it has no feed on its ssh port."""
    make = guarded_socket(allow_private_networks=True)

    make(address("127.0.0.1", 8080)).close()
    with pytest.raises(ForbiddenAddressError, match="port not allowed"):
        make(address("127.0.0.1", 22))
