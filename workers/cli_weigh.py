"""`newswire feeds weigh`: what the entries of feeds count against those of others."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from pipeline.errors import UsageError
from pipeline.model import LEAST_WEIGHT, MOST_WEIGHT, Feed
from pipeline.settings import Settings
from pipeline.stages.planning.budget import polling_schedule
from pipeline.stages.planning.live import is_planned
from pipeline.stages.planning.sooner import reweighed_due_ms
from pipeline.stages.weights import (
    Weight,
    folder_path,
    folders_around,
    weight_of,
)
from workers.cli_options import number_between, settings_from, settings_options
from workers.feed_lookup import find_feed
from workers.store import Store, open_store

_NONE = 0.0  # click takes a None for an argument that was not given
_FOLDERS_SHOWN = 20

_Weighed = dict[str, tuple[Feed, Weight]]


read_weight = number_between(LEAST_WEIGHT, MOST_WEIGHT)


def _weight_or_none(text: str) -> float:
    return _NONE if text == "none" else read_weight(text)


@click.command("weigh", epilog="Example: newswire feeds weigh 4 https://example.org/feed.xml --folder News/Agencies")
@click.argument("counted", type=_weight_or_none, metavar="WEIGHT")
@click.argument("feeds", nargs=-1, metavar="[FEED]...")
@click.option("--folder", "folders", multiple=True, metavar="FOLDER", help="All feeds in it, and in those within it.")
@settings_options
def weigh(
    counted: float,
    feeds: Sequence[str],
    folders: Sequence[str],
    config: Path | None,
    data_dir: str | None,
    redis_url: str | None,
) -> None:
    """Say what each entry of feeds counts where those of others count 1: the more, the sooner they are seen.

    WEIGHT is a number from 0.01 to 100, or none to take it back. Polls go with its square root: 4 makes twice as
    many, out of the same budget. A feed's own weight wins over its folder's, an inner folder's over an outer one's.
    """
    if not feeds and not folders:
        raise UsageError("say which feeds: newswire feeds weigh WEIGHT FEED..., or --folder FOLDER")
    with open_store(settings_from(config, data_dir, redis_url)) as store:
        chosen = [find_feed(store, each).id for each in feeds]
        paths = [_path(each, store) for each in folders]
        before = _weighed(store)
        for feed_id in chosen:
            store.feeds.set_weight(feed_id, counted or None)
        for path in paths:
            store.feeds.set_folder_weight(path, counted or None)
        after = _weighed(store)
        _bring_forward(store, before, after)
    for feed_id in [each for each in chosen if each in after]:
        click.echo(_feed_line(*after[feed_id], settings=store.settings))
    for path in paths:
        click.echo(_folder_line(path, counted, list(after.values())))


def _path(name: str, store: Store) -> str:
    """Return the path of the folder called *name*; UsageError if no feed is in it, nor any weight is kept for it."""
    path = folder_path(name)
    known = sorted({folder for feed in store.feeds.all() for folder in folders_around(feed)})
    if path not in known and path not in store.feeds.folder_weights():
        shown = ", ".join(known[:_FOLDERS_SHOWN]) or "none"
        more = f" and {len(known) - _FOLDERS_SHOWN} more" if len(known) > _FOLDERS_SHOWN else ""
        raise UsageError(f"--folder {name!r}: no feed is in it; the folders are: {shown}{more}")
    return path


def _weighed(store: Store) -> _Weighed:
    folder_weights = store.feeds.folder_weights()
    return {feed.id: (feed, weight_of(feed, folder_weights)) for feed in store.feeds.all()}


def _bring_forward(store: Store, before: _Weighed, after: _Weighed) -> None:
    """Let feeds that weigh more than *before* be due sooner; they are planned anew when they are polled."""
    schedule, now_ms = polling_schedule(store.settings), store.backlog.now_ms()
    heavier = [
        feed_id
        for feed_id, (feed, found) in after.items()
        if feed_id in before and found.value > before[feed_id][1].value and is_planned(feed, schedule)
    ]
    known = zip(heavier, store.feeds.due_times(heavier), store.feeds.states(heavier), strict=True)
    store.feeds.bring_forward(
        {
            feed_id: reweighed_due_ms(
                due_ms,
                state,
                before=before[feed_id][1].value,
                after=after[feed_id][1].value,
                settings=schedule,
                now_ms=now_ms,
            )
            for feed_id, due_ms, state in known
            if due_ms is not None
        }
    )


def _feed_line(feed: Feed, found: Weight, *, settings: Settings) -> str:
    line = f"{feed.url}: weighs {found.value:g}"
    if is_planned(feed, polling_schedule(settings)):
        return line
    whose = "a fixed interval" if feed.interval_seconds is None else "its own interval"
    return f"{line}, which changes nothing while it is polled at {whose}"


def _folder_line(path: str, counted: float, weighed: Sequence[tuple[Feed, Weight]]) -> str:
    inside = [found for feed, found in weighed if path in folders_around(feed)]
    others = sum(found.said_by != f"folder {path}" for found in inside)
    if counted == _NONE:
        return f"folder {path}: has no weight any more; {len(inside)} feeds are in it"
    kept = f", {others} with another weight" if others else ""
    return f"folder {path}: weighs {counted:g}; {len(inside)} feeds are in it{kept}"
