"""Row 4: servers that say 304 and are, or are not, to be believed. A session of its own, with audits in seconds."""

from __future__ import annotations

from itertools import pairwise

from conformance.rows import AUDIT_SECONDS, AUDITS, Evidence, feed, row
from conformance.scripted import Reply, Request

_CLOCK_SECONDS = 0.05


def _times_of_whole_questions(evidence: Evidence) -> list[float]:
    return [request.at_seconds for request in evidence.requests() if not request.is_conditional]


def _lying(_path: str, earlier: int, request: Request) -> Reply:
    if request.is_conditional:
        return Reply(304, headers={"ETag": '"1"'})
    return Reply(body=feed("lying-304", *(("A",) if earlier == 0 else ("B", "A"))), headers={"ETag": '"1"'})


@row(4, "a server that lies with 304 is found out by an audit, at most one a day", _lying, session=AUDITS)
def lying_304(evidence: Evidence) -> None:
    """Without it nothing would ever be published again."""
    times = _times_of_whole_questions(evidence)
    assert len(times) >= 3
    assert min(after - before for before, after in pairwise(times)) >= AUDIT_SECONDS - _CLOCK_SECONDS
    assert evidence.titles == ["A", "B"]
    assert evidence.state.false_304s == 1


def _honest(_path: str, _earlier: int, request: Request) -> Reply:
    if request.header("if-none-match") == b'"1"':
        return Reply(304)
    return Reply(body=feed("honest-304", "A"), headers={"ETag": '"1"'})


@row(4, "a server that proves honest is audited ever more rarely", _honest, session=AUDITS)
def honest_304(evidence: Evidence) -> None:
    """Trust is learnt: the second audit comes after twice the time."""
    first, second, third, *_ = _times_of_whole_questions(evidence)
    assert second - first >= AUDIT_SECONDS - _CLOCK_SECONDS
    assert third - second >= 2 * AUDIT_SECONDS - _CLOCK_SECONDS
    assert evidence.counts["documents"] == 1
    assert evidence.state.false_304s == 0
