"""The rules of the rooms, as functions over a source tree: the same code judges the repository and planted faults.

Each rule takes the sources and yields what breaks it; `tests/style.py` has the rules of the page and the list of all.
Only `ast` and the file names are read.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 40
ROOMS = ("pipeline", "workers")

_FLOOR = ("model", "errors", "setting_rules", "settings", "json_fields", "wire", "state_fields")
MAY_IMPORT: Mapping[str, tuple[str, ...]] = {
    "model": ("model",),
    "errors": (),
    "setting_rules": ("errors",),
    "settings": ("model", "errors", "setting_rules", "settings"),
    "json_fields": (),
    "wire": ("model", "errors", "json_fields"),
    "state_fields": ("model",),
    "stages": ("model", "errors", "settings", "wire", "stages"),
    "adapters": ("model", "errors", "settings", "wire", "state_fields", "adapters"),
    "pipeline": (*_FLOOR, "stages", "adapters"),
    "workers": (*_FLOOR, "stages", "adapters", "pipeline", "workers"),
}
"""Which rooms a room may import from; "pipeline" is the package itself, the public API of a subscriber."""

_IMPURE = frozenset(
    {"aiohttp", "asyncio", "concurrent", "glob", "http", "logging", "multiprocessing", "os", "random", "redis", "rq"}
    | {"secrets", "select", "shutil", "socket", "sqlite3", "ssl", "structlog", "subprocess", "tempfile", "threading"}
    | {"time", "urllib.request"}
)
_CLOCK = frozenset({"now", "utcnow", "today"})
_IMPURE_CALLS = frozenset({"open", "print", "input", "breakpoint"})
_KEY = re.compile(r"\{[\w*.-]+\}:\w|rq:")
_LUA_NAME = re.compile(r"[a-z]+(?:_[a-z]+)+\.lua")
_SLOT = re.compile(r"\b(KEYS|ARGV)\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that is broken at *path*, *line*."""

    rule: str
    path: str
    line: int
    what: str

    def __str__(self) -> str:
        """Return the place as an editor understands it, then what is wrong."""
        return f"{self.path}:{self.line}: {self.rule}: {self.what}"


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file: *path* from the root with "/", *module* as it is imported."""

    path: str
    module: str
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        """The room the module stands in, a key of MAY_IMPORT (or an unknown name)."""
        return room_of(self.module)


@dataclass(frozen=True, slots=True)
class Tree:
    """The sources of a repository: Python by module, Lua scripts by path."""

    sources: Mapping[str, Source]
    scripts: Mapping[str, str]


Found = Iterator[tuple[str, int, str]]


def read_tree(root: Path) -> Tree:
    """Return every source of the rooms under *root*."""
    paths = sorted(path for room in ROOMS for path in (root / room).rglob("*.py"))
    sources = [_source(path, path.relative_to(root)) for path in paths]
    scripts = {
        path.relative_to(root).as_posix(): path.read_text("utf-8") for path in sorted(root.rglob("pipeline/**/*.lua"))
    }
    return Tree({source.module: source for source in sources}, scripts)


def _source(path: Path, relative: Path) -> Source:
    parts = relative.with_suffix("").parts
    module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    text = path.read_text("utf-8")
    return Source(relative.as_posix(), module, text, ast.parse(text))


def room_of(module: str) -> str:
    """Return the room of *module*: the second part of its name within pipeline, else the first."""
    first, *rest = module.split(".")
    return rest[0] if first == "pipeline" and rest else first


def imports(source: Source, tree: Tree) -> Iterator[tuple[str, int]]:
    """Yield each module that *source* imports, resolved: `from a import b` is `a.b` if that is a module of ours."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield (inner if inner in tree.sources else node.module), node.lineno


def _is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


# --- Where things may stand --------------------------------------------------------------------------------------


def import_direction(tree: Tree) -> Found:
    """Hold `model, errors, settings` ← `stages`, and ← `adapters` ← `workers`."""
    for source in tree.sources.values():
        allowed = MAY_IMPORT.get(source.room)
        if allowed is None:
            yield source.path, 1, f"{source.module} stands in no room of the design"
            continue
        for module, line in imports(source, tree):
            if module.split(".")[0] in ROOMS and (room := room_of(module)) not in allowed and module != source.module:
                yield source.path, line, f"{source.room} may not import {module} ({room})"


def no_cycles(tree: Tree) -> Found:
    """Let no module import itself by way of others."""
    graph = {
        name: [m for m, _ in imports(source, tree) if m in tree.sources] for name, source in tree.sources.items()
    }
    finished: set[str] = set()
    for start, first in graph.items():
        trail: dict[str, Iterator[str]] = {} if start in finished else {start: iter(first)}
        while trail:
            name, rest = next(reversed(trail.items()))
            following = next(rest, None)
            if following is None:
                finished.add(name)
                del trail[name]
            elif following in trail:
                cycle = [*list(trail)[list(trail).index(following) :], following]
                yield tree.sources[name].path, 1, "import cycle: " + " → ".join(cycle)
            elif following not in finished:
                trail[following] = iter(graph[following])


