"""Faults of the way to the store: connections that are cut in the middle of an answer, and that nobody takes."""

from __future__ import annotations

import time

from faults.pipe import Pipe, running_pipe

from pipeline.adapters.connection import PATIENCE_SECONDS

_CUTS = 20


def run() -> None:
    """17, 19: cut connections one by one and all at once, then take none for longer than any command is tried."""
    with running_pipe() as pipe:
        cuts_before = pipe.relay.cuts_made
        with pipe.fault(17, 19, times=_CUTS):
            _cut(pipe)
            assert pipe.relay.cuts_made - cuts_before == _CUTS
            pipe.relay.is_refused = True
            pipe.relay.cut()
            time.sleep(PATIENCE_SECONDS + 3)
            pipe.relay.is_refused = False
        assert pipe.events("redis_lost")


def _cut(pipe: Pipe) -> None:
    for _ in range(_CUTS):
        pipe.relay.cuts_left = 1
        while pipe.relay.cuts_left:
            time.sleep(0.01)
        time.sleep(0.1)
    pipe.relay.cut()
