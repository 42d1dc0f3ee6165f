"""The bound on processor time: what reads for ever is ended, what reads quickly notices nothing (fault 44)."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from contextlib import suppress

import pytest

from workers.processor_time import TooCostly, bounded_processor_time

ENDLESS_IN_C = """
from workers.processor_time import bounded_processor_time
with bounded_processor_time(0.2):
    sum(range(10**14))
"""


def _read_for_ever() -> None:
    with bounded_processor_time(0.1):
        while True:
            pass


def _survive_for_ever() -> None:
    with bounded_processor_time(0.1):
        while True:
            with suppress(Exception):
                sum(range(1000))


def test_a_reading_without_end_is_ended_and_its_process_lives() -> None:
    """The neighbours in the batch must go on in the same process, without waiting for another attempt."""
    with pytest.raises(TooCostly, match=r"more than 0\.1 s"):
        _read_for_ever()


def test_a_stage_that_survives_every_bad_item_does_not_survive_the_bound() -> None:
    """Reading item by item catches whatever an item breaks; the bound is the document's, not the item's."""
    with pytest.raises(TooCostly):
        _survive_for_ever()


def test_nothing_of_the_bound_stays_behind() -> None:
    """The next document has its whole time again, and what follows the reading has no bound at all."""
    limits, handler = resource.getrlimit(resource.RLIMIT_CPU), signal.getsignal(signal.SIGPROF)

    with bounded_processor_time(5):
        pass
    with pytest.raises(ValueError, match="bad item"), bounded_processor_time(5):
        raise ValueError("bad item")

    assert resource.getrlimit(resource.RLIMIT_CPU) == limits
    assert signal.getsignal(signal.SIGPROF) == handler
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_a_library_that_never_comes_back_is_ended_with_its_process() -> None:
    """Python hears no signal inside a call of C; then the kernel has the last word, and the attempt is counted."""
    ended = subprocess.run([sys.executable, "-c", ENDLESS_IN_C], check=False, timeout=120)

    assert ended.returncode == -signal.SIGXCPU
