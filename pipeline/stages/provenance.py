"""Where each field of an article came from, told on request: what stands here is found again, not carried along.

A source is "feed:ELEMENT" for what the feed said there, "content:img" for a picture found in the text, and
"feed" for what the document said of itself. A field that nobody said is not listed.
"""

from __future__ import annotations

from pipeline.model import Article, Entry


def provenance(article: Article, entry: Entry) -> dict[str, str]:
    """Give the source of each field of *article*, which `normalize` made of *entry*.

    The parts of an entry that several elements can carry are named by the commonest: "feed:author" is also said of
    a dc:creator.
    """
    body = "feed:content" if entry.content_html else "feed:summary"
    picture = "feed:image" if entry.image else "content:img"
    sources = {
        "url": (article.url, "feed:link"),
        "source_url": (article.source_url, "feed:link"),
        "title": (article.title, "feed:title"),
        "summary": (article.summary, "feed:summary"),
        "text": (article.text, body),
        "html": (article.html, body),
        "authors": (article.authors, "feed:author"),
        "categories": (article.categories, "feed:category"),
        "language": (article.language, _language_source(article, entry)),
        "published": (article.published, article.published.source if article.published else ""),
        "updated": (article.updated, article.updated.source if article.updated else ""),
        "image": (article.image, picture),
        "attachments": (article.attachments, "feed:enclosure"),
    }
    return {field: source for field, (value, source) in sources.items() if value}


def page_provenance(article: Article) -> dict[str, str]:
    """Give the source of each field of *article*, which was made of its page alone."""
    sources = {
        "url": (article.url, "page"),
        "title": (article.title, "page"),
        "summary": (article.summary, "page"),
        "text": (article.text, "page"),
        "html": (article.html, "page"),
        "authors": (article.authors, "page"),
        "language": (article.language, article.language_source or ""),
        "published": (article.published, article.published.source if article.published else ""),
        "updated": (article.updated, article.updated.source if article.updated else ""),
        "image": (article.image, "page"),
        "related": (article.related, "page"),
    }
    return {field: source for field, (value, source) in sources.items() if value}


def _language_source(article: Article, entry: Entry) -> str:
    if article.language_source == "feed":
        return "feed:xml:lang" if entry.language else "feed"
    return article.language_source or ""
