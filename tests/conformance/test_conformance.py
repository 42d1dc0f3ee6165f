"""The HTTP conformance suite: a scripted origin with one route per row, asked by the real system.

`pytest tests/conformance` prints the table of all rows with their results. Each row is a situation of the behaviour
that a polite feed reader owes to its hosts, and to its readers.
"""

from __future__ import annotations

import pytest
from conformance import answers, audits, freshness, older, redirects, refusals, validators
from conformance.rows import AUDITS, MAIN, ROWS, Evidence
from conformance.sessions import evidence_of

pytestmark = pytest.mark.flow

FILES = (validators, audits, freshness, refusals, redirects, answers, older)
"""Where the rows are: importing them is what puts them on the list."""


@pytest.fixture(scope="session")
def main_session() -> dict[str, Evidence]:
    """Give what the main session showed of its rows."""
    return evidence_of(MAIN)


@pytest.fixture(scope="session")
def audit_session() -> dict[str, Evidence]:
    """Give what the session with audits in seconds showed."""
    return evidence_of(AUDITS)


@pytest.mark.parametrize("name", [row.name for row in ROWS])
def test_a_polite_reader_does_what_the_row_says(name: str, request: pytest.FixtureRequest) -> None:
    """One row: what its host was asked and what was published, judged after the session."""
    row = next(each for each in ROWS if each.name == name)
    shown = request.getfixturevalue("audit_session" if row.session == AUDITS else "main_session")

    row.judge(shown[name])


def test_every_file_brought_its_rows() -> None:
    """A row that is not on the list is not judged, and would look as if it passed."""
    assert len({row.name for row in ROWS}) == len(ROWS) >= 10 * len(FILES) - 20
