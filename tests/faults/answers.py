"""Faults of what hosts answer: refusals with a time to wait, every bad framing, every hostile document."""

from __future__ import annotations

import gzip
import signal
import time
from collections.abc import Iterable, Mapping

from faults.pipe import Pipe, running_pipe
from hostile import OTHERS, WITH_GOOD_ITEMS
from hostile_hosts import Hosts, verdicts
from origin import OriginThread, Served
from system import peak_bytes
from transport_cases import cases
from waiting import wait_until

from pipeline.adapters.connection import connect
from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.keys import Keys
from pipeline.stages.urls import feed_id

_ASKED_SECONDS = 8
_IN_FLIGHT_SECONDS = 1.0
_BOMB_MIB = 64
_MOST_GROWTH_BYTES = 50 * 1024 * 1024
_PATIENCE_SECONDS = 240.0


def run() -> None:
    """Inject them one after the other into one running pipe."""
    with running_pipe(FETCH__TIMEOUT_SECONDS=6) as pipe:
        _refused(pipe)
        _bad_answers(pipe)
        _hostile_documents(pipe)


def _refused(pipe: Pipe) -> None:
    """45: all feeds are refused with Retry-After, and the daemon is restarted meanwhile: no request comes early."""
    for status in (429, 503):
        with pipe.fault(45, times=pipe.room.count):
            asked = len(pipe.room.origin.log)
            pipe.room.origin.trouble = Served(b"", status, {"Retry-After": str(_ASKED_SECONDS)}, 0.0)
            wait_until(lambda: len(pipe.room.origin.log) > asked, timeout_seconds=_PATIENCE_SECONDS)  # noqa: B023
            first = pipe.room.origin.log[asked].at_seconds
            pipe.daemons[0].signal(signal.SIGTERM)
            assert pipe.daemons.pop().ended().code == 0
            pipe.start_daemon()
            wait_until(lambda: time.monotonic() > first + _ASKED_SECONDS)  # noqa: B023
            early = [
                request
                for request in pipe.room.origin.log
                if first + _IN_FLIGHT_SECONDS < request.at_seconds < first + _ASKED_SECONDS
            ]
            pipe.room.origin.trouble = None
        assert not early, f"{len(early)} requests before the time that the host asked for with {status}"


def _bad_answers(pipe: Pipe) -> None:
    """41, 42: bombs, endless streams, drips and every fault of framing, each from a host of its own."""
    hosts = Hosts(cases(bomb_mib=_BOMB_MIB))
    hosts.start()
    urls = [hosts.url(host) for host in hosts.addresses]
    (daemon,) = pipe.system.processes("daemon")
    before_bytes = peak_bytes(daemon.pid)
    with pipe.fault(41, 42, times=len(urls)):
        pipe.follow(urls)
        wait_until(lambda: all(hosts.asked[host] for host in hosts.addresses), timeout_seconds=_PATIENCE_SECONDS)
        wait_until(lambda: not _wrong(pipe, hosts), timeout_seconds=_PATIENCE_SECONDS)
        pipe.go_on(2)
        assert pipe.system.run("feeds", "remove", *urls).code == 0
    assert peak_bytes(daemon.pid) - before_bytes < _MOST_GROWTH_BYTES
    assert [process.pid for process in pipe.system.processes("daemon")] == [daemon.pid]


def _wrong(pipe: Pipe, hosts: Hosts) -> list[str]:
    return [f"{verdict.name}: {verdict.said}" for verdict in verdicts(pipe.store.url, hosts) if not verdict.is_right]


def _hostile_documents(pipe: Pipe) -> None:
    """43: every document that was built to cost; the good entries of each are read, and noise is no entry."""
    documents = {**WITH_GOOD_ITEMS, **OTHERS}
    with OriginThread("127.0.0.2") as origin, pipe.fault(43, times=len(documents)):
        urls = {name: origin.url(f"/{number}") for number, name in enumerate(documents)}
        for number, build in enumerate(documents.values()):
            built = build()
            body = gzip.compress(built if isinstance(built, bytes) else built.encode(), 1)
            origin.serve(f"/{number}", body, headers={"Content-Encoding": "gzip"}, etag='"1"')
        pipe.follow(list(urls.values()))
        wait_until(lambda: not _unread(pipe, urls.values()), timeout_seconds=_PATIENCE_SECONDS)
        entries = _entries(pipe, urls)
        assert pipe.system.run("feeds", "remove", *urls.values()).code == 0
    assert [name for name in WITH_GOOD_ITEMS if not entries[name]] == [], "their good entries were not read"
    assert [name for name in OTHERS if entries[name]] == [], "entries were read out of noise"


def _unread(pipe: Pipe, urls: Iterable[str]) -> list[str]:
    """The feeds of *urls* whose document has not been read or buried yet."""
    keys = Keys("newswire")
    with connect(pipe.store.url) as client:
        store = FeedStore(client, keys)
        return [
            url
            for url in urls
            if not store.counts(feed_id(url)).get("documents") or client.llen(keys.mailboxes(feed_id(url)))
        ]


def _entries(pipe: Pipe, urls: Mapping[str, str]) -> dict[str, int]:
    """How many entries were read of each feed of *urls*, by name."""
    with connect(pipe.store.url) as client:
        store = FeedStore(client, Keys("newswire"))
        return {name: store.counts(feed_id(url)).get("entries", 0) for name, url in urls.items()}
