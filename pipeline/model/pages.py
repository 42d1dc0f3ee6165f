"""An article page: as it was fetched, and as it reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.model.articles import Article, ArticleDate


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


@dataclass(frozen=True, slots=True)
class PageTask:
    """The page at `url` is to be fetched for `article`, as its feed has it.

    `until_ms` is when the article is to be published at the latest if it is held back for its page; else None.
    """

    url: str
    article: Article
    until_ms: int | None = None


@dataclass(frozen=True, slots=True)
class PageLease:
    """The right to fetch one page until the lease ends; `token` is its fence.

    `attempts` counts how often it was fetched before.
    """

    article_id: str
    feed_id: str
    url: str
    token: int
    attempts: int
    until_ms: int | None = None

    @property
    def name(self) -> str:
        """Names the page among all pages: one an article."""
        return self.article_id


@dataclass(frozen=True, slots=True)
class PageCame:
    """A page to be read: the body as it came, compressed as `content_encoding` says; `url` is who answered."""

    url: str
    body: bytes
    content_encoding: str
    content_type: str


@dataclass(frozen=True, slots=True)
class PageMissing:
    """A page that will not be had, and why: one of the problems of its article."""

    problem: str


@dataclass(frozen=True, slots=True)
class PageLater:
    """A page to be asked for again, not before `wait_ms` from now; `problem` says why it was not had."""

    wait_ms: int
    problem: str


PageOutcome = PageCame | PageMissing | PageLater
