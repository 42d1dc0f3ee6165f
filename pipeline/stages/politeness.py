"""Decides how gently a host is asked after what it answered: slower when it says so or suffers, faster again later.

Rules of this file: what a host asks for (Retry-After, RateLimit) is kept; what it does not say is guessed to its
advantage; a host that recovers is asked at the usual pace again within a dozen requests.
"""

from __future__ import annotations

import re

from pipeline.model import HostState, NoResponse, Response
from pipeline.stages.retry_after import retry_after_ms

_OVERLOADED = frozenset({429, 503})
# The first pause of a host that is overloaded and names none, and the first gap from then on; both double each time.
_FIRST_PAUSE_MS = 5_000
_FIRST_GAP_MS = 1_000
_LONGEST_GAP_MS = 600_000
# A gap of less is noise: the usual pace holds again.
_LEAST_GAP_MS = 100
# Two seconds for a feed is a host at its limit; it gets only as many requests as it answers.
_SLOW_MS = 2_000
_LONGEST_QUOTA_MS = 3_600_000
# RateLimit: "default";r=0;t=30 (draft-ietf-httpapi-ratelimit-headers-10), and the headers in use before it.
_REMAINING = re.compile(rb";\s*r\s*=\s*(\d{1,9})")
_RESET = re.compile(rb";\s*t\s*=\s*(\d{1,9})")
_NUMBER = re.compile(rb"\s*(\d{1,9})\s*")


def after_answer(
    state: HostState, answer: Response | NoResponse, *, took_ms: int, now_ms: int, concurrency: int
) -> HostState:
    """Say how to go on with a host in *state* that gave *answer* after *took_ms*.

    *concurrency* is how many requests it may get at once; the state of a host at ease is the unknown one.
    """
    latency_ms = (3 * state.latency_ms + took_ms) // 4
    gap_ms = state.gap_ms * 3 // 4
    closed_until_ms = state.closed_until_ms if state.closed_until_ms > now_ms else 0
    if isinstance(answer, Response):
        if answer.status in _OVERLOADED:
            gap_ms = min(max(2 * state.gap_ms, _FIRST_GAP_MS), _LONGEST_GAP_MS)
            pause_ms = retry_after_ms(answer, now_ms=now_ms)
            closed_until_ms = now_ms + (max(gap_ms, _FIRST_PAUSE_MS) if pause_ms is None else pause_ms)
        quota = _quota(answer)
        if quota is not None:
            remaining, reset_ms = quota
            if remaining == 0:
                closed_until_ms = max(closed_until_ms, now_ms + reset_ms)
            else:
                gap_ms = max(gap_ms, reset_ms // remaining)
    if latency_ms > _SLOW_MS:
        gap_ms = max(gap_ms, latency_ms // concurrency)
    gap_ms = min(gap_ms, _LONGEST_GAP_MS)
    at_ease = gap_ms < _LEAST_GAP_MS and latency_ms <= _SLOW_MS // 4
    return HostState(
        closed_until_ms=closed_until_ms,
        gap_ms=0 if gap_ms < _LEAST_GAP_MS else gap_ms,
        latency_ms=0 if at_ease else latency_ms,
    )


def _quota(answer: Response) -> tuple[int, int] | None:
    """Read how many requests are left, and for how long (ms, an hour at most); None when the host does not say."""
    if not any("ratelimit" in name for name, _ in answer.headers):
        return None
    value = answer.header("ratelimit")
    if value is not None:
        remaining, reset = _REMAINING.search(value[:500]), _RESET.search(value[:500])
    else:
        remaining = _NUMBER.fullmatch(_either(answer, "ratelimit-remaining"))
        reset = _NUMBER.fullmatch(_either(answer, "ratelimit-reset"))
    if remaining is None or reset is None:
        return None
    reset_ms = int(reset[1]) * 1000
    # Some send the time of day (seconds since the epoch) where a duration is asked: that is no duration.
    return (int(remaining[1]), reset_ms) if reset_ms <= _LONGEST_QUOTA_MS else None


def _either(answer: Response, name: str) -> bytes:
    return answer.header(name) or answer.header(f"x-{name}") or b""
