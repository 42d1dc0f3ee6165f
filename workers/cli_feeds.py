"""`newswire feeds`: the feed list, looked at and changed."""

from __future__ import annotations

import asyncio
import json
import shlex
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from time import time

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from pipeline.adapters.web import Web
from pipeline.errors import FeedListError
from pipeline.model import FULL_TEXTS, Feed, FullText
from pipeline.settings import Settings
from pipeline.stages.opml import write_opml
from pipeline.stages.urls import feed_id, feed_url, folded
from workers import cli_change, cli_feed_views, cli_weigh
from workers.cli_change import read_interval
from workers.cli_options import feeds_from, settings_from, settings_options
from workers.cli_weigh import read_weight
from workers.daemon_process import digest_of_decoded
from workers.discovery import Discovered, Explorer
from workers.feed_lookup import find_feed, in_order
from workers.store import Store, open_store
from workers.terminal import Output

_PORTION = 500


@click.group(epilog="Example: newswire feeds add https://example.org/feed.xml")
def feeds() -> None:
    """Look at and change the feed list."""


@feeds.command("add", epilog="Example: newswire feeds add https://example.org/")
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option("--title", help="What to call it (default: what the feed calls itself).")
@click.option("--folder", help="The folder to keep it in.")
@click.option("--interval", "interval_seconds", type=read_interval, help="Seconds between polls.")
@click.option(
    "--full-text",
    type=click.Choice(list(FULL_TEXTS)),
    help="Whether the pages of its articles are fetched (default: the setting articles.full_text).",
)
@click.option("--weight", type=read_weight, help="What its entries count where those of others count 1.")
@click.option("--json", "as_json", is_flag=True, help="What was found and added, as a JSON array on stdout.")
@settings_options
def add(
    urls: Sequence[str],
    title: str | None,
    folder: str | None,
    interval_seconds: float | None,
    full_text: FullText | None,
    weight: float | None,
    *,
    as_json: bool,
    config: Path | None,
    data_dir: str | None,
    redis_url: str | None,
) -> None:
    """Add feeds, by their own address or by that of a page.

    Of a page, the feeds that it names are shown and the best one is added. An address that is written like a feed's
    is added as it is, and so is one that cannot be looked at now: adding needs no network (nor does import, which
    never looks).
    """
    settings = settings_from(config, data_dir, redis_url)
    addresses = [feed_url(url) for url in urls]  # all are checked before one is added
    explored = asyncio.run(_explore(addresses, settings))
    wanted = [
        Feed(
            feed_id(each.best.url),
            feed_url(each.best.url),
            title,
            folder,
            interval_seconds,
            added_ms=_now_ms(),
            full_text=full_text,
            weight=weight,
        )
        for each in explored
    ]
    with open_store(settings) as store:
        added = {feed.id for feed in store.feeds.add(wanted)}
    _tell(list(zip(explored, wanted, strict=True)), added, as_json=as_json)


def _tell(looked_at: Sequence[tuple[Discovered, Feed]], added: set[str], *, as_json: bool) -> None:
    """Say what was found, and which feeds are new, the ids of which are *added*."""
    if as_json:
        rows = [_row(each, feed, is_new=feed.id in added) for each, feed in looked_at]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for each, feed in looked_at:
        _show_found(each)
        click.echo(f"{'added' if feed.id in added else 'already on the list, as it was'}: {feed.url}")


async def _explore(addresses: Sequence[str], settings: Settings) -> list[Discovered]:
    async with Web(settings.fetch, digest=digest_of_decoded) as web:
        explorer = Explorer(web, limit_bytes=settings.fetch.max_body_bytes)
        return await asyncio.gather(*map(explorer.explore, addresses))


def _show_found(each: Discovered) -> None:
    if each.problem is not None:
        click.echo(f"newswire: {each.given}: {each.problem}; it is added as given", err=True)
    if len(each.found) > 1 or each.best.url != each.given:
        table = Table("", "feed", "title", "found as", box=None, pad_edge=False, title=f"feeds of {each.given}")
        for candidate in each.found:
            mark = "*" if candidate.url == each.best.url else ""
            table.add_row(mark, candidate.url, candidate.title, candidate.source)
        Output().print(table)


