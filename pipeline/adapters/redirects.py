"""Reads where a redirect leads: from the bytes of a Location header to an address that can be asked."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit

REDIRECT_STATUSES = frozenset((301, 302, 303, 307, 308))
# Every printable ASCII character that may stand in an address stays as it is, "%" too: what is encoded is encoded.
_KEPT = "!#$%&'()*+,-./:;=?@[]_~"
_HOST_AND_PORT = re.compile(r"[A-Za-z0-9._-]+(:[0-9]*)?")


def target_of(location: bytes, *, url: str) -> str | None:
    """Return the absolute http(s) address that *location* names, seen from *url*; None when it names none.

    Bytes beyond ASCII, spaces and controls are percent-encoded as they came (Locations in raw UTF-8 are common),
    a host beyond ASCII becomes its IDNA form, and the fragment is dropped: it is never sent.
    """
    try:
        target = urldefrag(urljoin(url, quote(location.strip(), safe=_KEPT))).url
        parts = urlsplit(target)
        if not location.strip() or parts.scheme not in ("http", "https") or not parts.hostname:
            return None
        _ = parts.port
        if "%" in parts.hostname:
            user, at, host = parts.netloc.rpartition("@")
            ascii_host = unquote(host, errors="strict").encode("idna").decode("ascii")
            if not _HOST_AND_PORT.fullmatch(ascii_host):
                return None
            target = parts._replace(netloc=user + at + ascii_host).geturl()
    except ValueError:  # a bad port, a broken IPv6 literal, a host that has no IDNA form
        return None
    return target
