"""The HTTP conformance suite: a scripted origin with one route per row, asked by the real system.

`pytest tests/conformance` prints the table of all rows with their results. Each row is a situation of the behaviour
that a polite feed reader owes to its hosts, and to its readers.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from conformance import answers, audits, freshness, hosts, older, redirects, refusals, validators
from conformance.rows import ROWS, Evidence, Row, Session
from conformance.sessions import evidence_of

pytestmark = pytest.mark.flow

FILES = (validators, audits, freshness, refusals, redirects, answers, older, hosts)
"""Where the rows are: importing them is what puts them on the list."""


@pytest.fixture(scope="session")
def sessions() -> Callable[[Session], dict[str, Evidence]]:
    """Give what a session showed of its rows: each runs once, when its first row asks for it."""
    futures: dict[Session, Future[dict[str, Evidence]]] = {}

    def shown(session: Session) -> dict[str, Evidence]:
        if session not in futures:
            with ThreadPoolExecutor(1) as pool:
                futures[session] = pool.submit(evidence_of, session)
        return futures[session].result()

    return shown


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_a_polite_reader_does_what_the_row_says(row: Row, sessions: Callable[[Session], dict[str, Evidence]]) -> None:
    """One row: what its host was asked and what was published, judged after the session."""
    row.judge(sessions(row.session)[row.name])


def test_every_file_brought_its_rows() -> None:
    """A row that is not on the list is not judged, and would look as if it passed."""
    assert len({row.name for row in ROWS}) == len(ROWS) >= 10 * len(FILES) - 20
