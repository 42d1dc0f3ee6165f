"""What RQ calls: turn waiting documents into published articles. The whole flow of the worker side is read here.

`process` is a name on the wire: jobs queued by one version are run by the next. Accept before finish: a crash
between the two repeats work, and the repeat publishes nothing twice, because a publication is one atom that holds
only if the article is not yet remembered as it is.
"""

from __future__ import annotations

from contextlib import suppress
from time import monotonic
from uuid import uuid4

import structlog
from rq import get_current_job

from pipeline.adapters.articles import FencedOff
from pipeline.adapters.backlog import Claim
from pipeline.adapters.store_errors import STORE_FAULTS, STORE_LOST
from pipeline.adapters.subscriptions import was_pushed
from pipeline.model import Reading, Rejected, Unreadable
from pipeline.stages.parse import limits_of
from pipeline.stages.reading import read_document
from workers.customs import customs_of
from workers.desk import desk
from workers.diagnosis import note_gap, note_reading
from workers.gaps import next_page
from workers.page_reading import publish_page
from workers.processor_time import READING_SECONDS, bounded_processor_time
from workers.publishing import publish
from workers.pushes import note_miss
from workers.time_limit import BATCH_SECONDS

log = structlog.get_logger("workers.jobs")

MAX_ATTEMPTS = 5
"""A document whose worker died five times is taken to be the cause; it is buried and its neighbours go on."""
_DAY_MS = 86_400_000


def process(feed_ids: list[str]) -> None:
    """Process the waiting documents of *feed_ids*, each feed's oldest first; safe to run again at any point."""
    job, ends = get_current_job(), monotonic() + BATCH_SECONDS
    job_id = job.id if job else uuid4().hex
    desk().clock.set(desk().backlog.now_ms())
    for feed_id in desk().backlog.suspects_last(feed_ids):
        try:
            while monotonic() < ends and (claim := desk().backlog.claim(feed_id, job_id=job_id)) is not None:
                _process_document(claim)
        except STORE_LOST:
            raise
        except STORE_FAULTS:  # one feed whose keys the store cannot use: tried again when its claim is over
            log.exception("feed_failed", feed=feed_id)


def _process_document(claim: Claim) -> None:
    """Read one document, publish what is new in it, close it. A document at fault is buried with the reason."""
    document = claim.document
    with structlog.contextvars.bound_contextvars(feed=document.feed_id, document=document.id):
        if claim.attempts > MAX_ATTEMPTS and not document.page_task:
            _bury(claim, f"its worker died {MAX_ATTEMPTS} times")
            return
        started = monotonic()
        try:
            if document.page_task:
                _process_page(claim)
                return
            with bounded_processor_time(READING_SECONDS):
                said = _read(claim)
            if not document.backfill:  # an older page says nothing of how its feed does
                note_reading(desk().health, desk().feeds, document, said, now_ms=desk().clock.now_ms())
            match said:
                case Unreadable(reason):
                    _bury(claim, reason)
                case Reading() as reading:
                    held = publish(claim, reading)
                    _archive(claim)
                    _finish(claim, reading, held, seconds=monotonic() - started)
        except FencedOff:
            log.warning("fenced_off", attempts=claim.attempts)
        except STORE_LOST:
            _give_back(claim)
            raise  # the document stays; it is handed out again when Redis is back
        except STORE_FAULTS:
            raise
        except Exception as error:  # one bad document never costs its neighbours
            log.exception("document_failed")
            _bury(claim, f"{type(error).__name__}: {error}")


def _give_back(claim: Claim) -> None:
    """Let the attempt not count against a document that is not at fault, where the store is there to be told."""
    with suppress(*STORE_FAULTS):
        desk().backlog.give_back(claim)


def _archive(claim: Claim) -> None:
    """Keep the document for a later reading; a disk that is full costs the archive only, and is said."""
    if claim.document.replayed:
        return
    try:
        desk().archive.keep(claim.document, now_ms=desk().clock.now_ms())
    except OSError as error:
        log.warning("not_archived", reason=f"{error.strerror}: {error.filename}")


def _process_page(claim: Claim) -> None:
    """Read the page of an article and close it; one that killed its workers is not read, and its article told so."""
    fatal = claim.attempts > MAX_ATTEMPTS
    publish_page(claim, fault=f"page not read: its worker died {MAX_ATTEMPTS} times" if fatal else "")
    items = desk().backlog.items(claim.document.feed_id)
    if desk().backlog.finish(claim, entries=0, rejected=0, items=items, is_cut=True) is None:
        log.warning("fenced_off", attempts=claim.attempts)


def _read(claim: Claim) -> Reading | Unreadable:
    station, document = desk(), claim.document
    feed = station.feeds.get(document.feed_id)
    return read_document(
        document,
        feed_id=document.feed_id,
        feed_url=feed.url if feed else document.url,
        feed_title=feed.title if feed else None,
        limit_bytes=station.settings.fetch.max_body_bytes,
        limits=limits_of(station.settings.parse),
        items=b"" if document.is_history else _items_of_today(station.backlog.items(document.feed_id)),
        customs=customs_of(document.feed_id),
    )


def _items_of_today(kept: bytes) -> bytes:
    """The items kept from the feed's last document, if that was read today.

    Once a day a document is read as a whole, so that the memory of all that it shows is refreshed.
    """
    return kept[2:] if kept[:2] == _today() else b""


def _today() -> bytes:
    return (desk().clock.now_ms() // _DAY_MS & 0xFFFF).to_bytes(2, "big")


def _finish(claim: Claim, reading: Reading, held: int, *, seconds: float) -> None:
    """Close a document. Of its entries, *held* wait for their pages, and are counted when these have come."""
    rejected = sum(isinstance(result, Rejected) for result in reading.results)
    document = claim.document
    if reading.incomplete and not document.backfill:  # a whole answer may follow: ask for it without conditions
        desk().feeds.forget_validators(claim.document.feed_id)
    backfill = next_page(claim, reading)
    items = _today() + reading.items if reading.items and not document.replayed else b""
    tally = desk().backlog.finish(
        claim,
        entries=len(reading.results) + len(reading.skipped) - held,
        rejected=rejected,
        items=desk().backlog.items(document.feed_id) if document.backfill else items,
        is_cut=reading.incomplete,
        backfill=backfill,
    )
    if tally is None:
        log.warning("fenced_off", attempts=claim.attempts)
        return
    if tally.gaps:  # between this document and the last one the feed may have shown more than its window holds
        log.warning("gap", entries=tally.entries, walked_back=bool(backfill))
        now_ms = desk().clock.now_ms()
        note_gap(desk().health, document, entries=tally.entries, walked_back=bool(backfill), now_ms=now_ms)
    if tally.new and not document.backfill and desk().settings.push.callback_url and not was_pushed(claim.document):
        due_ms = desk().clock.now_ms() + int(desk().settings.schedule.interval_seconds * 1000)
        note_miss(desk().subscriptions, desk().feeds, claim.document.feed_id, due_ms=due_ms)
    log.info(
        "processed",
        entries=tally.entries,
        new=tally.new,
        revised=tally.revised,
        same=tally.same,
        near_duplicates=tally.near_duplicates,
        rejected=tally.rejected,
        skipped=len(reading.skipped),
        path=reading.path,
        problems=list(reading.problems),
        seconds=round(seconds, 4),
    )


def _bury(claim: Claim, reason: str) -> None:
    if desk().backlog.bury(claim, reason=reason) is not None:
        log.error("buried", reason=reason, attempts=claim.attempts)
