"""What Redis answers, with the types it really has: our clients speak bytes, redis-py's annotations cannot know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast


def as_fields(reply: Mapping[Any, Any]) -> dict[bytes, bytes]:
    """Type the reply of HGETALL."""
    return cast("dict[bytes, bytes]", reply)


def as_values(reply: Sequence[Any]) -> list[bytes | None]:
    """Type the reply of HMGET."""
    return cast("list[bytes | None]", reply)


def as_names(reply: Sequence[Any]) -> list[str]:
    """Read a reply that lists names."""
    return [name.decode() for name in cast("Sequence[bytes]", reply)]


def as_entries(reply: Sequence[Any] | None) -> list[tuple[bytes, dict[bytes, bytes]]]:
    """Type the reply of XRANGE and XREVRANGE."""
    return cast("list[tuple[bytes, dict[bytes, bytes]]]", reply or [])


def as_counters(reply: Mapping[Any, Any]) -> dict[str, int]:
    """Read the reply of HGETALL on a hash of counters."""
    return {name.decode(): int(value) for name, value in as_fields(reply).items()}
