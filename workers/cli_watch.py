"""The commands that look on: tail follows the article stream, status says how the system stands."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

from pipeline import wire
from pipeline.adapters.subscription import Delivery, follow
from pipeline.model import Article
from workers.cli_options import settings_from, settings_options
from workers.status import Status, status_of
from workers.store import Store, open_store
from workers.terminal import Output


@click.command(epilog="Example: newswire tail --since 0 --lang fr --json")
@click.option("--since", metavar="ID|0", help="Begin after this stream id; 0 = all there is (default: from now on).")
@click.option("--group", help="Read as a consumer of this group: each article goes to one of them.")
@click.option("--lang", metavar="TAG", help="Only articles in this language (fr also shows fr-CA).")
@click.option("--feed", help="Only articles of this feed, by address or id.")
@click.option("--count", type=click.IntRange(1), help="End after so many articles.")
@click.option("--json", "as_json", is_flag=True, help="The articles as JSON lines.")
@settings_options
def tail(
    since: str | None,
    group: str | None,
    lang: str | None,
    feed: str | None,
    count: int | None,
    *,
    as_json: bool,
    config: Path | None,
    data_dir: str | None,
    redis_url: str | None,
) -> None:
    """Follow the article stream."""
    settings = settings_from(config, data_dir, redis_url)
    with open_store(settings) as store:
        asyncio.run(_tail(store, since=since, group=group, lang=lang, feed=feed, count=count, as_json=as_json))


async def _tail(
    store: Store,
    *,
    since: str | None,
    group: str | None,
    lang: str | None,
    feed: str | None,
    count: int | None,
    as_json: bool,
) -> None:
    shown = 0
    async for delivery in follow(store.url, group=group, since=since, namespace=store.settings.namespace):
        if _wanted(delivery.article, lang=lang, feed=feed):
            click.echo(wire.article_to_json(delivery.article) if as_json else _line(delivery))
            shown += 1
        await delivery.ack()
        if shown == count:
            return


def _wanted(article: Article, *, lang: str | None, feed: str | None) -> bool:
    if feed is not None and feed not in {article.feed.id, article.feed.url}:
        return False
    if lang is None:
        return True
    language = (article.language or "").lower()
    return language == lang.lower() or language.startswith(lang.lower() + "-")


def _line(delivery: Delivery) -> str:
    article = delivery.article
    when = wire.rfc3339(article.accepted_ms)[11:19] if article.accepted_ms is not None else "--------"
    kind = {"new": " ", "revised": "~", "withdrawn": "-"}[delivery.kind]
    source = article.feed.title or article.feed.url
    return f"{when} {kind} {source[:28]:28}  {article.title or article.summary or '(no title)'}  {article.url or ''}"


@click.command(epilog="Example: newswire status --json")
@click.option("--json", "as_json", is_flag=True, help="A JSON object on stdout.")
@settings_options
def status(*, as_json: bool, config: Path | None, data_dir: str | None, redis_url: str | None) -> None:
    """Say how the system stands: processes, queue, feeds by health, item accounting."""
    with open_store(settings_from(config, data_dir, redis_url)) as store:
        found = status_of(store)
    if as_json:
        click.echo(json.dumps(asdict(found)))
    else:
        Output().print(_table(found))


def _table(found: Status) -> Table:
    table = Table(show_header=False, box=None, pad_edge=False)
    for name, value in asdict(found).items():
        parts = value.items() if isinstance(value, dict) else [("", value)]
        table.add_row(name, "  ".join(f"{key} {_figure(each)}".lstrip() for key, each in parts))
    return table


def _figure(value: float | str | None) -> str:
    """Show *value* short; what is not known, or does not hold, is a dash."""
    if value is None:
        return "-"
    return f"{value:g}" if isinstance(value, float) else str(value)
