"""Trouble with names, on the island: the real system follows feeds whose name server fails, or says nothing for long.

Run as a program inside `unshare --net --mount`. Half the names are fine, the others get SERVFAIL or an answer after
30 seconds, until the trouble ends. It prints a report as JSON.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from contextlib import suppress
from typing import cast
from urllib.request import ProxyHandler, build_opener

from documents import Item, rss
from island import NAME_SERVER, settle
from namespace_cases import PUBLIC_V4
from system import System, running_system
from waiting import wait_until

from pipeline.adapters.connection import connect
from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.keys import Keys
from pipeline.stages.urls import feed_id

_PORT = 8080
_INTERVAL_SECONDS = 1.0
_SLOW_SECONDS = 30.0
_LONG = 60.0
GOOD, SERVFAIL, SLOW = "good", "servfail", "slow"
_COUNTS = {GOOD: 20, SERVFAIL: 20, SLOW: 60}
_FEED = rss([Item(f"name-{number}", f"Name {number}") for number in range(3)])


class Island:
    """A name server and a host behind all its names; `asked` is when each name was asked for a feed."""

    def __init__(self) -> None:
        self.asked: dict[str, list[float]] = {}
        self.is_troubled = True
        self._ready = threading.Event()

    def start(self) -> None:
        """Serve from a thread that ends with the process."""
        threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True).start()
        assert self._ready.wait(10)

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: _NameServer(self), local_addr=(NAME_SERVER, 53))
        await asyncio.start_server(self._answer, PUBLIC_V4, _PORT)
        self._ready.set()
        await asyncio.Event().wait()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            name = re.search(rb"\r\nHost: ([^:\r]+)", head)
            assert name
            self.asked.setdefault(name[1].decode("ascii"), []).append(time.monotonic())
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(_FEED) + _FEED)
        writer.close()


class _NameServer(asyncio.DatagramProtocol):
    """Answers every name with the public host, but for the names in trouble while there is trouble."""

    def __init__(self, island: Island) -> None:
        self._island = island
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one query, at once or much later."""
        kind = data[13 : 13 + data[12]].partition(b"-")[0].decode("ascii") if self._island.is_troubled else GOOD
        asyncio.get_running_loop().call_later(_SLOW_SECONDS if kind == SLOW else 0, self._reply, data, addr, kind)

    def _reply(self, query: bytes, addr: tuple[str, int], kind: str) -> None:
        end = query.index(b"\0", 12) + 5
        is_v4 = query[end - 4 : end - 2] == b"\0\1" and kind != SERVFAIL
        address = bytes(map(int, PUBLIC_V4.split(".")))
        record = b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4" + address if is_v4 else b""
        flags = b"\x81\x82" if kind == SERVFAIL else b"\x81\x80"
        if self._transport is not None:
            self._transport.sendto(
                query[:2] + flags + b"\0\1" + is_v4.to_bytes(2) + bytes(4) + query[12:end] + record, addr
            )


def _urls(kind: str) -> list[str]:
    return [f"http://{kind}-{number}.test:{_PORT}/feed" for number in range(_COUNTS[kind])]


def _problems(system: System, urls: list[str]) -> list[str]:
    with connect(system.url) as client:
        store = FeedStore(client, Keys("newswire"))
        return [state.problem or "" for state in store.states([feed_id(url) for url in urls])]


def _waits(port: int, ended: threading.Event, waits: list[float]) -> None:
    """Note how long the daemon lets one wait, until *ended*: a loop that stands still answers nobody."""
    ask = build_opener(ProxyHandler({})).open
    while not ended.wait(0.05):
        started = time.monotonic()
        with suppress(OSError), ask(f"http://127.0.0.1:{port}/healthz", timeout=30) as answer:
            answer.read()
        waits.append(time.monotonic() - started)


def report() -> dict[str, object]:
    """Follow the feeds through the trouble and out of it; say what was seen."""
    island = Island()
    island.start()
    settings = {"SCHEDULE__KIND": "fixed", "SCHEDULE__INTERVAL_SECONDS": _INTERVAL_SECONDS}
    settings |= {"SCHEDULE__MAX_INTERVAL_SECONDS": 4, "ARTICLES__FULL_TEXT": "never"}
    with running_system(**settings) as system:
        troubled = [*_urls(SERVFAIL), *_urls(SLOW)]
        (system.folder / "troubled.txt").write_text("\n".join(troubled), "ascii")
        (system.folder / "good.txt").write_text("\n".join(_urls(GOOD)), "ascii")
        running = system.start("run", "--workers", "1", "troubled.txt")
        system.wait_for("daemon")
        wait_until(lambda: "http_port" in running.stderr.read_text("utf-8"), timeout_seconds=_LONG)
        found = re.search(r'"http_port":\s*(\d+)', running.stderr.read_text("utf-8"))
        assert found
        wait_until(lambda: any(_problems(system, troubled)), timeout_seconds=_LONG)
        ended, waits = threading.Event(), list[float]()
        watch = threading.Thread(target=_waits, args=(int(found[1]), ended, waits))
        watch.start()
        added = time.monotonic()
        assert system.run("feeds", "import", "good.txt").code == 0
        wait_until(lambda: all(_problems(system, troubled)), timeout_seconds=_LONG)
        wait_until(lambda: len(island.asked) == _COUNTS[GOOD], timeout_seconds=_LONG)
        ended.set()
        watch.join()
        problems = _problems(system, troubled)
        island.is_troubled = False
        over = time.monotonic()
        wait_until(lambda: not any(_problems(system, troubled)), timeout_seconds=_LONG)
        recovered = time.monotonic()
    firsts = [times[0] - added for name, times in island.asked.items() if name.startswith(GOOD)]
    return {
        "good_names": len(firsts),
        "longest_first_wait": max(firsts),
        "longest_stall": max(waits),
        "problems": sorted({re.sub(r"\d+", "N", each)[:60] for each in problems}),
        "recovered_seconds": recovered - over,
    }


if __name__ == "__main__":
    settle(options="")
    print(json.dumps(report()))  # noqa: T201
