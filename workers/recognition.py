"""Recognise the articles that a feed has shown under another key, before they are judged."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import structlog

from pipeline.model import Article, Entry
from pipeline.stages.aliases import Aliases, Carrier, aliases_of, bound, pack_carriers, remembered, unpack_carriers
from pipeline.stages.identity import seen_id
from workers.desk import desk

log = structlog.get_logger("workers.recognition")

_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Shown:
    """An article with the entry it was made of, and the digest of the entry's key."""

    article: Article
    entry: Entry
    name: bytes


@dataclass(frozen=True, slots=True)
class Recognised:
    """The articles of a document under the ids they are known by, and the aliases to keep (b"": as they are)."""

    articles: list[Article]
    aliases: bytes


def recognise(feed_id: str, shown: Sequence[Shown], *, skipped: Collection[bytes]) -> Recognised:
    """Give the articles of *shown*, each under the id it is known by.

    Nothing is looked up where every key is known; *skipped* names the entries whose bytes were known.
    """
    articles = [one.article for one in shown]
    records = desk().articles.recall(feed_id, [seen_id(article.id) for article in articles])
    unknown = {one.article.id for one, record in zip(shown, records, strict=True) if not record}
    if not unknown:
        return Recognised(articles, b"")
    carriers = unpack_carriers(desk().articles.aliases(feed_id))
    aliases = {one.article.id: aliases_of(one.entry, one.article, one.name) for one in shown}
    known_as = bound(
        {article_id: said for article_id, said in aliases.items() if article_id in unknown},
        carriers,
        shown=aliases.keys() - unknown,
        names=frozenset(skipped),
    )
    for here, known in known_as.items():
        log.info("recognised", article=known, shown_as=here)
    kept = _kept(carriers, {known_as.get(here, here): said for here, said in aliases.items()}, skipped)
    return Recognised(
        [replace(article, id=known_as.get(article.id, article.id)) for article in articles],
        b"" if kept == carriers else pack_carriers(kept),
    )


def _kept(carriers: Sequence[Carrier], seen: dict[str, Aliases], skipped: Collection[bytes]) -> tuple[Carrier, ...]:
    return remembered(carriers, seen, names=frozenset(skipped), today=desk().clock.now_ms() // _DAY_MS)
