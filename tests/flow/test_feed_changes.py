"""What was set for a feed, set otherwise by the command: kept, told and polled by; nothing else is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import redis
from documents import Item, rss
from operators_valkey import Valkey
from origin import OriginThread
from system import running_system

from pipeline import wire

pytestmark = pytest.mark.flow


def test_what_was_set_is_changed_and_taken_back_and_nothing_is_published_again() -> None:
    """Who had to remove a feed and add it again, for another interval, got all its articles once more."""
    with OriginThread() as origin, running_system(SCHEDULE__INTERVAL_SECONDS=86_400) as system:
        url = origin.url("/feed.xml")
        origin.serve("/feed.xml", rss([Item("1", "The first story"), Item("2", "The second story")]))

        def shown() -> dict[str, object]:
            return dict(json.loads(system.run("feeds", "show", url, "--json").stdout))

        def export() -> str:
            return system.run("feeds", "export").stdout

        assert system.run("run", url, "--once", "--workers", "1").code == 0
        before = shown()
        assert system.run("feeds", "change", url, "--interval", "300", "--full-text", "never").code == 0
        assert system.run("feeds", "change", url, "--title", "Mine", "--folder", "A/B").code == 0
        changed, exported = shown(), export()
        assert system.run("feeds", "change", url, "--interval", "none", "--full-text", "none").code == 0
        assert system.run("feeds", "change", url, "--title", "none", "--folder", "none").code == 0
        again = json.loads(system.run("run", url, "--once", "--workers", "1").stdout.splitlines()[-1])
        nothing = system.run("feeds", "change", url)
        wrong = system.run("feeds", "change", url, "--interval", "soon")

    assert (changed["title"], changed["folder"]) == ("Mine", "A/B")
    sooner = [wire.ms_from_rfc3339(str(each["next_poll"])) for each in (changed, before)]
    assert sooner[0] < sooner[1] - 3_600_000
    assert 'newswire:interval="300" newswire:fullText="never"' in exported
    assert again["new"] == again["revised"] == 0
    assert (nothing.code, wrong.code) == (2, 2)
    assert "say what to change" in nothing.stderr


def test_what_is_taken_back_is_as_if_it_had_never_been_set() -> None:
    """An export shows all that is set: it is plain again."""
    with running_system() as system:
        url = "http://127.0.0.1:9/feed.xml"
        assert system.run("feeds", "add", url, "--interval", "90", "--full-text", "never").code == 0
        assert system.run("feeds", "change", url, "--interval", "none", "--full-text", "none").code == 0
        exported = system.run("feeds", "export").stdout
        unknown = system.run("feeds", "change", "http://127.0.0.1:9/other", "--title", "x")

    assert "newswire:" not in exported
    assert unknown.code != 0
    assert len(unknown.stderr.splitlines()) == 1


def test_the_undo_of_a_removal_publishes_nothing_twice_and_keeps_what_was_set() -> None:
    """An article revision stands on the stream once; a slip of the hand must not cost that."""
    with OriginThread() as origin, running_system() as system:
        url = origin.url("/feed.xml")
        origin.serve("/feed.xml", rss([Item("1", "The first story"), Item("2", "The second story")]))
        system.run("feeds", "add", url, "--title", "It's mine", "--interval", "90.5", "--weight", "2")
        system.run("feeds", "change", url, "--folder", "-A/B")
        first = system.run("run", "--once", "--workers", "1").summary
        before = system.run("feeds", "export").stdout
        removed = system.run("feeds", "remove", url)
        undo = removed.stdout.strip().partition("(undo, within a week: newswire ")[2].removesuffix(")")
        assert system.run_shell(undo).code == 0
        origin.serve("/feed.xml", rss([Item("3", "The third story"), Item("1", "The first story")]))
        again = system.run("run", "--once", "--workers", "1").summary
        after = system.run("feeds", "export").stdout

    assert (first["new"], again["new"], again["revised"]) == (2, 1, 0)
    assert after == before


def test_a_store_without_room_ends_the_command_with_one_line(tmp_path: Path) -> None:
    """Whoever waits at the terminal must learn why nothing was added, and what to do."""
    valkey = Valkey(tmp_path, "--appendonly", "yes")
    try:
        with redis.Redis.from_url(valkey.url) as client, running_system(REDIS_URL=valkey.url) as system:
            client.config_set("maxmemory", 1)
            finished = system.run("feeds", "add", "http://127.0.0.1:9/feed.xml", timeout_seconds=60)
    finally:
        valkey.stop()

    assert finished.code == 1
    (line,) = finished.messages
    assert "the store has no memory left: command not allowed" in line
    assert "run the command again" in line
    assert len(line) < 200
