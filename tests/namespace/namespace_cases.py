"""The addresses that no feed may make us ask, in every form that somebody may write them."""

from __future__ import annotations

from ipaddress import IPv4Address

PUBLIC_V4 = "93.184.216.34"
PUBLIC_V6 = "2606:2800:220:1::1"
"""Two public addresses, on the island alone: the proof that the guard lets anything through."""

PORTS = (22, 25, 587)
"""Ports below 1024 that speak other languages than HTTP."""

PRIVATE_V4 = (  # noqa: SIM905 - thirty lines of one word each are harder to check
    "127.0.0.1 127.1.2.3 10.0.0.1 10.255.255.254 172.16.0.9 172.31.255.1 192.168.1.1 169.254.169.254 169.254.1.1 "
    "100.64.0.1 100.127.255.254 0.0.0.0 0.1.2.3 192.0.0.8 192.0.0.9 192.88.99.1 192.0.2.1 "
    "198.18.0.1 198.19.255.1 198.51.100.7 203.0.113.9 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255"
).split()

_V6 = (  # noqa: SIM905
    "::1 :: ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:a9fe:a9fe ::ffff:10.0.0.1 ::127.0.0.1 ::7f00:1 ::ffff:0:7f00:1 "
    "64:ff9b::7f00:1 64:ff9b::10.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 2002:7f00:1:: 2002:a9fe:a9fe::1 2002:a00:1::1 "
    "2001:0:7f00:1::1 2001:db8::1 2001:10::1 fe80::1 fe80::1%25lo fec0::1 fc00::1 fd00:ec2::254 fdff::1 ff02::1 "
    "ff0e::1 100::1 3fff::1 3fff:fff::1 4000::1"
).split()


def _forms(address: str) -> list[str]:
    """The ways to write an IPv4 address that some part of some system understands."""
    number, (a, b, c, d) = int(IPv4Address(address)), IPv4Address(address).packed
    return [
        address,
        f"{address}.",
        str(number),
        f"0x{number:08x}",
        f"0{number:o}",
        f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
        f"0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}",
        f"{a}.{number & 0xFFFFFF}",
        f"{a}.{b}.{number & 0xFFFF}",
        f"0x{a:x}.{b}.{c}.0{d:o}",
        "".join(chr(0xFF10 + int(each)) if each.isdigit() else each for each in address),  # full-width digits
        address.replace(".", "\u3002"),  # the ideographic full stop is a dot to IDNA
        "".join(f"%{ord(each):02x}" for each in address),
        f"public.test@{address}",
        f"{address}:8080",
    ]


_FORMED = ("127.0.0.1", "169.254.169.254", "10.0.0.1", "192.168.1.1", "100.64.0.1")

LITERALS = [
    *(f"http://{form}/" for address in _FORMED for form in _forms(address)),
    *(f"http://{address}/" for address in PRIVATE_V4),
    *(f"http://[{address}]/" for address in _V6),
    *(f"http://[{address}]:8080/" for address in _V6),
    "http://127.0.0.1:80#@public.test/",
    "http://public.test\\@127.0.0.1/",
]

ODD = [
    "http:127.0.0.1/",
    "http:///127.0.0.1/",
    "//127.0.0.1/",
    "\\\\127.0.0.1/",
    "http:/\t/127.0.0.1/",
    "/\\127.0.0.1/",
]
"""References that are no address, but that something on the way may take for one: as targets of redirects."""

FORBIDDEN_NAMES = [
    "localhost",
    "LOCALHOST",
    "localhost.",
    "ip6-localhost",
    "intranet",
    *(f"a-{address.replace('.', '-')}.test" for address in PRIVATE_V4),
    *(f"a-{address.replace('.', '-')}.test:8080" for address in PRIVATE_V4[:8]),
    "\u24d0-127-0-0-1.test",  # a circled letter, which IDNA makes plain
]
