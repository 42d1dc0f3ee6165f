"""What people get wrong: one line that says so, exit 1 or 2, no traceback, nothing half done."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator

import pytest
import redis
from documents import Item, rss
from origin import OriginThread
from system import Finished, System, running_system

from pipeline.adapters.embedded import EmbeddedStore

pytestmark = pytest.mark.flow

GOOD = "https://example.org/feed.xml"
_BROKEN_OPML = b"<opml version='2.0'><body><outline xmlUrl='https://example.org/a.xml'/><outline"


@pytest.fixture
def system() -> Iterator[System]:
    """Give a system that has not been started."""
    with running_system() as system:
        yield system


def assert_refused(finished: Finished, *words: str, code: int) -> None:
    """Check that a command ended with *code* and one line on stderr that holds *words*, and did nothing else."""
    assert "Traceback" not in finished.stderr
    assert (finished.code, finished.stdout) == (code, ""), finished
    assert len(finished.messages) == 1, finished.stderr
    assert finished.messages[0].startswith("newswire: ")
    assert [word for word in words if word not in finished.messages[0]] == []


def assert_nothing_begun(system: System) -> None:
    """Check that no feed was added: the feed list is empty, or was never made."""
    if system.data_dir.is_dir():
        listed = system.run("feeds", "list", "--json")
        assert (listed.code, json.loads(listed.stdout)) == (0, [])
    assert system.processes() == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "https://"], ["https://"]),
        (["run", "http://[::1/feed"], ["http://[::1/feed"]),
        (["run", "ftp://example.org/feed"], ["ftp://example.org/feed"]),
        (["run", "nowhere.opml"], ["nowhere.opml"]),
        (["feeds", "add", "not an address", GOOD], ["not an address"]),
        (["feeds", "import", "nowhere.txt"], ["nowhere.txt"]),
        (["run", "--workers", "0", GOOD], ["--workers"]),
        (["run", "--workers", "many", GOOD], ["--workers"]),
        (["run", "--port", "70000", GOOD], ["--port"]),
        (["run", "--sideways"], ["--sideways"]),
        (["dance"], ["dance"]),
        (["tail", "--count", "0"], ["--count"]),
        (["poll"], ["URL"]),
        (["parse", "--fetched-at", "yesterday", "nowhere.xml"], ["yesterday"]),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(system: System, arguments: list[str], words: list[str]) -> None:
    """A slip on the command line must say what slipped, and leave no trace."""
    assert_refused(system.run(*arguments), *words, code=2)
    assert_nothing_begun(system)


@pytest.mark.parametrize("command", [["run", "--once"], ["feeds", "import"]])
@pytest.mark.parametrize("bad", ["broken.opml", "picture.txt", "missing.txt", "folder"])
def test_one_bad_list_among_good_ones_adds_no_feed(system: System, command: list[str], bad: str) -> None:
    """Half an import is worse than none: nobody knows which half."""
    (system.folder / "good.txt").write_text(GOOD, "utf-8")
    (system.folder / "broken.opml").write_bytes(_BROKEN_OPML)
    (system.folder / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    (system.folder / "folder").mkdir()
    finished = system.run(*command, "good.txt", bad)
    assert_refused(finished, bad, code=finished.code)
    assert finished.code in (1, 2)
    assert_nothing_begun(system)


def test_a_bad_address_among_good_ones_adds_no_feed(system: System) -> None:
    """The same for addresses on the command line."""
    assert_refused(system.run("run", "--once", GOOD, "https://"), "https://", code=2)
    assert_refused(system.run("feeds", "add", GOOD, "https://"), "https://", code=2)
    assert_nothing_begun(system)


def test_a_system_with_no_feed_says_what_to_do(system: System) -> None:
    """The first start of a newcomer: what to give it, and an example."""
    assert_refused(system.run("run"), "no feed", "newswire run", code=2)
    assert system.processes() == []


@pytest.mark.parametrize("command", ["run", "daemon"])
def test_a_busy_port_stops_the_command_before_it_begins(system: System, command: str) -> None:
    """Two systems by mistake on one port: the second one says which port, and does not begin."""
    sources = [GOOD] if command == "run" else []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        assert_refused(system.run(command, *sources, "--port", port), port, "--port", code=1)
    assert_nothing_begun(system)


def test_an_unreachable_redis_is_one_line(system: System) -> None:
    """The most frequent trouble of all: which Redis, and where that is set; its password is nobody's business."""
    commands = (["run", GOOD], ["daemon"], ["worker"], ["tail"], ["status"], ["feeds", "list"])
    address = "redis://someone:secret@127.0.0.1:1/0"
    running = [system.start(*command, "--redis-url", address) for command in commands]  # at once: each is patient
    for each in running:
        finished = each.ended(timeout_seconds=60)
        assert_refused(finished, "127.0.0.1:1", "redis_url", code=1)
        assert "secret" not in finished.stderr
    assert not system.data_dir.exists()


