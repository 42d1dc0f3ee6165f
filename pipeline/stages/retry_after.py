"""Reads how long a host that refuses asks us to stay away."""

from __future__ import annotations

from pipeline.model import Response
from pipeline.stages.http_dates import http_date_ms, seconds_ms

# A host may ask for a day at most: a longer wait is more often a mistake than a wish.
LONGEST_RETRY_AFTER_MS = 24 * 3600 * 1000


def retry_after_ms(response: Response, *, now_ms: int) -> int | None:
    """Read the wait that Retry-After asks for, 0 ms to 24 h; None when there is none to be read.

    A date is counted from the host's own clock, its Date header, so that a wrong clock on either side does no harm
    (RFC 9110 section 10.2.3).
    """
    value = (response.header("retry-after") or b"").strip()
    wait_ms = seconds_ms(value)
    if wait_ms is None:
        until_ms = http_date_ms(value)
        if until_ms is None:
            return None
        clock_ms = http_date_ms(response.header("date") or b"")
        wait_ms = until_ms - (now_ms if clock_ms is None else clock_ms)
    return min(max(wait_ms, 0), LONGEST_RETRY_AFTER_MS)
