"""What is remembered of an article, as bytes: the records of the seen-index.

Rules of this file: what is stored carries a version, and the version before can still be read.
"""

from __future__ import annotations

import struct

from pipeline.model import Known
from pipeline.stages.identity import DIGEST_BYTES, DIGESTED_FIELDS, MAX_RETURNS, MAX_REVISION

# Version, revision, discovered_ms, shown_day, digests, former, returns and revised_day: 64 bytes, the longest that
# keeps the hash that holds it in its small encoding (`hash-max-listpack-value` as Redis and Valkey ship it).
_KNOWN_VERSION = 2
_KNOWN = struct.Struct(f">BH6sH{DIGEST_BYTES * len(DIGESTED_FIELDS)}s3sH")
_KNOWN_VERSION_1 = 1
_KNOWN_1 = struct.Struct(f">BH6sH{DIGEST_BYTES * len(DIGESTED_FIELDS)}s")
_DAYS_TOLD_APART = 0x1000
_MAX_DAY = 0xFFFF
_MAX_MS = 0xFFFF_FFFF_FFFF


def pack(known: Known) -> bytes:
    """Write *known* as 64 bytes, always: version, revision, discovered_ms, shown_day, the field digests, and returns.

    Numbers too large for their place are stored as the largest that fits, negative ones as 0; of `revised_day` only
    what tells the days of eleven years apart is stored, beside `returns`.
    """
    return _KNOWN.pack(
        _KNOWN_VERSION,
        _bounded(known.revision, MAX_REVISION),
        _bounded(known.discovered_ms, _MAX_MS).to_bytes(6, "big"),
        _bounded(known.shown_day, _MAX_DAY),
        known.digests,
        known.former,
        _bounded(known.returns, MAX_RETURNS) * _DAYS_TOLD_APART + known.revised_day % _DAYS_TOLD_APART,
    )


def unpack(data: bytes) -> Known:
    """Read back the `Known` that `pack` wrote, in this version or the one before.

    Raises ValueError if *data* is of another length or version.
    """
    if len(data) == _KNOWN_1.size and data[0] == _KNOWN_VERSION_1:
        _, revision, discovered, shown_day, digests = _KNOWN_1.unpack(data)
        return Known(revision, int.from_bytes(discovered, "big"), shown_day, digests)
    if len(data) != _KNOWN.size or data[0] != _KNOWN_VERSION:
        version = data[0] if data else None
        raise ValueError(
            f"not a record of the seen-index: {len(data)} bytes of version {version}, "
            f"wanted {_KNOWN.size} of version {_KNOWN_VERSION}"
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


def _bounded(number: int, largest: int) -> int:
    return max(0, min(number, largest))
