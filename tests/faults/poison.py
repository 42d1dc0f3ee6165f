"""Faults of documents and jobs: some kill their worker or hold it for ever, some cannot be read at all."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from documents import Item, rss
from faults.jobs import DAMAGES, enqueue_junk
from faults.pipe import Pipe, running_pipe
from origin import OriginThread
from waiting import wait_until

from pipeline.adapters.connection import connect
from pipeline.adapters.keys import Keys

_POISONED_WORKER = Path(__file__).with_name("poisoned_worker.py")
_PATIENCE_SECONDS = 180.0
_KEYS = Keys("newswire")
_REASONS = {"KILLS": "its worker died 5 times", "STUCK": "its worker died 5 times", "ENDLESS": "TooCostly"}


def run() -> None:
    """Inject them one after the other into one running pipe."""
    with running_pipe() as pipe:
        _junk_jobs(pipe)
        _poison(pipe)


def _junk_jobs(pipe: Pipe) -> None:
    """28: jobs that nobody can read stand in the queue; RQ's worker leaves with success on one, and comes back."""
    with pipe.fault(28, times=len(DAMAGES)), connect(pipe.store.url) as client:
        for damage in DAMAGES:
            enqueue_junk(client, _KEYS, damage)
        wait_until(lambda: client.llen("rq:queue:" + _KEYS.queue) == 0, timeout_seconds=_PATIENCE_SECONDS)


def _poison(pipe: Pipe) -> None:
    """27, 44: documents that kill their reader, or never let it go, are buried; the feeds beside them go on."""
    pipe.workers[0].signal(signal.SIGTERM)
    assert pipe.workers.pop().ended(timeout_seconds=_PATIENCE_SECONDS).code == 0
    worker = pipe.system.launch([sys.executable, "-P", str(_POISONED_WORKER)])
    with OriginThread("127.0.0.2") as origin, pipe.fault(27, 44, times=len(_REASONS)):
        for name in _REASONS:
            origin.serve(f"/{name}", rss([Item(name, f"This item is {name}")]), etag='"1"')
        pipe.follow([origin.url(f"/{name}") for name in _REASONS])
        wait_until(lambda: len(_dead(pipe)) >= len(_REASONS), timeout_seconds=_PATIENCE_SECONDS)
    assert {name: reason for name, reason in _REASONS.items() if not _dead(pipe)[name].startswith(reason)} == {}
    worker.signal(signal.SIGTERM)
    assert worker.ended(timeout_seconds=_PATIENCE_SECONDS).code == 0
    pipe.start_worker()
    pipe.go_on()


def _dead(pipe: Pipe) -> dict[str, str]:
    """Why each of the poisonous documents was buried, by its name."""
    with connect(pipe.store.url) as client:
        buried = [fields for _, fields in client.xrange(_KEYS.dead)]
    return {fields[b"url"].decode().rpartition("/")[2]: fields[b"reason"].decode() for fields in buried}
