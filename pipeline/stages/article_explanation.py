"""Explains an article in sentences: what was told of it, and whose words they are."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline import wire
from pipeline.model import Article, Feed, FullText, Known
from pipeline.stages.article_diff import changes, pairs_of_revisions, shared_phrases
from pipeline.stages.full_text import page_wish
from pipeline.stages.page_revision import HELD, Told


def article_explanation(
    revisions: Sequence[Article],
    known: Known,
    feed: Feed,
    *,
    page: Told | None,
    mode: FullText,
    page_waits: bool,
    original: Article | None = None,
) -> dict[str, str]:
    """Explain the article of *feed* that is remembered as *known*; *revisions* are those on the stream, in order.

    *page* is what its readers were told last with a page, *mode* what the feed's pages are fetched by, and *original*
    the article that it repeats, None where that is not on the stream.
    """
    article = revisions[-1] if revisions else None
    sentences = {
        "feed": f"{feed.title or feed.url} ({feed.url})" if feed.title else feed.url,
        "published": _published(known, article),
        "text": _text(article, page),
        "page": _page(article, page, mode, page_waits=page_waits),
    }
    for before, after in pairs_of_revisions(revisions):
        sentences[f"revision_{after.revision}"] = _changes(before, after)
    if article is not None and article.near_duplicate_of:
        sentences["copy_of"] = _copy(article, original)
    if article is not None and article.problems:
        sentences["problems"] = "; ".join(article.problems) + "."
    return sentences


def _changes(before: Article, after: Article) -> str:
    said = "; ".join(f"{name}: {change or 'its spacing'}" for name, change in changes(before, after).items())
    when = "" if after.accepted_ms is None else f"{wire.rfc3339(after.accepted_ms)}: "
    return f"{when}{said}."


def _copy(article: Article, original: Article | None) -> str:
    likeness = f"{article.near_duplicate_of}, by {round(100 * (article.similarity or 0))} %"
    if original is None:
        return f"{likeness}; that is no longer on the stream."
    count, phrases = shared_phrases(_words(article), _words(original))
    quoted = "; ".join(f'"{phrase}"' for phrase in phrases)
    return f'{likeness}: "{original.title}" of {original.feed.url}. {count} words in common: {quoted}.'


def _words(article: Article) -> str:
    return f"{article.title or ''}\n{article.text or article.summary or ''}"


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
