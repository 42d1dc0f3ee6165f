"""`newswire reprocess`: the documents of the last days once more, after a parser learnt to read them."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

from pipeline.adapters.archive import read_archived
from pipeline.adapters.replays import ReplayFate, replay
from pipeline.errors import UsageError
from pipeline.stages.urls import feed_id, feed_url
from workers.archiving import archive_of
from workers.cli_options import settings_from, settings_options
from workers.status import status_of
from workers.store import Store, open_store

_SPAN = re.compile(r"(\d{1,6})([mhd])")
_SECONDS = {"m": 60, "h": 3600, "d": 86_400}
_WAIT_SECONDS = 0.5
_PATIENCE_SECONDS = 120.0


@click.command(epilog="Example: newswire reprocess --since 2d --feed https://example.org/feed.xml")
@click.option(
    "--since", required=True, help="From when on: 90m, 36h, 2d, or an instant such as 2026-10-09T16:54:00Z."
)
@click.option("--feed", help="Only the documents of this feed, by address or id.")
@click.option("--dry-run", is_flag=True, help="Only say how many documents there are.")
@click.option("--json", "as_json", is_flag=True, help="The counts as a JSON object on stdout.")
@settings_options
def reprocess(
    since: str,
    feed: str | None,
    *,
    dry_run: bool,
    as_json: bool,
    config: Path | None,
    data_dir: str | None,
    redis_url: str | None,
) -> None:
    """Send the documents of the last days through the workers again; what was never published is published.

    It may be interrupted and run again. Articles that were published are left as they are.
    """
    since_ms = _since_ms(since)
    with open_store(settings_from(config, data_dir, redis_url)) as store:
        wanted = None if feed is None else _feed_id(feed)
        paths = archive_of(store.settings).since(since_ms, feed_id=wanted)
        counts: Counter[str] = Counter(documents=len(paths))
        if not dry_run:
            shown = track(paths, "documents", console=Console(stderr=True), disable=len(paths) < 100)
            counts.update(_sent(store, path) for path in shown)
            if paths and not status_of(store).workers:
                click.echo("newswire: no worker runs; they wait for `newswire run` or `newswire worker`", err=True)
    _tell(counts, as_json=as_json)


def _sent(store: Store, path: Path) -> str:
    """Send one document, waiting for room; returns what became of it."""
    try:
        document = read_archived(path)
    except FileNotFoundError:
        return "dropped meanwhile"
    except (OSError, ValueError) as error:
        click.echo(f"newswire: left out: {error}", err=True)
        return "unreadable"
    deadline = time.monotonic() + _PATIENCE_SECONDS
    fate: ReplayFate = "full"
    while fate == "full" and time.monotonic() < deadline:
        fate = replay(store.client, store.keys, document)
        if fate == "full":
            time.sleep(_WAIT_SECONDS)
    return {"taken": "sent", "again": "sent", "full": "no room", "unknown": "feed removed"}[fate]


def _tell(counts: Counter[str], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(dict(counts)))
        return
    click.echo(", ".join(f"{name}: {count}" for name, count in counts.items()))


def _feed_id(feed: str) -> str:
    return feed if re.fullmatch(r"[0-9a-f]{16}", feed) else feed_id(feed_url(feed))


def _since_ms(text: str) -> int:
    span = _SPAN.fullmatch(text)
    if span:
        return int((time.time() - int(span[1]) * _SECONDS[span[2]]) * 1000)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"--since {text!r} is neither a span (36h, 2d) nor an instant (2026-10-09T16:54:00Z)"
        ) from None
    return int((instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp() * 1000)
