"""The books of a chaos soak: what was injected, how long each took to heal, and the table of it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from press import Press
from rich.table import Table


@dataclass(slots=True)
class Injected:
    """One fault that was injected: what every feed had shown when it was over, and the seconds until all was told."""

    number: int
    name: str
    ended: float
    shown: Mapping[str, int]
    healed_seconds: float | None = None

    @classmethod
    def of(cls, number: int, name: str, press: Press) -> Self:
        """Note a fault that has just ended."""
        return cls(number, name, time.monotonic(), {feed: sheet.shown for feed, sheet in press.sheets.items()})


@dataclass(slots=True)
class Books:
    """All faults so far; `open` are those that have not healed.

    `failures` says what could not be injected and why, `broken` what did not do as its fault asks for.
    """

    injected: list[Injected] = field(default_factory=list)
    open: list[Injected] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def note(self, fault: Injected) -> None:
        """Add *fault*."""
        self.injected.append(fault)
        self.open.append(fault)

    def look(self, press: Press) -> None:
        """Close each fault since which every feed has told what it showed at its end."""
        for fault in list(self.open):
            if all(press.sheets[feed].told.last >= shown for feed, shown in fault.shown.items()):
                fault.healed_seconds = round(time.monotonic() - fault.ended, 1)
                self.open.remove(fault)

    @property
    def longest_seconds(self) -> float:
        """The longest time that a fault took to heal."""
        return max((fault.healed_seconds for fault in self.injected if fault.healed_seconds is not None), default=0.0)

    def table(self) -> Table:
        """Give one line for each kind of fault."""
        table = Table("no.", "fault", "injected", "median s", "longest s", "not healed", title="chaos")
        for column in (table.columns[0], *table.columns[2:]):
            column.justify = "right"
        for number, name in sorted({(fault.number, fault.name) for fault in self.injected}):
            faults = [fault for fault in self.injected if fault.name == name]
            seconds = [fault.healed_seconds for fault in faults if fault.healed_seconds is not None]
            median, longest = (f"{f(seconds):.1f}" if seconds else "" for f in (statistics.median, max))
            table.add_row(str(number), name, str(len(faults)), median, longest, str(len(faults) - len(seconds)))
        return table
