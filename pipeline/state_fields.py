"""Gives what we remember of a feed its fields in a Redis hash, and reads it back.

Rules of this file: what is at its default has no field; validators are kept byte for byte; a reader ignores fields
that it does not know, so that a state written by a newer version is no trouble to an older one.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.model import NO_HINTS, FeedState, Hints, LyingValidator

# Problems and addresses may hold what is no text at all: it passes through instead of ending a poll.
_UTF8 = ("utf-8", "surrogatepass")
_LYING: dict[bytes, LyingValidator] = {b"etag": "etag", b"last-modified": "last-modified"}


def state_to_fields(state: FeedState) -> dict[bytes, bytes]:
    """Turn *state* into the fields of a Redis hash; there is always `failures`, for Redis has no empty hash."""
    fields: dict[bytes, bytes | None] = {
        b"etag": state.etag,
        b"last_modified": state.last_modified,
        b"validators_url": _bytes(state.validators_url),
        b"body_digest": _bytes(state.body_digest),
        b"is_feed": b"1" if state.is_feed else None,
        b"polled_ms": _bytes(state.polled_ms),
        b"changed_ms": _bytes(state.changed_ms),
        b"failures": _bytes(state.failures),
        b"status": _bytes(state.status),
        b"problem": _bytes(state.problem),
        b"fresh_until_ms": _bytes(state.fresh_until_ms),
        b"max_age_ms": _bytes(state.max_age_ms),
        b"wait_until_ms": _bytes(state.wait_until_ms),
        b"hints": _hints_to_bytes(state.hints),
        b"audited_ms": _bytes(state.audited_ms),
        b"audit_trust": _bytes(state.audit_trust or None),
        b"false_304s": _bytes(state.false_304s or None),
        b"lying_validator": _bytes(state.lying_validator),
        b"moving_to": _bytes(state.moving_to),
        b"moving_polls": _bytes(state.moving_polls or None),
        b"moved_to": _bytes(state.moved_to),
        b"moved_ms": _bytes(state.moved_ms),
    }
    return {name: value for name, value in fields.items() if value is not None}


def state_from_fields(fields: Mapping[bytes, bytes]) -> FeedState:
    """Read the state held by the *fields* of a Redis hash.

    No fields at all give the state of a feed never polled. ValueError for a number that is none.
    """
    return FeedState(
        etag=fields.get(b"etag"),
        last_modified=fields.get(b"last_modified"),
        validators_url=_text(fields.get(b"validators_url")),
        body_digest=_text(fields.get(b"body_digest")),
        is_feed=b"is_feed" in fields,
        polled_ms=_whole(fields.get(b"polled_ms")),
        changed_ms=_whole(fields.get(b"changed_ms")),
        failures=_whole(fields.get(b"failures")) or 0,
        status=_whole(fields.get(b"status")),
        problem=_text(fields.get(b"problem")),
        fresh_until_ms=_whole(fields.get(b"fresh_until_ms")),
        max_age_ms=_whole(fields.get(b"max_age_ms")),
        wait_until_ms=_whole(fields.get(b"wait_until_ms")),
        hints=_hints_from_bytes(fields.get(b"hints")),
        audited_ms=_whole(fields.get(b"audited_ms")),
        audit_trust=_whole(fields.get(b"audit_trust")) or 0,
        false_304s=_whole(fields.get(b"false_304s")) or 0,
        lying_validator=_LYING.get(fields.get(b"lying_validator", b"")),
        moving_to=_text(fields.get(b"moving_to")),
        moving_polls=_whole(fields.get(b"moving_polls")) or 0,
        moved_to=_text(fields.get(b"moved_to")),
        moved_ms=_whole(fields.get(b"moved_ms")),
    )


def _hints_to_bytes(hints: Hints) -> bytes | None:
    """*hints* as five numbers in the order of their fields, an empty one for None; None for no hints at all."""
    if hints == NO_HINTS:
        return None
    base = "" if hints.update_base_ms is None else hints.update_base_ms
    return f"{hints.ttl_ms},{hints.update_period_ms},{base},{hints.skip_hours},{hints.skip_days}".encode()


def _hints_from_bytes(data: bytes | None) -> Hints:
    if data is None:
        return NO_HINTS
    ttl_ms, period_ms, base_ms, hours, days = data.split(b",")
    return Hints(int(ttl_ms), int(period_ms), int(base_ms) if base_ms else None, int(hours), int(days))


def _bytes(value: str | int | None) -> bytes | None:
    return None if value is None else str(value).encode(*_UTF8)


def _text(data: bytes | None) -> str | None:
    return None if data is None else data.decode(*_UTF8)


def _whole(data: bytes | None) -> int | None:
    return None if data is None else int(data)
