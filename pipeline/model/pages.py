"""An article page: as it was fetched, and as it reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.model.articles import ArticleDate


@dataclass(frozen=True, slots=True)
class Page:
    """A page as fetched: `url` is "" and `fetched_ms` None when nobody knows (a file from disk).

    `content_type` is the header as it came, "" when there was none. Times that say no zone are read `east_minutes`
    east of UTC.
    """

    url: str
    fetched_ms: int | None
    body: bytes
    content_type: str = ""
    east_minutes: int = 0


@dataclass(frozen=True, slots=True)
class PageArticle:
    """What a page says of its one article. `html` is safe to show; `related` are headlines of other articles.

    `complete` tells whether `text` is the whole body as far as can be seen; what speaks against it is in `problems`.
    """

    url: str | None = None
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    html: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    language_source: Literal["feed", "page", "detected"] | None = None
    published: ArticleDate | None = None
    updated: ArticleDate | None = None
    image: str | None = None
    related: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    complete: bool = False
