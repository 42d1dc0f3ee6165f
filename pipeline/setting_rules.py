"""What one setting may be: its type, the rule beside it, and both in words.

Rules of this file: it knows no setting by name; a secret value is never put into words.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from pathlib import Path
from typing import Literal, get_args, get_origin, get_type_hints

UNLIMITED = "unlimited"
"""How an operator writes `math.inf`, where a rule allows it."""


@dataclass(frozen=True, slots=True)
class Between:
    """A number from *low* to *high*, both allowed, counted in *unit*; or the word UNLIMITED, if it is so."""

    low: float
    high: float
    unit: str = ""
    or_unlimited: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A text that *pattern* matches as a whole; *allowed* says so in words. A *secret* is never shown."""

    pattern: str
    allowed: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Spec:
    """The type of one setting as TOML has it, what limits it, and both in words."""

    type: type[bool | int | float | str]
    rule: Between | Text | tuple[str, ...] | None
    allowed: str


def specs(group: object, prefix: str = "") -> Iterator[tuple[str, Spec]]:
    """Yield the dotted name and the spec of every setting of the dataclass *group*, nested groups included."""
    for name, hint in get_type_hints(group, include_extras=True).items():
        if is_dataclass(hint):
            yield from specs(hint, f"{prefix}{name}.")
        else:
            yield prefix + name, _spec(hint)


def _spec(hint: object) -> Spec:
    if get_origin(hint) is Literal:
        choices = get_args(hint)
        return Spec(str, choices, "one of " + ", ".join(choices))
    if hint is bool:
        return Spec(bool, None, "true or false")
    base, rule = get_args(hint)
    if isinstance(rule, Text):
        return Spec(str, rule, rule.allowed)
    number = "a whole number" if base is int else "a number"
    unit = f" {rule.unit}" if rule.unit else ""
    last = f", or {UNLIMITED}" if rule.or_unlimited else ""
    return Spec(base, rule, f"{number} from {rule.low:.15g} to {rule.high:.15g}{unit}{last}")


def accepted(value: object, spec: Spec) -> object | None:
    """Return *value* as *spec* wants it (a whole number may become a float), or None if it is not allowed."""
    if isinstance(spec.rule, Between) and spec.rule.or_unlimited and value == UNLIMITED:
        return math.inf
    if isinstance(value, Path):
        value = str(value)
    if spec.type is float and type(value) is int:
        value = float(value) if abs(value) < 2**53 else math.inf
    return value if type(value) is spec.type and _within(value, spec.rule) else None


def _within(value: object, rule: Between | Text | tuple[str, ...] | None) -> bool:
    match rule:
        case Between():
            return isinstance(value, int | float) and rule.low <= value <= rule.high
        case Text():
            return isinstance(value, str) and re.fullmatch(rule.pattern, value) is not None
        case tuple():
            return value in rule
        case None:
            return True


def shown(value: object, spec: Spec) -> str:
    """Return *value* for an error message, as ` = value`, or nothing when it is a secret."""
    if isinstance(spec.rule, Text) and spec.rule.secret:
        return ""
    if isinstance(value, dict | list):
        return " = a table" if isinstance(value, dict) else " = a list"
    if type(value) is int and abs(value) >= 2**63:  # Python refuses to print very long integers
        return " = a very long number"
    return " = " + brief(str(value).lower() if isinstance(value, bool) else ascii(value))


def brief(text: str) -> str:
    """Return *text* for one line of an error message: escaped if need be, at most 60 characters."""
    printable = text if text.isprintable() else ascii(text)
    return printable if len(printable) <= 60 else printable[:57] + "..."


def hint(name: str, known: Mapping[str, object]) -> str:
    """Return which of *known* the unknown *name* may have meant, or all that are allowed in its section."""
    near = difflib.get_close_matches(name[:100], known, n=1, cutoff=0.75)
    if near:
        return f"did you mean {near[0]}?"
    separator = "__" if name.isupper() else "."
    section, dot, _ = name.partition(separator)
    allowed = [one for one in known if one.startswith(section + separator)] if dot else []
    return "allowed: " + ", ".join(allowed or known)
