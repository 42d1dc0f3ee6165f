"""`newswire simulate`: what it says of a history, of a list, and of what is neither."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner
from posting import desk

from pipeline import wire
from workers.cli import newswire


def history(folder: Path) -> Path:
    """Write three weeks of two desks as articles, one JSON object a line, and return the file."""
    lines = [
        json.dumps({"feed": {"id": trace.source}, "published": {"at": wire.rfc3339(int(date * 1000))}})
        for trace in (desk("a", per_day=20, days=21, minutes=(0, 30)), desk("b", per_day=6, days=21))
        for date in trace.published
    ]
    path = folder / "history.jsonl"
    path.write_text("\n".join([*lines, '{"feed": null}', '{"published": 3}', "{", ""]), "utf-8")
    return path


def told(*arguments: str, given: str | None = None) -> tuple[int, str, str]:
    """Run the command; return its exit code, stdout, and the error it raised."""
    result = CliRunner().invoke(newswire, ["simulate", *arguments], input=given)
    return result.exit_code, result.stdout, str(result.exception or "")


def test_our_own_history_says_what_a_budget_would_give(tmp_path: Path) -> None:
    """An operator sees what the plan is worth before anything is polled; bad lines cost nothing else."""
    code, printed, _ = told(str(history(tmp_path)), "--budgets", "24", "--json")
    rows = {row["rule"]: row for row in json.loads(printed)}

    assert code == 0
    assert rows["newswire"]["mean_seconds"] < 0.7 * rows["fixed interval"]["mean_seconds"]
    assert rows["newswire"]["entries"] == rows["fixed interval"]["entries"] > 200


def test_the_history_may_come_through_a_pipe(tmp_path: Path) -> None:
    """`newswire tail --since 0 --json | newswire simulate -`."""
    text = history(tmp_path).read_text("utf-8")

    code, printed, _ = told("-", "--budgets", "12", given=text)

    assert code == 0
    assert "2 feeds, 2" in printed
    assert "newswire" in printed


def test_a_list_of_feeds_gets_an_assumed_rhythm_and_a_picture(tmp_path: Path) -> None:
    """Nothing is known yet of feeds that were only named; the same list gives the same picture again."""
    urls = tmp_path / "feeds.txt"
    urls.write_text("".join(f"https://news.example/{number}.xml\n" for number in range(3)), "utf-8")
    pictures = []
    for name in ("one.svg", "two.svg"):
        code, _, _ = told(str(urls), "--budgets", "12,24", "--plot", str(tmp_path / name))
        assert code == 0
        pictures.append((tmp_path / name).read_text("utf-8"))

    root = ET.fromstring(pictures[0])  # noqa: S314 - our own
    assert len(root.findall("{http://www.w3.org/2000/svg}polyline")) == 3
    assert pictures[0] == pictures[1]


@pytest.mark.parametrize(
    ("arguments", "given", "reason"),
    [
        (["-"], "", "history of 2 days"),
        (["-"], '{"feed": {"id": "a"}, "published": {"at": "2026-05-01T00:00:00Z"}}', "history of 2 days"),
        (["-", "--budgets", "many"], "", "must be numbers from 1 to 288"),
        (["-", "--budgets", "0"], "", "must be numbers from 1 to 288"),
        (["nowhere.opml"], "", "nowhere.opml"),
    ],
)
def test_what_cannot_be_simulated_is_said_in_one_line(arguments: list[str], given: str, reason: str) -> None:
    """Nobody reads a traceback."""
    code, _, error = told(*arguments, given=given)

    assert code != 0
    assert reason in error
    assert "\n" not in error
