"""Prints the table of rows with their results, after the tests of this folder."""

from __future__ import annotations

import pytest
from conformance.rows import ROWS

_RESULTS: dict[str, str] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note what became of each row, by the name that stands in brackets."""
    name = report.nodeid.partition("[")[2].removesuffix("]")
    if name and "conformance" in report.nodeid and (report.when == "call" or report.failed):
        _RESULTS[name] = "passed" if report.passed else "FAILED"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print one line for each row that was judged."""
    rows = sorted((row for row in ROWS if row.name in _RESULTS), key=lambda row: row.number)
    if not rows:
        return
    terminalreporter.section("HTTP conformance")
    for row in rows:
        terminalreporter.write_line(f"{_RESULTS[row.name]}  {row.number:2}  {row.title}")
    terminalreporter.write_line(f"{list(_RESULTS.values()).count('passed')} of {len(_RESULTS)} passed")
