"""The site of `newswire demo`: the sample feeds of the seeds, served on loopback, each in one state after another.

A feed shows its first state until the reader comes back with that state's ETag, which proves that it was kept; then
it shows the next. The last state stays, and a reader who has it is answered with 304.
"""

from __future__ import annotations

import asyncio
import threading
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from aiohttp import web

_START_SECONDS = 10.0
_SHUTDOWN_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class SampleFeed:
    """One feed of the demo: the *states* it shows in order, and what it *shows* in words."""

    name: str
    title: str
    language: str
    folder: str
    content_type: str
    shows: str
    states: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Samples:
    """The feeds of the demo, and how many of what must come of them: *expected*, by counter."""

    feeds: tuple[SampleFeed, ...]
    expected: Mapping[str, int]


def read_samples(folder: Path) -> Samples:
    """Read the `demo.toml` in *folder*, and the documents it names."""
    table = tomllib.loads((folder / "demo.toml").read_text(encoding="utf-8"))
    feeds = tuple(
        SampleFeed(
            name=feed["name"],
            title=feed["title"],
            language=feed["language"],
            folder=feed["folder"],
            content_type=feed["content_type"],
            shows=feed["shows"],
            states=tuple((folder / state).read_bytes() for state in feed["states"]),
        )
        for feed in table["feeds"]
    )
    return Samples(feeds, table["expected"])


@dataclass(slots=True)
class DemoSite:
    """Serves *feeds* at `/<name>` for as long as the `with` block lasts, in a thread with a loop of its own."""

    feeds: Sequence[SampleFeed]
    _shown: dict[str, int] = field(default_factory=dict)
    _port: int = 0
    _ready: threading.Event = field(default_factory=threading.Event)
    _loop: asyncio.AbstractEventLoop | None = None
    _closing: asyncio.Event | None = None
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Begin to listen on a free port; raises OSError when there is none."""
        self._thread = threading.Thread(target=self._run, name="demo site", daemon=True)
        self._thread.start()
        if not self._ready.wait(_START_SECONDS) or not self._port:
            raise OSError("the demo cannot listen on 127.0.0.1")
        return self

    def __exit__(self, *exception: object) -> None:
        """Stop listening."""
        if self._loop is not None and self._closing is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._closing.set)
            self._thread.join()

    def url(self, feed: SampleFeed) -> str:
        """The address of *feed*."""
        return f"http://127.0.0.1:{self._port}/{feed.name}"

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._closing = asyncio.get_running_loop(), asyncio.Event()
        application = web.Application()
        application.add_routes([web.get("/{name}", self._answer)])
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self._port = int(runner.addresses[0][1])
            self._ready.set()
            await self._closing.wait()
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        feed = next((feed for feed in self.feeds if feed.name == request.match_info["name"]), None)
        if feed is None:
            return web.Response(status=404, text="there is no such feed\n")
        shown, known = self._shown.get(feed.name, 0), request.headers.get("If-None-Match")
        if known == _etag(shown):
            if shown + 1 == len(feed.states):
                return web.Response(status=304, headers={"ETag": known})
            shown += 1
            self._shown[feed.name] = shown
        headers = {"ETag": _etag(shown), "Content-Type": feed.content_type}
        return web.Response(body=feed.states[shown], headers=headers)


def _etag(state: int) -> str:
    return f'"state-{state + 1}"'
