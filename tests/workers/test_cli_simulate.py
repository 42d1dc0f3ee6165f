"""`newswire simulate`: what it says of a history, of a list, and of what is neither."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner
from posting import desk

from pipeline import wire
from pipeline.stages.planning.simulation import Trace
from workers.cli import newswire


def desks() -> list[Trace]:
    """Return three weeks of two desks."""
    return [desk("a", per_day=20, days=21, minutes=(0, 30)), desk("b", per_day=6, days=21)]


def history(folder: Path) -> Path:
    """Write what they posted as articles, most of them revised once, one JSON object a line; return the file."""
    lines = [
        json.dumps(
            {
                "id": f"{trace.source}{number}",
                "revision": revision,
                "feed": {"id": trace.source, "url": f"https://news.example/{trace.source}"},
                "published": {"at": wire.rfc3339(int(date * 1000))},
            }
        )
        for trace in desks()
        for number, date in enumerate(trace.published)
        for revision in range(1, 3 if number % 4 else 2)
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
    assert rows["newswire"]["entries"] == rows["fixed interval"]["entries"]
    measured_from = min(trace.published[0] for trace in desks()) + 6 * 86_400
    most = sum(date > measured_from - 86_400 for trace in desks() for date in trace.published)
    assert 200 < rows["newswire"]["entries"] <= most, "a revision is no entry of its own"


def test_the_history_may_come_through_a_pipe(tmp_path: Path) -> None:
    """`newswire tail --since 0 --json | newswire simulate -`."""
    text = history(tmp_path).read_text("utf-8")

    code, printed, _ = told("-", "--budgets", "12", given=text)

    assert code == 0
    assert "2 feeds, 2" in printed
    assert "newswire" in printed


def test_documents_that_were_read_without_their_address_are_feeds_of_their_own(tmp_path: Path) -> None:
    """`newswire parse one.xml two.xml | newswire simulate -`."""
    lines = [json.loads(line) for line in history(tmp_path).read_text("utf-8").splitlines() if '"revision"' in line]
    for line in lines:
        line |= {"file": f"{line['feed']['id']}.xml", "feed": {"id": "0000000000000000", "url": None}}

    code, printed, _ = told("-", "--budgets", "12", given="\n".join(map(json.dumps, lines)))

    assert code == 0
    assert "2 feeds, 2" in printed


def test_a_list_may_come_through_a_pipe_too() -> None:
    """`newswire feeds export | newswire simulate -`."""
    code, printed, _ = told("-", "--budgets", "12", given="https://news.example/feed.xml\n")

    assert code == 0
    assert "1 feed, 28 days" in printed


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
        (["-"], "# nothing yet", "-: names no feed"),
        (["-", "--plot", "delay.png"], "", "delay.png: the picture is an SVG"),
    ],
)
def test_what_cannot_be_simulated_is_said_in_one_line(arguments: list[str], given: str, reason: str) -> None:
    """Nobody reads a traceback."""
    code, _, error = told(*arguments, given=given)

    assert code != 0
    assert reason in error
    assert "\n" not in error
