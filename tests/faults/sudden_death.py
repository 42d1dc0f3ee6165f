"""A daemon or worker of ours that dies by kill -9 at one chosen point of its work.

    python sudden_death.py POINT

It is the real process with its real settings (in the environment); only at that point it kills itself, and what was
forked or forked it. So a moment of microseconds is met every time.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import workers.jobs
from pipeline.adapters.leases import LeaseStore
from workers import daemon_process, worker


def die(*_arguments: object, **_named: object) -> NoReturn:
    """End this process at once."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody survives this")


def die_together(*_arguments: object, **_named: object) -> NoReturn:
    """End the worker whose child we are, and ourselves."""
    os.kill(os.getppid(), signal.SIGKILL)
    die()


def after(function: Callable[..., Any], then: Callable[..., NoReturn]) -> Callable[..., Any]:
    """Give a function that does what *function* does, and *then* dies, if there was anything to do."""

    def last(*arguments: object, **named: object) -> object:
        result = function(*arguments, **named)
        if result is not None or then is die_together:
            then()
        return result

    return last


def popped() -> int:
    """Die with a job in hand that no registry knows of."""
    rq_takes = worker.DocumentWorker.dequeue_job_and_maintain_ttl
    worker.DocumentWorker.dequeue_job_and_maintain_ttl = after(rq_takes, die)
    return worker.main([])


def registered() -> int:
    """Die with a job that is registered and not begun."""
    worker.DocumentWorker.fork_work_horse = die
    return worker.main([])


def reading() -> int:
    """Die with a document that is claimed and half read."""
    workers.jobs.read_document = die_together
    return worker.main([])


def published() -> int:
    """Die with a document that is published and not closed."""
    workers.jobs.publish = after(workers.jobs.publish, die_together)
    return worker.main([])


def fetched() -> int:
    """Die with a feed that was fetched, and nothing written down of it."""
    LeaseStore.ingest = die
    return daemon_process.main()


POINTS: Mapping[str, Callable[[], int]] = {
    each.__name__: each for each in (popped, registered, reading, published, fetched)
}

if __name__ == "__main__":
    sys.exit(POINTS[sys.argv[1]]())
