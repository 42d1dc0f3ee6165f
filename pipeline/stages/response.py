"""Decides what a response means for a feed: something new, nothing new, refused this time, or gone.

Rules of this file: only a complete 200 is a document; a 304 is believed only when we asked for it; validators are
opaque bytes that belong to the address that gave them, and they survive every failure.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from email.utils import parsedate_to_datetime

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

# A host may ask for a day at most: a longer wait is more often a mistake than a wish.
_LONGEST_RETRY_AFTER_MS = 24 * 3600 * 1000
_LONGEST_REASON = 200


def read(lease: Lease, response: Response | NoResponse, *, now_ms: int) -> Outcome:
    """Judge *response*, the answer to a poll of the feed of *lease*, received at *now_ms*.

    The state of the outcome is what to remember: failures start again at 0 with any answer that could be read, and
    grow by one with any that could not. Idempotent; raises nothing, whatever the host sent.
    """
    if isinstance(response, NoResponse):
        return _refused(lease.state, f"{response.kind}: {response.detail}", status=None, now_ms=now_ms)
    match response.status:
        case 200:
            return _read_body(lease, response, now_ms=now_ms)
        case 304 if conditional_headers(lease.state, response.url):
            return Unchanged(_succeeded(_freshened(lease.state, response), status=304, now_ms=now_ms), by="status")
        case 410:
            return Gone(_failed(lease.state, "HTTP 410: gone for good", status=410, now_ms=now_ms))
        case status:
            reason = _REASONS.get(status, f"HTTP {status}")
            wait_ms = _retry_after_ms(response, now_ms=now_ms) if status in (429, 503) else None
            return _refused(lease.state, reason, status=status, now_ms=now_ms, retry_after_ms=wait_ms)


def conditional_headers(state: FeedState, url: str) -> tuple[tuple[str, bytes], ...]:
    """Return the request headers that ask *url* only for what is newer than *state*; none for any other address.

    Validators go back byte for byte, both when there are both (RFC 9110 section 13.1). One that holds a control
    character is left out: no client may send it, and the request would fail for ever.
    """
    if url != state.validators_url:
        return ()
    pairs = (("If-None-Match", state.etag), ("If-Modified-Since", state.last_modified))
    return tuple((name, value) for name, value in pairs if value and _is_sendable(value))


_REASONS = {
    226: "HTTP 226: a difference that was not asked for",
    304: "HTTP 304 to a request without conditions",
}


def _read_body(lease: Lease, response: Response, *, now_ms: int) -> Outcome:
    """Judge a 200: a new document, the same one again, or nothing at all."""
    if not response.body or not response.digest:
        return _refused(lease.state, "empty body", status=200, now_ms=now_ms)
    state = _succeeded(_with_validators_of(response, lease.state), status=200, now_ms=now_ms)
    if response.digest == lease.state.body_digest:
        return Unchanged(state, by="digest")
    document = RawDocument(
        feed_id=lease.feed.id,
        url=response.url,
        fetched_ms=now_ms,
        body=response.body,
        content_encoding=_listed(response, "content-encoding"),
        content_type=(response.header("content-type") or b"").decode("latin-1"),
    )
    return Fresh(replace(state, body_digest=response.digest, changed_ms=now_ms), document)


def _with_validators_of(response: Response, state: FeedState) -> FeedState:
    """*state* with the validators of a 200 in place of all earlier ones."""
    etag, last_modified = response.header("etag") or None, response.header("last-modified") or None
    url = response.url if etag or last_modified else None
    return replace(state, etag=etag, last_modified=last_modified, validators_url=url)


def _freshened(state: FeedState, response: Response) -> FeedState:
    """*state* with the validators that a 304 renews; those it does not name stay (RFC 9111 section 3.2)."""
    etag, last_modified = response.header("etag"), response.header("last-modified")
    return replace(state, etag=etag or state.etag, last_modified=last_modified or state.last_modified)


def _succeeded(state: FeedState, *, status: int, now_ms: int) -> FeedState:
    return replace(state, polled_ms=now_ms, failures=0, status=status, problem=None)


def _failed(state: FeedState, reason: str, *, status: int | None, now_ms: int) -> FeedState:
    return replace(state, polled_ms=now_ms, failures=state.failures + 1, status=status, problem=reason)


def _refused(
    state: FeedState, reason: str, *, status: int | None, now_ms: int, retry_after_ms: int | None = None
) -> Refused:
    line = _one_line(reason)
    return Refused(_failed(state, line, status=status, now_ms=now_ms), line, retry_after_ms)


def _one_line(text: str) -> str:
    """*text* as one printable line of at most 200 characters: it may quote what a host sent."""
    line = " ".join(text[: 4 * _LONGEST_REASON].split())
    return "".join(character if character.isprintable() else "?" for character in line)[:_LONGEST_REASON]


def _is_sendable(value: bytes) -> bool:
    """Whether *value* may stand in a header: no control character but the tab (RFC 9110 section 5.5)."""
    return not any((byte < 0x20 and byte != 0x09) or byte == 0x7F for byte in value)


def _listed(response: Response, name: str) -> str:
    """All values of header *name* as one list, in order (RFC 9110 section 5.2)."""
    return b", ".join(value for key, value in response.headers if key == name).decode("latin-1")


def _retry_after_ms(response: Response, *, now_ms: int) -> int | None:
    """Read the wait that Retry-After asks for, 0 ms to 24 h; None when there is none to be read.

    A date is counted from the host's own clock, its Date header, so that a wrong clock on either side does no harm
    (RFC 9110 section 10.2.3).
    """
    value = (response.header("retry-after") or b"").strip()
    if value.isdigit():
        # Nine digits of seconds are 31 years; more digits say no more and int() of thousands raises.
        wait_ms = int(value[:9]) * 1000
    else:
        until_ms = _http_date_ms(value)
        if until_ms is None:
            return None
        clock_ms = _http_date_ms(response.header("date") or b"")
        wait_ms = until_ms - (now_ms if clock_ms is None else clock_ms)
    return min(max(wait_ms, 0), _LONGEST_RETRY_AFTER_MS)


def _http_date_ms(value: bytes) -> int | None:
    """Read an HTTP-date, in any of the three forms of RFC 9110 section 5.6.7, as milliseconds; None if it is none."""
    try:
        moment = parsedate_to_datetime(value[:64].decode("ascii"))
        return int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1000)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
