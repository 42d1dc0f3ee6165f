"""Where the `newswire` command begins: a Ctrl-C ends it quietly, though what it needs is still being imported.

Nothing is begun by then that would have to be ended in order; imports take most of a second on a slow machine.
"""

from __future__ import annotations

import os
import signal

from workers import interrupted


def _leave(_number: int, _frame: object) -> None:
    os._exit(interrupted.EXIT_CODE)


signal.signal(signal.SIGINT, _leave)

from workers import cli  # noqa: E402 - the import itself is what may be interrupted


def main() -> None:
    """Run the command line and leave with its exit code; from here on a Ctrl-C is the command's own business."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    cli.main()
