"""`newswire explain ARTICLE-ID`: what was told of one article, and whose words they are."""

from __future__ import annotations

import re

from pipeline.adapters.article_lookup import ArticleLookup
from pipeline.adapters.articles import ArticleStore
from pipeline.errors import UsageError
from pipeline.model import Article
from pipeline.stages.aliases import Carrier, unpack_carriers
from pipeline.stages.article_explanation import article_explanation
from pipeline.stages.identity import seen_id
from pipeline.stages.page_revision import told_from_bytes
from pipeline.stages.seen_records import unpack
from workers.store import Store

_CLOCKS_APART_MS = 3_600_000  # the stream's ids are of the server's clock, what is remembered of the workers'
_DAY_MS = 86_400_000
_ARTICLE_ID = re.compile(r"[0-9a-f]{32}")


def is_article_id(text: str) -> bool:
    """Whether *text* is written as the id of an article: 32 hex digits."""
    return _ARTICLE_ID.fullmatch(text) is not None


def explain_article(store: Store, article_id: str) -> dict[str, str]:
    """Explain the article *article_id*; UsageError where no feed of the list knows it."""
    lookup = ArticleLookup(store.client, store.keys)
    feeds = {feed.id: feed for feed in store.feeds.all()}
    found = lookup.record(seen_id(article_id), feeds)
    if found is None:
        raise UsageError(f"{article_id}: no feed on the list has shown this article, or it was forgotten since")
    feed_id, record, page = found
    known, feed = unpack(record), feeds[feed_id]
    told = lookup.told(article_id, from_ms=known.discovered_ms - _CLOCKS_APART_MS)
    return article_explanation(
        told,
        known,
        feed,
        page=told_from_bytes(page),
        mode=feed.full_text or store.settings.articles.full_text,
        page_waits=lookup.page_waits(article_id),
        original=_original(store, lookup, told),
        carrier=next((each for each in _carriers(store, feed_id) if each.article_id == article_id), None),
    )


def _carriers(store: Store, feed_id: str) -> tuple[Carrier, ...]:
    return unpack_carriers(ArticleStore(store.client, store.keys).aliases(feed_id))


def _original(store: Store, lookup: ArticleLookup, told: tuple[Article, ...]) -> Article | None:
    """Find the article that the one of *told* repeats, as it was told last."""
    if not told or told[-1].near_duplicate_of is None:
        return None
    window_ms = (store.settings.articles.near_duplicate_days + 1) * _DAY_MS
    found = lookup.told(told[-1].near_duplicate_of, from_ms=(told[-1].discovered_ms or 0) - window_ms)
    return found[-1] if found else None
