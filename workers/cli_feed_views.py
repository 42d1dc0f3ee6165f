"""The commands that look at feeds: `newswire feeds list`, `newswire feeds show` and `newswire explain`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from time import time

import click
from rich.table import Table

from pipeline import wire
from pipeline.adapters.shipped import starter_lists
from pipeline.model import Feed, FeedHealth, FeedState
from pipeline.stages.explanation import explanation
from pipeline.stages.full_text import full_text_words
from pipeline.stages.health import HEALTHS, shown_health
from pipeline.stages.latency import latency_of
from pipeline.stages.planning.budget import polling_schedule
from pipeline.stages.planning.live import answer_weight, is_planned
from pipeline.stages.planning.packing import plan_from_bytes, rhythm_from_bytes
from pipeline.stages.planning.reasons import plan_words
from pipeline.stages.planning.words import posting_words
from pipeline.stages.websub import is_relied_on
from pipeline.stages.weights import Weight, weight_of
from workers.article_views import explain_article, is_article_id
from workers.cli_options import settings_from, settings_options
from workers.feed_lookup import find_feed, in_order, summary
from workers.store import Store, open_store
from workers.terminal import Output


@click.command("list", epilog="Example: newswire feeds list --health bot-wall --json")
@click.option("--health", "wanted", type=click.Choice(HEALTHS), multiple=True, help="Only feeds that do so.")
@click.option("--json", "as_json", is_flag=True, help="A JSON array on stdout.")
@settings_options
def list_(
    wanted: tuple[str, ...], *, as_json: bool, config: Path | None, data_dir: str | None, redis_url: str | None
) -> None:
    """Show every feed with its health."""
    with open_store(settings_from(config, data_dir, redis_url)) as store:
        listed = in_order(store)
        feed_ids = [feed.id for feed in listed]
        found = list(zip(listed, store.feeds.states(feed_ids), store.health.get_all(feed_ids), strict=True))
        folder_weights = store.feeds.folder_weights()
    rows = [row for row in found if not wanted or shown_health(row[0], row[2]) in wanted]
    if as_json:
        lines = (json.dumps(summary(*row, weight_of(row[0], folder_weights)), ensure_ascii=False) for row in rows)
        click.echo("[" + ",\n ".join(lines) + "]")
        return
    if not listed:
        click.echo(f"no feeds yet; try a starter list: newswire feeds import {next(iter(starter_lists()), 'FILE')}")
        return
    table = Table("health", "since", "feed", "folder", "why", box=None, pad_edge=False)
    for feed, state, known in rows:
        since = "" if known.since_ms is None else wire.rfc3339(known.since_ms)[:10]
        why = known.detail or state.problem or ""
        table.add_row(shown_health(feed, known), since, feed.title or feed.url, feed.folder or "", why)
    console = Output()
    console.print(table)
    counts = Counter(shown_health(feed, known) for feed, _, known in found)
    console.print("  ".join(f"{health} {counts[health]}" for health in HEALTHS if counts[health]), highlight=False)


@click.command("show", epilog="Example: newswire feeds show https://example.org/feed.xml --json")
@click.argument("feed")
@click.option("--json", "as_json", is_flag=True, help="A JSON object on stdout.")
@settings_options
def show(feed: str, *, as_json: bool, config: Path | None, data_dir: str | None, redis_url: str | None) -> None:
    """Show everything known of one FEED, named by address or id."""
    with open_store(settings_from(config, data_dir, redis_url)) as store:
        known = _look_at(store, find_feed(store, feed))
        latency = asdict(latency_of(store.rhythms.latencies(known.feed.id)))
        explained = _explained(store, known)
    found, state = known.feed, known.state
    details = summary(found, state, known.health, known.weight) | {
        "next_poll": None if known.due_ms is None else wire.rfc3339(max(known.due_ms, known.now_ms)),
        "why_then": explained["why_then"],
        "interval_seconds": found.interval_seconds,
        "full_text": found.full_text,
        "moved_to": state.moved_to,
        "moving_to": state.moving_to,
        "fresh_until": None if state.fresh_until_ms is None else wire.rfc3339(state.fresh_until_ms),
        "wait_until": None if state.wait_until_ms is None else wire.rfc3339(state.wait_until_ms),
        "false_304s": state.false_304s,
        "etag": _text(state.etag),
        "last_modified": _text(state.last_modified),
        "counts": known.counts,
        "latency": latency,
        "posting": explained["posting"],
    }
    if as_json:
        click.echo(json.dumps(details, ensure_ascii=False))
        return
    for name, value in details.items():
        click.echo(f"{name:17} {'-' if value is None else value}")


@click.command("explain", epilog="Example: newswire explain https://example.org/feed.xml")
@click.argument("which", metavar="URL|ARTICLE-ID")
@click.option("--json", "as_json", is_flag=True, help="A JSON object on stdout.")
@settings_options
def explain(which: str, *, as_json: bool, config: Path | None, data_dir: str | None, redis_url: str | None) -> None:
    """Say why a feed is polled when it is, how it does, what became of its items; or what an article is made of."""
    with open_store(settings_from(config, data_dir, redis_url)) as store:
        if is_article_id(which):
            names, explained = {"id": which}, explain_article(store, which)
        else:
            found = find_feed(store, which)
            names, explained = {"id": found.id, "url": found.url}, _explained(store, _look_at(store, found))
            which = found.title or found.url
    if as_json:
        click.echo(json.dumps(names | explained, ensure_ascii=False))
        return
    click.echo(which)
    for name, sentence in explained.items():
        click.echo(f"  {name.replace('_', ' '):13} {sentence}")


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a feed at one moment, each of it read once."""

    feed: Feed
    state: FeedState
    health: FeedHealth
    weight: Weight
    counts: Mapping[str, int]
    due_ms: int | None
    now_ms: int


