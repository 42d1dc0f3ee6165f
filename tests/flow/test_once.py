"""`newswire run --once`: every feed gets an outcome, every entry one fate, and a second round finds nothing new."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from documents import Item, atom, rdf, rss
from ledger import Line, published, repeated
from origin import Origin, OriginThread
from system import Finished, System, running_system

from pipeline.adapters.embedded import EmbeddedStore

pytestmark = pytest.mark.flow

ITEMS = tuple(Item(f"{n}", f"Story {n}") for n in range(3))
_HOSTS = 24
"""Loopback addresses for the corpus, so that feeds do not wait for one host's turn."""


@pytest.fixture
def system() -> Iterator[System]:
    """Give a system that gives up on a silent host after a second."""
    with running_system(FETCH__TIMEOUT_SECONDS=1, LOG__LEVEL="debug") as system:
        yield system


@pytest.fixture
def origin() -> Iterator[Origin]:
    """Give an origin."""
    with OriginThread() as origin:
        yield origin


def serve_everything(origin: Origin) -> list[str]:
    """Serve three feeds that can be read and six that cannot; the addresses of all."""
    origin.serve("/rss", rss(ITEMS), etag='"1"')
    origin.serve("/atom", atom(ITEMS))
    origin.serve("/rdf", rdf(ITEMS), last_modified="Mon, 05 Oct 2026 10:00:00 GMT")
    origin.serve(
        "/page", b"<!doctype html><html><body><p>No feed.</p></body></html>", headers={"Content-Type": "text/html"}
    )
    origin.serve("/broken", b"down", status=500)
    origin.serve("/empty", b"")
    origin.serve("/silent", rss(ITEMS), delay_seconds=30)
    paths = ("rss", "atom", "rdf", "page", "missing", "broken", "empty", "silent")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = f"http://127.0.0.1:{listener.getsockname()[1]}/nobody-listens"
    return [*(origin.url(f"/{path}") for path in paths), closed]


def once(system: System, *sources: str, timeout_seconds: float = 60) -> dict[str, int]:
    """Run one round and return its summary; stdout holds nothing else, and every entry has one fate."""
    finished = system.run("run", "--once", "--workers", "2", *sources, timeout_seconds=timeout_seconds)
    assert finished.code == 0, finished.stderr[-2000:]
    assert "Traceback" not in finished.stderr
    assert len(finished.stdout.splitlines()) == 1, finished.stdout[:500]
    summary = finished.summary
    fates = ("new", "revised", "same", "near_duplicates", "rejected")
    assert summary["entries"] == sum(summary[fate] for fate in fates), summary
    assert summary["polled"] == summary["feeds"] == polls(finished), summary
    assert summary["polled"] == summary["unchanged"] + summary["failed"] + summary["documents"], summary
    return summary


def polls(finished: Finished) -> int:
    """Count the feeds that the log says were polled."""
    return len({line["feed"] for line in finished.events("polled")})


def stream_of(system: System) -> list[Line]:
    """Read the stream that a system which has ended left in its folder."""
    with EmbeddedStore(system.data_dir) as store:
        return published(store.url)


def counted(summary: dict[str, int], *names: str) -> tuple[int, ...]:
    """Pick *names* out of *summary*."""
    return tuple(summary[name] for name in names)


def test_a_round_publishes_everything_and_names_what_failed(system: System, origin: Origin) -> None:
    """One round over good and bad feeds is what an operator tries first: nothing crashes, nothing is left out."""
    summary = once(system, *serve_everything(origin))
    assert counted(summary, "feeds", "documents", "failed", "unchanged") == (9, 4, 5, 0)
    assert counted(summary, "entries", "new", "revised", "same", "dead") == (9, 9, 0, 0, 1)
    assert system.processes() == []


def test_a_second_round_publishes_nothing_and_an_edit_is_one_revision(system: System, origin: Origin) -> None:
    """Each article once: a round over unchanged feeds is silent, an edited title is told as one revision."""
    sources = serve_everything(origin)
    once(system, *sources)
    second = once(system)
    assert counted(second, "new", "revised", "entries") == (0, 0, 0)
    assert second["unchanged"] == 4  # the page, the two with a validator, and the one that is equal by its bytes
    origin.serve("/rss", rss((Item("0", "Story 0, corrected"), *ITEMS[1:])), etag='"2"')
    third = once(system)
    assert counted(third, "new", "revised", "same") == (0, 1, 2)
    lines = stream_of(system)
    assert [line.fact for line in lines if line.kind == "revised"] == [("revised", "Story 0, corrected")]
    assert lines[-1].article["changed"] == ["title"]
    assert (len(lines), repeated(lines)) == (10, [])


def test_the_corpus_goes_through_and_a_second_round_finds_nothing_new(corpus: Path) -> None:
    """Hundreds of real feeds, broken ones among them, crash nothing, and none of their entries is told twice."""
    bodies = [body_of(path) for path in sorted((corpus / "feeds").rglob("*")) if is_document(path)]
    with ExitStack() as stack:
        system = stack.enter_context(running_system(LOG__LEVEL="debug"))
        origins = [stack.enter_context(OriginThread(f"127.0.0.{host}")) for host in range(2, 2 + _HOSTS)]
        for number, body in enumerate(bodies):
            origins[number % _HOSTS].serve(f"/{number}", body, headers={"Content-Type": "text/xml"})
        addresses = [origins[number % _HOSTS].url(f"/{number}") for number in range(len(bodies))]
        (system.folder / "corpus.txt").write_text("\n".join(addresses), "utf-8")
        first = once(system, "corpus.txt", timeout_seconds=240)
        second = once(system, timeout_seconds=240)
        lines = stream_of(system)
    assert counted(first, "feeds", "failed") == (len(bodies), 0)
    assert first["new"] > 10 * len(bodies)
    assert counted(second, "new", "revised", "failed", "documents") == (0, 0, 0, 0)
    assert (len(lines), repeated(lines)) == (first["new"] + first["near_duplicates"] + first["revised"], [])


def is_document(path: Path) -> bool:
    """Whether *path* is a feed as it was captured."""
    return path.is_file() and path.suffix != ".expected"


def body_of(path: Path) -> bytes:
    """Read the captured feed *path*: unpacked, and without the HTTP head that some were kept with."""
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    if data.startswith(b"HTTP/"):
        separator = b"\r\n\r\n" if b"\r\n\r\n" in data else b"\n\n"
        data = data.partition(separator)[2]
    return data
