"""A name server that fails, or says nothing for half a minute, costs the feeds behind it and nobody else."""

from __future__ import annotations

import pytest
from namespace.island_runs import on_island

pytestmark = pytest.mark.flow


def test_names_that_cannot_be_resolved_delay_nobody_else() -> None:
    """Were lookups to wait for each other in a few threads, a dozen dead names would stop all feeds."""
    report = on_island("name_trouble.py")

    assert report["good_names"] == 20
    assert report["longest_first_wait"] < 10, "the good names were added while the others waited for theirs"
    assert report["longest_stall"] < 1
    assert [problem for problem in report["problems"] if not problem.startswith("dns: ")] == []
    assert report["recovered_seconds"] < 30
