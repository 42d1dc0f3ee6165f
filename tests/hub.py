# ruff: noqa: S310 - every address here is one of loopback
"""A WebSub hub on loopback for tests: it verifies who subscribes, and pushes what it is told to."""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode
from urllib.request import Request, urlopen


@dataclass(slots=True)
class Hub:
    """`asked` holds every request for a subscription as a form, `verified` those whose subscriber confirmed."""

    lease_seconds: int = 3600
    asked: list[dict[str, str]] = field(default_factory=list)
    verified: list[dict[str, str]] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        """Begin to listen."""
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
                self.send_response(202)
                self.end_headers()
                hub.asked.append(form)
                threading.Thread(target=hub.verify, args=(form,), daemon=True).start()

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Stop to listen."""
        self.die()

    def die(self) -> None:
        """Stop to listen, for good."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @property
    def url(self) -> str:
        """The address of the hub."""
        if self._server is None:
            raise AssertionError("the hub is used outside of its `with` block")
        return f"http://127.0.0.1:{self._server.server_port}/"

    def verify(self, form: Mapping[str, str]) -> None:
        """Ask the subscriber whether it meant *form*."""
        question = {"hub.mode": "subscribe", "hub.topic": form["hub.topic"], "hub.challenge": "a challenge"}
        status, body = self.question(form, question | {"hub.lease_seconds": str(self.lease_seconds)})
        if (status, body) == (200, b"a challenge"):
            self.verified.append(dict(form))

    def question(self, form: Mapping[str, str], query: Mapping[str, str]) -> tuple[int, bytes]:
        """Ask the callback of *form* with *query*; returns status and body."""
        return _answer(Request(f"{form['hub.callback']}?{urlencode(query)}"))

    def push(self, body: bytes, *, method: str = "sha256", signature: str | None = None) -> int:
        """Push *body* to the first subscriber, signed by *method* or with *signature*; returns the status."""
        form = self.verified[0]
        digest = hmac.new(form["hub.secret"].encode(), body, getattr(hashlib, method)).hexdigest()
        headers = {"Content-Type": "application/rss+xml", "X-Hub-Signature": signature or f"{method}={digest}"}
        if signature == "":
            del headers["X-Hub-Signature"]
        return _answer(Request(form["hub.callback"], data=body, headers=headers, method="POST"))[0]


def _answer(request: Request) -> tuple[int, bytes]:
    try:
        with urlopen(request, timeout=10) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        with error:
            return error.code, error.read()
