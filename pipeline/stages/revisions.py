"""Which revisions of one document are told: all of them, unless the feed touched nearly everything it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.model import Revised, Same, Verdict

MOST_AT_ONCE = 30
"""Revisions of one document that are told in a flood."""

_SHARE_OF_FLOOD = 0.6


def within_flood(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Give *verdicts* with at most the first 30 revisions when there are more and most known articles were revised.

    A change of a template (another byline, a line added to every text) is no news. What is held back is remembered
    as it is now, so that the next true edit is told.
    """
    revised = [at for at, verdict in enumerate(verdicts) if isinstance(verdict, Revised)]
    known = sum(isinstance(verdict, Revised | Same) for verdict in verdicts)
    if len(revised) <= MOST_AT_ONCE or len(revised) < _SHARE_OF_FLOOD * known:
        return list(verdicts)
    held = frozenset(revised[MOST_AT_ONCE:])
    return [_held_back(verdict) if at in held else verdict for at, verdict in enumerate(verdicts)]


def _held_back(verdict: Verdict) -> Verdict:
    match verdict:
        case Revised(article, known) if known.revision > 1:
            return Same(article.id, replace(known, revision=max(known.revision - 1, 1)))
        case _:
            return verdict
