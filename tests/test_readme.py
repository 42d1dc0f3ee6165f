"""What README promises is so: its commands, settings, log events and tests exist, and none is left out.

README is read by section (`## Commands`, `## Settings`, `## Promises`); in a table the first cell names things.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LEVELS = {"debug", "info", "warning", "error", "critical", "exception"}


@pytest.fixture(scope="module")
def readme() -> str:
    """Return the text of README."""
    return (ROOT / "README.md").read_text("utf-8")


def section(readme: str, title: str) -> str:
    """Return the part of *readme* under the heading that begins with *title*."""
    found = re.search(rf"^## {title}.*?$(.*?)(?=^## |\Z)", readme, re.MULTILINE | re.DOTALL)
    assert found, f"README has no section '## {title}'"
    return found[1]


def first_cells(text: str) -> Iterator[str]:
    """Yield the first cell of each row of the tables in *text*."""
    for line in text.splitlines():
        if line.startswith("|"):
            yield line.replace(r"\|", "\0").split("|")[1]


def code_blocks(text: str) -> list[str]:
    """Return what stands in fenced code blocks, in order."""
    return re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def test_readme_is_short(readme: str) -> None:
    """A longer one is not read."""
    assert len(readme.splitlines()) <= 200


def test_readme_begins_with_two_commands(readme: str) -> None:
    """Somebody who knows nothing installs it and sees it work."""
    beginning = "".join(code_blocks(readme)[:2])

    assert re.search(r"^(?:\$ )?pip install ", beginning, re.MULTILINE)
    assert re.search(r"^(?:\$ )?newswire (?:demo|run)\b", beginning, re.MULTILINE)


def test_readme_says_how_to_test(readme: str) -> None:
    """The command is the one that is known to work."""
    assert "pip install '.[test]' && pytest" in readme


def test_the_command_table_is_the_command(readme: str) -> None:
    """Nobody is promised a command that is absent, and none is hidden."""
    newswire = Path(sys.executable).with_name("newswire")
    listing = subprocess.run([newswire, "--help"], check=True, capture_output=True, text=True, timeout=60).stdout
    existing = set(re.findall(r"^  ([a-z]+)  ", listing.split("Commands:")[1], re.MULTILINE))

    told = {
        name for cell in first_cells(section(readme, "Commands")) for name in re.findall(r"`newswire ([a-z]+)", cell)
    }

    assert told == existing


def settings() -> set[str]:
    """Return the dotted name of each setting of the shipped file, those in a comment too."""
    names, prefix = set(), ""
    for line in (ROOT / "config" / "newswire.toml").read_text("utf-8").splitlines():
        if heading := re.match(r"\[([a-z_.]+)\]", line):
            prefix = f"{heading[1]}."
        elif setting := re.match(r"#?([a-z_]+) = ", line):
            names.add(prefix + setting[1])
    return names


def test_the_settings_table_is_the_settings_file(readme: str) -> None:
    """Every setting can be found, and none that is found is unknown to the command."""
    told = {name for cell in first_cells(section(readme, "Settings")) for name in re.findall(r"`([a-z_.]+)`", cell)}

    assert told == settings()


def test_the_promised_tests_exist(readme: str) -> None:
    """A promise is worth the test that proves it."""
    promised = set(re.findall(r"\btest_\w+\b(?!\.py)", section(readme, "Promises")))
    defined = {
        node.name
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert promised
    assert promised - defined == set()


def logged() -> Iterator[str]:
    """Yield each event that the sources log; one call may choose between two."""
    for room in ("pipeline", "workers"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and _is_log_call(node.func):
                    events = ast.walk(node.args[0]) if node.args else ()
                    yield from (e.value for e in events if isinstance(e, ast.Constant) and isinstance(e.value, str))


def _is_log_call(called: ast.expr) -> bool:
    match called:
        case ast.Attribute(value=ast.Name(id=log) | ast.Attribute(attr=log), attr=level):
            return level in LEVELS and log.strip("_").lower() in {"log", "logger"}
        case _:
            return False


def test_every_log_event_is_in_the_table() -> None:
    """Whoever writes an alert reads the table in `pipeline/adapters/log.py`."""
    table = ast.get_docstring(ast.parse((ROOT / "pipeline" / "adapters" / "log.py").read_text("utf-8"))) or ""

    told = {event for cell in first_cells(table) for event in re.findall(r"`(\w+)`", cell)}

    assert told == set(logged())
