"""Recognise the articles that a feed has shown under another key, before they are judged."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import structlog

from pipeline.model import Article, Entry
from pipeline.stages.aliases import (
    EVIDENCE,
    aliases_of,
    bound,
    is_succeeded,
    pack_carriers,
    remembered,
    unpack_carriers,
)
from pipeline.stages.digests import blake
from pipeline.stages.identity import article_id, seen_id, succeeding_key
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
    shown = _as_succeeded(feed_id, shown) if len(shown) == 1 and not skipped else _told_apart(shown)
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
    for here, (known, proof) in known_as.items():
        log.info("recognised", article=known, shown_as=here, by=EVIDENCE[proof])
    names = {here: known for here, (known, _) in known_as.items()}
    kept = remembered(
        carriers,
        {names.get(here, here): said for here, said in aliases.items()},
        names=frozenset(skipped),
        today=desk().clock.now_ms() // _DAY_MS,
        proofs=dict(known_as.values()),
    )
    return Recognised(
        [replace(article, id=names.get(article.id, article.id)) for article in articles],
        b"" if kept == carriers else pack_carriers(kept),
    )


def _told_apart(shown: Sequence[Shown]) -> list[Shown]:
    """Give *shown* without what says word for word the same as one before it, under another guid."""
    distinct: dict[tuple[object, ...], Shown] = {}
    for one in shown:
        article = one.article
        at_ms = article.published.at_ms if article.published else None
        said = (article.url, article.title, article.summary, article.text, article.html, at_ms)
        distinct.setdefault(said if article.url and article.title else (article.id,), one)
    return list(distinct.values())


def _as_succeeded(feed_id: str, shown: Sequence[Shown]) -> list[Shown]:
    """Give the one article of *shown*, under an id of its own where its feed gives the same guid to every article."""
    (one,) = shown
    carriers = unpack_carriers(desk().articles.aliases(feed_id))
    if not one.entry.guid or not is_succeeded(aliases_of(one.entry, one.article, one.name), one.article.id, carriers):
        return [one]
    key = succeeding_key(one.entry)
    name = blake(key.encode("utf-8", "surrogatepass"), len(one.name))
    return [Shown(replace(one.article, id=article_id(feed_id, key)), one.entry, name)]
