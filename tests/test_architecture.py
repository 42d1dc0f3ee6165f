"""The rooms and the page hold in the repository, and every rule is shown to catch a fault planted against it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture import Violation, read_tree
from tests.style import RULES, violations

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = "-- Count.\n--\n-- KEYS[1] counts  hash\n-- ARGV[1] name\n-- returns the count\n"
CLEAN = {
    "pipeline/__init__.py": '"""Public."""\nfrom pipeline.adapters.store import count\n__all__ = ["count"]\n',
    "pipeline/model.py": '"""Values."""\n',
    "pipeline/errors.py": '"""Errors."""\n',
    "pipeline/settings.py": '"""Settings."""\nfrom pathlib import Path\nfrom pipeline import errors\n',
    "pipeline/stages/__init__.py": "",
    "pipeline/stages/choose.py": (
        '"""Choose."""\nfrom datetime import datetime\n'
        'from pathlib import PurePath\nfrom pipeline import model\nNAME = "a rq: in the middle, {ns}: no key"\n\n\n'
        'def choose(now: datetime, *rest: str) -> str:\n    """Choose `{ns}:feeds`."""\n    return f"{now}:{rest}"\n'
    ),
    "pipeline/stages/parse/one.py": '"""Parse."""\nimport feedparser\n',
    "pipeline/adapters/web.py": '"""Web."""\nimport aiohttp\n',
    "pipeline/adapters/keys.py": '"""Keys."""\nQUEUE = "rq:queue:"\n\n\ndef key(ns: str) -> str:\n    """Key."""\n'
    '    return f"{{{ns}}}:feeds"\n',
    "pipeline/adapters/backlog.py": '"""Backlog."""\nimport rq\n',
    "pipeline/adapters/store.py": (
        '"""Store."""\nimport redis\nfrom pipeline.settings import Path\n\n\nclass Store:\n    """Store."""\n\n'
        "    def __init__(self, *, at: Path) -> None:\n        self.at = at\n\n    @staticmethod\n"
        '    def one(n: int) -> int:\n        """One."""\n        return n\n\n\n'
        'def count() -> int:\n    """Count."""\n    return 1\n'
    ),
    "pipeline/adapters/lua/count_feeds.lua": SCRIPT + "return redis.call('HGET', KEYS[1], ARGV[1])\n",
    "workers/__init__.py": "",
    "workers/server.py": '"""Serve."""\nimport rq\nfrom aiohttp import web\nfrom pipeline.stages import choose\n',
}


def planted(root: Path, files: dict[str, str]) -> Path:
    """Write *files* under *root* and return it."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root


def stage(body: str) -> dict[str, str]:
    """Return a stage with *body*."""
    return {"pipeline/stages/bad.py": f'"""Bad."""\n{body}\n'}


def adapter(body: str) -> dict[str, str]:
    """Return an adapter with *body*."""
    return {"pipeline/adapters/bad.py": f'"""Bad."""\n{body}\n'}


def worker(body: str) -> dict[str, str]:
    """Return a worker with *body*."""
    return {"workers/bad.py": f'"""Bad."""\n{body}\n'}


def script(text: str, name: str = "count_bad.lua") -> dict[str, str]:
    """Return a Lua script."""
    return {f"pipeline/adapters/lua/{name}": text}


LONG_FUNCTION = 'def long() -> None:\n    """Long."""\n' + "    print()\n" * 40
CYCLE = {
    "pipeline/adapters/bad.py": '"""Bad."""\nfrom pipeline.adapters import worse\n',
    "pipeline/adapters/worse.py": '"""Worse."""\nimport pipeline.adapters.bad\n',
}

