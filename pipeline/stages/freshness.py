"""Reads how long an answer may be used before it is asked for again (RFC 9111), as a private cache reads it.

Rules of this file: what cannot be read promises nothing; `s-maxage` is for shared caches and none of ours; ages and
dates are compared within the host's own clock; the bound on a promise is the schedule's affair.
"""

from __future__ import annotations

import re

from pipeline.model import FeedState, Response
from pipeline.stages.http_dates import http_date_ms, seconds_ms

_NEVER_FRESH = frozenset({"no-cache", "no-store"})
# name, or name=token, or name="quoted": each part excludes what begins the next, so reading takes one pass.
_DIRECTIVE = re.compile(r'([^\s,=;"]+)[ \t]*(?:=[ \t]*(?:"([^"]*)"|([^\s,;"]*)))?')
_LONGEST_HEADER = 4096


def with_freshness_of(response: Response, state: FeedState, *, now_ms: int) -> FeedState:
    """*state* with the freshness that *response*, a 200 or 226, gives: none when it names none."""
    max_age_ms = _max_age_ms(response)
    lifetime_ms = _expires_ms(response, now_ms=now_ms) if max_age_ms is None else max_age_ms
    return _fresh_for(state, lifetime_ms, max_age_ms, response, now_ms=now_ms)


def freshened_by(response: Response, state: FeedState, *, now_ms: int) -> FeedState:
    """*state* as a 304 renews it: what it names replaces what was stored, and what it does not name begins anew.

    RFC 9111 sections 3.2 and 4.3.4: a 304 with no Cache-Control makes the stored `max-age` count from now again.
    """
    if response.header("cache-control") is not None or response.header("expires") is not None:
        return with_freshness_of(response, state, now_ms=now_ms)
    return _fresh_for(state, state.max_age_ms, state.max_age_ms, response, now_ms=now_ms)


def _fresh_for(
    state: FeedState, lifetime_ms: int | None, max_age_ms: int | None, response: Response, *, now_ms: int
) -> FeedState:
    """*state* fresh for *lifetime_ms* less the Age that the answer already had (section 4.2.3)."""
    age_ms = seconds_ms(response.header("age") or b"") or 0
    left_ms = (lifetime_ms or 0) - age_ms
    fresh_until_ms = now_ms + left_ms if left_ms > 0 else None
    if (fresh_until_ms, max_age_ms) == (state.fresh_until_ms, state.max_age_ms):
        return state
    return state._replace(fresh_until_ms=fresh_until_ms, max_age_ms=max_age_ms)


def _max_age_ms(response: Response) -> int | None:
    """The lifetime that Cache-Control names; None when it names none, 0 when it forbids one or cannot be read.

    Of repeated directives the first counts, and a max-age that is no number is stale (section 4.2.1).
    """
    directives = _directives(response)
    if _NEVER_FRESH & directives.keys():
        return 0
    if "max-age" not in directives:
        return None
    return seconds_ms(directives["max-age"].encode("latin-1")) or 0


def _directives(response: Response) -> dict[str, str]:
    """The directives of every Cache-Control header, by lower-case name."""
    text = b",".join(value for name, value in response.headers if name == "cache-control")[:_LONGEST_HEADER]
    found: dict[str, str] = {}
    for match in _DIRECTIVE.finditer(text.decode("latin-1")):
        found.setdefault(match[1].lower(), match[2] or match[3] or "")
    return found


def _expires_ms(response: Response, *, now_ms: int) -> int | None:
    """The lifetime that Expires gives against the host's own Date; None when there is none, or an invalid one.

    An invalid Expires, "0" above all, is a time in the past (section 5.3).
    """
    until_ms = http_date_ms(response.header("expires") or b"")
    if until_ms is None:
        return None
    clock_ms = http_date_ms(response.header("date") or b"")
    return max(0, until_ms - (now_ms if clock_ms is None else clock_ms))
