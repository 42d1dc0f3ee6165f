"""`newswire demo`: what somebody who knows nothing runs first. It shows the real system and leaves nothing behind."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from system import System, kill, running_system
from waiting import wait_until

from pipeline.adapters.shipped import seeds
from workers.demo_site import read_samples

pytestmark = pytest.mark.flow

_LONGEST_SECONDS = 60.0
_PATIENCE_SECONDS = 10.0


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder that the demo uses for temporary files."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def system(temporary: Path) -> Iterator[System]:
    """Give a user whose settings lead nowhere: the demo must not use them."""
    assert temporary.is_dir()
    with running_system(REDIS_URL="redis://127.0.0.1:1/0", LOG__LEVEL="debug", NO_SUCH_SETTING="1") as system:
        yield system


def test_the_demo_shows_an_update_a_duplicate_and_a_rejection_and_ends_by_itself(
    system: System, temporary: Path
) -> None:
    """It is the proof that the whole pipe works on this machine, and it must be over before patience is."""
    expected = read_samples(seeds() / "demo").expected
    before = sorted(system.folder.rglob("*"))

    finished = system.run("demo", timeout_seconds=_LONGEST_SECONDS)

    assert finished.code == 0, finished.stderr
    assert finished.stderr == ""
    kinds = [words[1] for line in finished.stdout.splitlines() if len(words := line.split()) > 2]
    assert kinds.count("new") == expected["new"]
    assert "update of its title" in finished.stdout
    assert "duplicates, not published" in finished.stdout
    assert "1 rejection" in finished.stdout
    assert "All as expected" in finished.stdout
    assert system.processes() == []
    assert list(temporary.iterdir()) == []
    assert sorted(system.folder.rglob("*")) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("sign", ["five articles", "a daemon", "a server"])
def test_a_demo_that_is_told_to_stop_leaves_nothing(
    system: System, temporary: Path, sign: str, number: signal.Signals
) -> None:
    """Whoever has seen enough presses Ctrl-C, at any moment."""
    demo = system.start("demo")
    signs = {
        "five articles": lambda: demo.stdout.read_text("utf-8").count(" new ") >= 5,
        "a daemon": lambda: bool(system.processes("daemon")),
        "a server": lambda: bool(system.processes("server")),
    }
    wait_until(signs[sign])

    demo.signal(number)

    finished = demo.ended(timeout_seconds=_PATIENCE_SECONDS)
    assert finished.code in {0, 130}, finished.stderr  # 0: it was at its end already
    assert finished.stderr.strip() == ""
    assert system.processes() == []
    assert list(temporary.iterdir()) == []


def test_a_demo_that_falls_short_names_the_figures(system: System, temporary: Path) -> None:
    """When something is broken on this machine, the demo is the first to know, and must not say that all is well."""
    demo = system.start("demo", "--seconds", "5")
    (worker, *_) = system.wait_for("worker")
    kill(worker.pid, signal.SIGSTOP)

    finished = demo.ended()

    assert finished.code == 1
    assert finished.stderr.startswith("newswire: the demo did not go as expected")
    assert len(finished.stderr.splitlines()) == 1
    assert f"entries 0 instead of {read_samples(seeds() / 'demo').expected['entries']}" in finished.stderr
    assert system.processes() == []
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("arguments", ["demo", "simulate seeds.txt"])
def test_a_reader_that_has_seen_enough_is_no_failure(system: System, temporary: Path, arguments: str) -> None:
    """`newswire demo | head` is what people type; tables, which rich writes, end as quietly as lines."""
    (system.folder / "seeds.txt").write_text("https://example.org/feed\n", "utf-8")

    finished = system.run_shell(f"{arguments} | true")

    assert (finished.code, finished.stderr) == (0, "")
    assert system.processes() == []
    assert list(temporary.iterdir()) == []


def test_output_that_has_no_room_is_one_line(system: System) -> None:
    """A full disk behind `> articles.jsonl` is the operator's to mend, and no bug of ours."""
    finished = system.run_shell("demo > /dev/full")

    assert finished.code == 1
    assert finished.stderr == (
        "newswire: cannot write: No space left on device; make room, and run the command again\n"
    )


@pytest.mark.parametrize("imported", ["pipeline.errors", "workers.cli_dead", "rich.table"])
def test_an_interrupted_start_is_quiet(imported: str) -> None:
    """Who has mistyped presses Ctrl-C at once, while modules are still being imported."""
    interrupting = f"""
import os, signal, sys

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == {imported!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupt())
from workers.entry import main
print("not interrupted")
"""

    ended = subprocess.run([sys.executable, "-c", interrupting], capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")