def _look_at(store: Store, feed: Feed) -> _Known:
    return _Known(
        feed,
        store.feeds.state(feed.id),
        store.health.get(feed.id),
        weight_of(feed, store.feeds.folder_weights()),
        store.feeds.counts(feed.id),
        store.feeds.due_ms(feed.id),
        now_ms=int(time() * 1000),
    )


def _explained(store: Store, known: _Known) -> dict[str, str]:
    feed = known.feed
    explained = explanation(
        feed,
        known.state,
        known.health,
        due_ms=known.due_ms,
        counts=known.counts,
        settings=store.settings,
        now_ms=known.now_ms,
        weight=known.weight,
    )
    pages = full_text_words(feed.full_text or store.settings.articles.full_text, is_own=feed.full_text is not None)
    return explained | _posting(store, known) | {"full_text": pages}


def _posting(store: Store, known: _Known) -> dict[str, str]:
    """What is known of when a feed posts, and why its next poll is then; nothing while its interval is fixed."""
    feed, state, due_ms = known.feed, known.state, known.due_ms
    kept, plan = store.rhythms.rhythm(feed.id), store.rhythms.plan(feed.id)
    rhythm = rhythm_from_bytes(kept) if kept else None
    said = {"posting": posting_words(rhythm, now_seconds=known.now_ms / 1000)}
    schedule = polling_schedule(store.settings)
    planned = plan_from_bytes(plan) if plan and is_planned(feed, schedule) else None
    if planned is not None and due_ms is not None and not feed.paused and not state.failures:
        hub = store.subscriptions.get(feed.id)
        said["why_then"] = plan_words(
            planned,
            due_seconds=due_ms / 1000,
            interval_seconds=schedule.interval_seconds,
            is_pushed=hub is not None and is_relied_on(hub, now_ms=known.now_ms),
            weight=known.weight,
            answers=answer_weight(state),
        )
    return said


def _text(validator: bytes | None) -> str | None:
    return None if validator is None else validator.decode("utf-8", "backslashreplace")
