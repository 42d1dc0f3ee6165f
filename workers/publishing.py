"""Judge the articles of one document and publish what is new or changed: the heart of the worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import structlog

from pipeline import wire
from pipeline.adapters.articles import Conflict, Publication
from pipeline.adapters.backlog import Claim
from pipeline.model import Article, FeedReference, Known, New, Reading, Rejected, Revised, Same, Verdict
from pipeline.stages.identity import judge, seen_id, withdraw
from pipeline.stages.page_revision import hold, told_to_bytes
from pipeline.stages.revisions import within_flood
from pipeline.stages.seen_records import is_readable, pack, unpack
from workers.arrivals import note_arrivals
from workers.copies import mark_copies
from workers.customs import note_zone
from workers.desk import desk
from workers.page_plans import NO_PLAN, PagePlan, known_by, plan_pages, still_held
from workers.recognition import Shown, recognise
from workers.sharing import share
from workers.urgency import look_again_soon

log = structlog.get_logger("workers.publishing")


def publish(claim: Claim, reading: Reading) -> int:
    """Judge and publish every article; what changed under our hands is judged again.

    Returns how many are told for the first time when their pages have come, and not before.

    An item that its document shows twice is taken as first shown: were both judged, they would revise each other
    at every change of the document.
    """
    shown: dict[str, Shown] = {}
    for result, entry, name in zip(reading.results, reading.entries, reading.names, strict=True):
        match result:
            case Article():
                shown.setdefault(result.id, Shown(result, entry, name))
            case Rejected(reason, which):
                log.warning("rejected", reason=reason, which=which)
    recognised = recognise(claim.document.feed_id, list(shown.values()), skipped=reading.skipped)
    pending, aliases = recognised.articles, recognised.aliases
    size, held = len(reading.results) + len(reading.skipped), 0
    while pending or aliases:
        pending, held_now = _publish_once(claim, pending, aliases, size)
        held, aliases = held + held_now, b""
    withdrawn: Sequence[str] = reading.withdrawn
    while withdrawn:
        withdrawn = _withdraw_once(claim, withdrawn)
    return held


def _publish_once(claim: Claim, articles: list[Article], aliases: bytes, size: int) -> tuple[list[Article], int]:
    """Publish *articles* by what is remembered now; returns those whose memory changed meanwhile.

    And how many are held back from now on. *size* is how many entries their document shows in all.
    """
    feed_id, store = claim.document.feed_id, desk().articles
    articles, records = _recalled(feed_id, articles)
    now_ms = desk().clock.now_ms()
    known = known_by(feed_id, articles, records)
    verdicts = _verdicts(articles, known, replayed=claim.document.is_history, now_ms=now_ms)
    arrived = _new_ids(verdicts)
    shared = share(claim, articles, records, verdicts)
    verdicts, plans = plan_pages(feed_id, shared.verdicts, records, now_ms=now_ms)
    fresh = [
        verdict.article
        for verdict in verdicts
        if isinstance(verdict, New | Revised) and not plans.get(verdict.article.id, NO_PLAN).held
    ]
    marked = {article.id: article for article in mark_copies(feed_id, fresh, index=desk().sketches)}
    judged = [
        (article, publication)
        for article, record, verdict in zip(articles, records, verdicts, strict=True)
        if (
            publication := shared.publication(
                article.id, publication_of(verdict, record, marked, plans.get(article.id, NO_PLAN))
            )
        )
        is not None
    ]
    publications = [publication for _, publication in judged]
    fates = store.publish(feed_id, claim, publications=publications, aliases=aliases)
    settled = [pair for pair, fate in zip(judged, fates, strict=True) if not isinstance(fate, Conflict)]
    news = [article for article, _ in settled if article.id in arrived]
    soon = note_arrivals(desk().rhythms, claim.document, news, told=_new_ids(verdicts), shown=size)
    look_again_soon(claim.document, soon)
    note_zone(claim.document, news)
    changed = [article for (article, _), fate in zip(judged, fates, strict=True) if isinstance(fate, Conflict)]
    return changed, sum(publication.is_held_back for _, publication in settled)


def _recalled(feed_id: str, articles: Sequence[Article]) -> tuple[list[Article], list[bytes]]:
    """Give *articles* with what is remembered of each, but not those whose record nobody can read.

    These were shown before, so they count as known; it is not known what was told of them, so nothing more is.
    """
    records = desk().articles.recall(feed_id, [seen_id(article.id) for article in articles])
    readable = [pair for pair in zip(articles, records, strict=True) if is_readable(pair[1])]
    if len(readable) < len(articles):
        log.error("memory_damaged", articles=len(articles) - len(readable))
    return [article for article, _ in readable], [record for _, record in readable]


def _new_ids(verdicts: Sequence[Verdict]) -> set[str]:
    return {verdict.article.id for verdict in verdicts if isinstance(verdict, New)}


def _verdicts(
    articles: Sequence[Article], known: Sequence[Known | None], *, replayed: bool, now_ms: int
) -> list[Verdict]:
    """Judge *articles* by what is *known* of them; of an edit flood only the first are revisions, and it is said."""
    verdicts = [judge(before, article, now_ms=now_ms) for article, before in zip(articles, known, strict=True)]
    if replayed:  # a newer document was read since: what differs is not news but history
        return [Same(each.article.id) if isinstance(each, Revised) else each for each in verdicts]
    bounded = within_flood(verdicts)
    held = sum(one is not other for one, other in zip(verdicts, bounded, strict=True))
    if held:
        log.warning("edit_flood", revised=sum(isinstance(each, Revised) for each in verdicts), held_back=held)
    return bounded


def _withdraw_once(claim: Claim, article_ids: Sequence[str]) -> list[str]:
    """Tell, once, that the feed took back the articles of *article_ids* that it had shown.

    Returns those whose memory changed meanwhile.
    """
    feed_id, store = claim.document.feed_id, desk().articles
    feed = desk().feeds.get(feed_id)
    reference = FeedReference(feed_id, feed.url if feed else claim.document.url, feed.title if feed else None)
    records = store.recall(feed_id, [seen_id(article_id) for article_id in article_ids])
    now_ms = desk().clock.now_ms()
    judged: list[tuple[str, Publication]] = []
    for article_id, record in zip(article_ids, records, strict=True):
        if not record or not is_readable(record):
            continue
        verdict = withdraw(unpack(record), article_id, reference, now_ms=now_ms)
        if isinstance(verdict, Revised):
            publication = publication_of(verdict, record, {article_id: verdict.article}, still_held(record))
            judged += [(article_id, publication)] if publication is not None else []
    publications = [publication for _, publication in judged]
    fates = store.publish(feed_id, claim, publications=publications)
    return [article_id for (article_id, _), fate in zip(judged, fates, strict=True) if isinstance(fate, Conflict)]


def publication_of(
    verdict: Verdict, record: bytes, marked: Mapping[str, Article], plan: PagePlan
) -> Publication | None:
    """What to write down of *verdict*, reached from *record*: nothing for an article that is remembered as it is."""
    match verdict:
        case Same(_, None):
            return None
        case Same(article_id, known) if known is not None:
            return Publication(seen_id(article_id), record, pack(known))
        case New(judged) | Revised(judged) if plan.held:
            remembered = pack(hold(verdict))
            return Publication(seen_id(judged.id), record, remembered, article_id=judged.id, page_task=plan.task)
        case New(judged, known) | Revised(judged, known):
            article = marked[judged.id]
            is_copy = article.kind == "new" and article.near_duplicate_of is not None
            return Publication(
                seen_id(article.id),
                record,
                pack(known),
                kind=article.kind,
                counted="near_duplicates" if is_copy else article.kind,
                article_id=article.id,
                language=article.language or "",
                json=wire.article_to_json(article),
                page_task=plan.task,
                told=told_to_bytes(article, text_of_page=plan.text_of_page) if plan.has_page else b"",
            )
    raise AssertionError(verdict)  # pragma: no cover - the match is exhaustive
