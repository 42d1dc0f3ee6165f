"""Decides what a response means for a feed: something new, nothing new, refused this time, or gone.

Rules of this file: only a complete 200, or the difference (226) that we asked for, is a document; a 304 is believed
only when we asked for it; validators are opaque bytes that belong to the address that gave them, and they survive
every failure.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.model import (
    FeedState,
    Fresh,
    Gone,
    Lease,
    NoResponse,
    Outcome,
    RawDocument,
    Refused,
    Response,
    Unchanged,
)
from pipeline.settings import FetchSettings
from pipeline.stages.audit import audit_is_due, judged_by_audit
from pipeline.stages.document_head import begins_as_a_feed, head_of
from pipeline.stages.freshness import freshened_by, with_freshness_of
from pipeline.stages.hints import hints_of
from pipeline.stages.moves import with_moves, without_failing_move
from pipeline.stages.older_pages import older_in_headers
from pipeline.stages.retry_after import retry_after_ms

Headers = tuple[tuple[str, bytes], ...]

_LONGEST_REASON = 200
# What a difference is remembered by must never equal the digest of a whole document.
_DELTA = "delta:"
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


def conditional_headers(state: FeedState, url: str, *, settings: FetchSettings, asked_ms: int) -> Headers:
    """Return the request headers that ask *url* only for what is newer than *state*; none for any other address.

    Validators go back byte for byte, both when there are both (RFC 9110 section 13.1). One that holds a control
    character is left out (no client may send it, and the request would fail for ever), and so is one that lied.
    Beside an ETag stands `A-IM: feed`: the server may answer with the new entries alone (RFC 3229). At *asked_ms*
    there may be an audit due, which goes without any of these.
    """
    return () if audit_is_due(state, asked_ms=asked_ms, settings=settings) else _conditions(state, url)


def _conditions(state: FeedState, url: str) -> Headers:
    """The headers of `conditional_headers` where no audit is due."""
    if url != state.validators_url:
        return ()
    etag = state.etag if state.lying_validator != "etag" else None
    last_modified = state.last_modified if state.lying_validator != "last-modified" else None
    sent: list[tuple[str, bytes]] = []
    if etag and _is_sendable(etag):
        sent += [("If-None-Match", etag), ("A-IM", b"feed")]
    if last_modified and _is_sendable(last_modified):
        sent.append(("If-Modified-Since", last_modified))
    return tuple(sent)


def read(
    lease: Lease, response: Response | NoResponse, *, settings: FetchSettings, asked_ms: int, now_ms: int
) -> Outcome:
    """Judge *response*, received at *now_ms*, to the question that was put to the feed of *lease* at *asked_ms*.

    The state of the outcome is what to remember: failures start again at 0 with any answer that could be read, and
    grow by one with any that could not. Idempotent; raises nothing, whatever the host sent.
    """
    state = lease.state
    is_audit = audit_is_due(state, asked_ms=asked_ms, settings=settings)
    if is_audit:
        state = state._replace(audited_ms=asked_ms)
    if isinstance(response, NoResponse):
        return _refused(state, f"{response.kind}: {response.detail}", status=None, now_ms=now_ms)
    conditions = () if is_audit else _conditions(lease.state, response.url)
    outcome = _judged(lease, state, response, conditions, settings=settings, now_ms=now_ms)
    if not isinstance(outcome, Fresh | Unchanged):
        return outcome
    state = with_moves(
        lease.feed,
        outcome.state,
        response,
        confirmations=settings.move_confirmations,
        asked_ms=asked_ms,
        now_ms=now_ms,
    )
    return outcome if state is outcome.state else replace(outcome, state=state)


def _judged(
    lease: Lease,
    state: FeedState,
    response: Response,
    conditions: Headers,
    *,
    settings: FetchSettings,
    now_ms: int,
) -> Outcome:
    """Judge *response* by its status; *conditions* are the headers that it answers."""
    status = response.status
    if (reason := _why_refused(response, conditions)) is not None:
        wait_ms = retry_after_ms(response, now_ms=now_ms)
        return _refused(state, reason, status=status, now_ms=now_ms, wait_ms=wait_ms)
    if status == 304:
        state = freshened_by(response, _with_renewed_validators(state, response), now_ms=now_ms)
        return Unchanged(_succeeded(state, status=status, now_ms=now_ms), by="status")
    if status == 410:
        return Gone(_failed(state, "HTTP 410: gone for good", status=status, now_ms=now_ms))
    if status == 200:
        state = (state if conditions else judged_by_audit(state, response))._replace(audited_ms=now_ms)
    return _read_body(lease, state, response, settings=settings, now_ms=now_ms)


def _why_refused(response: Response, conditions: Headers) -> str | None:
    """Why nothing can be had from *response*; None when something can."""
    match response.status:
        case 226 if not _is_asked_for(response, conditions):
            return "HTTP 226: a difference that was not asked for"
        case 304 if not conditions:
            return "HTTP 304 to a request without conditions"
        case 200 | 226 if not response.body or not response.digest:
            return "empty body"
        case 200 | 226 | 304 | 410:
            return None
        case status:
            return f"HTTP {status}"


def _is_asked_for(response: Response, conditions: Headers) -> bool:
    """Whether a 226 is the difference that we can read: asked for, and in no other manipulation than `feed`."""
    manipulations = [name.partition(";")[0].strip().lower() for name in _listed(response, "im").split(",")]
    return ("A-IM", b"feed") in conditions and manipulations == ["feed"]


def _read_body(
    lease: Lease, state: FeedState, response: Response, *, settings: FetchSettings, now_ms: int
) -> Outcome:
    """Judge a body: a new document, or the same one again."""
    is_delta = response.status == 226
    digest = _DELTA + response.digest if is_delta else response.digest
    state = with_freshness_of(response, _with_validators_of(response, state), now_ms=now_ms)
    state = _succeeded(state, status=response.status, now_ms=now_ms)
    if digest == state.body_digest:
        return Unchanged(state, by="digest")
    document = RawDocument(
        feed_id=lease.feed.id,
        url=response.url,
        fetched_ms=now_ms,
        body=response.body,
        content_encoding=_listed(response, "content-encoding"),
        content_type=(response.header("content-type") or b"").decode("latin-1"),
        is_delta=is_delta,
        previous_ms=lease.state.polled_ms,
        older_url=older_in_headers(response),
    )
    state = state._replace(body_digest=digest, changed_ms=now_ms)
    return Fresh(state if is_delta else _with_head_of(document, state, settings), document)


def _with_head_of(document: RawDocument, state: FeedState, settings: FetchSettings) -> FeedState:
    """*state* with what the beginning of a whole *document* says of the feed."""
    head = head_of(document.body, document.content_encoding, limit_bytes=settings.max_body_bytes)
    return state._replace(is_feed=begins_as_a_feed(head), hints=hints_of(head))


def _with_validators_of(response: Response, state: FeedState) -> FeedState:
    """*state* with the validators of a body in place of all earlier ones."""
    etag, last_modified = response.header("etag") or None, response.header("last-modified") or None
    url = response.url if etag or last_modified else None
    return state._replace(etag=etag, last_modified=last_modified, validators_url=url)


def _with_renewed_validators(state: FeedState, response: Response) -> FeedState:
    """*state* with the validators that a 304 renews; those it does not name stay (RFC 9111 section 3.2)."""
    etag = response.header("etag") or state.etag
    last_modified = response.header("last-modified") or state.last_modified
    if (etag, last_modified) == (state.etag, state.last_modified):
        return state  # the way of nearly all polls there are
    return state._replace(etag=etag, last_modified=last_modified)


def _succeeded(state: FeedState, *, status: int, now_ms: int) -> FeedState:
    return state._replace(polled_ms=now_ms, failures=0, status=status, problem=None, wait_until_ms=None)


def _failed(state: FeedState, reason: str, *, status: int | None, now_ms: int) -> FeedState:
    failed = state._replace(
        polled_ms=now_ms, failures=state.failures + 1, status=status, problem=reason, wait_until_ms=None
    )
    return without_failing_move(failed)


def _refused(
    state: FeedState, reason: str, *, status: int | None, now_ms: int, wait_ms: int | None = None
) -> Refused:
    line = _one_line(reason)
    failed = _failed(state, line, status=status, now_ms=now_ms)
    return Refused(failed._replace(wait_until_ms=None if wait_ms is None else now_ms + wait_ms), line, wait_ms)


def _one_line(text: str) -> str:
    """*text* as one printable line of at most 200 characters: it may quote what a host sent."""
    line = " ".join(text[: 4 * _LONGEST_REASON].split())
    return "".join(character if character.isprintable() else "?" for character in line)[:_LONGEST_REASON]


def _is_sendable(value: bytes) -> bool:
    """Whether *value* may stand in a header: no control character but the tab (RFC 9110 section 5.5)."""
    return _CONTROL.search(value) is None


def _listed(response: Response, name: str) -> str:
    """All values of header *name* as one list, in order (RFC 9110 section 5.2)."""
    return b", ".join(value for key, value in response.headers if key == name).decode("latin-1")
