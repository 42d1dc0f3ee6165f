"""A worker of ours that reads slowly: the real process, but that each document takes it a minute.

python slow_worker.py
"""

from __future__ import annotations

import sys
import time
from typing import Any

import workers.jobs
from workers import worker

_READING_SECONDS = 60.0
_read_document = workers.jobs.read_document


def read_slowly(document: Any, **named: Any) -> Any:  # noqa: ANN401 - hands on whatever it is given
    """Read *document* as ever, but not soon."""
    time.sleep(_READING_SECONDS)
    return _read_document(document, **named)


if __name__ == "__main__":
    workers.jobs.read_document = read_slowly
    sys.exit(worker.main([]))
