"""Reads what came for an article page: a page to read, a reason why there is none, or a reason to ask again later.

Rules of this file: nothing is asked for ever: what may pass is asked for four times in all, each wait four times as
long as the one before; what will not pass is given up at once. Whatever is given up names itself in the words that
the article then carries in `problems`.
"""

from __future__ import annotations

from pipeline.model import NoResponse, PageCame, PageLater, PageMissing, PageOutcome, Response
from pipeline.stages.retry_after import retry_after_ms
from pipeline.stages.walls import wall_in_refusal

MOST_ATTEMPTS = 4
"""A host that fails for 20 minutes (with the default waits of 1, 4 and 16 minutes) will fail for longer."""
GONE = frozenset({"page not fetched: HTTP 404", "page not fetched: HTTP 410"})
"""What is said of a page that is not there: of one that was read before, that it was taken away."""
DISALLOWED = PageMissing("page not fetched: robots.txt does not allow it")

_GROWTH = 4
_LONGEST_WAIT_MS = 24 * 3_600_000
FINAL_KINDS = frozenset({"forbidden-address", "too-large", "redirects", "encoding"})
"""Failures that stay what they are, however often one asks."""
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, 507, 509, 520, 521, 522, 523, 524, 529})
"""Statuses that may be others soon."""
_WALLED = {401: "paywall: HTTP 401", 402: "paywall: HTTP 402"}
_READABLE = ("text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml")


def page_outcome(
    answer: Response | NoResponse, *, attempts: int, tries: int, retry_ms: int, now_ms: int
) -> PageOutcome:
    """Say what *answer* means for a page that was asked for *attempts* times (from 1) of at most *tries*.

    *retry_ms* is the wait after the first attempt. A host's own Retry-After may make a wait longer, up to a day.
    """
    read = _read(answer, now_ms=now_ms)
    if not isinstance(read, PageLater):
        return read
    if attempts >= tries:
        return PageMissing(read.problem)
    grown = retry_ms * _GROWTH ** (attempts - 1)
    return PageLater(min(max(grown, read.wait_ms), _LONGEST_WAIT_MS), read.problem)


def _read(answer: Response | NoResponse, *, now_ms: int) -> PageOutcome:
    match answer:
        case NoResponse(kind) if kind in FINAL_KINDS:
            return PageMissing(f"page not fetched: {kind}")
        case NoResponse(kind):
            return PageLater(0, f"page not fetched: {kind}")
        case Response():
            return _of_response(answer, now_ms=now_ms)


def _of_response(response: Response, *, now_ms: int) -> PageOutcome:
    status = response.status
    if (wall := wall_in_refusal(response)) is not None:
        return PageMissing(f"page not fetched: bot wall of {wall}")
    if status in PASSING:
        return PageLater(retry_after_ms(response, now_ms=now_ms) or 0, f"page not fetched: HTTP {status}")
    if status != 200:
        return PageMissing(_WALLED.get(status, f"page not fetched: HTTP {status}"))
    if not response.body:
        return PageMissing("page not fetched: it is empty")
    content_type = _header(response, "content-type")
    essence = content_type.partition(";")[0].strip().lower()
    if essence and essence not in _READABLE:
        return PageMissing(f"page not fetched: no page but {essence[:80]}")
    return PageCame(response.url, response.body, _header(response, "content-encoding"), content_type)


def _header(response: Response, name: str) -> str:
    return b", ".join(value for key, value in response.headers if key == name).decode("latin-1")
