"""What we print tables and lines with: rich, whose reader may go away while we write, or be no terminal at all."""

from __future__ import annotations

from rich.console import Console

_UNBOUNDED = 1_000_000


class Output(Console):
    """A console on stdout; what is no terminal (a file, a pipe) gets every line whole, however long it is.

    Text is shown as it is: titles and addresses are others', so nothing in them is markup. When the reader has gone,
    that is a BrokenPipeError as with any other output: rich itself ends the process with exit code 1.
    """

    def __init__(self, *, highlight: bool = True) -> None:
        """Fold and cut at the width of the terminal, and nowhere else; *highlight* colours numbers and addresses."""
        super().__init__(highlight=highlight, markup=False, emoji=False)
        if not self.file.isatty():
            self.width = _UNBOUNDED

    def on_broken_pipe(self) -> None:
        """Let the error through that rich is handling."""
        raise BrokenPipeError
