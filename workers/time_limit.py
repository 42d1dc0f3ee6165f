"""The bound on the time of one job: a batch ends between two of its documents, and what is stuck in one is ended.

RQ's own alarm raises an Exception. Whatever survives one bad item or document by catching those would survive it,
take the item in hand for the culprit, and run on without a bound, for the alarm rings once.
"""

from __future__ import annotations

from typing import NoReturn

from rq.timeouts import JobTimeoutException, UnixSignalDeathPenalty

BATCH_SECONDS = 60.0
"""A job begins no further document after it; what is left goes to the next job, when its lease is over."""


class OutOfTime(BaseException):
    """The time of a job is over: its document stays, and is handed out again until its attempts are used up."""


class JobTimeLimit(UnixSignalDeathPenalty):
    """RQ's alarm, but that nothing within a job survives it; RQ's alarms for other purposes stay as they are."""

    def handle_death_penalty(self, *_: object) -> NoReturn:
        """Called when the time is over."""
        raised = OutOfTime if issubclass(self._exception, JobTimeoutException) else self._exception
        raise raised(f"took more than {self._timeout} s")
