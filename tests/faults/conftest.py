"""Prints the ledger of faults after the tests of this folder: injected, lost, repeated, recovery, and the proof."""

from __future__ import annotations

import pytest
from faults.outcomes import BOOK
from faults.proofs import Case
from faults.rows import FAULTS, Fault

_JUDGED: set[int] = set()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note which rows were looked at in this session, by the number that stands in brackets."""
    number = report.nodeid.partition("[")[2].removesuffix("]")
    if "faults/test_faults.py" in report.nodeid and number.isdigit() and report.when == "call":
        _JUDGED.add(int(number))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print one line for each row that was judged."""
    rows = [fault for fault in FAULTS if fault.number in _JUDGED]
    if not rows:
        return
    terminalreporter.section("fault ledger")
    terminalreporter.write_line(
        f"{'':2}  {'fault':52} {'times':>5} {'lost':>4} {'twice':>5} {'back':>7} {'stated':>6}  proof"
    )
    for fault in rows:
        terminalreporter.write_line(_line(fault))


def _line(fault: Fault) -> str:
    outcome = BOOK.outcomes.get(fault.number)
    figures = f"{'':>5} {'':>4} {'':>5} {'':>7} {'':>6}"
    if outcome is not None and isinstance(fault.proof, Case):
        stated = "" if fault.within_seconds is None else f"{fault.within_seconds} s"
        figures = (
            f"{outcome.injected:5} {outcome.lost:4} {outcome.repeated:5} "
            f"{outcome.recovery_seconds:5.1f} s {stated:>6}"
        )
    return f"{fault.number:2}  {fault.name:52} {figures}  {fault.proof}"
