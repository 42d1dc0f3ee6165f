"""The Lua scripts of `lua/`, each checked at the call against the contract in its own header.

A script is called by the names that its header gives to KEYS and ARGV; a missing or unknown name fails before Redis
is reached. What several scripts need stands in `lua/parts/`, and is put in where a script says `-- USES <part>`.
Scripts are addressed by content (EVALSHA), so two versions of newswire can share one Redis.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import NoScriptError

from pipeline.errors import ScriptError

Value = str | bytes | int

_PART = re.compile(r"^-- USES (\w+)\n", re.MULTILINE)
_HEADER = re.compile(r"^-- (KEYS|ARGV)\[(\d+)(\.\.)?\] +(\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Script:
    """One Lua script with its contract: names of its keys and arguments in order, and of its open tail if any."""

    name: str
    text: str
    sha: str
    keys: tuple[str, ...]
    arguments: tuple[str, ...]
    tail: str | None

    def values(
        self, keys: Mapping[str, str], arguments: Mapping[str, Value], tail: Sequence[Value]
    ) -> tuple[int, list[Any]]:
        """The number of keys and the flat list that EVALSHA wants; raises ScriptError against the contract."""
        for kind, given, wanted in (("keys", keys, self.keys), ("arguments", arguments, self.arguments)):
            if set(given) != set(wanted):
                raise ScriptError(f"{self.name}.lua wants the {kind} {sorted(wanted)}, not {sorted(given)}")
        if tail and self.tail is None:
            raise ScriptError(f"{self.name}.lua takes no further arguments")
        return len(self.keys), [*(keys[k] for k in self.keys), *(arguments[a] for a in self.arguments), *tail]


@cache
def load(name: str) -> Script:
    """Read the script *name* (without `.lua`) and its header; raises ScriptError if the header is out of order."""
    folder = files("pipeline.adapters") / "lua"
    own = (folder / f"{name}.lua").read_text("utf-8")
    text = _PART.sub(lambda part: (folder / "parts" / f"{part[1]}.lua").read_text("utf-8").partition("\n\n")[2], own)
    header = text[: text.find("\nlocal ")] if "\nlocal " in text else text
    names: dict[str, list[str]] = {"KEYS": [], "ARGV": []}
    tail = None
    for kind, position, is_tail, word in _HEADER.findall(header):
        if int(position) != len(names[kind]) + 1 or tail is not None:
            raise ScriptError(f"{name}.lua: {kind}[{position}] is out of order in its header")
        if is_tail:
            tail = word
        else:
            names[kind].append(word)
    sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
    return Script(name, text, sha, tuple(names["KEYS"]), tuple(names["ARGV"]), tail)


def call(
    client: Redis,
    name: str,
    *,
    keys: Mapping[str, str],
    arguments: Mapping[str, Value],
    tail: Sequence[Value] = (),
) -> Any:  # noqa: ANN401 - a script returns what its header says
    """Run script *name* from the worker side; returns what its header says."""
    script = load(name)
    count, values = script.values(keys, arguments, tail)
    try:
        return client.evalsha(script.sha, count, *values)
    except NoScriptError:
        return client.eval(script.text, count, *values)


async def call_async(
    client: AsyncRedis,
    name: str,
    *,
    keys: Mapping[str, str],
    arguments: Mapping[str, Value],
    tail: Sequence[Value] = (),
) -> Any:  # noqa: ANN401 - a script returns what its header says
    """Run script *name* from the daemon side; returns what its header says."""
    script = load(name)
    count, values = script.values(keys, arguments, tail)
    try:
        return await client.evalsha(script.sha, count, *values)
    except NoScriptError:
        return await client.eval(script.text, count, *values)