FAULTS: list[tuple[str, dict[str, str], str]] = [
    ("a stage imports an adapter", stage("from pipeline.adapters import keys"), "import_direction"),
    ("an adapter imports a stage", adapter("import pipeline.stages.choose"), "import_direction"),
    ("an adapter imports a worker", adapter("from workers import server"), "import_direction"),
    ("an adapter imports the package", adapter("from pipeline import count"), "import_direction"),
    ("the model imports", {"pipeline/model.py": '"""Bad."""\nimport pipeline.errors\n'}, "import_direction"),
    ("settings import a stage", {"pipeline/settings.py": '"""Bad."""\nimport pipeline.stages\n'}, "import_direction"),
    ("a file in no room", {"pipeline/utils.py": '"""Bad."""\n'}, "import_direction"),
    ("an import cycle", CYCLE, "no_cycles"),
    ("a stage awaits", stage('async def bad() -> None:\n    """Bad."""'), "pure_stages"),
    ("a stage reads the clock", stage("import datetime\nNOW = datetime.datetime.now()"), "pure_stages"),
    ("a stage hides the clock", stage("from datetime import datetime as d\nNOW = d.now()"), "pure_stages"),
    ("a stage asks for today", stage("from datetime import date\nTODAY = date.today"), "pure_stages"),
    *(
        (f"a stage imports {name}", stage(f"import {name}"), "pure_stages")
        for name in ("time", "random", "os", "socket")
    ),
    *(
        (f"a stage imports {name}", stage(f"import {name}"), "pure_stages")
        for name in ("logging", "asyncio", "pathlib")
    ),
    ("a stage imports structlog", stage("from structlog import get_logger"), "pure_stages"),
    ("a stage imports subprocess", stage("from subprocess import run"), "pure_stages"),
    ("a stage imports a path", stage("from pathlib import Path"), "pure_stages"),
    ("a stage imports urllib.request", stage("import urllib.request"), "pure_stages"),
    ("a stage imports a request", stage("from urllib import request"), "pure_stages"),
    ("a stage opens a file", stage("TEXT = open('x')"), "pure_stages"),
    ("a stage prints", stage("print()"), "pure_stages"),
    ("a client beside web.py", adapter("import aiohttp"), "libraries_in_their_room"),
    ("a client in a worker", worker("from aiohttp import ClientSession"), "libraries_in_their_room"),
    ("all of aiohttp in a worker", worker("import aiohttp"), "libraries_in_their_room"),
    ("a server in an adapter", adapter("from aiohttp import web"), "libraries_in_their_room"),
    ("feedparser outside parse", stage("import feedparser"), "libraries_in_their_room"),
    ("rq outside the backlog", adapter("from rq import Queue"), "libraries_in_their_room"),
    ("redis in a worker", worker("from redis.exceptions import ConnectionError"), "libraries_in_their_room"),
    ("a key as a literal", adapter('KEY = "{newswire}:feeds"'), "key_names_in_keys"),
    ("a key as an f-string", worker('NS = "n"\nKEY = f"{{{NS}}}:feeds:{NS}"'), "key_names_in_keys"),
    ("a key of rq", worker('KEY = "rq:workers"'), "key_names_in_keys"),
    ("a late import", adapter('def bad() -> None:\n    """Bad."""\n    import json'), "imports_at_the_top"),
    ("a relative import", adapter("from . import keys"), "imports_at_the_top"),
    ("a private name", adapter("from pipeline.adapters.store import _client"), "imports_at_the_top"),
    ("a long file", adapter("X = 1\n" * 300), "short_files"),
    ("a long function", worker(LONG_FUNCTION + "    print()\n"), "short_functions"),
    ("a module without docstring", {"workers/bad.py": "X = 1\n"}, "documented"),
    ("a function without docstring", worker("def bad() -> None:\n    return"), "documented"),
    (
        "a method without docstring",
        worker('class A:\n    """A."""\n    def b(self) -> None:\n        return'),
        "documented",
    ),
    ("a bare argument", worker('def bad(x) -> None:\n    """Bad."""'), "annotated"),
    ("a bare result", worker("def _bad(x: int):\n    return x"), "annotated"),
    ("a bare rest", worker("def _bad(**x) -> None:\n    return"), "annotated"),
    ("a script by one word", script(SCRIPT, "count.lua"), "lua_contracts"),
    ("a script with no header", script("return 1\n"), "lua_contracts"),
    ("a script with no purpose", script(SCRIPT.removeprefix("-- Count.\n--\n")), "lua_contracts"),
    ("a script with no key", script(SCRIPT.replace("-- KEYS[1]", "-- one")), "lua_contracts"),
    ("a script with no result", script(SCRIPT.replace("-- returns", "-- gives")), "lua_contracts"),
    ("an argument not named", script(SCRIPT + "return ARGV[2]\n"), "lua_contracts"),
]


@pytest.fixture(scope="module")
def broken() -> list[Violation]:
    """Return what the repository breaks, found once for all rules."""
    return violations(ROOT)


@pytest.mark.parametrize("rule", [rule.__name__ for rule in RULES])
def test_the_repository_keeps_every_rule(broken: list[Violation], rule: str) -> None:
    """The design is what the sources do, not what a document says."""
    assert [str(violation) for violation in broken if violation.rule == rule] == []


def test_the_repository_is_really_read() -> None:
    """A wrong folder would make every rule above hold by finding nothing."""
    tree = read_tree(ROOT)

    assert {source.room for source in tree.sources.values()} >= {"model", "errors", "stages", "adapters", "workers"}
    assert tree.scripts


def test_a_clean_tree_breaks_no_rule(tmp_path: Path) -> None:
    """A rule that cries without cause would be switched off."""
    assert violations(planted(tmp_path, CLEAN)) == []


@pytest.mark.parametrize(("files", "rule"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_a_planted_fault_is_caught(tmp_path: Path, files: dict[str, str], rule: str) -> None:
    """A rule that catches nothing is no rule; each fault is named at the file it was planted in."""
    found = violations(planted(tmp_path, CLEAN | files))

    assert {(violation.rule, violation.path in files) for violation in found} == {(rule, True)}


def test_every_rule_has_a_planted_fault() -> None:
    """A new rule comes with the fault it is against."""
    assert {fault[2] for fault in FAULTS} == {rule.__name__ for rule in RULES}
