"""Makes settings that bound or exclude each other agree: the weaker word gives way to the stronger.

Rules of this file: between two words of the same strength nothing is guessed; that is a `SettingsError`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import combinations

from pipeline.errors import SettingsError

_INTERVALS = tuple(f"schedule.{bound}interval_seconds" for bound in ("min_", "", "max_"))
_BUDGETS = ("budget.requests_per_day", "budget.requests_per_feed_per_day")


@dataclass(frozen=True, slots=True)
class Word:
    """One setting as one source says it: *where* is the source for a person, *strength* its rank."""

    name: str
    value: object
    where: str
    strength: int = 0


def reconcile(found: dict[str, Word]) -> None:
    """Make the settings in *found* agree: minimum <= interval <= maximum, and one budget at most.

    So an interval of 0.5 seconds on the command line needs no second word about the minimum.
    Raises SettingsError when two of the same source contradict each other.
    """
    _order_intervals(found)
    _choose_budget(found)


def _order_intervals(found: dict[str, Word]) -> None:
    for low, high in combinations(_INTERVALS, 2):
        _refuse_contradiction(found[low], found[high])
    settled: dict[str, float] = {}
    for name in sorted(_INTERVALS, key=lambda name: -found[name].strength):
        position = _INTERVALS.index(name)
        value = max([_number(found[name]), *(settled[below] for below in _INTERVALS[:position] if below in settled)])
        settled[name] = min([value, *(settled[above] for above in _INTERVALS[position:] if above in settled)])
        found[name] = replace(found[name], value=settled[name])


def _refuse_contradiction(lower: Word, upper: Word) -> None:
    if lower.strength == upper.strength and _number(lower) > _number(upper):
        raise SettingsError(
            f"{upper.where}: {upper.name} = {upper.value} is below {lower.name} = {lower.value}: "
            "must be minimum <= interval <= maximum"
        )


def _choose_budget(found: dict[str, Word]) -> None:
    """Leave one budget set in *found*; 0 is not set."""
    weaker, stronger = sorted((found[name] for name in _BUDGETS), key=lambda word: word.strength)
    if not (weaker.value and stronger.value):
        return
    if weaker.strength == stronger.strength:
        raise SettingsError(
            f"{stronger.where}: {weaker.name} and {stronger.name} are both set: "
            "a budget is either one for all feeds together or one for each; leave one of them out, or set it to 0"
        )
    found[weaker.name] = replace(weaker, value=0.0)


def _number(word: Word) -> float:
    return word.value if isinstance(word.value, float) else math.nan
