"""Forgetting: only what a feed itself has ceased to show, long ago."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.model import Known
from pipeline.stages.digests import DIGESTED_FIELDS
from pipeline.stages.memory import newest_day, tidied
from pipeline.stages.seen_records import pack, unpack
from pipeline.stages.settling import settled


def _record(day: int) -> bytes:
    return pack(Known(revision=1, discovered_ms=0, shown_day=day, digests=bytes(4 * len(DIGESTED_FIELDS))))


@pytest.mark.parametrize(
    ("days", "forgotten"),
    [
        ([], []),
        ([20_000], []),
        ([20_000, 19_990], []),
        ([20_000, 19_989], [1]),
        ([100, 200, 90], [0, 2]),
    ],
    ids=["nothing known", "one article", "on the edge", "just out", "a feed silent for decades"],
)
def test_what_a_feed_has_long_ceased_to_show_is_forgotten(days: list[int], forgotten: list[int]) -> None:
    """Memory must not grow for ever, and an article still shown must never come back as new."""
    memory = [(bytes([n]), _record(day)) for n, day in enumerate(days)]

    newest = newest_day(memory, today=20_000)

    changes = tidied(memory, newest_day=newest, window_days=10, today=1)

    assert [(each.seen_id, each.record) for each in changes] == [(bytes([n]), b"") for n in forgotten]


def test_what_has_settled_is_shrunk_and_forgotten_no_sooner() -> None:
    """Ten million articles are remembered in the memory of one machine; each still for the whole window."""
    today = 20_000
    known = Known(1, (today - 2) * 86_400_000 + 1_234, today, bytes(range(1, 4 * len(DIGESTED_FIELDS) + 1)))
    fresh = replace(known, discovered_ms=(today - 1) * 86_400_000)
    memory = [(b"s", pack(known)), (b"f", pack(fresh))]

    (change,) = tidied(memory, newest_day=today, window_days=10, today=today)

    assert (change.seen_id, change.expected, len(change.record)) == (b"s", pack(known), 8)
    assert unpack(change.record).discovered_ms == known.discovered_ms // 1_000 * 1_000
    shrunk = [(b"s", change.record)]
    assert newest_day(shrunk, today=today + 100) <= today, "a feed has shown nothing later than it did"
    assert tidied(shrunk, newest_day=today + 10, window_days=10, today=today + 10) == []
    (gone,) = tidied(shrunk, newest_day=today + 10 + 7, window_days=10, today=today + 17)
    assert gone.record == b""


@pytest.mark.parametrize(
    "changes",
    [{"revision": 0}, {"returns": 1}, {"revised_day": 19_999}],
    ids=["held back for its page", "goes back and forth", "just revised"],
)
def test_what_may_soon_change_keeps_its_whole_record(changes: dict[str, int]) -> None:
    """What a verdict needs tomorrow must not be shrunk away today."""
    known = replace(Known(2, 0, 19_999, bytes(range(1, 49))), **changes)

    assert settled(known, 20_000) is known
