"""`newswire explain ARTICLE-ID`: what was told of one article, and whose words they are."""

from __future__ import annotations

import re

from pipeline.adapters.article_lookup import ArticleLookup
from pipeline.errors import UsageError
from pipeline.stages.article_explanation import article_explanation
from pipeline.stages.identity import seen_id
from pipeline.stages.page_revision import told_from_bytes
from pipeline.stages.seen_records import unpack
from workers.store import Store

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
    feed_id, record, told = found
    known = unpack(record)
    feed = feeds[feed_id]
    return article_explanation(
        lookup.last_told(article_id, from_ms=known.discovered_ms),
        known,
        feed,
        told=told_from_bytes(told),
        mode=feed.full_text or store.settings.articles.full_text,
        page_waits=lookup.page_waits(article_id),
    )
