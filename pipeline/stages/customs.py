"""How a feed writes what others write otherwise: the zone of times that say none, parameters that only track."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_WORDS = re.compile(r"[\s,]+")


@dataclass(frozen=True, slots=True)
class Tracking:
    """Parameters that only tell where a reader came from: names in lower case, and what names begin with."""

    names: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Customs:
    """What is known of a feed beyond its documents.

    `zone_minutes` is how far east of UTC its times are that say no zone, as it was learnt; None where nothing is
    known. `tracking` is what an operator added to our own table of tracking parameters.
    """

    zone_minutes: int | None = None
    tracking: Tracking = Tracking()


NO_CUSTOMS = Customs()


@lru_cache(maxsize=8)
def tracking_of(text: str) -> Tracking:
    """Read the setting `articles.tracking_parameters`: names between spaces or commas, `name*` for a beginning."""
    words = [word.lower() for word in _WORDS.split(text) if word]
    return Tracking(
        frozenset(word for word in words if not word.endswith("*")),
        tuple(word.rstrip("*") for word in words if word.endswith("*") and word.rstrip("*")),
    )
