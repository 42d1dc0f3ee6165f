"""Explains an article in sentences: what was told of it, and whose words they are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from pipeline import wire
from pipeline.model import Article, Feed, FullText, Known
from pipeline.stages.aliases import EVIDENCE, Carrier, ways_to_recognise
from pipeline.stages.article_diff import changes, pairs_of_revisions, shared_phrases
from pipeline.stages.digests import is_same_content
from pipeline.stages.full_text import page_wish
from pipeline.stages.identity import CARRIED, return_wait_days
from pipeline.stages.page_revision import HELD, Told
from pipeline.stages.passing_words import passing

_MOST_PASSING = 10


def article_explanation(
    revisions: Sequence[Article],
    known: Known,
    feed: Feed,
    *,
    page: Told | None,
    mode: FullText,
    page_waits: bool,
    original: Article | None = None,
    carrier: Carrier | None = None,
) -> dict[str, str]:
    """Explain the article of *feed* that is remembered as *known*; *revisions* are those on the stream, in order.

    *page* is what its readers were told last with a page, *mode* what the feed's pages are fetched by, and *original*
    the article that it repeats, None where that is not on the stream; *carrier* is what it may be recognised by.
    """
    article = revisions[-1] if revisions else None
    sentences = {
        "feed": f"{feed.title or feed.url} ({feed.url})" if feed.title else feed.url,
        "identity": _identity(carrier),
        "published": _published(known, article),
        "text": _text(article, page),
        "page": _page(article, page, mode, page_waits=page_waits),
    }
    for before, after in pairs_of_revisions(revisions):
        sentences[f"revision_{after.revision}"] = _changes(before, after)
    sentences |= _hashed(known, article, page)
    if article is not None and article.near_duplicate_of:
        sentences["copy_of"] = _copy(article, original)
    if article is not None and article.problems:
        sentences["problems"] = "; ".join(article.problems) + "."
    return sentences


def _identity(carrier: Carrier | None) -> str:
    if carrier is None:
        return "Known by its own key (its guid, else its link) alone."
    if carrier.proof:
        return f"Shown under another key than at first, and recognised by {EVIDENCE[carrier.proof]}."
    others = ways_to_recognise(carrier.aliases)[1:]
    return f"Known by its own key; under another it is recognised by any of: {'; '.join(others) or 'nothing'}."


def _hashed(known: Known, article: Article | None, page: Told | None) -> dict[str, str]:
    """Say what was left out of the comparison, and which changes were seen and not told, and why."""
    said: dict[str, str] = {}
    if article is None:
        return said
    texts = (article.title, article.summary, article.text)
    words = dict.fromkeys(f'"{each}"' for text in texts if text for each in passing(text))
    said["not_compared"] = "Spacing, and every field but title, summary and text" + (
        f"; and in these {', '.join(islice(words, _MOST_PASSING))}, which stand there for the moment only."
        if words
        else "; there is no counter, relative time or advert in these."
    )
    if article.kind == "withdrawn":
        said["withdrawn"] = (
            f"Its page was read and is gone ({article.problems[0].rpartition(': ')[2]})."
            if article.problems
            else "Its feed took it back (a tombstone, RFC 6721)."
        )
    elif known.returns:
        said["flapping"] = (
            f"It went back {_times(known.returns)} to what it had said before, as where two caches disagree; the "
            f"next return is told {return_wait_days(known)} days after its last revision, a new content at once."
        )
    elif page is None and known.revision and not is_same_content(known.digests, article):
        said["held_back"] = (
            "What its feed says now differs from this, and was not told: the feed touched nearly all that it shows "
            "at once (an edit flood). The next edit is told."
        )
    return said


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


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
    if known.revision == CARRIED:
        return f"As the article of another feed of its site, which names this one in also_in; {seen}."
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
