"""What is remembered of an article, as bytes: the records of the seen-index.

Rules of this file: what is stored carries a version, and the version before can still be read. The records of settled
articles are nearly all that is stored, so there the length is the version: 8 bytes beside an id of 8 take 20.6 bytes
in a small hash of Valkey 9 (measured), all told.
"""

from __future__ import annotations

import struct

from pipeline.model import Known
from pipeline.stages.digests import CONTENT_BYTES, DIGESTS_BYTES, HINT_BITS, SETTLED_BYTES
from pipeline.stages.identity import CARRIED, MAX_RETURNS, MAX_REVISION
from pipeline.stages.settling import is_settled

# Version, revision, discovered_ms, shown_day, digests, former, returns and revised_day: 64 bytes, the longest that
# keeps the hash that holds it in its small encoding (`hash-max-listpack-value` as Redis and Valkey ship it).
_KNOWN_VERSION = 2
_KNOWN = struct.Struct(f">BH6sH{DIGESTS_BYTES}s3sH")
_KNOWN_VERSION_1 = 1
_KNOWN_1 = struct.Struct(f">BH6sH{DIGESTS_BYTES}s")
_DAYS_TOLD_APART = 0x1000
_MAX_DAY = 0xFFFF
_MAX_MS = 0xFFFF_FFFF_FFFF

# Of a settled article: its content digest, then the second it was discovered in (since 2000, until 2068) and the
# hints at its fields, in 5 bytes. A tail says in which week after its discovery it was last shown, if not in the
# first, and its revision, if not the first; it is as short as it can be.
_TAILS = {8: struct.Struct(">"), 9: struct.Struct(">B"), 10: struct.Struct(">BB"), 12: struct.Struct(">HH")}
_HEAD_BYTES = min(_TAILS)
_EPOCH_SECONDS = 946_684_800
_MAX_SECONDS = 0x7FFF_FFFF
_HINTS = 1 << HINT_BITS * 3
_DAY_SECONDS = 86_400
WEEK_DAYS = 7
"""When a settled article was last shown is known to the week; what is read back is the last day of it."""


def pack(known: Known) -> bytes:
    """Write *known*: 64 bytes, or 8 to 12 once it has settled.

    Numbers too large for their place are stored as the largest that fits, negative ones as 0; of `revised_day` only
    what tells the days of eleven years apart is stored, beside `returns`.
    """
    if is_settled(known):
        return _pack_settled(known)
    return _KNOWN.pack(
        _KNOWN_VERSION,
        _revision(known),
        _bounded(known.discovered_ms, _MAX_MS).to_bytes(6, "big"),
        _bounded(known.shown_day, _MAX_DAY),
        known.digests,
        known.former,
        _bounded(known.returns, MAX_RETURNS) * _DAYS_TOLD_APART + known.revised_day % _DAYS_TOLD_APART,
    )


def unpack(data: bytes) -> Known:
    """Read back the `Known` that `pack` wrote, in this version or one before.

    Raises ValueError if *data* is of another length or version.
    """
    if len(data) in _TAILS:
        return _unpack_settled(data)
    if len(data) == _KNOWN_1.size and data[0] == _KNOWN_VERSION_1:
        _, revision, discovered, shown_day, digests = _KNOWN_1.unpack(data)
        return Known(revision, int.from_bytes(discovered, "big"), shown_day, digests)
    if len(data) != _KNOWN.size or data[0] != _KNOWN_VERSION:
        version = data[0] if data else None
        raise ValueError(
            f"not a record of the seen-index: {len(data)} bytes of version {version}, "
            f"wanted {_KNOWN.size} of version {_KNOWN_VERSION}, or 8 to 12 of a settled article"
        )
    _, revision, discovered, shown_day, digests, former, packed = _KNOWN.unpack(data)
    returns, day = divmod(packed, _DAYS_TOLD_APART)
    return Known(
        revision=revision,
        discovered_ms=int.from_bytes(discovered, "big"),
        shown_day=shown_day,
        digests=digests,
        former=former,
        returns=returns,
        revised_day=shown_day - (shown_day - day) % _DAYS_TOLD_APART,
    )


def is_readable(data: bytes) -> bool:
    """Whether `unpack` reads *data*, or there is none to be read (b"")."""
    try:
        return not data or bool(unpack(data))
    except ValueError:
        return False


def _pack_settled(known: Known) -> bytes:
    content, hints = known.digests[:CONTENT_BYTES], int.from_bytes(known.digests[CONTENT_BYTES:], "big")
    seconds = _bounded(known.discovered_ms // 1_000 - _EPOCH_SECONDS, _MAX_SECONDS)
    week = _bounded((known.shown_day - _discovered_day(seconds)) // WEEK_DAYS, _MAX_DAY)
    revision = _revision(known)
    head = content + (seconds * _HINTS + hints).to_bytes(_HEAD_BYTES - CONTENT_BYTES, "big")
    if revision == 1 and week <= 0xFF:
        return head + (bytes((week,)) if week else b"")
    return head + (bytes((week, revision)) if max(week, revision) <= 0xFF else _TAILS[12].pack(week, revision))


def _unpack_settled(data: bytes) -> Known:
    seconds, hints = divmod(int.from_bytes(data[CONTENT_BYTES:_HEAD_BYTES], "big"), _HINTS)
    tail = _TAILS[len(data)].unpack(data[_HEAD_BYTES:])
    week, revision = tail + (0, 1)[len(tail) :]
    return Known(
        revision=revision,
        discovered_ms=(seconds + _EPOCH_SECONDS) * 1_000,
        shown_day=_discovered_day(seconds) + week * WEEK_DAYS + WEEK_DAYS - 1,
        digests=data[:CONTENT_BYTES] + hints.to_bytes(SETTLED_BYTES - CONTENT_BYTES, "big"),
    )


def _discovered_day(seconds: int) -> int:
    return (seconds + _EPOCH_SECONDS) // _DAY_SECONDS


def _revision(known: Known) -> int:
    """Give the revision to store: none that counts is taken for the mark of what another feed tells."""
    return CARRIED if known.revision == CARRIED else _bounded(known.revision, MAX_REVISION)


def _bounded(number: int, largest: int) -> int:
    return max(0, min(number, largest))
