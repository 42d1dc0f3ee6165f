"""Where a worker finds the way back after a gap: the older page to fetch next, if there is one to be fetched."""

from __future__ import annotations

from pipeline.adapters.backlog import Claim
from pipeline.model import Article, Reading, Unreadable
from pipeline.stages.identity import seen_id
from pipeline.stages.older_pages import next_step, older_in_document, pack, unpack
from pipeline.stages.parse import utf8_of
from pipeline.stages.seen_records import is_readable
from pipeline.stages.seen_records import unpack as known_from
from workers.desk import desk


def next_page(claim: Claim, reading: Reading) -> bytes:
    """The older page behind a document that showed nothing known, packed; b"" where there is none to go to.

    To be called when all that the document shows is published. Whether it was a gap is known only when it is closed.
    """
    document = claim.document
    if document.is_delta or document.replayed or reading.incomplete or reading.skipped:
        return b""
    ids = [seen_id(result.id) for result in reading.results if isinstance(result, Article)]
    older_url = document.older_url or _named_in(claim)
    if not ids or not older_url:
        return b""
    records = desk().articles.recall(document.feed_id, ids)
    discovered = [known_from(record).discovered_ms for record in records if record and is_readable(record)]
    walked = unpack(document.backfill) if document.backfill else None
    # One without a record of its own was recognised under another name, so it was known.
    if len(discovered) < len(records) or (walked is not None and min(discovered) < walked.since_ms):
        return b""
    feed = desk().feeds.get(document.feed_id)
    step = next_step(document, older_url, feed_url=feed.url if feed else document.url, since_ms=min(discovered))
    return b"" if step is None else pack(step)


def _named_in(claim: Claim) -> str:
    utf8 = utf8_of(claim.document, limit_bytes=desk().settings.fetch.max_body_bytes)
    return "" if isinstance(utf8, Unreadable) else older_in_document(utf8.data, claim.document.url)
