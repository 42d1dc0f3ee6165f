"""Gives what we remember of a feed its fields in a Redis hash, and reads it back.

Rules of this file: what is at its default has no field; validators are kept byte for byte; a reader ignores fields
that it does not know, so that a state written by a newer version is no trouble to an older one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pipeline.model import NO_HINTS, FeedState, Hints, LyingValidator

# Problems and addresses may hold what is no text at all: it passes through instead of ending a poll.
_UTF8 = ("utf-8", "surrogatepass")
_LYING: dict[bytes, LyingValidator] = {b"etag": "etag", b"last-modified": "last-modified"}


def state_to_fields(state: FeedState) -> dict[bytes, bytes]:
    """Turn *state* into the fields of a Redis hash; there is always `failures`, for Redis has no empty hash."""
    written = [(field, write(value)) for (field, write), value in zip(_WRITERS, state, strict=True)]
    return {field: value for field, value in written if value is not None}


def changed_fields(before: FeedState, after: FeedState) -> dict[bytes, bytes | None]:
    """What to write to a hash that holds *before*, so that it holds *after*; None where a field is to be deleted.

    Nearly every poll changes its own time and nothing else: to write the rest again is most of what writing costs.
    """
    values = zip(_WRITERS, before, after, strict=True)
    return {field: write(new) for (field, write), old, new in values if old is not new and old != new}


def state_from_fields(fields: Mapping[bytes, bytes]) -> FeedState:
    """Read the state held by the *fields* of a Redis hash.

    No fields at all give the state of a feed never polled. ValueError for a number that is none.
    """
    known = [(_READERS[field], value) for field, value in fields.items() if field in _READERS]
    return FeedState(**{name: read(value) for (name, read), value in known})


def known_state(fields: Mapping[bytes, bytes]) -> FeedState:
    """Read the state held by *fields*; one that cannot be read is unknown, as that of a feed never polled."""
    try:
        return state_from_fields(fields)
    except ValueError:
        return FeedState()


# --- The forms of values ------------------------------------------------------------------------------------------


def _opaque(value: bytes | None) -> bytes | None:
    return value


def _bytes(value: str | int | None) -> bytes | None:
    return None if value is None else str(value).encode(*_UTF8)


def _bytes_unless_none_yet(count: int) -> bytes | None:
    return b"%d" % count if count else None


def _text(data: bytes) -> str:
    return data.decode(*_UTF8)


def _mark(is_so: bool) -> bytes | None:  # noqa: FBT001 - the value of a field, not a switch
    return b"1" if is_so else None


def _hints_to_bytes(hints: Hints) -> bytes | None:
    """*hints* as five numbers in the order of their fields, an empty one for None; None for no hints at all."""
    if hints == NO_HINTS:
        return None
    base = "" if hints.update_base_ms is None else hints.update_base_ms
    return f"{hints.ttl_ms},{hints.update_period_ms},{base},{hints.skip_hours},{hints.skip_days}".encode()


def _hints_from_bytes(data: bytes) -> Hints:
    ttl_ms, period_ms, base_ms, hours, days = data.split(b",")
    return Hints(int(ttl_ms), int(period_ms), int(base_ms) if base_ms else None, int(hours), int(days))


_FORMS: dict[str, tuple[Callable[[Any], bytes | None], Callable[[bytes], Any]]] = {
    "etag": (_opaque, _opaque),
    "last_modified": (_opaque, _opaque),
    "validators_url": (_bytes, _text),
    "body_digest": (_bytes, _text),
    "is_feed": (_mark, bool),
    "polled_ms": (_bytes, int),
    "changed_ms": (_bytes, int),
    "failures": (_bytes, int),
    "status": (_bytes, int),
    "problem": (_bytes, _text),
    "fresh_until_ms": (_bytes, int),
    "max_age_ms": (_bytes, int),
    "wait_until_ms": (_bytes, int),
    "hints": (_hints_to_bytes, _hints_from_bytes),
    "audited_ms": (_bytes, int),
    "audit_trust": (_bytes_unless_none_yet, int),
    "false_304s": (_bytes_unless_none_yet, int),
    "lying_validator": (_bytes, _LYING.get),
    "moving_to": (_bytes, _text),
    "moving_polls": (_bytes_unless_none_yet, int),
    "moved_to": (_bytes, _text),
    "moved_ms": (_bytes, int),
}
"""For each field of a state, which has the same name in the hash: how it is written (None: not at all) and read."""

_WRITERS = tuple([(name.encode(), _FORMS[name][0]) for name in FeedState._fields])
_READERS = {name.encode(): (name, read) for name, (_, read) in _FORMS.items()}
