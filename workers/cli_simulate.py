"""`newswire simulate`: what a budget of requests would give, in virtual time over one's own history; no Redis."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

from pipeline import wire
from pipeline.errors import UsageError
from pipeline.stages.planning.assumed import assumed_trace
from pipeline.stages.planning.plot import delay_plot
from pipeline.stages.planning.rivals import FixedInterval, entry_frequency
from pipeline.stages.planning.simulation import DAY_SECONDS, Course, Measured, Trace, simulated
from pipeline.stages.schedule import SimulatorPolicy
from workers.cli_options import feeds_from, listed_in, number_between
from workers.terminal import Output

_LEAST_DAYS = 2.0
_WARM_UP_DAYS = 7.0
_ASSUMED_DAYS = 28
# A Monday; made-up newsrooms need a calendar, not a date.
_ASSUMED_BEGIN_SECONDS = 1_767_571_200.0
_MOST_REQUESTS_PER_DAY = 288.0

_Rule = Callable[[Sequence[Trace], Course, float], Measured]
_RULES: dict[str, _Rule] = {
    "fixed interval": lambda traces, course, budget: simulated(traces, FixedInterval(budget), course),
    "entry frequency (Miniflux)": lambda traces, course, budget: entry_frequency(
        traces, course, requests_per_day=budget
    ),
    "newswire": lambda traces, course, budget: simulated(traces, SimulatorPolicy(budget), course),
}


@click.command(epilog="Example: newswire tail --since 0 --json | newswire simulate - --plot delay.svg")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--budgets", default="12,24,48", show_default=True, help="Requests per feed and day, comma-separated.")
@click.option(
    "--window", default=25, show_default=True, type=click.IntRange(1, 10_000), help="Entries in a document."
)
@click.option(
    "--per-day",
    default=8.0,
    show_default=True,
    type=number_between(0.01, 10_000),
    help="Median rate assumed of feeds that are only named.",
)
@click.option("--plot", type=click.Path(path_type=Path, dir_okay=False), help="Write the picture to this SVG file.")
@click.option("--json", "as_json", is_flag=True, help="A JSON array on stdout.")
def simulate(
    sources: Sequence[str], *, budgets: str, window: int, per_day: float, plot: Path | None, as_json: bool
) -> None:
    """Say how late entries would be seen for so many requests, by our plan and by the rules of others.

    SOURCE is articles as JSON lines (`newswire tail --json`, `newswire parse`; - is stdin), whose dates are the
    history; or a list of feeds (OPML, text, starter list), for which a rhythm is assumed. Every entry counts alike:
    weights are left out.
    """
    wanted = _budgets(budgets)
    if plot is not None and plot.suffix.lower() != ".svg":
        raise UsageError(f"--plot {plot}: the picture is an SVG; give the file a name that ends in .svg")
    traces = [trace for source in sources for trace in _traces(source, per_day=per_day)]
    days = max(trace.end_seconds - trace.begin_seconds for trace in traces) / DAY_SECONDS
    course = Course(window=window, warm_up_days=min(_WARM_UP_DAYS, days / 4))
    rows = [(name, budget, rule(traces, course, budget)) for budget in wanted for name, rule in _RULES.items()]
    if plot is not None:
        _write(plot, rows, feeds=len(traces), days=days)
    if as_json:
        listed = [{"rule": name, "budget": budget, **asdict(measured)} for name, budget, measured in rows]
        click.echo(json.dumps(listed))
        return
    _show(rows, feeds=len(traces), days=days, warm_up_days=course.warm_up_days)


def _budgets(text: str) -> list[float]:
    try:
        found = [float(part) for part in text.split(",")]
    except ValueError:
        found = []
    if not found or not all(1 <= budget <= _MOST_REQUESTS_PER_DAY for budget in found):
        raise UsageError(f"--budgets {text!r}: must be numbers from 1 to {_MOST_REQUESTS_PER_DAY:g}, as in 12,24,48")
    return sorted(set(found))


def _traces(source: str, *, per_day: float) -> list[Trace]:
    """The posting times that *source* records; those assumed of it where it only names feeds."""
    data = _data(source)
    if data is not None and data.lstrip()[:1] in {b"{", b""}:
        return _recorded(data.decode("utf-8", "replace").splitlines(), source)
    feeds = feeds_from([source]).feeds if data is None else listed_in(data, source).feeds
    if not feeds:
        raise UsageError(f"{source}: names no feed")
    return [
        assumed_trace(feed.url, per_day=per_day, begin_seconds=_ASSUMED_BEGIN_SECONDS, days=_ASSUMED_DAYS)
        for feed in feeds
    ]


def _data(source: str) -> bytes | None:
    """What *source* holds, if it is stdin or a file."""
    if source == "-":
        return sys.stdin.buffer.read()
    return Path(source).read_bytes() if Path(source).is_file() else None


def _recorded(lines: Sequence[str], source: str) -> list[Trace]:
    """The history in *lines*, feed by feed; all of them are watched until the newest date of all."""
    dates: dict[str, dict[str, float]] = {}
    for feed, article, date in _dated(lines):
        dates.setdefault(feed, {}).setdefault(article, date)
    newest = max((max(each.values()) for each in dates.values()), default=0.0)
    traces = [Trace(feed, min(each.values()), newest, tuple(sorted(each.values()))) for feed, each in dates.items()]
    long = [trace for trace in traces if newest - trace.begin_seconds >= _LEAST_DAYS * DAY_SECONDS]
    if not long:
        raise UsageError(
            f"{source}: no feed in it has a history of {_LEAST_DAYS:g} days; give more articles with a date, or a "
            "list of feeds to assume their rhythms"
        )
    return long


def _dated(lines: Sequence[str]) -> Iterator[tuple[str, str, float]]:
    """Yield feed, article and date (seconds) of each of *lines* that has all three; others cost nothing else.

    An article stands in as many lines as it has revisions. A document that was read without its address knows no
    feed; its file is as good.
    """
    for line in lines:
        try:
            article = json.loads(line)
            feed = article["feed"]["id"] if article["feed"].get("url") else article.get("file", article["feed"]["id"])
            yield str(feed), str(article["id"]), wire.ms_from_rfc3339(article["published"]["at"]) / 1000
        except (ValueError, KeyError, TypeError, AttributeError):
            continue


def _show(rows: Sequence[tuple[str, float, Measured]], *, feeds: int, days: float, warm_up_days: float) -> None:
    table = Table("budget", "rule", "requests", "mean", "median", "90 %", "mean of feeds", "missed", box=None)
    for name, budget, measured in rows:
        minutes = [
            f"{seconds / 60:.1f}"
            for seconds in (
                measured.mean_seconds,
                measured.median_seconds,
                measured.p90_seconds,
                measured.feeds_mean_seconds,
            )
        ]
        table.add_row(
            f"{budget:g}", name, f"{measured.requests_per_day:.1f}", *minutes, f"{measured.missed_share:.2%}"
        )
    console = Output()
    console.print(
        f"{_feeds(feeds)}, {days:.0f} days of which the first {warm_up_days:.0f} only teach; delays in minutes; "
        "budget and requests per feed and day",
        highlight=False,
    )
    console.print(table)


def _feeds(number: int) -> str:
    return "1 feed" if number == 1 else f"{number} feeds"


def _write(path: Path, rows: Sequence[tuple[str, float, Measured]], *, feeds: int, days: float) -> None:
    lines: dict[str, list[tuple[float, float]]] = {}
    for name, _, measured in rows:
        if measured.entries and measured.mean_seconds > 0 and measured.requests_per_day > 0:
            lines.setdefault(name, []).append((measured.requests_per_day, measured.mean_seconds / 60))
    picture = delay_plot(lines, title=f"How late entries are seen: {_feeds(feeds)}, {days:.0f} days")
    try:
        path.write_text(picture, "utf-8")
    except OSError as error:
        raise UsageError(f"--plot {path}: cannot be written: {error.strerror}") from None
