"""The commands that need no Redis: poll feeds, parse documents, and print what became of them."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from time import time

import click
import structlog

from pipeline import wire
from pipeline.adapters.web import Web
from pipeline.model import (
    Article,
    Entry,
    Feed,
    FeedDocument,
    FeedState,
    Fresh,
    Lease,
    RawDocument,
    Reading,
    Rejected,
    Unreadable,
)
from pipeline.settings import Settings
from pipeline.stages.customs import Customs, tracking_of
from pipeline.stages.parse import limits_of, read_feed
from pipeline.stages.provenance import provenance
from pipeline.stages.reading import read_document
from pipeline.stages.response import read
from pipeline.stages.urls import feed_id, feed_url
from workers.cli_options import instant, settings_from, settings_options
from workers.daemon_process import digest_of_decoded

log = structlog.get_logger("workers.cli_read")

_GZIP = b"\x1f\x8b"
_UNKNOWN_FEED = "0" * 16
_provenance_option = click.option(
    "--provenance", "told", is_flag=True, help='Say of each field where it came from, in "provenance".'
)


@click.command(epilog="Example: newswire poll https://example.org/feed.xml")
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@_provenance_option
@settings_options
def poll(
    urls: Sequence[str], *, told: bool, config: Path | None, data_dir: str | None, redis_url: str | None
) -> None:
    """Fetch feeds once and print their articles as JSON lines; nothing is stored."""
    settings = settings_from(config, data_dir, redis_url)
    feeds = [Feed(feed_id(url), url) for url in map(feed_url, urls)]
    failures = asyncio.run(_poll(feeds, settings, told=told))
    if failures:
        sys.exit(1)


async def _poll(feeds: Sequence[Feed], settings: Settings, *, told: bool) -> int:
    """Poll all *feeds* at once, print them in order; returns how many failed."""
    async with Web(settings.fetch, digest=digest_of_decoded) as web:
        responses = await asyncio.gather(*(web.get(feed.url, lambda _url: ()) for feed in feeds))
    failures = 0
    now_ms = int(time() * 1000)
    for feed, response in zip(feeds, responses, strict=True):
        lease = Lease(feed, FeedState(), 0)
        outcome = read(lease, response, settings=settings.fetch, asked_ms=now_ms, now_ms=now_ms)
        if isinstance(outcome, Fresh):
            reading = _reading(outcome.document, feed_url=feed.url, settings=settings)
            entries = _entries(outcome.document, settings) if told else ()
            failures += not _print(reading, name=feed.url, extra={}, discovered_ms=now_ms, entries=entries)
        else:
            click.echo(f"newswire: {feed.url}: {outcome.state.problem}", err=True)
            failures += 1
    return failures


@click.command(epilog="Example: newswire parse feed.xml --url https://example.org/feed.xml")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--url", help="The address the documents came from: what relative links are relative to.")
@click.option("--fetched-at", metavar="T", help="When they were fetched (RFC 3339); without it, unknown.")
@_provenance_option
@settings_options
def parse(
    files: Sequence[str],
    url: str | None,
    fetched_at: str | None,
    *,
    told: bool,
    config: Path | None,
    data_dir: str | None,
    redis_url: str | None,
) -> None:
    """Read feed documents from disk and print their articles as JSON lines; - is stdin."""
    settings = settings_from(config, data_dir, redis_url)
    fetched_ms, address = instant(fetched_at), feed_url(url) if url else ""
    failures = 0
    for file in files:
        try:
            body = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        except OSError as error:
            click.echo(f"newswire: {file}: cannot be read: {error.strerror}", err=True)
            failures += 1
            continue
        document = RawDocument(
            feed_id=feed_id(address) if address else _UNKNOWN_FEED,
            url=address,
            fetched_ms=fetched_ms,
            body=body,
            content_encoding="gzip" if body.startswith(_GZIP) else "",
        )
        reading = _reading(document, feed_url=address, settings=settings)
        entries = _entries(document, settings) if told else ()
        failures += not _print(reading, name=file, extra={"file": file}, discovered_ms=fetched_ms, entries=entries)
    if failures:
        sys.exit(1)


def _reading(document: RawDocument, *, feed_url: str, settings: Settings) -> Reading | Unreadable:
    return read_document(
        document,
        feed_id=document.feed_id,
        feed_url=feed_url,
        feed_title=None,
        limit_bytes=settings.fetch.max_body_bytes,
        limits=limits_of(settings.parse),
        customs=Customs(tracking=tracking_of(settings.articles.tracking_parameters)),
    )


def _entries(document: RawDocument, settings: Settings) -> tuple[Entry, ...]:
    """Give the entries of *document* again, one for each result of its reading, for the sake of their provenance."""
    read = read_feed(document, limit_bytes=settings.fetch.max_body_bytes, limits=limits_of(settings.parse))
    return read.entries if isinstance(read, FeedDocument) else ()


def _print(
    reading: Reading | Unreadable,
    *,
    name: str,
    extra: dict[str, object],
    discovered_ms: int | None,
    entries: Sequence[Entry] = (),
) -> bool:
    """Print the articles of one document; False, and a line on stderr, when it could not be read.

    With the *entries* they were made of, each says where its fields came from.
    """
    match reading:
        case Unreadable(reason):
            click.echo(f"newswire: {name}: {reason}", err=True)
            return False
        case Reading():
            log.info("parsed", name=name, path=reading.path, incomplete=reading.incomplete)
            for problem in reading.problems:
                click.echo(f"newswire: {name}: {problem}", err=True)
            for result, entry in zip_longest(reading.results, entries):
                match result:
                    case Article():
                        article = replace(result, discovered_ms=discovered_ms)
                        told = {"provenance": provenance(article, entry)} if entry else {}
                        click.echo(json.dumps(extra | wire.article_to_dict(article) | told, ensure_ascii=False))
                    case Rejected(reason, which):
                        click.echo(f"newswire: {name}: {which}: rejected: {reason}", err=True)
            return True
