"""Explains an article in sentences: what was told of it, and whose words they are."""

from __future__ import annotations

from pipeline import wire
from pipeline.model import Article, Feed, FullText, Known
from pipeline.stages.full_text import page_wish
from pipeline.stages.page_revision import HELD, Told


def article_explanation(
    article: Article | None, known: Known, feed: Feed, *, told: Told | None, mode: FullText, page_waits: bool
) -> dict[str, str]:
    """Explain the article of *feed* that is remembered as *known*; *article* is what its readers were told last.

    None where that is no longer on the stream. *mode* is what the feed's pages are fetched by.
    """
    sentences = {
        "feed": f"{feed.title or feed.url} ({feed.url})" if feed.title else feed.url,
        "published": _published(known, article),
        "text": _text(article, told),
        "page": _page(article, told, mode, page_waits=page_waits),
    }
    if article is not None and article.near_duplicate_of:
        sentences["copy_of"] = f"{article.near_duplicate_of}, by {round(100 * (article.similarity or 0))} %."
    if article is not None and article.problems:
        sentences["problems"] = "; ".join(article.problems) + "."
    return sentences


def _published(known: Known, article: Article | None) -> str:
    seen = f"first seen {wire.rfc3339(known.discovered_ms)}"
    if known.revision == HELD:
        return f"Not yet: it is held back for its page; {seen}."
    if article is None:
        return f"Revision {known.revision}, which is no longer on the stream; {seen}."
    when = "" if article.accepted_ms is None else f" on {wire.rfc3339(article.accepted_ms)}"
    changed = f" (changed: {', '.join(article.changed)})" if article.changed else ""
    return f"Revision {article.revision}, {article.kind}{when}{changed}; {seen}."


def _text(article: Article | None, told: Told | None) -> str:
    if article is None:
        return "Not known any more."
    if article.text is None:
        return "None; only the summary of the feed." if article.summary else "None."
    whose = f"From its page, {article.url}" if told is not None and told.text_of_page else "From the feed"
    return f"{whose}: {len(article.text)} characters."


def _page(article: Article | None, told: Told | None, mode: FullText, *, page_waits: bool) -> str:
    if page_waits:
        return "It waits to be fetched, or for its host's turn."
    if told is not None:
        failed = next((each for each in article.problems if each.startswith("page not")), "") if article else ""
        return f"It was asked for: {failed}." if failed else "It was fetched and read."
    if article is None:
        return "It was not read."
    wish = page_wish(article, mode)
    return f"Not fetched: {wish.reason}." if not wish.wanted else "Not fetched when the article was published."
