"""Reads robots.txt and says whether a page may be fetched (RFC 9309).

The matcher is ours because a robots.txt is written by a stranger: patterns are matched by their plain parts, in time
that grows with their length alone, never by a regular expression that was made from them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

MAX_BYTES = 500 * 1024
"""How much of the file counts: RFC 9309 section 2.5 asks for 500 kibibytes at least."""

_LINE_ENDS = re.compile(rb"\r\n|\r|\n")
_LINE = re.compile(r"[\t ]*([A-Za-z-]+)[\t ]*:[\t ]*([^#]*)")
_TOKEN = re.compile(r"[A-Za-z_-]+")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


@dataclass(frozen=True, slots=True)
class Rule:
    """Paths that *pattern* (normalised, `*` and a final `$` special) matches are allowed, or not."""

    is_allowed: bool
    pattern: str


@dataclass(frozen=True, slots=True)
class Robots:
    """What one host asks of us: *rules* from its robots.txt, or *everything* disallowed as long as it cannot say."""

    rules: tuple[Rule, ...] = ()
    everything: bool = False


ALLOW_ALL = Robots()
DISALLOW_ALL = Robots(everything=True)


def robots_url(url: str) -> str | None:
    """The address of the robots.txt that speaks for the page *url*: same scheme, host and port; None without one."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    host = parts.netloc.rpartition("@")[2].lower()
    return f"{parts.scheme}://{host}/robots.txt" if parts.scheme in ("http", "https") and host else None


def robots_of(status: int | None, body: bytes, *, user_agent: str) -> Robots:
    """Give what a host asks of *user_agent*, by the final *status* of its robots.txt and the unpacked *body*.

    A missing file (4xx) allows all; a host in trouble (5xx, or None: no answer) disallows all until it can say
    (RFC 9309 sections 2.3.1.3 and 2.3.1.4).
    """
    match status:
        case int() if 200 <= status < 300:
            return Robots(_rules_for(_token(user_agent), body))
        case int() if status < 500:
            return ALLOW_ALL
        case _:
            return DISALLOW_ALL


def is_allowed(robots: Robots, url: str) -> bool:
    """Whether the page *url* may be fetched: the longest rule that matches decides, among equals an allowing one."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    path = _normal(parts.path or "/")
    if path == "/robots.txt":
        return True
    if robots.everything:
        return False
    target = _literal(f"{path}?{_normal(parts.query)}" if parts.query else path)
    longest, verdict = -1, True
    for rule in robots.rules:
        length = len(rule.pattern)
        if (length > longest or (length == longest and rule.is_allowed)) and _matches(rule.pattern, target):
            longest, verdict = length, rule.is_allowed
    return verdict


def to_bytes(robots: Robots) -> bytes:
    """Write *robots* for a cache: one rule a line."""
    if robots.everything:
        return b"!"
    return "".join(f"{'+' if rule.is_allowed else '-'}{rule.pattern}\n" for rule in robots.rules).encode("ascii")


def from_bytes(data: bytes) -> Robots:
    """Read back what `to_bytes` wrote."""
    if data == b"!":
        return DISALLOW_ALL
    lines = data.decode("ascii", "replace").split("\n")
    return Robots(tuple(Rule(line[:1] == "+", line[1:]) for line in lines if line))


# --- Reading ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Group:
    """User agents (tokens in lower case) with the rules they share."""

    agents: set[str] = field(default_factory=set)
    rules: list[Rule] = field(default_factory=list)


def _rules_for(token: str, body: bytes) -> tuple[Rule, ...]:
    """The rules of all groups that name *token*; without one, those of all groups for everybody."""
    groups = _groups(body)
    for name in (token, "*"):
        mine = [group for group in groups if name in group.agents]
        if mine:
            return tuple(dict.fromkeys(rule for group in mine for rule in group.rules))
    return ()


def _groups(body: bytes) -> list[_Group]:
    """Read the groups; a line that is neither an agent nor a rule does not interfere (section 2.2.4)."""
    groups: list[_Group] = []
    for line in _lines(body):
        match = _LINE.match(line)
        if match is None:
            continue
        name, value = match[1].lower(), match[2].strip()
        if name == "user-agent":
            if not groups or groups[-1].rules:
                groups.append(_Group())
            groups[-1].agents.add("*" if value.startswith("*") else _token(value))
        elif name in ("allow", "disallow") and groups:
            groups[-1].rules.append(Rule(name == "allow", _pattern(value)))
    return groups


def _lines(body: bytes) -> list[str]:
    """The whole lines within the bound: half a rule would say something else."""
    lines = _LINE_ENDS.split(body.removeprefix(b"\xef\xbb\xbf")[: MAX_BYTES + 1])
    if len(body) > MAX_BYTES:
        lines.pop()
    return [line.decode("utf-8", "replace") for line in lines]


def _token(user_agent: str) -> str:
    """The product token that a host names us by: the letters before the version (section 2.2.1)."""
    match = _TOKEN.match(user_agent.strip())
    return match[0].lower() if match else ""


def _pattern(value: str) -> str:
    """A pattern as it is matched; "" (which matches nothing) for one that is no path."""
    if not value.startswith(("/", "*")):
        return ""
    anchor = "$" if value.endswith("$") else ""
    inner = _normal(value.removesuffix("$")).replace("$", "%24")
    return re.sub(r"\*{2,}", "*", inner) + anchor


# --- Matching -----------------------------------------------------------------------------------------------------


def _matches(pattern: str, target: str) -> bool:
    """Whether *pattern* matches the beginning of *target*, or all of it when it ends with `$`."""
    if not pattern:
        return False
    is_anchored = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not target.startswith(first):
        return False
    if not others:
        return not is_anchored or len(first) == len(target)
    at = len(first)
    *middle, last = others
    for part in middle:
        found = target.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    if is_anchored:
        return len(target) - at >= len(last) and target.endswith(last)
    return target.find(last, at) >= 0


def _normal(text: str) -> str:
    """*text* with one spelling for each octet: escapes only where needed, in upper case (section 2.2.2)."""
    escaped = quote(text, safe="%!$&'()*+,;=:@/?[]~", errors="replace") if not text.isascii() else text
    return _ESCAPE.sub(_normal_escape, escaped)


def _normal_escape(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()


def _literal(target: str) -> str:
    """*target* with the characters that patterns give a meaning written as their escapes, as rules write them."""
    return target.replace("*", "%2A").replace("$", "%24")
