"""What RQ calls: turn waiting documents into published articles. The whole flow of the worker side is read here.

`process` is a name on the wire: jobs queued by one version are run by the next. Accept before finish: a crash
between the two repeats work, and the repeat publishes nothing twice, because a publication is one atom that holds
only if the article is not yet remembered as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from time import time
from uuid import uuid4

import structlog
from rq import get_current_job

from pipeline import wire
from pipeline.adapters.articles import ArticleStore, Conflict, FencedOff, Publication
from pipeline.adapters.backlog import Backlog, Claim
from pipeline.adapters.connection import connect
from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.health import HealthStore
from pipeline.adapters.keys import Keys
from pipeline.adapters.rhythms import RhythmStore
from pipeline.adapters.sketch_index import SketchIndex
from pipeline.adapters.store_errors import STORE_LOST
from pipeline.adapters.subscriptions import Subscriptions, was_pushed
from pipeline.model import Article, New, Reading, Rejected, Revised, Same, Unreadable, Verdict
from pipeline.settings import Settings
from pipeline.stages.identity import judge, pack, seen_id, unpack
from pipeline.stages.near_duplicates import CANDIDATES, MOST_CARRIERS
from pipeline.stages.parse import ParseLimits
from pipeline.stages.reading import read_document
from workers.arrivals import note_arrivals
from workers.copies import mark_copies
from workers.diagnosis import note_reading
from workers.lifecycle import settings_of_this_process
from workers.pushes import note_miss

log = structlog.get_logger("workers.jobs")

MAX_ATTEMPTS = 5
"""A document whose worker died five times is taken to be the cause; it is buried and its neighbours go on."""
_DAY_SECONDS = 86_400
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Desk:
    """What a worker needs at hand: settings and stores, made once per process (a forked child reconnects)."""

    settings: Settings
    url: str
    backlog: Backlog
    articles: ArticleStore
    sketches: SketchIndex
    feeds: FeedStore
    health: HealthStore
    subscriptions: Subscriptions
    rhythms: RhythmStore


@cache
def desk() -> Desk:
    """The desk of this process, laid out from its settings."""
    settings = settings_of_this_process()
    if settings.redis_url is None:
        raise RuntimeError("a worker process needs NEWSWIRE_REDIS_URL (newswire worker sets it)")
    client, keys = connect(settings.redis_url), Keys(settings.namespace)
    sketches = SketchIndex(
        client,
        keys,
        window_ms=settings.articles.near_duplicate_days * _DAY_MS,
        most_carriers=MOST_CARRIERS,
        candidates=CANDIDATES,
    )
    return Desk(
        settings,
        settings.redis_url,
        Backlog(client, keys),
        ArticleStore(client, keys),
        sketches,
        FeedStore(client, keys),
        HealthStore(client, keys),
        Subscriptions(client, keys),
        RhythmStore(client, keys),
    )


def process(feed_ids: list[str]) -> None:
    """Process the waiting documents of *feed_ids*, oldest first; safe to run again at any point."""
    job = get_current_job()
    job_id = job.id if job else uuid4().hex
    for feed_id in feed_ids:
        while (claim := desk().backlog.claim(feed_id, job_id=job_id)) is not None:
            _process_document(claim)


def _process_document(claim: Claim) -> None:
    """Read one document, publish what is new in it, close it. A document at fault is buried with the reason."""
    document = claim.document
    with structlog.contextvars.bound_contextvars(feed=document.feed_id, document=document.id):
        if claim.attempts > MAX_ATTEMPTS:
            _bury(claim, f"its worker died {MAX_ATTEMPTS} times")
            return
        started = time()
        try:
            said = _read(claim)
            note_reading(desk().health, desk().feeds, document, said, now_ms=int(time() * 1000))
            match said:
                case Unreadable(reason):
                    _bury(claim, reason)
                case Reading() as reading:
                    _publish(claim, reading)
                    _finish(claim, reading, seconds=time() - started)
        except FencedOff:
            log.warning("fenced_off", attempts=claim.attempts)
        except STORE_LOST:
            raise  # the document stays; it is handed out again when Redis is back
        except Exception as error:  # one bad document never costs its neighbours
            log.exception("document_failed")
            _bury(claim, f"{type(error).__name__}: {error}")


def _read(claim: Claim) -> Reading | Unreadable:
    station, document = desk(), claim.document
    feed = station.feeds.get(document.feed_id)
    return read_document(
        document,
        feed_id=document.feed_id,
        feed_url=feed.url if feed else document.url,
        feed_title=feed.title if feed else None,
        limit_bytes=station.settings.fetch.max_body_bytes,
        limits=ParseLimits(station.settings.parse.max_entries, station.settings.parse.max_text_characters),
        items=_items_of_today(station.backlog.items(document.feed_id)),
    )


def _items_of_today(kept: bytes) -> bytes:
    """The items kept from the feed's last document, if that was read today.

    Once a day a document is read as a whole, so that the memory of all that it shows is refreshed.
    """
    return kept[2:] if kept[:2] == _today() else b""


def _today() -> bytes:
    return (int(time()) // _DAY_SECONDS & 0xFFFF).to_bytes(2, "big")


def _publish(claim: Claim, reading: Reading) -> None:
    """Judge and publish every article; what changed under our hands is judged again.

    An item that its document shows twice is taken as first shown: were both judged, they would revise each other
    at every change of the document.
    """
    articles: dict[str, Article] = {}
    for result in reading.results:
        match result:
            case Article():
                articles.setdefault(result.id, result)
            case Rejected(reason, which):
                log.warning("rejected", reason=reason, which=which)
    pending = list(articles.values())
    while pending:
        pending = _publish_once(claim, pending)


def _publish_once(claim: Claim, articles: list[Article]) -> list[Article]:
    """Publish *articles* by what is remembered now; returns those whose memory changed meanwhile."""
    feed_id, store = claim.document.feed_id, desk().articles
    records = store.recall(feed_id, [seen_id(article.id) for article in articles])
    now_ms = int(time() * 1000)
    verdicts = [
        judge(unpack(record) if record else None, article, now_ms=now_ms)
        for article, record in zip(articles, records, strict=True)
    ]
    if claim.document.replayed:  # a newer document was read since: what differs is not news but history
        verdicts = [Same(each.article.id) if isinstance(each, Revised) else each for each in verdicts]
    fresh = [verdict.article for verdict in verdicts if isinstance(verdict, New | Revised)]
    marked = {article.id: article for article in mark_copies(feed_id, fresh, index=desk().sketches)}
    judged = [
        (article, publication)
        for article, record, verdict in zip(articles, records, verdicts, strict=True)
        if (publication := _publication(verdict, record, marked)) is not None
    ]
    publications = [publication for _, publication in judged]
    fates = store.publish(feed_id, claim.document.id, fence=claim.fence, publications=publications)
    arrived = {verdict.article.id for verdict in verdicts if isinstance(verdict, New)}
    settled = [article for (article, _), fate in zip(judged, fates, strict=True) if not isinstance(fate, Conflict)]
    note_arrivals(desk().rhythms, claim.document, [article for article in settled if article.id in arrived])
    return [article for (article, _), fate in zip(judged, fates, strict=True) if isinstance(fate, Conflict)]


def _publication(verdict: Verdict, record: bytes, marked: Mapping[str, Article]) -> Publication | None:
    """What to write down of *verdict*, reached from *record*: nothing for an article that is remembered as it is."""
    match verdict:
        case Same(_, None):
            return None
        case Same(article_id, known) if known is not None:
            return Publication(seen_id(article_id), record, pack(known))
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
            )
    raise AssertionError(verdict)  # pragma: no cover - the match is exhaustive


def _finish(claim: Claim, reading: Reading, *, seconds: float) -> None:
    rejected = sum(isinstance(result, Rejected) for result in reading.results)
    if reading.incomplete:  # a whole answer may follow: ask for it without conditions
        desk().feeds.forget_validators(claim.document.feed_id)
    tally = desk().backlog.finish(
        claim,
        entries=len(reading.results) + reading.skipped,
        rejected=rejected,
        items=_today() + reading.items if reading.items else b"",
        is_cut=reading.incomplete,
    )
    if tally is None:
        log.warning("fenced_off", attempts=claim.attempts)
        return
    if tally.gaps:  # between this document and the last one the feed may have shown more than its window holds
        log.warning("gap", entries=tally.entries)
    if tally.new and desk().settings.push.callback_url and not was_pushed(claim.document):
        due_ms = int((time() + desk().settings.schedule.interval_seconds) * 1000)
        note_miss(desk().subscriptions, desk().feeds, claim.document.feed_id, due_ms=due_ms)
    log.info(
        "processed",
        entries=tally.entries,
        new=tally.new,
        revised=tally.revised,
        same=tally.same,
        near_duplicates=tally.near_duplicates,
        rejected=tally.rejected,
        skipped=reading.skipped,
        path=reading.path,
        problems=list(reading.problems),
        seconds=round(seconds, 4),
    )


def _bury(claim: Claim, reason: str) -> None:
    if desk().backlog.bury(claim, reason=reason) is not None:
        log.error("buried", reason=reason, attempts=claim.attempts)
