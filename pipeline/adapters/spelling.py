"""How addresses and header names are spelled, looked up for every request and so remembered."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from yarl import URL


@lru_cache(maxsize=16_384)
def target_and_host(url: str) -> tuple[URL, str]:
    """What to ask for at *url*, and the host to ask; raises ValueError for an address that cannot be asked.

    An address that is visible ASCII throughout goes on the wire as it is.
    """
    host = urlsplit(url).hostname
    if not host or not url.lower().startswith(("http://", "https://")):
        raise ValueError(f"not http://HOST or https://HOST: {url[:80]!a}")
    is_plain = url.isascii() and url.isprintable() and " " not in url
    return URL(url, encoded=is_plain), host


@lru_cache(maxsize=1024)
def lower_name(name: bytes) -> str:
    """Give a header *name* in lower case."""
    return name.lower().decode("latin-1")
