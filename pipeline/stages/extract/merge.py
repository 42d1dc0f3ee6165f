"""A feed's article and its page -> one article: the page fills and lengthens, and never replaces better by worse."""

from __future__ import annotations

from dataclasses import replace

from pipeline.model import Article, ArticleDate, PageArticle

_ONLY_FEED = frozenset({"summary only", "no text"})
_HALF_DAY_MS = 14 * 3_600_000  # as far as a zone that was not said may put a time wrong
_DAY_MS = 86_400_000
_LONGER = 1.2


def merge_page(article: Article, page: PageArticle) -> Article:
    """Give *article* with what its page adds: text and HTML where the feed had less, the rest where it had none.

    A date of the feed gives way only to one of the page that says more of the same moment: its zone, or its time.
    """
    takes_text = _is_fuller(article, page)
    kept = tuple(problem for problem in article.problems if not (takes_text and problem in _ONLY_FEED))
    return replace(
        article,
        url=article.url or page.url,
        title=article.title or page.title,
        summary=article.summary or page.summary,
        text=page.text if takes_text else article.text,
        html=page.html if takes_text else article.html,
        authors=article.authors or page.authors,
        language=article.language or page.language,
        language_source=article.language_source if article.language else page.language_source,
        published=_better(article.published, page.published),
        updated=_better(article.updated, page.updated),
        image=article.image or page.image,
        related=page.related or article.related,
        problems=tuple(dict.fromkeys((*kept, *page.problems))),
    )


def _is_fuller(article: Article, page: PageArticle) -> bool:
    """Tell whether the text of *page* is to replace that of *article*."""
    if not page.text:
        return False
    if not article.text:
        # A wall or a wrong box may leave less than the feed itself says.
        return page.complete or len(page.text) > len(article.summary or "")
    return page.complete and len(page.text) > _LONGER * len(article.text)


def _better(of_feed: ArticleDate | None, of_page: ArticleDate | None) -> ArticleDate | None:
    if of_feed is None or of_page is None:
        return of_feed or of_page
    apart_ms = abs(of_feed.at_ms - of_page.at_ms)
    if of_feed.precision == "day" and of_page.precision != "day" and apart_ms < _DAY_MS + _HALF_DAY_MS:
        return of_page
    zone_gained = "zone" in of_feed.inferred and not of_page.inferred and of_page.precision != "day"
    return of_page if zone_gained and apart_ms <= _HALF_DAY_MS else of_feed
