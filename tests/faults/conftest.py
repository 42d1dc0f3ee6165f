"""Prints the ledger of faults after the tests of this folder: injected, lost, repeated, recovery, and the proof.

Of a row that is proved by tests elsewhere it says how many cases of those were run in the same session, and passed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pytest
from faults.outcomes import BOOK
from faults.proofs import Case, Elsewhere
from faults.rows import FAULTS, Fault


@dataclass(slots=True, eq=False)
class Ledger:
    """Which rows were looked at in this session, and how the tests of all folders ended: cases by (name, outcome)."""

    judged: set[int] = field(default_factory=set)
    ends: Counter[tuple[str, str]] = field(default_factory=Counter)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the end of a test; rows have their number in brackets."""
        if report.when != "call" and report.passed:
            return
        name, _, case = report.nodeid.rpartition("::")[2].partition("[")
        self.ends[name, report.outcome] += 1
        number = case.removesuffix("]")
        if "faults/test_faults.py" in report.nodeid and number.isdigit():
            self.judged.add(int(number))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print one line for each row that was judged."""
        rows = [fault for fault in FAULTS if fault.number in self.judged]
        if not rows:
            return
        terminalreporter.section("fault ledger")
        terminalreporter.write_line(
            f"{'':2}  {'fault':52} {'times':>5} {'lost':>4} {'twice':>5} {'back':>7} {'stated':>6}  proof"
        )
        for fault in rows:
            terminalreporter.write_line(f"{fault.number:2}  {fault.name:52} {self._figures(fault)}  {fault.proof}")

    def _figures(self, fault: Fault) -> str:
        outcome = BOOK.outcomes.get(fault.number)
        match fault.proof:
            case Case() if outcome is not None:
                stated = "" if fault.within_seconds is None else f"{fault.within_seconds} s"
                return (
                    f"{outcome.injected:5} {outcome.lost:4} {outcome.repeated:5} "
                    f"{outcome.recovery_seconds:5.1f} s {stated:>6}"
                )
            case Elsewhere(names):
                return f"{self._cases(names):>31}"
        return f"{'':31}"

    def _cases(self, names: tuple[str, ...]) -> str:
        counts = {end: sum(self.ends[name, end] for name in names) for end in ("passed", "failed", "skipped")}
        said = [f"{count} {end}" for end, count in counts.items() if count]
        return ", ".join(said) or "not run here"


def pytest_configure(config: pytest.Config) -> None:
    """Listen to the tests of all folders, not only to those of this one."""
    config.pluginmanager.register(Ledger(), "fault-ledger")
