"""The island that the guard is tested on: a network namespace with nothing but `lo`, on which every address lives.

Run as a program inside `unshare --net --mount`, it asks all forms of forbidden addresses through the real client and
prints a report as JSON. It refuses to run where there is any other interface: nothing here may leave the machine.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import uvloop
from asking import SETTINGS, digest, no_headers
from namespace_cases import FORBIDDEN_NAMES, LITERALS, ODD, PORTS, PUBLIC_V4, PUBLIC_V6

from pipeline.adapters.web import Web
from pipeline.model import Response
from workers.discovery import Explorer

_SETUP = (
    "ip link set lo up",
    "ip route add local 0.0.0.0/0 dev lo",  # every address is this machine's own: each can be a canary
    "ip -6 route add local ::/0 dev lo",
    "ip addr add 169.254.169.254/32 dev lo",
    "ip -6 addr add fe80::1/64 dev lo nodad",
)
NAME_SERVER = "127.0.0.53"
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - on the island alone
_CANARY_PORTS = (80, 8080, *PORTS)


@dataclass(slots=True)
class Island:
    """What was reached: *canaries* by forbidden address and port, *controls* by the public ones."""

    canaries: list[str] = field(default_factory=list)
    controls: int = 0
    rebinds: int = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a connection to any address: public ones serve, `/to/ADDRESS` redirects; others should never come."""
        host, port = writer.get_extra_info("sockname")[:2]
        if host.removeprefix("::ffff:") in (PUBLIC_V4, PUBLIC_V6) and port in (80, 8080):
            self.controls += 1
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode("latin-1")
            if path.startswith("/to/"):
                reply = f"HTTP/1.1 302 Found\r\nLocation: {path[4:]}\r\n"
            else:
                reply = "HTTP/1.1 200 OK\r\n"
            writer.write(f"{reply}Content-Length: 0\r\nConnection: close\r\n\r\n".encode("latin-1"))
        else:
            self.canaries.append(f"{host} port {port}")
        writer.close()

    def resolve(self, query: bytes) -> bytes:
        """Answer a DNS query: `a-1-2-3-4.test` is 1.2.3.4, `rebind.test` is public and private in turn."""
        name, at = [], 12
        while query[at]:
            name.append(query[at + 1 : at + 1 + query[at]].decode("latin-1"))
            at += 1 + query[at]
        question, kind = query[12 : at + 5], int.from_bytes(query[at + 1 : at + 3])
        addresses = [bytes(map(int, each.split("."))) for each in self._addresses(name)] if kind == 1 else []
        records = b"".join(b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4" + each for each in addresses)
        return query[:2] + b"\x81\x80\0\1" + len(addresses).to_bytes(2) + bytes(4) + question + records

    def _addresses(self, name: Sequence[str]) -> list[str]:
        label, private = name[0].lower(), "10.66.0.1"
        if label.startswith("a-"):
            return [label[2:].replace("-", ".")]
        if label == "both":
            return [private, PUBLIC_V4, "169.254.169.254"]
        if label == "rebind":
            self.rebinds += 1
            return [PUBLIC_V4 if self.rebinds % 2 else private]
        return [PUBLIC_V4] if label == "public" else []


class _NameServer(asyncio.DatagramProtocol):
    def __init__(self, island: Island) -> None:
        self._island = island
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one query."""
        if self._transport is not None:
            self._transport.sendto(self._island.resolve(data), addr)


@asynccontextmanager
async def inhabited() -> AsyncIterator[Island]:
    """Let canaries, the public host and the name server live while the block lasts."""
    island = Island()
    servers = [
        await asyncio.start_server(island.answer, host, port) for host in _EVERYWHERE for port in _CANARY_PORTS
    ]
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _NameServer(island), local_addr=(NAME_SERVER, 53))
    try:
        yield island
    finally:
        transport.close()
        for server in servers:
            server.close()


async def reached_without_guard() -> dict[str, object]:
    """Ask a few with the guard off: the proof that the canaries sing. Harmless here, and here alone."""
    settings = replace(SETTINGS, allow_private_networks=True, timeout_seconds=3)
    async with inhabited() as island, Web(settings, digest=digest) as web:
        for url in ("http://10.0.0.1/", "http://169.254.169.254/", "http://[fd00::1]/", "http://a-10-9-9-9.test/"):
            await web.get(url, no_headers)
        await web.get(f"http://{PUBLIC_V4}/to/http://192.168.1.1:8080/", no_headers)
        return {"canaries": sorted(set(island.canaries))}


async def report() -> dict[str, object]:
    """Ask everything that is forbidden, plainly and by way of redirects; say what was reached and answered."""
    settings = replace(SETTINGS, allow_private_networks=False, timeout_seconds=3)
    urls = [*LITERALS, *(f"http://{name}/" for name in FORBIDDEN_NAMES)]
    urls += [f"http://{PUBLIC_V4}:{port}/" for port in PORTS]
    asked = [*urls, *(f"http://{PUBLIC_V4}/to/{url}" for url in [*urls, *ODD])]
    asked += [f"http://{PUBLIC_V4}/to/http://{PUBLIC_V4}/to/{url}" for url in urls[:10]]
    async with inhabited() as island, Web(settings, digest=digest) as web:
        control = [
            await web.get(f"http://{host}/", no_headers) for host in (PUBLIC_V4, f"[{PUBLIC_V6}]", "public.test")
        ]
        answers = {url: await web.get(url, no_headers) for url in asked}
        for _ in range(6):  # an expired name is asked again: each turn may lead elsewhere
            async with Web(settings, digest=digest) as fresh:
                await fresh.get("http://rebind.test/", no_headers)
                await fresh.get(f"http://{PUBLIC_V4}/to/http://rebind.test:8080/", no_headers)
        for url in LITERALS:  # a hub is named by a stranger too
            await web.post(url, {"hub.mode": "subscribe"})
        both = await web.get("http://both.test/", no_headers)
        explorer = Explorer(web, limit_bytes=1_000)
        explored = [await explorer.explore(url) for url in LITERALS[:10]]
        await asyncio.sleep(0.2)
        return {
            "canaries": island.canaries,
            "controls": [type(each).__name__ for each in (*control, both)],
            "rebinds": island.rebinds,
            "asked": len(asked),
            "answered": [
                url for url, each in answers.items() if isinstance(each, Response) and PUBLIC_V4 not in each.url
            ],
            "explored": [each.problem for each in explored],
        }


def settle(options: str = "options timeout:1 attempts:1") -> None:
    """Make the island habitable, with these *options* for its resolver; SystemExit where it is none."""
    if [name for _, name in socket.if_nameindex()] != ["lo"]:
        sys.exit("this is no island: there are other interfaces than lo")
    for line in _SETUP:
        subprocess.run(line.split(), check=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (
            ("resolv.conf", f"nameserver {NAME_SERVER}\n{options}\n"),
            ("hosts", "127.0.0.1 localhost\n::1 localhost ip6-localhost\n10.66.0.2 intranet\n"),
        ):
            file = Path(folder, name)
            file.write_text(text, "ascii")
            subprocess.run(["mount", "--bind", str(file), f"/etc/{name}"], check=True)
    # The rule "no proxy from the environment" is tested by proxies that are canaries.
    os.environ |= {"HTTP_PROXY": "http://10.66.0.9:8080", "http_proxy": "http://10.66.0.9:8080"}
    os.environ |= {"ALL_PROXY": "http://10.66.0.9:8080", "all_proxy": "http://10.66.0.9:8080"}


if __name__ == "__main__":
    settle()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop if "uvloop" in sys.argv else None) as runner:
        print(json.dumps(runner.run(reached_without_guard() if "unguarded" in sys.argv else report())))  # noqa: T201
