"""A bound on the processor time of reading one document: a parser bomb is buried at once and holds up nobody.

Two alarms, because Python hears a signal only between two of its own steps. The first ends the reading and leaves the
process alive, so that the neighbours in the batch go on at once. The second is the kernel's, for a library that never
comes back to Python: it ends the process, and the document is handed out again until its attempts are used up.
"""

from __future__ import annotations

import math
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

READING_SECONDS = 30.0
"""Beyond it a document was built to cost: the dearest feed measured, of 24 MB, took 22 s; bodies end at 10 MiB."""

# For its limit the kernel counts ticks, for `process_time` nanoseconds: a process that had run for some minutes was
# ended while its first alarm was still to come.
_DRIFT = 1.05


class TooCostly(Exception):
    """Reading took more processor time than a document may cost."""


class _Alarm(BaseException):
    """Not an Exception: a stage that survives one bad item by catching those must not survive this."""


@contextmanager
def bounded_processor_time(seconds: float) -> Iterator[None]:
    """Let the block use *seconds* (above 0) of this process's processor time; main thread only.

    A block that never returns to Python is ended with its process after twice that and a few seconds.

    Raises:
        TooCostly: the block used more.
    """
    before = signal.signal(signal.SIGPROF, _ring)
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (_last_second(seconds, soft, hard), hard))
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    except _Alarm:
        raise TooCostly(f"reading took more than {seconds:g} s of processor time") from None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
        signal.signal(signal.SIGPROF, before)


def _last_second(seconds: float, *limits: int) -> int:
    """The second of processor time at which the kernel ends this process; never above the *limits* that stand."""
    wanted = math.ceil(time.process_time() * _DRIFT + 2 * seconds) + 1
    return min([wanted, *(limit for limit in limits if limit != resource.RLIM_INFINITY)])


def _ring(_number: int, _frame: FrameType | None) -> None:
    raise _Alarm
