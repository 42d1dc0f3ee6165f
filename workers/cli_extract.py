"""The command that reads article pages from disk: no network, no Redis."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from pipeline import wire
from pipeline.errors import UsageError
from pipeline.model import Article, FeedReference, Page, PageArticle
from pipeline.stages.encoding import GZIP_MAGIC, Damaged, unpack
from pipeline.stages.extract import merge_page, read_page
from pipeline.stages.provenance import page_provenance
from pipeline.stages.urls import absolute
from workers.cli_options import instant

_LARGEST_FILE_BYTES = 64 * 1024 * 1024
_OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>\d\d):(?P<minutes>\d\d)$")
_NO_FEED = FeedReference(id="0" * 16, url="")


@click.command(epilog="Example: newswire extract page.html --url https://example.org/2026/story")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--url", help="The address the page came from: what its links are relative to.")
@click.option(
    "--fetched-at", metavar="T", help="When it was fetched (RFC 3339), in the zone of its times; without it, unknown."
)
@click.option("--provenance", "told", is_flag=True, help='Say of each field where it came from, in "provenance".')
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines, also on a terminal.")
def extract(files: Sequence[str], url: str | None, fetched_at: str | None, *, told: bool, as_json: bool) -> None:
    """Read article pages, HTML or plain text, and print one article a line; - is stdin."""
    address = _address(url)
    fetched_ms, east_minutes = instant(fetched_at), _east_minutes(fetched_at)
    failures = 0
    for file in files:
        body = _contents(file)
        if isinstance(body, str):
            click.echo(f"newswire: {file}: {body}", err=True)
            failures += 1
            continue
        page = Page(url=address, fetched_ms=fetched_ms, body=body, east_minutes=east_minutes)
        article = _article(page, read_page(page))
        if as_json or told or not sys.stdout.isatty():
            sources = {"provenance": page_provenance(article)} if told else {}
            click.echo(json.dumps({"file": file} | wire.article_to_dict(article) | sources, ensure_ascii=False))
        else:
            click.echo(_shown(file, article))
    if failures:
        sys.exit(1)


def _address(url: str | None) -> str:
    if url is None:
        return ""
    address = absolute(url, None)
    if address is None:
        raise UsageError(f"--url {url!r} is not an address such as https://example.org/2026/story")
    return address


def _east_minutes(fetched_at: str | None) -> int:
    """Give the zone of *fetched_at*, an instant, in minutes east of UTC: times on the page that say none have it."""
    offset = _OFFSET.search(fetched_at or "")
    if offset is None:
        return 0
    return (int(offset["hours"]) * 60 + int(offset["minutes"])) * (-1 if offset["sign"] == "-" else 1)


def _contents(file: str) -> bytes | str:
    """Give the bytes of *file*, unpacked where it is gzip; a text that says why they cannot be had."""
    try:
        if file == "-":
            body = sys.stdin.buffer.read(_LARGEST_FILE_BYTES)
        else:
            with Path(file).open("rb") as source:
                body = source.read(_LARGEST_FILE_BYTES)
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    plain = unpack(body, "gzip" if body.startswith(GZIP_MAGIC) else "", limit_bytes=_LARGEST_FILE_BYTES)
    return plain.reason if isinstance(plain, Damaged) else plain


def _article(page: Page, read: PageArticle) -> Article:
    """Give the article of *page*; its id is that of its address, or of its bytes where it has none."""
    name = read.url.encode() if read.url else page.body
    bare = Article(
        id=hashlib.blake2b(name, digest_size=16).hexdigest(),
        feed=_NO_FEED,
        source_url=page.url or None,
        discovered_ms=page.fetched_ms,
    )
    return merge_page(bare, read)


def _shown(file: str, article: Article) -> str:
    """Give *article* for people: its headline, what is known of it, its text."""
    facts = " · ".join(
        str(fact)
        for fact in (
            ", ".join(article.authors),
            article.published and wire.rfc3339(article.published.at_ms),
            article.updated and f"updated {wire.rfc3339(article.updated.at_ms)}",
            article.language,
            article.url or file,
        )
        if fact
    )
    problems = "".join(f"\n! {problem}" for problem in article.problems)
    return f"{article.title or '(no title)'}\n{facts}{problems}\n\n{article.text or ''}\n"
