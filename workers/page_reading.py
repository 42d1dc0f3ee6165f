"""Read the page of an article and tell its readers: once, as a revision, or as the article that was held back."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

import structlog

from pipeline import wire
from pipeline.adapters.articles import Conflict, FencedOff
from pipeline.adapters.backlog import Claim
from pipeline.adapters.store_errors import STORE_LOST
from pipeline.model import Article, New, Page, PageArticle, RawDocument, Revised, Verdict
from pipeline.stages.encoding import Damaged, unpack
from pipeline.stages.extract import SiteMemory, learnt, merge_page, packed, read_page, unpacked
from pipeline.stages.identity import seen_id, withdraw_gone
from pipeline.stages.page_answers import GONE
from pipeline.stages.page_revision import judge_page, told_from_bytes
from pipeline.stages.seen_records import unpack as known_from_bytes
from pipeline.stages.sharing import shared_address
from pipeline.stages.url_identity import resolved
from pipeline.stages.walls import wall_in_page
from workers.copies import mark_copies
from workers.desk import desk
from workers.page_plans import PagePlan
from workers.processor_time import READING_SECONDS, bounded_processor_time
from workers.publishing import publication_of
from workers.sharing import also_in

log = structlog.get_logger("workers.page_reading")

_LEAST_KEPT = 0.5
_OF_THE_STORE: tuple[type[Exception], ...] = (FencedOff, *STORE_LOST)


def publish_page(claim: Claim, *, fault: str = "") -> None:
    """Publish what the page of *claim* adds to its article; with a *fault* it is not read again, and that is said.

    Whatever the page is and whatever fails over it, its article is told of once; one that was held back comes out.
    """
    try:
        _publish(claim, fault)
    except _OF_THE_STORE:
        raise
    except Exception as error:
        log.exception("page_failed", url=claim.document.url)
        desk().feeds.forget_document(claim.document.feed_id)  # should this fail, too, the feed shows it again
        _publish(claim, fault or f"page not read: {type(error).__name__}")


def _publish(claim: Claim, fault: str) -> None:
    document = claim.document
    task = wire.page_task_from_bytes(document.page_task)
    basis = task.article
    page = _read(document, fault)
    merged = merge_page(basis, page)
    if page.complete and (address := resolved(task.url, document.url, page.url)) is not None:
        merged = replace(merged, url=address)
    while not _publish_once(claim, basis, merged, fault):
        continue
    log.info("page_read", article=basis.id, url=document.url, characters=len(page.text or ""), problems=page.problems)


def _publish_once(claim: Claim, basis: Article, merged: Article, fault: str) -> bool:
    """Publish *merged* by what is remembered now; False if that changed meanwhile.

    After a *fault* it is told as it is, with nothing looked up that may be at fault; and only where no page of it was
    told before, for readers keep the text that they have.
    """
    feed_id, station, name = claim.document.feed_id, desk(), seen_id(basis.id)
    (record,) = station.articles.recall(feed_id, [name])
    (told,) = station.pages.told(feed_id, [name])
    if fault and told:
        return True
    known = known_from_bytes(record) if record else None
    if known is not None and told and known.revision and claim.document.problem in GONE:
        verdict: Verdict = withdraw_gone(known, basis, claim.document.problem, now_ms=station.clock.now_ms())
    else:
        verdict = judge_page(known, told_from_bytes(told), basis=basis, merged=merged, now_ms=station.clock.now_ms())
    if not isinstance(verdict, New | Revised):
        return True
    marked = verdict.article if fault else _marked(feed_id, verdict.article, basis)
    publication = publication_of(
        verdict, record, {marked.id: marked}, PagePlan(has_page=True, text_of_page=merged.text != basis.text)
    )
    if publication is None:
        return True
    publication = replace(publication, address=shared_address(basis))
    (fate,) = station.articles.publish(feed_id, claim, publications=[publication])
    if not isinstance(fate, Conflict) and not told and merged.text:
        _learn(claim.document.url, merged.text)
    return not isinstance(fate, Conflict)


def _marked(feed_id: str, article: Article, basis: Article) -> Article:
    (marked,) = mark_copies(feed_id, [also_in(article, basis)], index=desk().sketches)
    return marked


def _read(document: RawDocument, fault: str) -> PageArticle:
    problem = fault or document.problem
    if problem:
        return PageArticle(problems=(problem,))
    body = unpack(document.body, document.content_encoding, limit_bytes=desk().settings.fetch.max_body_bytes)
    if isinstance(body, Damaged):
        return PageArticle(problems=(f"page not read: {body.reason}",))
    if (wall := wall_in_page(body)) is not None:
        return PageArticle(problems=(f"page not fetched: bot wall of {wall}",))
    page = Page(document.url, document.fetched_ms, body, document.content_type)
    try:
        return _with_memory(page, _read_in_time(page))
    except Exception as error:  # whatever a page breaks, its article is told
        log.exception("page_failed", url=document.url)
        return PageArticle(problems=(f"page not read: {type(error).__name__}",))


def _read_in_time(page: Page, memory: SiteMemory | None = None) -> PageArticle:
    with bounded_processor_time(READING_SECONDS):
        return read_page(page, memory=memory)


def _with_memory(page: Page, read: PageArticle) -> PageArticle:
    """Read *page* again without the lines that its site repeats, if there are such in what was *read* of it.

    Where that leaves less than half, the pages of the site are alike in their text, and the memory is not believed.
    """
    memory = _site(page.url)
    lines = (read.text or "").split("\n\n")
    if not any(memory.repeats(line) for line in lines):
        return read
    again = _read_in_time(page, memory)
    return again if len(again.text or "") >= _LEAST_KEPT * len(read.text or "") else read


def _site(url: str) -> SiteMemory:
    return unpacked(desk().pages.site(urlsplit(url).netloc.lower()))


def _learn(url: str, text: str) -> None:
    """Count the paragraphs of one more page of a site."""
    memory = learnt(_site(url), text.split("\n\n"))
    desk().pages.keep_site(urlsplit(url).netloc.lower(), packed(memory))
