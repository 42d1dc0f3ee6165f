"""Decides at which address a feed is asked: its own, or the one that it has moved to for good.

Rules of this file: only 301 and 308 move a feed, and of a chain only its leading permanent part; one answer moves
nothing, for a mistaken redirect lasts hours; only an address that leads to a feed is kept; and what was kept is
looked at again each week, so that no mistake is for ever.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from pipeline.model import Feed, FeedState, NoResponse, Response

_PERMANENT = frozenset({301, 308})
_CHECK_MS = 7 * 24 * 3600 * 1000
# Three failures in a row at the new address, each after a longer wait, and the feed's own is tried again.
_FAILURES_TO_GO_BACK = 3
_LONGEST_ADDRESS = 2048


def addresses(feed: Feed, state: FeedState, *, asked_ms: int) -> tuple[str, ...]:
    """The addresses to ask for *feed*, the next one only when the one before gives nothing that can be read.

    A moved feed is asked at its new address; once a week its own comes first.
    """
    if state.moved_to is None:
        return (feed.url,)
    return (feed.url, state.moved_to) if _check_is_due(state, asked_ms=asked_ms) else (state.moved_to,)


def can_be_read(response: Response | NoResponse) -> bool:
    """Whether *response* says something of the feed, so that no other address need be asked."""
    return isinstance(response, Response) and response.status in (200, 226, 304)


def permanent_target(response: Response) -> str | None:
    """Where the leading permanent redirects of *response* led; None without any, or where that cannot be kept.

    An address with a name and password in it is somebody's session, and a very long one is no feed's.
    """
    target = None
    for hop in response.redirects:
        if hop.status not in _PERMANENT:
            break
        target = hop.to_url
    if target is None or len(target) > _LONGEST_ADDRESS or "@" in urlsplit(target).netloc:
        return None
    return target


def with_moves(
    feed: Feed, state: FeedState, response: Response, *, confirmations: int, asked_ms: int, now_ms: int
) -> FeedState:
    """*state*, already judged by *response* (which could be read), with what its redirects say of the address.

    A target is kept once it was named by *confirmations* polls in a row; polls are at least an interval apart.
    """
    if not response.redirects and state.moved_to is None and state.moving_to is None:
        return state
    asked_url = response.redirects[0].from_url if response.redirects else response.url
    target = permanent_target(response)
    if state.moved_to is not None and _check_is_due(state, asked_ms=asked_ms):
        if state.moved_to in (asked_url, target):
            state = state._replace(moved_ms=now_ms)
        else:  # the feed's own address answers, and leads there no more
            state = state._replace(moved_to=None, moved_ms=None)
    if target is None or target == state.moved_to or not state.is_feed:
        return state._replace(moving_to=None, moving_polls=0)
    polls = state.moving_polls + 1 if target == state.moving_to else 1
    if polls < confirmations:
        return state._replace(moving_to=target, moving_polls=polls)
    moved_to = None if target == feed.url else target
    return state._replace(
        moving_to=None, moving_polls=0, moved_to=moved_to, moved_ms=None if moved_to is None else now_ms
    )


def without_failing_move(state: FeedState) -> FeedState:
    """*state*, which has failed, back at the feed's own address if the new one goes on failing, or is gone."""
    if state.moved_to is None or (state.failures < _FAILURES_TO_GO_BACK and state.status != 410):
        return state
    return state._replace(moved_to=None, moved_ms=None)


def _check_is_due(state: FeedState, *, asked_ms: int) -> bool:
    return asked_ms >= (state.moved_ms or 0) + _CHECK_MS
