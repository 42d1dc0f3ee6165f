"""`newswire dead`: from the document that could not be read to the articles that come of it after all."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from documents import Item, rss
from origin import OriginThread
from system import System, running_system

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
