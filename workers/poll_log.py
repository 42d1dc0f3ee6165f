"""Says what polls brought: a line for each that brought something, one a minute for all that brought nothing.

Nearly every poll finds nothing new. A line for each cost a sixteenth of the daemon's CPU time and would bury the
others; `log.level = "debug"` shows them all the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic

import structlog

from pipeline.adapters.log import redact
from pipeline.model import Lease, Outcome, Unchanged

log = structlog.get_logger("workers.daemon")

_SUMMARY_SECONDS = 60.0


@dataclass(slots=True)
class PollLog:
    """The log of one daemon's polls; *tells_all*: also of those that found nothing new, one by one."""

    tells_all: bool = False
    _unchanged: int = 0
    _since: float = field(default_factory=monotonic)

    def tell(
        self, lease: Lease, outcome: Outcome, *, settled: bool, due_ms: int, now_ms: int, seconds: float
    ) -> None:
        """Log a poll of the feed of *lease* that took *seconds* and had *outcome*, and what changed for the feed."""
        if settled and isinstance(outcome, Unchanged):
            self._count_unchanged()
            if self.tells_all:
                log.debug(
                    "polled", **_facts(lease, outcome, settled=settled, due_in_ms=due_ms - now_ms, seconds=seconds)
                )
        else:
            log.info("polled", **_facts(lease, outcome, settled=settled, due_in_ms=due_ms - now_ms, seconds=seconds))
        _tell_of_changes(lease, outcome)

    def _count_unchanged(self) -> None:
        self._unchanged += 1
        passed = monotonic() - self._since
        if passed >= _SUMMARY_SECONDS:
            log.info("polled_unchanged", polls=self._unchanged, seconds=round(passed, 1))
            self._unchanged, self._since = 0, monotonic()


def _facts(lease: Lease, outcome: Outcome, *, settled: bool, due_in_ms: int, seconds: float) -> dict[str, object]:
    state = outcome.state
    return {
        "feed": lease.feed.id,
        "url": lease.feed.url,  # its user and password are cut out where lines are written
        "outcome": type(outcome).__name__.lower(),
        "status": state.status,
        "problem": state.problem,
        "settled": settled,
        "due_in_seconds": round(due_in_ms / 1000, 1),
        "seconds": round(seconds, 3),
    }


def _tell_of_changes(lease: Lease, outcome: Outcome) -> None:
    """Log what an operator should know of beyond this poll: a feed that moved, a server that was found lying."""
    before, after = lease.state, outcome.state
    if after.moved_to != before.moved_to:
        url = redact(lease.feed.url)
        log.warning("moved", feed=lease.feed.id, url=url, now_at=redact(after.moved_to or lease.feed.url))
    if after.false_304s > before.false_304s:
        log.warning("false_304", feed=lease.feed.id, url=redact(lease.feed.url), times=after.false_304s)
