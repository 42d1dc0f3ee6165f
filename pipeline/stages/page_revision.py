"""Decides what the page of an article means for those who have read it: its text comes once, and stays.

Rules of this file: what the feed said stays the basis by which its next document is judged, so a poll that shows the
summary again changes nothing; what readers were told last, feed and page together, is remembered beside it and names
the fields that a revision changes. An article that is held back for its page has the revision 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.model import Article, Known, New, PageArticle, Revised, Same, Verdict
from pipeline.stages.digests import CONTENT_FIELDS, DIGESTS_BYTES, differing, digests_of, is_said_by
from pipeline.stages.extract.merge import merge_page
from pipeline.stages.identity import MAX_REVISION

HELD = 0
_TEXT_OF_FEED, _TEXT_OF_PAGE = 1, 2  # the first byte of a record, which is also its version
_FEED_ONLY = ("summary only", "no text")
_ABOUT_PAGE = ("page not fetched", "page not read", "paywall: ")


@dataclass(frozen=True, slots=True)
class Told:
    """What readers were told last of an article whose page came: its field digests, and where on the stream.

    `text_of_page` says whose text it was: the page's, or the feed's.
    """

    digests: bytes
    stream_id: str
    text_of_page: bool


def told_to_bytes(article: Article, *, text_of_page: bool) -> bytes:
    """Write what *article* tells its readers; its stream id is to be put behind it."""
    return bytes((_TEXT_OF_PAGE if text_of_page else _TEXT_OF_FEED,)) + digests_of(article)


def told_from_bytes(data: bytes) -> Told | None:
    """Read what `told_to_bytes` wrote and its stream id; None for b"" and for another version's."""
    if not data or data[0] not in (_TEXT_OF_FEED, _TEXT_OF_PAGE):
        return None
    return Told(
        data[1 : 1 + DIGESTS_BYTES], data[1 + DIGESTS_BYTES :].decode("ascii", "replace"), data[0] == _TEXT_OF_PAGE
    )


def judge_page(known: Known | None, told: Told | None, *, basis: Article, merged: Article, now_ms: int) -> Verdict:
    """Decide what *merged*, made of *basis* (what the feed said) and its page, is to those who know *known*.

    A page for an article that the feed has changed since is Same: another page is on its way. So is one whose article
    was forgotten. A page that could not be had is told once, as a change of `problems` alone.
    """
    if known is None or not is_said_by(known.digests, basis):
        return Same(merged.id)
    if known.revision == HELD:
        first = replace(
            merged, kind="new", revision=1, changed=(), discovered_ms=known.discovered_ms, accepted_ms=now_ms
        )
        return New(first, replace(known, revision=1))
    changed = differing(told.digests if told else known.digests, digests_of(merged))
    if CONTENT_FIELDS.isdisjoint(changed) and (told is not None or merged.problems == basis.problems):
        return Same(merged.id)
    if CONTENT_FIELDS.isdisjoint(changed):
        changed = (*changed, "problems")
    return _revised(merged, known, changed, now_ms=now_ms)


def judged_anew(verdict: Revised, told: Told, former: Article | None) -> Revised:
    """Give *verdict*, a change of what the feed says, with the text of the page that readers have already.

    *former* is what they were told last; None when it stands on the stream no more.
    """
    article = verdict.article
    if former is not None:
        article = merge_page(article, _page_of(former, article))
        if former.source_url == article.source_url:  # where a redirector led is where it leads
            article = replace(article, url=former.url)
    return replace(verdict, article=replace(article, changed=differing(told.digests, digests_of(article))))


def hold(verdict: New | Revised) -> Known:
    """Give what to remember of an article that is held back: all but that it was published."""
    return replace(verdict.known, revision=HELD)


def _page_of(former: Article, article: Article) -> PageArticle:
    """Give what the page once said, as far as *former* still tells it."""
    problems = tuple(each for each in former.problems if each not in _FEED_ONLY and not _is_of_fetch(each))
    is_fuller = len(former.text or "") > len(article.text or "")
    return PageArticle(
        url=former.url,
        title=former.title,
        summary=former.summary,
        text=former.text if is_fuller else None,
        html=former.html if is_fuller else None,
        authors=former.authors,
        language=former.language,
        language_source=former.language_source,
        published=former.published,
        updated=former.updated,
        image=former.image,
        related=former.related,
        problems=problems if is_fuller else (),
        complete=is_fuller,
    )


def _is_of_fetch(problem: str) -> bool:
    return problem.startswith(_ABOUT_PAGE)


def _revised(merged: Article, known: Known, changed: tuple[str, ...], *, now_ms: int) -> Revised:
    revision = min(known.revision + 1, MAX_REVISION)
    article = replace(
        merged,
        kind="revised",
        revision=revision,
        changed=changed,
        discovered_ms=known.discovered_ms,
        accepted_ms=now_ms,
    )
    return Revised(article, replace(known, revision=revision))
