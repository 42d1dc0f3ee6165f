"""Decides when a feed is asked without conditions, to see whether its 304s are true, and what that shows.

Rules of this file: some servers say 304 for ever, whatever their feed holds, so the word is checked; yet no feed is
asked without conditions more than once a day (the judges of feed readers allow that much). Trust is learnt: each
audit that finds nothing new doubles the time to the next, up to eight times; one that finds news begins anew.
"""

from __future__ import annotations

from pipeline.model import FeedState, LyingValidator, Response
from pipeline.settings import FetchSettings

_MOST_TRUST = 3


def audit_is_due(state: FeedState, *, asked_ms: int, settings: FetchSettings) -> bool:
    """Whether the question put at *asked_ms* goes without conditions.

    Never twice within `audit_seconds`, whatever became of the first: the time of asking is remembered, not success.
    """
    if state.audited_ms is None:
        return True
    trust = 0 if state.false_304s else min(state.audit_trust, _MOST_TRUST)
    return asked_ms >= state.audited_ms + (round(settings.audit_seconds * 1000) << trust)


def judged_by_audit(state: FeedState, response: Response) -> FeedState:
    """*state* after *response*, a 200 to a question without conditions, showed what the 304s before it were worth.

    A body that is the same proves them honest. Another body under the very validator that they vouched for proves
    them false: that one is not sent again if the answer has another one to go by. Another body under new validators
    proves nothing (it may have changed just now), and gains no trust.
    """
    if state.status != 304:
        return state
    if response.digest == state.body_digest:
        return state._replace(audit_trust=min(state.audit_trust + 1, _MOST_TRUST))
    etag_stuck = _is_stuck(state.etag, response.header("etag"))
    date_stuck = _is_stuck(state.last_modified, response.header("last-modified"))
    # With both sent, a server goes by the ETag alone (RFC 9110 section 13.1.3).
    proven = etag_stuck if state.etag else date_stuck
    return state._replace(
        audit_trust=0,
        false_304s=state.false_304s + proven,
        lying_validator=_not_to_be_sent(response, etag_stuck=etag_stuck, date_stuck=date_stuck),
    )


def _is_stuck(before: bytes | None, now: bytes | None) -> bool:
    return bool(before) and before == now


def _not_to_be_sent(response: Response, *, etag_stuck: bool, date_stuck: bool) -> LyingValidator | None:
    """The stuck validator, if the other one moved with the body; None when there is nothing better to send."""
    if etag_stuck and not date_stuck and response.header("last-modified"):
        return "etag"
    if date_stuck and not etag_stuck and response.header("etag"):
        return "last-modified"
    return None
