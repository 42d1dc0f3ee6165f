"""Let a store under load lose its last writes, again and again: all that the feeds show must come to the stream.

Two daemons and two workers are at work, over a way to the store that delays each answer by a random time. At a random
moment the feeds stay as they are; soon after that the store dies, and is started again with its log cut at a random
length that it had since the load was on. No feed shows anything new then, so nothing heals what was forgotten but the
system itself.

    python tests/soak/rollbacks.py --times 100
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import time

import paths  # noqa: F401 - makes the modules below importable
from faults.pipe import Pipe, running_pipe
from ledger import published, repeated

_PATIENCE_SECONDS = 60.0
"""As long as the claims of forgotten jobs and the leases of forgotten polls last, and more."""
_MOST_LOAD_SECONDS, _MOST_REST_SECONDS = 1.5, 0.5
_DELAYS_SECONDS = (0.0, 0.0, 0.01, 0.05)


def main() -> int:
    """Roll the store back so many times; 1 when anything was lost, or stands on the stream twice.

    SIGTERM ends it and every process of it.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="repeats the moments of a run")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    chance, longest, forgotten = random.Random(arguments.seed), 0.0, 0
    _say(f"seed {arguments.seed}")
    with running_pipe() as pipe:
        pipe.start_daemon()
        pipe.start_worker()
        for number in range(1, arguments.times + 1):
            forgotten += _roll_back(pipe, chance)
            seconds, faults = _balance(pipe)
            _say(f"rollback {number} of {arguments.times}: {faults or 'all there'} after {seconds:.1f} s")
            if faults:
                return 1
            longest = max(longest, seconds)
        refused = len(pipe.events("fenced_off"))
    sys.stdout.write(
        f"{arguments.times} rollbacks, {forgotten:,} bytes of the log forgotten, {refused} writes refused: "
        f"nothing lost, nothing twice; back after {longest:.1f} s at most\n"
    )
    return 0


def _roll_back(pipe: Pipe, chance: random.Random) -> int:
    """Let the store die and forget; returns how many bytes of its log that were."""
    pipe.recover()
    pipe.relay.delay_seconds = chance.choice(_DELAYS_SECONDS)
    begun_bytes = pipe.store.log.stat().st_size
    time.sleep(chance.uniform(0, _MOST_LOAD_SECONDS))
    pipe.room.states = 0
    time.sleep(chance.uniform(0, _MOST_REST_SECONDS))
    gone_bytes = pipe.store.roll_back(chance.randint(begun_bytes, pipe.store.log.stat().st_size))
    pipe.relay.delay_seconds = 0.0
    return gone_bytes


def _balance(pipe: Pipe) -> tuple[float, str]:
    """Wait until the stream holds what the feeds show; the seconds that took, and what is wrong."""
    began = time.monotonic()
    try:
        pipe.wait_for_all_shown(timeout_seconds=_PATIENCE_SECONDS)
    except AssertionError as missing:
        return _PATIENCE_SECONDS, str(missing)
    for desk in pipe.room.desks.values():
        desk.missing.clear()  # what was corrected before anybody saw it is told as corrected from the first
    twice = repeated(published(pipe.store.url))
    return time.monotonic() - began, f"twice on the stream: {twice}" if twice else ""


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - progress


if __name__ == "__main__":
    sys.exit(main())
