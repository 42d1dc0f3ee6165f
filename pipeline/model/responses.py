"""What came back from the web, unjudged: a complete response, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Response:
    """A complete HTTP response, body as it came off the wire (`content_encoding` not undone).

    `url` is the address that answered after `redirects` were followed. Header names are lower case; values are
    the bytes of the wire. `digest` is the hex digest of the decoded body, empty for a response with no body.
    `refusal` is the page of a refusal, as it came off the wire: nothing where that is long, slow or broken off.
    """

    url: str
    status: int
    headers: tuple[tuple[str, bytes], ...]
    body: bytes
    digest: str
    redirects: tuple[Redirect, ...] = ()
    refusal: bytes = b""

    def header(self, name: str) -> bytes | None:
        """The first value of header *name* (lower case), or None."""
        for key, value in self.headers:  # no generator: a poll asks for a dozen headers
            if key == name:
                return value
        return None


@dataclass(frozen=True, slots=True)
class Redirect:
    """One hop: the `status` that *from_url* answered with, and the address it named."""

    status: int
    from_url: str
    to_url: str


FailureKind = Literal[
    "timeout", "dns", "connection", "tls", "forbidden-address", "too-large", "encoding", "redirects", "protocol"
]


@dataclass(frozen=True, slots=True)
class NoResponse:
    """A request that brought no complete response: which kind of failure, and one line of detail."""

    kind: FailureKind
    detail: str
