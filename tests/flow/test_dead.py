"""`newswire dead`: from the document that could not be read to the articles that come of it after all."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from documents import Item, rss
from origin import OriginThread
from system import System, running_system

from pipeline.adapters.connection import connect
from pipeline.adapters.embedded import EmbeddedStore
from pipeline.adapters.keys import Keys

pytestmark = pytest.mark.flow


@pytest.fixture
def system() -> Iterator[System]:
    """Give a system that has not been started."""
    with running_system() as system:
        yield system


def listed(system: System) -> list[dict[str, object]]:
    """List the dead."""
    found: list[dict[str, object]] = json.loads(system.run("dead", "list", "--json").stdout)
    return found


def test_a_dead_document_is_shown_whole_sent_through_again_and_dropped(system: System) -> None:
    """Whoever runs the system sees what is lost and why, tries again after a repair, and clears up."""
    page = b"<!doctype html><title>Maintenance</title><p>Back soon."
    with OriginThread() as origin:
        origin.serve("/page", page)
        origin.serve("/good", rss((Item("1", "A story"),)))
        system.run("run", "--once", origin.url("/page"), origin.url("/good"))
        (first,) = listed(system)
        shown = system.run("dead", "show", str(first["id"]))
        replayed = system.run("dead", "replay", "--all")
        between = listed(system)
        summary = system.run("run", "--once").summary

    (again,) = listed(system)
    dropped = system.run("dead", "drop", str(again["id"]))

    assert first["reason"] == "not a feed"
    assert shown.stdout.encode() == page
    assert (replayed.stdout, between) == ("replayed: 1\n", [])
    assert (summary["unchanged"], summary["new"], again["reason"]) == (2, 0, first["reason"])
    assert (dropped.stdout, listed(system)) == ("dropped: 1\n", [])


@pytest.mark.parametrize("arguments", [("replay",), ("drop", "--all", "1-0"), ("show", "1-0"), ("drop", "nonsense")])
def test_a_wrong_name_is_answered_in_one_line(system: System, arguments: tuple[str, ...]) -> None:
    """To drop all because a name was mistyped would lose what is kept to be looked at."""
    finished = system.run("dead", *arguments)

    assert finished.code == 2
    assert len(finished.messages) == 1


def test_what_was_named_counts_once_and_what_was_not_replayed_is_an_error(system: System) -> None:
    """A script that replays by id must not take for done what was left out, nor one document for two."""
    with OriginThread() as origin:
        for name in ("/a", "/b"):
            origin.serve(name, b"<!doctype html><title>Maintenance</title>" + name.encode())
        system.run("run", "--once", origin.url("/a"), origin.url("/b"))
        ids = {str(each["url"]): str(each["id"]) for each in listed(system)}
        one, other = ids[origin.url("/a")], ids[origin.url("/b")]
        system.run("feeds", "remove", origin.url("/b"))
        done = system.run("dead", "replay", one, one)
        undone = system.run("dead", "replay", other)
        everything = system.run("dead", "replay", "--all")

    assert (done.code, done.stdout) == (0, "replayed: 1\n")
    assert (undone.code, undone.stdout) == (1, "replayed: 0\n")
    (line,) = undone.messages
    assert line == f"newswire: {other} not replayed: its feed was removed, or it is gone"
    assert (everything.code, everything.stdout) == (0, "replayed: 0\n")


def test_damaged_entries_are_listed_left_out_and_dropped(system: System) -> None:
    """Whoever looks at the dead repairs something: the command must show them whatever stands there."""
    with EmbeddedStore(system.data_dir) as store, connect(store.url) as client:
        dead = Keys("newswire").dead
        client.xadd(dead, {"x": "y"})
        client.xadd(dead, {"id": "a", "feed": "b", "reason": "r", "attempts": "many"}, id="9" * 18 + "-1")

        assert [each["reason"] for each in listed(system)] == ["damaged entry"] * 2
        assert system.run("dead", "list").stdout.count("damaged entry") == 2
        replayed = system.run("dead", "replay", "--all")
        dropped = system.run("dead", "drop", "--all")

    assert (replayed.code, replayed.stdout) == (0, "replayed: 0\n")
    assert [line.partition(" not replayed: ")[2][:13] for line in replayed.messages] == ["damaged entry"] * 2
    assert (dropped.stdout, listed(system)) == ("dropped: 2\n", [])
