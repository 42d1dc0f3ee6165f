"""What Redis answers, with the types it really has: our clients speak bytes, redis-py's annotations cannot know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from pipeline.model import LEAST_WEIGHT, MOST_WEIGHT


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


def as_weights(reply: Mapping[Any, Any]) -> dict[str, float]:
    """Read the reply of HGETALL on a hash of weights; what is none, written by another hand, counts as not there."""
    weights = {}
    for name, text in as_fields(reply).items():
        try:
            weight = float(text)
        except ValueError:
            continue
        if LEAST_WEIGHT <= weight <= MOST_WEIGHT:
            weights[name.decode("utf-8", "replace")] = weight
    return weights
