"""Sentinel: three servers and three sentinels of Valkey, a primary that dies, and a newsroom that goes on."""

from __future__ import annotations

import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from ledger import Reader, latest_titles, published, repeated
from newsroom import Newsroom
from origin import OriginThread
from system import running_system
from waiting import wait_until

from pipeline.adapters.connection import check, connect, shown
from pipeline.adapters.embedded_server import program
from pipeline.adapters.sentinel import Watched, watched
from pipeline.errors import StoreUnreachable

_SERVICE = "wire"
_PATIENCE_SECONDS = 60.0


class WatchedServers:
    """A primary, two replicas and three sentinels that watch them, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = [_free_port() for _ in range(6)]
        self.processes = [self._server(number) for number in range(3)]
        self.processes += [self._sentinel(number) for number in range(3, 6)]

    @property
    def url(self) -> str:
        """Give the address of the service."""
        return f"redis+sentinel://{','.join(f'127.0.0.1:{port}' for port in self.ports[3:])}/{_SERVICE}/0"

    def primary(self) -> int:
        """Tell which server is the primary now."""
        client = connect(self.url)
        try:
            return self.ports.index(int(client.config_get("port")["port"]))
        finally:
            client.close()

    def kill(self, number: int) -> None:
        """Kill a server."""
        self.processes[number].kill()
        self.processes[number].wait(10)

    def end(self) -> None:
        """End them all."""
        for process in self.processes:
            process.kill()
            process.wait(10)

    def _server(self, number: int) -> subprocess.Popen[bytes]:
        folder = self.folder / str(number)
        folder.mkdir()
        replica = ["--replicaof", f"127.0.0.1 {self.ports[0]}"] if number else []
        options = ["--appendonly", "yes", "--save", "", "--repl-diskless-sync-delay", "0", *replica]
        return self._start(["--port", str(self.ports[number]), "--dir", str(folder), *options])

    def _sentinel(self, number: int) -> subprocess.Popen[bytes]:
        file = self.folder / f"sentinel-{number}.conf"
        rules = (
            f"port {self.ports[number]}",
            f"dir {self.folder}",
            f"sentinel monitor {_SERVICE} 127.0.0.1 {self.ports[0]} 2",
            f"sentinel down-after-milliseconds {_SERVICE} 1000",
            f"sentinel failover-timeout {_SERVICE} 3000",
        )
        file.write_text("\n".join(rules), "utf-8")
        return self._start([str(file), "--sentinel"])

    def _start(self, arguments: list[str]) -> subprocess.Popen[bytes]:
        command = [str(program()), *arguments]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture
def servers() -> Iterator[WatchedServers]:
    """Give servers whose replicas follow and whose sentinels know each other."""
    with tempfile.TemporaryDirectory(prefix="nw-") as folder:
        servers = WatchedServers(Path(folder))
        try:
            wait_until(lambda: _is_whole(servers), timeout_seconds=_PATIENCE_SECONDS)
            yield servers
        finally:
            servers.end()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _is_whole(servers: WatchedServers) -> bool:
    """Whether both replicas are up to date, and every sentinel knows of them and of the two others."""
    try:
        known = [_watching(port) for port in servers.ports[3:]]
        primary = connect(f"redis://127.0.0.1:{servers.ports[0]}")
        replicas = primary.info("replication")
        primary.close()
    except (StoreUnreachable, ConnectionError, OSError):
        return False
    states = [replicas.get(f"slave{number}", {}).get("state") for number in range(2)]
    return known == [(2, 2)] * 3 and states == ["online"] * 2


def _watching(port: int) -> tuple[int, int]:
    client = connect(f"redis://127.0.0.1:{port}")
    try:
        state = client.sentinel_master(_SERVICE)
        return state["num-slaves"], state["num-other-sentinels"]
    finally:
        client.close()


def test_a_failover_under_load_is_ridden_out(servers: WatchedServers) -> None:
    """The primary dies in the middle of the news: no process is restarted, nothing stands twice, all comes again.

    What the new primary had not received is gone with the old one; the validators with it, so the next poll heals it.
    """
    with (
        running_system(REDIS_URL=servers.url, SCHEDULE__KIND="fixed", SCHEDULE__INTERVAL_SECONDS=0.5) as system,
        OriginThread() as origin,
        Reader(servers.url) as reader,
        Newsroom(origin, reader, 20, 12) as room,
    ):
        (system.folder / "feeds.txt").write_text("\n".join(room.urls), "utf-8")
        running = system.start("run", "feeds.txt", "--workers", "2")
        wait_until(lambda: room.progress > 20, timeout_seconds=_PATIENCE_SECONDS)
        before = {process.pid for process in system.processes("daemon", "worker")}
        first = servers.primary()
        servers.kill(first)
        wait_until(lambda: servers.primary() != first, timeout_seconds=_PATIENCE_SECONDS)
        at, told = time.monotonic(), len(reader.lines)
        wait_until(lambda: len(reader.lines) > told, timeout_seconds=10)
        assert time.monotonic() - at < 10
        wait_until(lambda: not room.unfinished, timeout_seconds=_PATIENCE_SECONDS)
        wait_until(lambda: latest_titles(servers.url) == room.shown(), timeout_seconds=_PATIENCE_SECONDS)
        assert repeated(published(servers.url)) == []
        assert {process.pid for process in system.processes("daemon", "worker")} == before
        running.signal(signal.SIGTERM)
        assert running.ended(timeout_seconds=60).code == 0


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("redis+sentinel://a:1,b/wire", Watched((("a", 1), ("b", 26379)), "wire", 0, None, None)),
        ("redis+sentinel://[::1]:2/wire/3", Watched((("::1", 2),), "wire", 3, None, None)),
        ("redis+sentinel://me:se%40cret@a:1/wire/0", Watched((("a", 1),), "wire", 0, "me", "se@cret")),
        ("redis+sentinel://:pw@a/wire", Watched((("a", 26379),), "wire", 0, None, "pw")),
    ],
)
def test_an_address_names_sentinels_and_a_service(url: str, place: Watched) -> None:
    """Operators write it by hand, with a login for the servers."""
    assert watched(url) == place
    assert "cret" not in shown(url)


@pytest.mark.parametrize("url", ["redis+sentinel://a:1", "redis+sentinel:///wire", "redis+sentinel://a:99999/wire"])
def test_what_names_no_service_is_refused_in_one_line(url: str) -> None:
    """A typo is told at the start, with what is expected."""
    with pytest.raises(StoreUnreachable, match=r"redis\+sentinel://host:port,host:port/service"):
        connect(url)


def test_sentinels_that_do_not_answer_are_said_at_the_start() -> None:
    """A wrong port is the usual first mistake; redis-py says two thousand characters of it."""
    places = ",".join(f"127.0.0.1:{_free_port()}" for _ in range(2))
    with pytest.raises(StoreUnreachable) as caught:
        check(f"redis+sentinel://bob:s3cret@{places}/wire")

    assert str(caught.value) == (
        f"redis+sentinel://{places}/wire: Redis does not answer: none of these sentinels answers and knows a primary "
        "of this name; start it, or correct redis_url (NEWSWIRE_REDIS_URL)"
    )