def libraries_in_their_room(tree: Tree) -> Found:
    """Keep aiohttp's client, feedparser, rq and redis where they are mapped to values of ours."""
    for source in tree.sources.values():
        for module, line in imports(source, tree):
            library = module.split(".")[0]
            if library in _PLACES and not _PLACES[library](source, module):
                yield source.path, line, f"{module} may not be imported here"
    for source in tree.sources.values():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ImportFrom) and node.module == "aiohttp" and source.room == "workers":
                yield from (
                    (source.path, node.lineno, f"aiohttp.{alias.name} may not be imported here")
                    for alias in node.names
                    if alias.name != "web"
                )


def _aiohttp_place(source: Source, module: str) -> bool:
    if source.room == "workers":  # `from aiohttp import web` is looked at name by name
        return _is_within(module, "aiohttp.web") or (module == "aiohttp" and _takes_names_only(source, module))
    return source.path in {f"pipeline/adapters/{name}.py" for name in ("web", "addresses", "exact_requests")}


def _takes_names_only(source: Source, module: str) -> bool:
    return not any(
        isinstance(node, ast.Import) and any(alias.name == module for alias in node.names)
        for node in ast.walk(source.tree)
    )


def _rq_place(source: Source, _module: str) -> bool:
    path = source.path
    return path == "pipeline/adapters/backlog.py" or path.startswith(("pipeline/adapters/rq_", "workers/"))


_PLACES: Mapping[str, Callable[[Source, str], bool]] = {
    "aiohttp": _aiohttp_place,
    "feedparser": lambda source, _: source.path.startswith("pipeline/stages/parse/"),
    "redis": lambda source, _: source.room == "adapters",
    "rq": _rq_place,
}


def key_names_in_keys(tree: Tree) -> Found:
    """Let only `keys.py` spell the name of a key; docstrings may speak of them."""
    for source in tree.sources.values():
        if source.path == "pipeline/adapters/keys.py":
            continue
        prose = {id(node.value) for node in ast.walk(source.tree) if isinstance(node, ast.Expr)}
        pieces = {id(v) for node in ast.walk(source.tree) if isinstance(node, ast.JoinedStr) for v in node.values}
        for node in ast.walk(source.tree):
            if id(node) not in prose | pieces and (literal := _literal(node)) and _KEY.match(literal):
                yield source.path, getattr(node, "lineno", 1), f"a key is spelled here: {literal[:60]!r}"


def _literal(node: ast.AST) -> str | None:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(str(v.value) if isinstance(v, ast.Constant) else "*" for v in values)
        case _:
            return None


def pure_stages(tree: Tree) -> Found:
    """Keep clock, chance, disk, network, log and waiting out of the stages."""
    for source in tree.sources.values():
        if source.room == "stages":
            for module, line in imports(source, tree):
                if any(_is_within(module, impure) for impure in _IMPURE):
                    yield source.path, line, f"a stage imports {module}"
            for node in ast.walk(source.tree):
                if what := _impurity(node):
                    yield source.path, getattr(node, "lineno", 1), f"a stage uses {what}"


def _impurity(node: ast.AST) -> str | None:
    what = None
    match node:
        case ast.AsyncFunctionDef() | ast.Await() | ast.AsyncFor() | ast.AsyncWith():
            what = "await"
        case ast.Call(func=ast.Name(id=name)) if name in _IMPURE_CALLS:
            what = f"{name}()"
        case ast.Attribute(
            attr=attr, value=ast.Name(id="datetime" | "date") | ast.Attribute(attr="datetime" | "date")
        ):
            what = f"the clock ({attr})" if attr in _CLOCK else None
        case ast.ImportFrom(module="datetime", names=names) if any(a.asname for a in names):
            what = "datetime under another name"
        case ast.ImportFrom(module="pathlib", names=names) if any(not a.name.startswith("Pure") for a in names):
            what = "paths of the disk"
        case ast.Import(names=names) if any(_is_within(a.name, "pathlib") for a in names):
            what = "paths of the disk"
        case ast.ImportFrom(module="urllib", names=names) if any(a.name == "request" for a in names):
            what = "urllib.request"
    return what


def lua_contracts(tree: Tree) -> Found:
    """Ask each script for a name of verb and noun and a header that names its keys, arguments and result."""
    for path, text in tree.scripts.items():
        lines = text.splitlines()
        end = next((n for n, line in enumerate(lines) if not line.startswith("--")), len(lines))
        header, body = lines[:end], "\n".join(lines[end:])
        if not _LUA_NAME.fullmatch(path.rpartition("/")[2]):
            yield path, 1, "a script is named verb_noun.lua"
        if not header or not re.match(r"-- \w", header[0]) or _SLOT.search(header[0]):
            yield path, 1, "the header begins with what the script does"
        if not any(line.startswith("-- returns ") for line in header):
            yield path, 1, "the header says what the script returns"
        named = {
            f"{kind}[{n}]" for line in header for kind, n in re.findall(r"^-- (KEYS|ARGV)\[(\d+)(?:\.\.)?\]", line)
        }
        used = {f"{kind}[{n}]" for kind, n in _SLOT.findall(body)} | (set() if "/parts/" in path else {"KEYS[1]"})
        yield from ((path, 1, f"the header does not name {slot}") for slot in sorted(used - named))
