"""What the articles of a feed document mean for their pages: which are fetched, held back, or carried on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from pipeline import wire
from pipeline.adapters.page_memory import MOST_PAGES
from pipeline.model import Article, FullText, Known, New, PageTask, Revised, Same, Verdict
from pipeline.stages.full_text import page_wish
from pipeline.stages.identity import seen_id
from pipeline.stages.page_revision import HELD, judged_anew, told_from_bytes
from pipeline.stages.seen_records import unpack
from workers.desk import desk

log = structlog.get_logger("workers.page_plans")

_TOO_MANY = "page not fetched: too many pages wait"


@dataclass(frozen=True, slots=True)
class PagePlan:
    """What becomes of one article for the sake of its page: the *task* to fetch it (b"" for none).

    *held*: it is not published before its page; *has_page*: its page was read, and *text_of_page*: the text is the
    page's.
    """

    task: bytes = b""
    held: bool = False
    has_page: bool = False
    text_of_page: bool = False


NO_PLAN = PagePlan()


def known_by(feed_id: str, articles: Sequence[Article], records: Sequence[bytes]) -> list[Known | None]:
    """Give what *articles* are to be judged by: what their *records* say, None where nothing is remembered.

    One that is held back for a page which is not to come any more, whatever became of it, is judged as never seen.
    """
    known = [unpack(record) if record else None for record in records]
    held = [
        article.id
        for article, before in zip(articles, known, strict=True)
        if before is not None and before.revision == HELD
    ]
    lost = set(held) - desk().pages.to_come(feed_id, held)
    if lost:
        log.warning("pages_lost", articles=sorted(lost))
    return [None if article.id in lost else before for article, before in zip(articles, known, strict=True)]


def plan_pages(
    feed_id: str, verdicts: Sequence[Verdict], records: Sequence[bytes], *, now_ms: int
) -> tuple[list[Verdict], dict[str, PagePlan]]:
    """Give *verdicts*, reached from *records*, as they stand with pages in view, and the plan for each that has one.

    A changed article keeps the text that its page brought until the page has been fetched anew.
    """
    fresh = [verdict for verdict in verdicts if isinstance(verdict, New | Revised)]
    if not fresh:
        return list(verdicts), {}
    mode = _mode(feed_id)
    known = {_id(verdict): record for verdict, record in zip(verdicts, records, strict=True)}
    told = _told(feed_id, fresh, known)
    has_room = mode == "never" or desk().pages.waiting() + len(fresh) <= MOST_PAGES
    planned: list[Verdict] = []
    plans: dict[str, PagePlan] = {}
    for verdict in verdicts:
        if isinstance(verdict, Same):
            planned.append(verdict)
            continue
        record = known[verdict.article.id]
        before = unpack(record) if record else None
        was_held = before is not None and before.revision == HELD
        is_new = before is None or (was_held and isinstance(verdict, Revised))  # one whose page is lost waited enough
        plan = _plan(verdict.article, mode, is_new=is_new, has_room=has_room or was_held, now_ms=now_ms)
        stands = _as_planned(verdict, plan, before, told=told.get(verdict.article.id, b""))
        planned.append(stands)
        plans[verdict.article.id] = replace(
            plan, has_page=verdict.article.id in told, text_of_page=stands.article.text != verdict.article.text
        )
    return planned, plans


def still_held(record: bytes) -> PagePlan:
    """Give the plan of an article known by *record* of which nothing was published, if that is so: nothing is yet."""
    return PagePlan(held=unpack(record).revision == HELD)


def _mode(feed_id: str) -> FullText:
    feed = desk().feeds.get(feed_id)
    return (feed.full_text if feed else None) or desk().settings.articles.full_text


def _told(feed_id: str, fresh: Sequence[New | Revised], known: Mapping[str, bytes]) -> dict[str, bytes]:
    """What readers were told of those of *fresh* that were revised and have a page; not of those once withdrawn."""
    revised = [verdict.article.id for verdict in fresh if isinstance(verdict, Revised)]
    ids = [each for each in revised if any(unpack(known[each]).digests)]
    records = desk().pages.told(feed_id, [seen_id(each) for each in ids])
    return {each: record for each, record in zip(ids, records, strict=True) if record}


def _plan(article: Article, mode: FullText, *, is_new: bool, has_room: bool, now_ms: int) -> PagePlan:
    wish = page_wish(article, mode)
    log.debug("page_wish", article=article.id, wanted=wish.wanted, reason=wish.reason)
    if not wish.wanted or not has_room or article.url is None:
        if wish.wanted:
            log.warning("too_many_pages", article=article.id, most=MOST_PAGES)
        return NO_PLAN
    hold_ms = round(desk().settings.articles.hold_seconds * 1000)
    held = is_new and hold_ms > 0
    discovered_ms = article.discovered_ms or now_ms
    task = PageTask(article.url, article, discovered_ms + hold_ms if held else None)
    return PagePlan(wire.page_task_to_bytes(task), held=held)


def _as_planned(verdict: New | Revised, plan: PagePlan, before: Known | None, *, told: bytes) -> New | Revised:
    if before is not None and before.revision == HELD:
        return verdict if plan.held else _as_first(verdict, before)
    if isinstance(verdict, New):
        return verdict
    last = told_from_bytes(told)
    return verdict if last is None else judged_anew(verdict, last, desk().pages.published(last.stream_id))


def _as_first(verdict: New | Revised, before: Known) -> New:
    """Give *verdict* on an article that was held back, *before*, as the first that its readers are told."""
    discovered_ms = before.discovered_ms
    first = replace(verdict.article, kind="new", revision=1, changed=(), discovered_ms=discovered_ms)
    return New(first, replace(verdict.known, revision=1, discovered_ms=discovered_ms))


def _id(verdict: Verdict) -> str:
    return verdict.article_id if isinstance(verdict, Same) else verdict.article.id
