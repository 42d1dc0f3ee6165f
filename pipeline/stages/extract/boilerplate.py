"""What the pages of one site repeat: lines seen on several of them belong to the site and to no story.

Rules of this file: a line is known by eight bytes of its hash; a site's memory is bounded, forgets first the lines
seen once, and is a value: learning gives a new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

MOST_LINES = 1_000
_ENOUGH = 3  # pages that must carry a line: two may be one story and its second version
_SHORTEST = 12
_LONGEST = 1_000
_RECORD_BYTES = 10
_MOST_COUNTED = 65_535


@dataclass(frozen=True, slots=True)
class SiteMemory:
    """How many pages of a site carried a line, by the line's hash, oldest line first."""

    counts: Mapping[bytes, int] = field(default_factory=dict)

    def repeats(self, line: str) -> bool:
        """Tell whether *line* was on so many pages of the site that it belongs to the site."""
        return self.counts.get(_name(line), 0) >= _ENOUGH


def learnt(memory: SiteMemory, lines: Iterable[str]) -> SiteMemory:
    """Give *memory* with the *lines* of one more page, each counted once; at most MOST_LINES are kept."""
    counts = dict(memory.counts)
    for name in dict.fromkeys(_name(line) for line in lines if _SHORTEST <= len(line) <= _LONGEST):
        counts[name] = min(counts.pop(name, 0) + 1, _MOST_COUNTED)
    if len(counts) > MOST_LINES:
        surplus = len(counts) - MOST_LINES
        forgotten = sorted(counts, key=lambda name: counts[name] >= _ENOUGH)[:surplus]  # stable: oldest first
        for name in forgotten:
            del counts[name]
    return SiteMemory(counts)


def packed(memory: SiteMemory) -> bytes:
    """Write *memory* as bytes: ten for each line."""
    return b"".join(name + count.to_bytes(2, "big") for name, count in memory.counts.items())


def unpacked(data: bytes) -> SiteMemory:
    """Read what `packed` wrote; what is cut at the end is left out."""
    whole = len(data) - len(data) % _RECORD_BYTES
    records = (data[at : at + _RECORD_BYTES] for at in range(0, whole, _RECORD_BYTES))
    return SiteMemory({record[:8]: int.from_bytes(record[8:], "big") for record in records})


def _name(line: str) -> bytes:
    return blake2b(" ".join(line.split()).casefold().encode("utf-8", "surrogatepass"), digest_size=8).digest()
