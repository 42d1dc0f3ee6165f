"""What became of the faults that were injected: one outcome each, noted as the scenes go on."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Outcome:
    """A fault was *injected* so often; what was *lost*, *repeated* or *wrong* on the stream; the recovery."""

    number: int
    injected: int
    lost: int
    repeated: int
    wrong: int
    recovery_seconds: float
    """From the end of the fault until every feed has told what it showed afterwards."""


@dataclass(slots=True)
class Book:
    """The outcomes noted so far, by the number of the fault."""

    outcomes: dict[int, Outcome] = field(default_factory=dict)

    def note(self, outcome: Outcome) -> None:
        """Add *outcome* to what was noted of its fault before: counts add up, of recoveries the longest counts."""
        before = self.outcomes.get(outcome.number)
        if before is not None:
            outcome = Outcome(
                outcome.number,
                before.injected + outcome.injected,
                before.lost + outcome.lost,
                before.repeated + outcome.repeated,
                before.wrong + outcome.wrong,
                max(before.recovery_seconds, outcome.recovery_seconds),
            )
        self.outcomes[outcome.number] = outcome


BOOK = Book()
"""The outcomes of this test session, printed at its end."""