def test_a_feed_that_is_not_on_the_list_is_one_line(system: System) -> None:
    """A name that means nothing here must not look as if something had been done."""
    assert_refused(system.run("feeds", "remove", GOOD), GOOD, "newswire feeds list", code=1)


@pytest.mark.parametrize("command", [["run", GOOD], ["daemon"], ["worker"]])
def test_a_redis_that_forgets_is_refused(system: System, command: list[str]) -> None:
    """A cache is no store: under memory pressure it would drop articles, so it is not begun with."""
    with EmbeddedStore(system.folder / "cache") as store:
        client = redis.Redis.from_url(store.url)
        client.config_set("maxmemory-policy", "allkeys-lru")
        assert_refused(system.run(*command, "--redis-url", store.url), "maxmemory-policy", "noeviction", code=1)
        assert client.dbsize() == 0
        client.close()


@pytest.mark.parametrize("command", [["run", "--once", GOOD], ["feeds", "list"], ["status"]])
def test_a_file_in_place_of_the_data_folder_is_one_line(system: System, command: list[str]) -> None:
    """A data directory that cannot be made: which one, and how to choose another."""
    system.data_dir.write_text("not a folder", "utf-8")
    assert_refused(system.run(*command), str(system.data_dir), "NEWSWIRE_DATA_DIR", code=1)
    assert system.data_dir.read_text("utf-8") == "not a folder"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_data_folder_without_write_permission_is_one_line(system: System) -> None:
    """The folder of somebody else."""
    system.data_dir.mkdir(mode=0o500)
    assert_refused(system.run("run", "--once", GOOD), str(system.data_dir), code=1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[fetch\n", ["settings.toml", "TOML"]),
        ("[fetch]\ntimeout = 5\n", ["settings.toml", "fetch.timeout"]),
        ("[fetch]\ntimeout_seconds = -5\n", ["settings.toml", "fetch.timeout_seconds", "-5"]),
        ("[schedule]\nkind = 'sometimes'\n", ["schedule.kind", "sometimes", "fixed"]),
    ],
)
def test_a_wrong_settings_file_is_one_line(system: System, text: str, words: list[str]) -> None:
    """A setting that would be ignored is worse than one that is refused."""
    (system.folder / "settings.toml").write_text(text, "utf-8")
    assert_refused(system.run("run", GOOD, "--config", "settings.toml"), *words, code=2)
    assert_nothing_begun(system)


def test_a_settings_file_that_is_not_there_is_one_line(system: System) -> None:
    """The file was named, so it is wanted."""
    assert_refused(system.run("run", GOOD, "--config", "nowhere.toml"), "nowhere.toml", code=2)
    assert_nothing_begun(system)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("SCHEDULE__INTERVALL_SECONDS", 5), ("FETCH__TIMEOUT_SECONDS", "soon"), ("HTTP__PORT", -1)],
)
def test_a_wrong_variable_of_the_environment_is_one_line(variable: str, value: object) -> None:
    """The same for the environment: a slip in a deployment file is found at the start."""
    with running_system(**{variable: value}) as system:
        assert_refused(system.run("run", GOOD), f"NEWSWIRE_{variable}", code=2)
        assert not system.data_dir.exists()


def test_parse_goes_on_after_a_file_that_cannot_be_read(system: System) -> None:
    """One bad file of a hundred: it is named, the others are printed, and the exit code tells."""
    (system.folder / "good.xml").write_bytes(rss([Item("1", "Story")]))
    (system.folder / "page.html").write_bytes(b"<!doctype html><html><body>No feed.</body></html>")
    finished = system.run("parse", "nowhere.xml", "page.html", "good.xml")
    assert finished.code == 1
    assert [(line["file"], line["title"]) for line in map(json.loads, finished.stdout.splitlines())] == [
        ("good.xml", "Story")
    ]
    assert [line.split(": ")[:2] for line in finished.messages] == [
        ["newswire", "nowhere.xml"],
        ["newswire", "page.html"],
    ]
    assert "Traceback" not in finished.stderr


def test_poll_names_the_feed_that_failed_and_prints_the_others(system: System) -> None:
    """The same for addresses."""
    with OriginThread() as origin:
        origin.serve("/good", rss([Item("1", "Story")]))
        missing = origin.url("/missing")
        finished = system.run("poll", missing, origin.url("/good"))
    assert (finished.code, [json.loads(line)["title"] for line in finished.stdout.splitlines()]) == (1, ["Story"])
    assert finished.messages == [f"newswire: {missing}: HTTP 404"]


def test_a_reader_that_goes_away_is_no_error(system: System) -> None:
    """`newswire parse | head -1` must end in silence."""
    (system.folder / "good.xml").write_bytes(rss(Item(str(n), "x" * 500) for n in range(2000)))
    finished = system.run_shell("parse good.xml | head -1")
    assert (finished.code, finished.messages, len(finished.stdout.splitlines())) == (0, [], 1)
