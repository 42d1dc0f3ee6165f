"""Faults of the way to the store: connections that are cut in the middle of an answer, and that nobody takes."""

from __future__ import annotations

import time

from faults.jobs import DAMAGES, enqueue_junk
from faults.pipe import Pipe, running_pipe
from waiting import wait_until

from pipeline.adapters.connection import PATIENCE_SECONDS, connect
from pipeline.adapters.keys import Keys

_CUTS = 20


def run() -> None:
    """17, 19: cut connections one by one and all at once, then take none for longer than any command is tried.

    They are refused from the moment on at which a worker begins anew, as it does after a job that RQ cannot read:
    there it has no store yet, and is waited for all the same.
    """
    with running_pipe() as pipe:
        cuts_before = pipe.relay.cuts_made
        before = _workers(pipe)
        with pipe.fault(17, 19, times=_CUTS):
            _cut(pipe)
            assert pipe.relay.cuts_made - cuts_before == _CUTS
            _unsettle_a_worker(pipe)
            pipe.relay.is_refused = True
            pipe.relay.cut()
            time.sleep(PATIENCE_SECONDS + 3)
            pipe.relay.is_refused = False
            assert pipe.events("redis_lost")
            assert _workers(pipe) == before, "no worker left"


def _unsettle_a_worker(pipe: Pipe) -> None:
    resumed = len(pipe.events("worker_resumed"))
    with connect(pipe.store.url) as client:
        enqueue_junk(client, Keys("newswire"), DAMAGES[0])
    wait_until(lambda: len(pipe.events("worker_resumed")) > resumed, timeout_seconds=60)


def _workers(pipe: Pipe) -> set[int]:
    return {process.pid for process in pipe.system.processes("worker")}


def _cut(pipe: Pipe) -> None:
    for _ in range(_CUTS):
        pipe.relay.cuts_left = 1
        while pipe.relay.cuts_left:
            time.sleep(0.01)
        time.sleep(0.1)
    pipe.relay.cut()
