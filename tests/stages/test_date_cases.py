"""The table of dates: how many are read right, and that none is read wrong."""

from __future__ import annotations

import sys
from datetime import datetime

import pytest

from pipeline.model import ArticleDate
from pipeline.stages.dates import read_date
from tests.stages.date_cases import CASES, FETCHED, Case
from tests.stages.later_date_cases import LATER_CASES

LEAST_RIGHT = 0.97
_PRECISIONS = {10: "day", 16: "minute"}


def _ms(instant: str) -> int:
    return round(datetime.fromisoformat(instant).timestamp() * 1000)


def _agrees(found: ArticleDate, answer: str) -> bool:
    """Tell whether *found* is the instant, the precision and the honesty about the zone that *answer* asks for."""
    stem = answer.rstrip("Z?")
    whole_day = len(stem) == 10
    instant = f"{stem}T00:00:00Z" if whole_day else f"{stem}Z"
    honest = whole_day or ("zone" in found.inferred) == answer.endswith("?")
    return found.at_ms == _ms(instant) and found.precision == _PRECISIONS.get(len(stem), "second") and honest


@pytest.mark.parametrize("cases", [CASES, LATER_CASES], ids=["first", "later"])
def test_the_tables_of_dates_are_read_right_and_never_wrong(cases: list[Case]) -> None:
    """A date that is not read costs a reader its order in the list; a wrong one tells an untruth."""
    missed, wrong = [], []
    for language, raw, answer in cases:
        found = read_date(raw, source="feed:pubDate", fetched_ms=_ms(FETCHED), language=language)
        if found is None:
            missed += [] if answer is None else [raw]
        elif answer is None or not _agrees(found, answer):
            wrong.append((raw, answer, found))
    right = len(cases) - len(missed) - len(wrong)
    sys.stdout.write(
        f"{right} of {len(cases)} dates right ({right / len(cases):.1%}), {len(wrong)} wrong, missed: {missed}\n"
    )
    assert not wrong
    assert right >= LEAST_RIGHT * len(cases)


def test_the_tables_hold_enough_dates_to_prove_anything() -> None:
    """A share of few cases is luck."""
    assert len(CASES) >= 150
    assert len(LATER_CASES) >= 60
