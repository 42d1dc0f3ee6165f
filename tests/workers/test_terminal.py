"""What tables and lines look like where nobody sits: in a pipe or a file every word is there."""

from __future__ import annotations

import pytest
from rich.table import Table

from workers.terminal import Output


def test_what_is_no_terminal_gets_every_line_whole(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scripts read ids and addresses out of lists: half an address names nothing."""
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("FORCE_COLOR", "1")
    address, sentence = "https://example.org/" + "a" * 300, "not a feed, but a page that says so " * 10
    table = Table("feed", "reason", box=None, pad_edge=False)
    table.add_row(address, sentence)
    output = Output(highlight=False)

    output.print(table)
    output.print(sentence)

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[1].split() == [address, *sentence.split()]
    assert lines[2].split() == sentence.split()


def test_what_others_wrote_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """A feed called `[/b]` ended the list of all feeds with a traceback, and `[red]` vanished from its name."""
    table = Table(box=None, show_header=False)
    table.add_row("[red]Rot[/b] :cat:")

    Output().print(table)

    assert capsys.readouterr().out.strip() == "[red]Rot[/b] :cat:"
