"""How addresses and header names are spelled, looked up for every request and so remembered."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit


@lru_cache(maxsize=4096)
def host_of(url: str) -> str:
    """The host of *url*, "" when it has none; raises ValueError for an address that cannot be read."""
    return urlsplit(url).hostname or ""


@lru_cache(maxsize=1024)
def lower_name(name: bytes) -> str:
    """Give a header *name* in lower case."""
    return name.lower().decode("latin-1")


def is_plain(url: str) -> bool:
    """Whether *url* can go on the wire as it is: visible ASCII, nothing left to encode."""
    return url.isascii() and url.isprintable() and " " not in url
