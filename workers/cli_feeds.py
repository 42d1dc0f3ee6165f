"""`newswire feeds`: the feed list, looked at and changed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from time import time

import click
from rich.console import Console
from rich.progress import track

from pipeline.errors import FeedListError
from pipeline.model import Feed
from pipeline.stages.opml import write_opml
from pipeline.stages.urls import feed_id, feed_url
from workers import cli_feed_views
from workers.cli_options import feeds_from, settings_from, settings_options
from workers.feed_lookup import find_feed, in_order
from workers.store import open_store

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
        document = write_opml(in_order(store), title="newswire feeds")
    if file == "-":
        sys.stdout.buffer.write(document)
        return
    try:
        Path(file).write_bytes(document)
    except OSError as error:
        raise FeedListError(f"{file}: cannot write the feed list: {error.strerror}") from None


@feeds.command("remove", epilog="Example: newswire feeds remove https://example.org/feed.xml")
@click.argument("feeds", nargs=-1, required=True, metavar="FEED...")
@settings_options
def remove(feeds: Sequence[str], config: Path | None, data_dir: str | None, redis_url: str | None) -> None:
    """Forget feeds, named by address or id; what they published stays on the stream."""
    with open_store(settings_from(config, data_dir, redis_url)) as store:
        for feed in [find_feed(store, each) for each in feeds]:
            store.feeds.remove(feed.id)
            click.echo(f"removed: {feed.url} (undo: newswire feeds add {feed.url})")


@feeds.command("pause", epilog="Example: newswire feeds pause https://example.org/feed.xml")
@click.argument("feeds", nargs=-1, required=True, metavar="FEED...")
@settings_options
def pause(feeds: Sequence[str], config: Path | None, data_dir: str | None, redis_url: str | None) -> None:
    """Stop polling feeds until they are resumed."""
    with open_store(settings_from(config, data_dir, redis_url)) as store:
        for feed in [find_feed(store, each) for each in feeds]:
            store.feeds.set_paused(feed.id, paused=True)
            click.echo(f"paused: {feed.url}")


@feeds.command("resume", epilog="Example: newswire feeds resume https://example.org/feed.xml")
@click.argument("feeds", nargs=-1, required=True, metavar="FEED...")
@settings_options
def resume(feeds: Sequence[str], config: Path | None, data_dir: str | None, redis_url: str | None) -> None:
    """Poll paused feeds again, from now on."""
    with open_store(settings_from(config, data_dir, redis_url)) as store:
        for feed in [find_feed(store, each) for each in feeds]:
            store.feeds.set_paused(feed.id, paused=False)
            click.echo(f"resumed: {feed.url}")


@feeds.command("refresh", epilog="Example: newswire feeds refresh https://example.org/feed.xml")
@click.argument("feeds", nargs=-1, metavar="[FEED]...")
@settings_options
def refresh(feeds: Sequence[str], config: Path | None, data_dir: str | None, redis_url: str | None) -> None:
    """Poll feeds at once, or every feed when none is named; a running daemon does it."""
    with open_store(settings_from(config, data_dir, redis_url)) as store:
        chosen = [find_feed(store, each) for each in feeds] if feeds else list(store.feeds.all())
        click.echo(f"{store.feeds.refresh([feed.id for feed in chosen])} feeds are due now")


for _command in (cli_feed_views.list_, cli_feed_views.show):
    feeds.add_command(_command)
