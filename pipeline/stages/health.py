"""Diagnoses a feed: how it does, since when, and what a person should do about it.

Rules of this file: the poll knows how the host answered, the worker knows what the document is, and the two meet in
one record; a feed that was well is not called ill for a hiccup; time alone can make a feed quiet or stale.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.model import (
    Alert,
    Article,
    DocumentKind,
    Feed,
    FeedHealth,
    FeedState,
    Fresh,
    GapAlert,
    Gone,
    Health,
    NoResponse,
    Outcome,
    Reading,
    Refused,
    Response,
    Unchanged,
    Unreadable,
)
from pipeline.stages.walls import is_html, wall_in_page, wall_in_refusal

PATIENCE = 3
"""Failures in a row before a feed that was well counts as ill: two are gone by themselves more often than not."""
QUIET_AFTER_MS = 30 * 86_400_000
STALE_AFTER_MS = 365 * 86_400_000

HEALTHS: tuple[Health, ...] = (
    "ok",
    "new",
    "quiet",
    "stale",
    "moved",
    "html",
    "bot-wall",
    "gone",
    "unreachable",
    "broken",
    "paused",
)
"""Every health, the best first: the order of lists and tables."""

# Failures that say the host is not there now; the others say that what is there is wrong.
_ABSENT = frozenset({"timeout", "dns", "connection", "tls", "protocol"})
_WHAT_TO_DO: dict[Health, str] = {
    "ok": "Nothing.",
    "new": "Wait: it has not been read yet.",
    "quiet": "Nothing: it answers well and has had no news for a month.",
    "stale": "Look whether the site has a newer feed (newswire feeds add SITE), or remove this one.",
    "moved": "Nothing urgent: its new address is remembered and polled. Add that one and remove this when it suits.",
    "html": "The address answers with a web page. Look for the feed's new address: newswire feeds add ADDRESS.",
    "bot-wall": "The site asks visitors to prove that they are human. Ask its owner to let feed readers through, "
    "naming fetch.user_agent, or use another address of the feed.",
    "gone": "The owner took it down for good. Remove it, or look for its successor; it is still asked now and then.",
    "unreachable": "Look whether the site opens in a browser. If it does not, wait: it is asked again by itself, "
    "ever more rarely.",
    "broken": "Open the address in a browser and read the reason; correct the address or tell the site's owner.",
    "paused": "newswire feeds resume FEED polls it again.",
}


def after_poll(known: FeedHealth, outcome: Outcome, response: Response | NoResponse, *, now_ms: int) -> FeedHealth:
    """Give the health of a feed after a poll at *now_ms* that brought *response*, judged as *outcome*.

    A new document changes nothing yet: whether it is a feed is for the worker to say (`after_reading`).
    """
    moved_to = outcome.state.moved_to or _moved_to(response, known)
    if moved_to != known.moved_to:
        known = replace(known, moved_to=moved_to)
    match outcome:
        case Fresh():
            return known
        case Unchanged():
            return _by_document(known, now_ms=now_ms)
        case Gone(state):
            return _verdict(known, "gone", state.problem or "", now_ms=now_ms)
        case Refused(state):
            return _refused(known, state, response, now_ms=now_ms)


def after_reading(known: FeedHealth, said: Reading | Unreadable, page: bytes, *, now_ms: int) -> FeedHealth:
    """Give the health of a feed after a worker read its document *page* (unpacked) at *now_ms* and *said* this."""
    match said:
        case Reading():
            newest_ms = _newest_ms(known, said, now_ms=now_ms)
            known = replace(known, document="feed", document_detail="", newest_ms=newest_ms)
        case Unreadable(reason):
            kind, detail = _not_a_feed(page, reason)
            known = replace(known, document=kind, document_detail=detail)
    return _by_document(known, now_ms=now_ms)


def shown_health(feed: Feed, known: FeedHealth) -> Health:
    """The health to show for *feed*: one that is paused is that before all."""
    return "paused" if feed.paused else known.health


def what_to_do(health: Health) -> str:
    """What a person should do about a feed of this *health*, in plain words."""
    return _WHAT_TO_DO[health]


def alert_of(feed: Feed, before: FeedHealth, after: FeedHealth) -> Alert | None:
    """The alert that the change from *before* to *after* deserves; None for no change, and for a good beginning."""
    if before.health == after.health or (before.health == "new" and after.health in ("ok", "quiet")):
        return None
    return Alert(
        feed_id=feed.id,
        url=feed.url,
        before=before.health,
        after=after.health,
        since_ms=after.since_ms or 0,
        why=after.detail,
        what_to_do=what_to_do(after.health),
    )


def _refused(known: FeedHealth, state: FeedState, response: Response | NoResponse, *, now_ms: int) -> FeedHealth:
    if isinstance(response, Response) and (wall := wall_in_refusal(response)) is not None:
        return _verdict(known, "bot-wall", f"{_wall_detail(wall)} (HTTP {response.status})", now_ms=now_ms)
    if known.document == "feed" and state.failures < PATIENCE:
        return known
    return _verdict(known, "unreachable" if _is_absent(response) else "broken", state.problem or "", now_ms=now_ms)


def _is_absent(response: Response | NoResponse) -> bool:
    if isinstance(response, NoResponse):
        return response.kind in _ABSENT
    return response.status >= 500 or response.status in (408, 425, 429)


def _by_document(known: FeedHealth, *, now_ms: int) -> FeedHealth:
    """The health of a feed whose host answers well: what its last document was, where, and how old its news is."""
    match known.document:
        case "html" | "bot-wall" as kind:
            return _verdict(known, kind, known.document_detail, now_ms=now_ms)
        case "unreadable":
            return _verdict(known, "broken", known.document_detail, now_ms=now_ms)
        case "feed" | None:  # None: its documents were read before health was kept
            pass
    if known.moved_to is not None:
        return _verdict(known, "moved", f"permanently redirected to {known.moved_to}", now_ms=now_ms)
    age_ms = 0 if known.newest_ms is None else now_ms - known.newest_ms
    if age_ms >= STALE_AFTER_MS:
        return _verdict(known, "stale", "no news for more than a year", now_ms=now_ms)
    if age_ms >= QUIET_AFTER_MS:
        return _verdict(known, "quiet", "no news for more than 30 days", now_ms=now_ms)
    return _verdict(known, "ok", "", now_ms=now_ms)


def _verdict(known: FeedHealth, health: Health, detail: str, *, now_ms: int) -> FeedHealth:
    if known.health == health and known.detail == detail and known.since_ms is not None:
        return known
    since_ms = known.since_ms if known.health == health and known.since_ms is not None else now_ms
    return replace(known, health=health, since_ms=since_ms, detail=detail)


def _not_a_feed(page: bytes, reason: str) -> tuple[DocumentKind, str]:
    wall = wall_in_page(page) if is_html(page) else None
    if wall is not None:
        return "bot-wall", _wall_detail(wall)
    return "html" if is_html(page) else "unreadable", reason


def _wall_detail(whose: str) -> str:
    return f"a challenge page by {whose}"


def _newest_ms(known: FeedHealth, reading: Reading, *, now_ms: int) -> int | None:
    """When the newest item known was published; a document of undated items has news whenever it changes."""
    articles = [result for result in reading.results if isinstance(result, Article)]
    dates = [date.at_ms for each in articles for date in (each.published, each.updated) if date is not None]
    seen = [min(at_ms, now_ms) for at_ms in dates] or ([now_ms] if articles else [])
    return max([*seen, *([] if known.newest_ms is None else [known.newest_ms])], default=None)


def _moved_to(response: Response | NoResponse, known: FeedHealth) -> str | None:
    """Where the leading permanent redirects of *response* led; what was known, when there is no response."""
    if isinstance(response, NoResponse):
        return known.moved_to
    target = None
    for hop in response.redirects:
        if hop.status not in (301, 308):
            break
        target = hop.to_url
    return target


def gap_alert(feed_id: str, url: str, *, entries: int, walked_back: bool, now_ms: int) -> GapAlert:
    """Say to an operator that a document of *entries* showed nothing known, and whether older pages are fetched."""
    why = f"all {entries} entries of a document are new: what came between it and the one before may be lost"
    what_to_do = (
        "Nothing: its older pages are being fetched."
        if walked_back
        else "If this happens often, poll it more often: newswire feeds add ADDRESS --interval SECONDS."
    )
    return GapAlert(feed_id, url, now_ms, why, what_to_do)
