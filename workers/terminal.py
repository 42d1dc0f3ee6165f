"""What we print tables and lines with: rich, whose reader may go away while we write."""

from __future__ import annotations

from rich.console import Console


class Output(Console):
    """A console on stdout; when its reader has gone, that is a BrokenPipeError as with any other output.

    rich itself ends the process with exit code 1.
    """

    def on_broken_pipe(self) -> None:
        """Let the error through that rich is handling."""
        raise BrokenPipeError
