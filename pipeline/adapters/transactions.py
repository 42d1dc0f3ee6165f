"""Changes of what was read just before: read under WATCH, written at once, begun anew where another hand came."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from redis import Redis
from redis.client import Pipeline
from redis.exceptions import WatchError

from pipeline.adapters.connection import PATIENCE_SECONDS
from pipeline.adapters.store_errors import STORE_LOST


def transact(client: Redis, prepare: Callable[[Pipeline], None], *watched: str) -> list[Any]:
    """Let *prepare* read the keys *watched* and queue what to write; returns what came of that, when it held.

    Raises one of STORE_LOST when the store has been away for PATIENCE_SECONDS. (`Redis.transaction` takes that for
    another hand, and tries again for ever: redis-py makes a WatchError of whatever goes wrong under WATCH.)
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    with client.pipeline() as pipe:
        while True:
            try:
                pipe.watch(*watched)  # type: ignore[no-untyped-call]
                prepare(pipe)
                return pipe.execute()
            except WatchError as error:
                lost = error.__context__
                if isinstance(lost, STORE_LOST) and time.monotonic() > deadline:
                    raise lost from None
