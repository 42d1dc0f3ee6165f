"""`newswire dead`: the documents that could not be processed, looked at, sent through once more, dropped."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from pipeline import wire
from pipeline.adapters.dead_letters import DeadDocument, DeadLetters
from pipeline.errors import UsageError
from workers.cli_options import settings_from, settings_options
from workers.store import Store, open_store
from workers.terminal import Output


@click.group(epilog="Example: newswire dead list")
def dead() -> None:
    """Look at the documents that could not be processed, replay them, drop them."""


@dead.command("list", epilog="Example: newswire dead list --feed https://example.org/feed.xml --json")
@click.option("--feed", help="Only those of this feed, by address or id.")
@click.option("--json", "as_json", is_flag=True, help="A JSON list on stdout.")
@settings_options
def list_(
    feed: str | None, *, as_json: bool, config: Path | None, data_dir: str | None, redis_url: str | None
) -> None:
    """List them, the newest first, each with the reason."""
    with open_store(settings_from(config, data_dir, redis_url)) as store:
        found = [each for each in DeadLetters(store.client, store.keys) if feed is None or _is_of(each, feed)]
    if as_json:
        click.echo(json.dumps([_facts(each) for each in found]))
        return
    table = Table("id", "buried", "feed", "bytes", "tried", "reason", box=None, pad_edge=False)
    for each in found:
        document = each.document
        when = _instant(each.buried_ms)[:19]
        size = str(len(document.body))
        table.add_row(each.entry, when, document.url or document.feed_id, size, str(each.attempts), each.reason)
    Output().print(table)


@dead.command("show", epilog="Example: newswire dead show 1700000000000-0 > feed.xml")
@click.argument("entry", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="What is known of it as a JSON object, without the document.")
@settings_options
def show(entry: str, *, as_json: bool, config: Path | None, data_dir: str | None, redis_url: str | None) -> None:
    """Write the document on stdout, byte for byte as it was fetched, and what is known of it on stderr."""
    with open_store(settings_from(config, data_dir, redis_url)) as store:
        (found,) = _named(store, [entry], everything=False)
    if as_json:
        click.echo(json.dumps(_facts(found)))
        return
    for name, value in _facts(found).items():
        click.echo(f"{name}: {value}", err=True)
    sys.stdout.buffer.write(found.document.body)


@dead.command("replay", epilog="Example: newswire dead replay --all")
@click.argument("entries", nargs=-1, metavar="[ID...]")
@click.option("--all", "everything", is_flag=True, help="All of them.")
@settings_options
def replay(
    entries: Sequence[str], *, everything: bool, config: Path | None, data_dir: str | None, redis_url: str | None
) -> None:
    """Send them to the workers again; only what was never published is published."""
    with open_store(settings_from(config, data_dir, redis_url)) as store:
        _each(store, entries, everything, DeadLetters.replay, "replayed", _why_not_replayed)


@dead.command("drop", epilog="Example: newswire dead drop 1700000000000-0")
@click.argument("entries", nargs=-1, metavar="[ID...]")
@click.option("--all", "everything", is_flag=True, help="All of them.")
@settings_options
def drop(
    entries: Sequence[str], *, everything: bool, config: Path | None, data_dir: str | None, redis_url: str | None
) -> None:
    """Forget them for good; `newswire dead show ID > FILE` keeps a copy."""
    with open_store(settings_from(config, data_dir, redis_url)) as store:
        _each(store, entries, everything, DeadLetters.drop, "dropped", lambda _: "it is gone")


def _each(
    store: Store,
    entries: Sequence[str],
    everything: bool,  # noqa: FBT001 - as the command line has it
    act: Callable[[DeadLetters, DeadDocument], bool],
    done: str,
    why_not: Callable[[DeadDocument], str],
) -> None:
    """Do *act* to each; ends with exit code 1 when that failed with one that was named."""
    letters = DeadLetters(store.client, store.keys)
    found = _named(store, entries, everything=everything)
    count = 0
    for each in track(found, description=done, console=Console(stderr=True), disable=len(found) < 100):
        if act(letters, each):
            count += 1
        else:
            click.echo(f"newswire: {each.entry} not {done}: {why_not(each)}", err=True)
    click.echo(f"{done}: {count}")
    if entries and count < len(found):
        sys.exit(1)


def _why_not_replayed(each: DeadDocument) -> str:
    if each.is_damaged:
        return f"{each.reason}; newswire dead drop {each.entry} forgets it"
    return "its feed was removed, or it is gone"


def _named(store: Store, entries: Sequence[str], *, everything: bool) -> Sequence[DeadDocument]:
    """Find the dead documents that the command line names, each once; raises UsageError for one that is not there."""
    letters = DeadLetters(store.client, store.keys)
    if everything == bool(entries):
        raise UsageError("name the documents (newswire dead list shows their ids), or say --all")
    if everything:
        return [*letters]
    found = [(entry, letters.get(entry)) for entry in entries]
    missing = [entry for entry, each in found if each is None]
    if missing:
        raise UsageError(f"{missing[0]}: no dead document of this id; newswire dead list shows them")
    return list({each.entry: each for _, each in found if each is not None}.values())


def _is_of(each: DeadDocument, feed: str) -> bool:
    return feed in {each.document.feed_id, each.document.url}


def _facts(each: DeadDocument) -> dict[str, object]:
    document = each.document
    return {
        "id": each.entry,
        "buried_at": _instant(each.buried_ms),
        "feed": document.feed_id,
        "url": document.url,
        "fetched_at": None if document.fetched_ms is None else _instant(document.fetched_ms),
        "bytes": len(document.body),
        "content_type": document.content_type,
        "content_encoding": document.content_encoding,
        "attempts": each.attempts,
        "reason": each.reason,
    }


def _instant(ms: int) -> str:
    """Write the instant *ms*; one that no calendar has, which another hand wrote, as the number it is."""
    try:
        return wire.rfc3339(ms)
    except OverflowError:
        return f"{ms} ms"
