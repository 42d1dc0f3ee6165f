"""`newswire feeds change`: what was set for feeds, set otherwise; what is remembered of them stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from pipeline.errors import UsageError
from pipeline.model import FULL_TEXTS, LONGEST_INTERVAL_SECONDS, SHORTEST_INTERVAL_SECONDS, Feed
from pipeline.stages.planning.budget import polling_schedule
from pipeline.stages.schedule import regular_due_ms
from workers.cli_options import number_between, settings_from, settings_options
from workers.feed_lookup import find_feed
from workers.store import Store, open_store

read_interval = number_between(SHORTEST_INTERVAL_SECONDS, LONGEST_INTERVAL_SECONDS)
"""Reads an option that is an interval in seconds."""

_NOTHING = "none"


@dataclass(frozen=True, slots=True)
class _Change:
    """What the options say; None is what they say nothing of, "none" what is taken back."""

    title: str | None
    folder: str | None
    interval: float | str | None
    full_text: str | None

    def of(self, feed: Feed) -> Feed:
        """Return *feed* as it is from now on."""
        if self.title is not None:
            feed = replace(feed, title=None if self.title == _NOTHING else self.title)
        if self.folder is not None:
            feed = replace(feed, folder=None if self.folder == _NOTHING else self.folder)
        if self.interval is not None:
            seconds = None if isinstance(self.interval, str) else self.interval
            feed = replace(feed, interval_seconds=seconds)
        if self.full_text is not None:
            feed = replace(feed, full_text=FULL_TEXTS.get(self.full_text))
        return feed


def _interval_or_none(text: str) -> float | str:
    return text if text == _NOTHING else read_interval(text)


@click.command("change", epilog="Example: newswire feeds change https://example.org/feed.xml --interval 300")
@click.argument("feeds", nargs=-1, required=True, metavar="FEED...")
@click.option("--title", help="What to call it.")
@click.option("--folder", help="The folder to keep it in.")
@click.option("--interval", type=_interval_or_none, metavar="SECONDS", help="Seconds between polls.")
@click.option("--full-text", type=click.Choice([*FULL_TEXTS, _NOTHING]), help="Whether pages are fetched.")
@settings_options
def change(
    feeds: Sequence[str],
    title: str | None,
    folder: str | None,
    interval: float | str | None,
    full_text: str | None,
    config: Path | None,
    data_dir: str | None,
    redis_url: str | None,
) -> None:
    """Change what was set for feeds, named by address or id; none takes it back. Nothing known of them is lost.

    Weights are set by `newswire feeds weigh`.
    """
    wanted = _Change(title, folder, interval, full_text)
    if wanted == _Change(None, None, None, None):
        raise UsageError("say what to change: --title, --folder, --interval or --full-text")
    with open_store(settings_from(config, data_dir, redis_url)) as store:
        for found in [find_feed(store, each) for each in feeds]:
            changed = store.feeds.change(found.id, wanted.of)
            if changed is not None:
                _bring_forward(store, changed)
                click.echo(f"changed: {changed.url}")


def _bring_forward(store: Store, feed: Feed) -> None:
    """Let a feed with an interval of its own be due by it, if that is sooner; after a failure it waits on."""
    if feed.interval_seconds is None:
        return
    state, now_ms = store.feeds.state(feed.id), store.backlog.now_ms()
    due_ms = regular_due_ms(feed, state, settings=polling_schedule(store.settings), now_ms=now_ms)
    if due_ms is not None:
        store.feeds.bring_forward({feed.id: due_ms})
