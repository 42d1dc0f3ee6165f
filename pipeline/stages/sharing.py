"""Decides which articles of several feeds of one site are one article, and what is told of it.

Rules of this file: a site is a registrable domain, of the feed and of the address alike: what an aggregator links to
is its own record. The address alone proves nothing (live pages, daily reports): date or title must agree as well.
The first feed of the site that shows an article tells of it; the others are named in `also_in`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from pipeline.model import Article, FeedReference, Known
from pipeline.stages.digests import blake, digests_of, framed
from pipeline.stages.identity import CARRIED, MAX_REVISION
from pipeline.stages.politeness_scope import politeness_scope
from pipeline.stages.url_identity import identity_key

_MOST_FEEDS = 100
_DAY_MS = 86_400_000


def shared_addresses(articles: Sequence[Article]) -> dict[str, bytes]:
    """Digest, by id, what each of the *articles* of one document is known by all over its site.

    Left out are those that are known by nothing, or by the same as another of them.
    """
    said = {article.id: shared_address(article) for article in articles}
    counts = Counter(said.values())
    return {article_id: address for article_id, address in said.items() if address and counts[address] == 1}


def shared_address(article: Article) -> bytes:
    """Digest what *article*, as its feed says it, is known by all over its site (8 bytes); b"" for nothing."""
    link = article.url or ""
    site = politeness_scope(article.feed.url, "domain")
    parts = urlsplit(link)
    if not site or politeness_scope(link, "domain") != site or not (parts.path.strip("/") or parts.query):
        return b""
    if article.published:
        return blake(framed((identity_key(link), str(article.published.at_ms))), 8)
    words = " ".join((article.title or "").casefold().split())
    return blake(framed((identity_key(link), words, "")), 8) if words else b""


def carried(article: Article, *, now_ms: int) -> Known:
    """Give what a feed remembers of an *article* that another feed of its site tells of."""
    return Known(CARRIED, now_ms, now_ms // _DAY_MS, digests_of(article))


def seen_in(article: Article, known: Known, feed: FeedReference, *, now_ms: int) -> Article | None:
    """Give *article*, as it was told last, with *feed* among those that carry it; None where that is not to be told.

    It is not when it was told before, or when *article* is not the revision that is *known*.
    """
    feeds = (article.feed, *article.also_in)
    is_told = any(each.id == feed.id for each in feeds) or len(feeds) > _MOST_FEEDS
    if is_told or known.revision != article.revision or article.kind == "withdrawn" or known.revision >= MAX_REVISION:
        return None
    return replace(
        article,
        kind="revised",
        revision=known.revision + 1,
        changed=("also_in",),
        also_in=(*article.also_in, feed),
        accepted_ms=now_ms,
    )