def _row(each: Discovered, feed: Feed, *, is_new: bool) -> dict[str, object]:
    return {
        "given": each.given,
        "url": feed.url,
        "id": feed.id,
        "added": is_new,
        "found": [asdict(candidate) for candidate in each.found],
        "problem": each.problem,
    }


@feeds.command("import", epilog="Example: newswire feeds import subscriptions.opml")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@settings_options
def import_(files: Sequence[str], config: Path | None, data_dir: str | None, redis_url: str | None) -> None:
    """Add the feeds of OPML or text files, or of starter lists; - is stdin.

    Addresses that are one feed (they differ only in http and https, or in parameters that say who came by) are added
    once; what is on the list already stays as it is.
    """
    settings = settings_from(config, data_dir, redis_url)
    named = feeds_from(files)
    with open_store(settings) as store:
        store.feeds.add_folder_weights(named.folder_weights)
        wanted = _unlisted(named.feeds, store)
        portions = [wanted[start : start + _PORTION] for start in range(0, len(wanted), _PORTION)]
        console = Console(stderr=True)
        shown = track(portions, "importing", console=console, disable=not sys.stderr.isatty(), transient=True)
        added = sum(len(store.feeds.add(portion)) for portion in shown)
        click.echo(
            f"{added} feeds added, {len(named.feeds) - added} already on the list, {store.feeds.count()} in all"
        )


def _unlisted(listed: Sequence[Feed], store: Store) -> list[Feed]:
    """Those of *listed* that are another feed than any before them and any on the list of *store*."""
    known = {folded(feed.url) for feed in store.feeds.all()}
    wanted: list[Feed] = []
    for feed in listed:
        if (name := folded(feed.url)) not in known:
            known.add(name)
            wanted.append(feed)
    return wanted


@feeds.command("export", epilog="Example: newswire feeds export subscriptions.opml")
@click.argument("file", default="-", metavar="[FILE]")
@settings_options
def export(file: str, config: Path | None, data_dir: str | None, redis_url: str | None) -> None:
    """Write the feed list as OPML 2.0 to FILE (default: stdout)."""
    with open_store(settings_from(config, data_dir, redis_url)) as store:
        weights = store.feeds.folder_weights()
        document = write_opml(in_order(store), title="newswire feeds", folder_weights=weights)
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
    """Forget feeds, named by address or id; what they published stays on the stream.

    One that is added again within a week publishes nothing twice.
    """
    with open_store(settings_from(config, data_dir, redis_url)) as store:
        damaged = [each for each in feeds if store.feeds.is_damaged(each)]
        chosen = [find_feed(store, each) for each in feeds if each not in damaged]
        for each in damaged:
            store.feeds.remove(each)
            click.echo(f"removed: {each} (its record was damaged: add the feed again by its address)")
        for feed in chosen:
            store.feeds.remove(feed.id)
            click.echo(f"removed: {feed.url} (undo, within a week: {_adding(feed)})")


def _adding(feed: Feed) -> str:
    """Write the command that adds *feed* as it is."""
    settings = {
        "--title": feed.title,
        "--folder": feed.folder,
        "--interval": feed.interval_seconds and f"{feed.interval_seconds:g}",
        "--full-text": feed.full_text,
        "--weight": feed.weight and f"{feed.weight:g}",
    }
    options = [f"{name}={value}" for name, value in settings.items() if value is not None]
    return shlex.join(["newswire", "feeds", "add", feed.url, *options])


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
@click.option("--original", is_flag=True, help="Go back to the address that was added, if the feed has moved since.")
@settings_options
def refresh(
    feeds: Sequence[str], *, original: bool, config: Path | None, data_dir: str | None, redis_url: str | None
) -> None:
    """Poll feeds at once, or every feed when none is named; a running daemon does it."""
    with open_store(settings_from(config, data_dir, redis_url)) as store:
        chosen = [find_feed(store, each) for each in feeds] if feeds else list(store.feeds.all())
        if original:
            store.feeds.forget_moves([feed.id for feed in chosen])
        click.echo(f"{store.feeds.refresh([feed.id for feed in chosen])} feeds are due now")


def _now_ms() -> int:
    return int(time() * 1000)


for _command in (cli_feed_views.list_, cli_feed_views.show, cli_weigh.weigh, cli_change.change):
    feeds.add_command(_command)
