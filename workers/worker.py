"""One RQ worker process: stock forking Worker, an allow-list of functions, claims kept alive while a job runs.

The forking worker is kept although it costs 15 ms of CPU a job against 4 of the in-process one (measured): a document
that eats memory or time takes down its child alone, and group commit spreads the cost over up to 32 feeds.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from time import sleep
from types import FrameType
from typing import Any

import structlog
from rq import Queue, Worker
from rq.exceptions import StopRequested
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer

import workers.jobs  # noqa: F401 - loaded before the fork, so that no child has to load it
from pipeline.adapters import log as logs
from pipeline.adapters.backlog import JOB_FUNCTION, Backlog
from pipeline.adapters.connection import connect
from pipeline.adapters.keys import Keys
from pipeline.adapters.store_errors import STORE_LOST
from pipeline.errors import NewswireError
from workers import lifecycle
from workers.desk import desk
from workers.time_limit import JobTimeLimit

log = structlog.get_logger("workers.worker")

_MONITORING_SECONDS = 5
_WORKER_TTL_SECONDS = 35
"""RQ blocks for a job for this less 15 s; a dead worker's registration is gone after it."""
_MAINTENANCE_SECONDS = 60
_LONGEST_PAUSE_SECONDS = 4.0
"""Between two tries to reach a store that is away; RQ's own minute would be waited for after the store is back."""
_RESUME_SECONDS = 0.5
"""So that what ends RQ each time does not keep a processor busy."""
ALLOWED_FUNCTIONS = frozenset({JOB_FUNCTION})


class DocumentJob(Job):
    """A job that runs only functions on the allow-list: whoever can write to Redis must not run what they like."""

    @property
    def func(self) -> Callable[..., Any]:
        """The function to run; raises PermissionError when it is not on the list."""
        if self.func_name not in ALLOWED_FUNCTIONS:
            raise PermissionError(f"{self.func_name} is not on the list of functions a job may run")
        function: Callable[..., Any] = super().func
        return function


class DocumentWorker(Worker):
    """RQ's forking worker, which also keeps the claims of the job it watches over."""

    backlog: Backlog
    death_penalty_class = JobTimeLimit
    max_connection_wait_time = _LONGEST_PAUSE_SECONDS
    is_told_to_stop = False

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Called at the first SIGTERM or SIGINT: finish the job, then end."""
        DocumentWorker.is_told_to_stop = True  # the process is: whoever hears it may have let go of the work
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]  # RQ does not annotate it

    def _install_signal_handlers(self) -> None:
        """Called by RQ before the first job: stops are heard here from now on, and those before are not forgotten."""
        super()._install_signal_handlers()  # type: ignore[no-untyped-call]  # RQ does not annotate it
        self._stop_requested = self.is_told_to_stop

    def fork_work_horse(self, job: Job, queue: Queue) -> None:
        """Called by RQ to run *job* in a child of its own.

        As RQ does it, but for the environment: RQ names each job there, in the worker too, and the C library keeps
        whatever a variable once was: 105 bytes a job, measured, for as long as the worker lives. And the child does
        not outlive the worker: what it has claimed is another's before long.
        """
        parent = os.getpid()
        child = os.fork()
        if child == 0:
            lifecycle.end_with(parent, by=signal.SIGKILL)
            os.setpgrp()  # so that a job that is given up ends with all that it began
            self.main_work_horse(job, queue)  # which leaves
        self._horse_pid = child

    def end_work_horse(self) -> None:
        """End the child that is still at work when RQ lets go of the job: nobody would keep its claims."""
        if self.horse_pid:
            self.kill_horse()
            self.wait_for_horse()
            self._horse_pid = 0

    def maintain_heartbeats(self, job: Job, execution: Execution) -> None:
        """Called by RQ every few seconds while the child works."""
        super().maintain_heartbeats(job, execution)
        if job.func_name == JOB_FUNCTION and job.args:
            self.backlog.renew(job.args[0], job_id=job.id)

    def run_maintenance_tasks(self) -> None:
        """Let RQ tidy its registries; a job hash that it cannot read must not end the worker each time.

        And stay small: each child begins with what the worker has.
        """
        lifecycle.give_unused_memory_back()
        try:
            super().run_maintenance_tasks()  # type: ignore[no-untyped-call]  # RQ does not annotate it
        except STORE_LOST:
            raise
        except Exception:  # nothing of ours depends on RQ's registries
            log.exception("maintenance_failed")


def run(*, burst: bool) -> None:
    """Work until told to stop, or with *burst* until the queue is empty.

    RQ lets go after whatever it did not expect: an error of the store at a bad moment, a job that it cannot read.
    Then it is begun again here, which costs milliseconds; a new process costs more than a second.
    """
    with suppress(StopRequested):  # told to stop between two beginnings
        worker = _worker()
        while not _work(worker, burst=burst):
            log.warning("worker_resumed")
            worker = _next_worker(worker)


def _worker() -> DocumentWorker:
    """Give a worker that has not begun; one of STORE_LOST when the store is away."""
    station = desk()  # laid out before the fork, so that each child inherits it
    worker = DocumentWorker(
        [Keys(station.settings.namespace).queue],
        connection=connect(station.url),
        job_class=DocumentJob,
        serializer=JSONSerializer,
        worker_ttl=_WORKER_TTL_SECONDS,
        job_monitoring_interval=_MONITORING_SECONDS,
        maintenance_interval=_MAINTENANCE_SECONDS,
        log_job_description=False,
    )
    worker.backlog = station.backlog
    return worker


def _next_worker(last: DocumentWorker) -> DocumentWorker:
    """Give the worker after *last* as soon as the store lets it; StopRequested when told to stop meanwhile.

    Until the new one works, signals are heard by *last*.
    """
    while not last.is_told_to_stop:
        try:
            sleep(_RESUME_SECONDS)
            return _worker()
        except STORE_LOST as error:
            log.error("redis_lost", reason=str(error))  # noqa: TRY400 - expected trouble, no traceback
    raise StopRequested


def _work(worker: DocumentWorker, *, burst: bool) -> bool:
    """Let *worker* work; whether it has come to the end that was asked for."""
    try:
        worker.work(burst=burst, logging_level="WARNING")
    except STORE_LOST as error:  # it was away for longer than a command is tried: waited for all the same
        if burst:
            raise
        log.error("redis_lost", reason=str(error))  # noqa: TRY400 - expected trouble, no traceback
    finally:
        worker.end_work_horse()
    return burst or worker.is_told_to_stop


def main(arguments: list[str]) -> int:
    """The process's entry: `python -m workers.worker [--burst]`, its settings in the environment."""
    lifecycle.end_with_parent()
    logs.configure(lifecycle.settings_of_this_process().log)
    lifecycle.collect_garbage_rarely()
    try:
        run(burst="--burst" in arguments)
    except NewswireError as error:
        log.error("failed", reason=str(error))  # noqa: TRY400 - one line is what an operator needs
        return error.exit_code
    except STORE_LOST as error:  # away from the beginning, or in a burst; the supervisor starts us again
        log.error("failed", reason=str(error))  # noqa: TRY400 - the same
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
