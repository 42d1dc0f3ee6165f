"""Where each field of an article came from, told on request: what stands here is found again, not carried along.

A source is "feed:ELEMENT" for what the feed said there, "content:img" for a picture found in the text, and
"feed" for what the document said of itself. A field that nobody said is not listed; one that has no line here was
said by "feed" or "page", whichever the article is made of, so a new field needs none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from pipeline.model import Article, Entry

# What is made here, or says itself where it is from.
_OURS = frozenset(
    {"id", "feed", "language_source", "also_in", "near_duplicate_of", "story", "similarity", "problems", "kind"}
    | {"revision", "changed", "discovered_ms", "accepted_ms"}
)
_SAID = tuple(field.name for field in fields(Article) if field.name not in _OURS)


def provenance(article: Article, entry: Entry) -> dict[str, str]:
    """Give the source of each field of *article*, which `normalize` made of *entry*.

    The parts of an entry that several elements can carry are named by the commonest: "feed:author" is also said of
    a dc:creator.
    """
    body = "feed:content" if entry.content_html else "feed:summary"
    named = {
        "url": "feed:link",
        "source_url": "feed:link",
        "title": "feed:title",
        "summary": "feed:summary",
        "text": body,
        "html": body,
        "authors": "feed:author",
        "categories": "feed:category",
        "language": _language_source(article, entry),
        "image": "feed:image" if entry.image else "content:img",
        "attachments": "feed:enclosure",
    }
    return _sources(article, named, "feed")


def page_provenance(article: Article) -> dict[str, str]:
    """Give the source of each field of *article*, which was made of its page alone."""
    return _sources(article, {"language": article.language_source or ""}, "page")


def _sources(article: Article, named: Mapping[str, str], document: str) -> dict[str, str]:
    """Give the source of each filled field: what its date says, what *named* says, or the *document* itself."""
    dated = {"published": article.published, "updated": article.updated}
    sources = {name: date.source for name, date in dated.items() if date} | dict(named)
    return {name: sources.get(name, document) for name in _SAID if getattr(article, name)}


def _language_source(article: Article, entry: Entry) -> str:
    if article.language_source == "feed":
        return "feed:xml:lang" if entry.language else "feed"
    return article.language_source or ""
