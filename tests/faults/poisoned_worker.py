"""A worker of ours that some documents kill, or hold for ever: the real process, but for how it reads those.

    python poisoned_worker.py

A document with KILLS in it kills the process that reads it, as a fault in a library of C would; one with STUCK never
comes back from C; one with ENDLESS never ends in Python. The bound on the time of reading is short here.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import workers.jobs
from workers import worker

_READING_SECONDS = 0.5
_read_document = workers.jobs.read_document


def read_document(document: Any, **named: Any) -> Any:  # noqa: ANN401 - hands on whatever it is given
    """Read *document* as ever, unless it is poison."""
    if b"KILLS" in document.body:
        os.kill(os.getpid(), signal.SIGKILL)
    if b"STUCK" in document.body:
        sum(range(10**14))
    while b"ENDLESS" in document.body:
        pass
    return _read_document(document, **named)


if __name__ == "__main__":
    workers.jobs.READING_SECONDS = _READING_SECONDS
    workers.jobs.read_document = read_document
    sys.exit(worker.main([]))
