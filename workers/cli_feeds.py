"""`newswire feeds`: the feed list, looked at and changed."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from time import time

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from pipeline import wire
from pipeline.adapters.shipped import starter_lists
from pipeline.errors import FeedListError
from pipeline.model import Feed, FeedState
from pipeline.stages.opml import write_opml
from pipeline.stages.urls import feed_id, feed_url
from workers.cli_options import feeds_from, settings_from, settings_options
from workers.status import health
from workers.store import Store, open_store

_PORTION = 500


@click.group(epilog="Example: newswire feeds add https://example.org/feed.xml")
def feeds() -> None:
    """Look at and change the feed list."""


@feeds.command("add", epilog="Example: newswire feeds add https://example.org/feed.xml --folder Local")
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option("--title", help="What to call it (default: what the feed calls itself).")
@click.option("--folder", help="The folder to keep it in.")
@click.option("--interval", "interval_seconds", type=click.FloatRange(0.5), help="Seconds between polls.")
@settings_options
def add(
    urls: Sequence[str],
    title: str | None,
    folder: str | None,
    interval_seconds: float | None,
    config: Path | None,
    data_dir: str | None,
    redis_url: str | None,
) -> None:
    """Add feeds by address."""
    settings = settings_from(config, data_dir, redis_url)
    addresses = [feed_url(url) for url in urls]  # all are checked before one is added
    wanted = [
        Feed(feed_id(url), url, title, folder, interval_seconds, added_ms=int(time() * 1000)) for url in addresses
    ]
    with open_store(settings) as store:
        added = {feed.id for feed in store.feeds.add(wanted)}
        for feed in wanted:
            click.echo(f"{'added' if feed.id in added else 'already on the list'}: {feed.url}")


@feeds.command("import", epilog="Example: newswire feeds import subscriptions.opml")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@settings_options
def import_(files: Sequence[str], config: Path | None, data_dir: str | None, redis_url: str | None) -> None:
    """Add the feeds of OPML or text files, or of starter lists; - is stdin."""
    settings = settings_from(config, data_dir, redis_url)
    wanted = feeds_from(files)
    portions = [wanted[start : start + _PORTION] for start in range(0, len(wanted), _PORTION)]
    with open_store(settings) as store:
        console = Console(stderr=True)
        shown = track(portions, "importing", console=console, disable=not sys.stderr.isatty(), transient=True)
        added = sum(len(store.feeds.add(portion)) for portion in shown)
        click.echo(f"{added} feeds added, {len(wanted) - added} already on the list, {store.feeds.count()} in all")


@feeds.command("export", epilog="Example: newswire feeds export subscriptions.opml")
@click.argument("file", default="-", metavar="[FILE]")
@settings_options
def export(file: str, config: Path | None, data_dir: str | None, redis_url: str | None) -> None:
    """Write the feed list as OPML 2.0 to FILE (default: stdout)."""
    with open_store(settings_from(config, data_dir, redis_url)) as store:
        document = write_opml(_sorted(store), title="newswire feeds")
    if file == "-":
        sys.stdout.buffer.write(document)
        return
    try:
        Path(file).write_bytes(document)
    except OSError as error:
        raise FeedListError(f"{file}: cannot write the feed list: {error.strerror}") from None


@feeds.command("list", epilog="Example: newswire feeds list --json")
@click.option("--json", "as_json", is_flag=True, help="A JSON array on stdout.")
@settings_options
def list_(*, as_json: bool, config: Path | None, data_dir: str | None, redis_url: str | None) -> None:
    """Show every feed with its health."""
    with open_store(settings_from(config, data_dir, redis_url)) as store:
        listed = _sorted(store)
        states = store.feeds.states([feed.id for feed in listed])
    rows = list(zip(listed, states, strict=True))
    if as_json:
        lines = (json.dumps(_summary(feed, state), ensure_ascii=False) for feed, state in rows)
        click.echo("[" + ",\n ".join(lines) + "]")
        return
    if not rows:
        click.echo(f"no feeds yet; try a starter list: newswire feeds import {next(iter(starter_lists()), 'FILE')}")
        return
    table = Table("health", "feed", "folder", "problem", box=None, pad_edge=False)
    for feed, state in rows:
        table.add_row(health(feed, state), feed.title or feed.url, feed.folder or "", state.problem or "")
    Console().print(table)


@feeds.command("show", epilog="Example: newswire feeds show https://example.org/feed.xml --json")
@click.argument("feed")
@click.option("--json", "as_json", is_flag=True, help="A JSON object on stdout.")
@settings_options
def show(feed: str, *, as_json: bool, config: Path | None, data_dir: str | None, redis_url: str | None) -> None:
    """Show everything known of one FEED, named by address or id."""
    with open_store(settings_from(config, data_dir, redis_url)) as store:
        found = _find(store, feed)
        state = store.feeds.state(found.id)
        due_ms = store.feeds.due_ms(found.id)
        counts = store.feeds.counts(found.id)
    details = _summary(found, state) | {
        "next_poll": None if due_ms is None else wire.rfc3339(due_ms),
        "interval_seconds": found.interval_seconds,
        "moved_to": state.moved_to,
        "moving_to": state.moving_to,
        "fresh_until": None if state.fresh_until_ms is None else wire.rfc3339(state.fresh_until_ms),
        "wait_until": None if state.wait_until_ms is None else wire.rfc3339(state.wait_until_ms),
        "false_304s": state.false_304s,
        "etag": _text(state.etag),
        "last_modified": _text(state.last_modified),
        "counts": counts,
    }
    if as_json:
        click.echo(json.dumps(details, ensure_ascii=False))
        return
    for name, value in details.items():
        click.echo(f"{name:17} {'-' if value is None else value}")


@feeds.command("remove", epilog="Example: newswire feeds remove https://example.org/feed.xml")
@click.argument("feeds", nargs=-1, required=True, metavar="FEED...")
@settings_options
def remove(feeds: Sequence[str], config: Path | None, data_dir: str | None, redis_url: str | None) -> None:
    """Forget feeds, named by address or id; what they published stays on the stream."""
    with open_store(settings_from(config, data_dir, redis_url)) as store:
        for feed in [_find(store, each) for each in feeds]:
            store.feeds.remove(feed.id)
            click.echo(f"removed: {feed.url} (undo: newswire feeds add {feed.url})")


@feeds.command("pause", epilog="Example: newswire feeds pause https://example.org/feed.xml")
@click.argument("feeds", nargs=-1, required=True, metavar="FEED...")
@settings_options
def pause(feeds: Sequence[str], config: Path | None, data_dir: str | None, redis_url: str | None) -> None:
    """Stop polling feeds until they are resumed."""
    with open_store(settings_from(config, data_dir, redis_url)) as store:
        for feed in [_find(store, each) for each in feeds]:
            store.feeds.set_paused(feed.id, paused=True)
            click.echo(f"paused: {feed.url}")


@feeds.command("resume", epilog="Example: newswire feeds resume https://example.org/feed.xml")
@click.argument("feeds", nargs=-1, required=True, metavar="FEED...")
@settings_options
def resume(feeds: Sequence[str], config: Path | None, data_dir: str | None, redis_url: str | None) -> None:
    """Poll paused feeds again, from now on."""
    with open_store(settings_from(config, data_dir, redis_url)) as store:
        for feed in [_find(store, each) for each in feeds]:
            store.feeds.set_paused(feed.id, paused=False)
            click.echo(f"resumed: {feed.url}")


@feeds.command("refresh", epilog="Example: newswire feeds refresh https://example.org/feed.xml")
@click.argument("feeds", nargs=-1, metavar="[FEED]...")
@click.option("--original", is_flag=True, help="Go back to the address that was added, if the feed has moved since.")
@settings_options
def refresh(
    feeds: Sequence[str], *, original: bool, config: Path | None, data_dir: str | None, redis_url: str | None
) -> None:
    """Poll feeds at once, or every feed when none is named; a running daemon does it."""
    with open_store(settings_from(config, data_dir, redis_url)) as store:
        chosen = [_find(store, each) for each in feeds] if feeds else list(store.feeds.all())
        if original:
            store.feeds.forget_moves([feed.id for feed in chosen])
        click.echo(f"{store.feeds.refresh([feed.id for feed in chosen])} feeds are due now")


def _sorted(store: Store) -> list[Feed]:
    return sorted(store.feeds.all(), key=lambda feed: (feed.folder or "", feed.title or feed.url))


def _find(store: Store, name: str) -> Feed:
    found = store.feeds.get(name)
    if found is None and "://" in name:
        found = store.feeds.get(feed_id(feed_url(name)))
    if found is None:
        raise FeedListError(f"{name!r} is not on the feed list; newswire feeds list shows what is")
    return found


def _summary(feed: Feed, state: FeedState) -> dict[str, object]:
    return {
        **{name: value for name, value in asdict(feed).items() if name in {"id", "url", "title", "folder"}},
        "health": health(feed, state),
        "problem": state.problem,
        "status": state.status,
        "failures": state.failures,
        "last_polled": None if state.polled_ms is None else wire.rfc3339(state.polled_ms),
        "last_changed": None if state.changed_ms is None else wire.rfc3339(state.changed_ms),
    }


def _text(validator: bytes | None) -> str | None:
    return None if validator is None else validator.decode("utf-8", "backslashreplace")
