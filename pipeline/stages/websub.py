"""Decides what a WebSub subscriber does (W3C Recommendation of 23 January 2018), without touching the web.

Rules of this file: the header speaks before the document; nobody is believed without the token of the callback, and
no body without the signature; a hub is relied on only as long as polls find nothing that it did not push.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import replace

from pipeline.model import PushState, Response, Subscription
from pipeline.stages.discovery import link_headers
from pipeline.stages.older_pages import links_of_feed

LEASE_SECONDS = 10 * 86_400
"""What we ask for; the hub decides. Ten days is what hubs commonly grant."""
_RENEW_SHARE = 0.8
_FIRST_RETRY_MS = 10 * 60_000
_LONGEST_RETRY_MS = 86_400_000
_LONGEST_LEASE_MS = 90 * 86_400_000
_CREDIT_AFTER_MISS = 3
# Signature methods that a hub may use (section 7): name in the header, name in hashlib.
_METHODS = frozenset({"sha1", "sha256", "sha384", "sha512"})


def hub_links(response: Response, head: bytes) -> tuple[str, str] | None:
    """The hub and the topic that a feed names, in its Link headers or else in *head*, the beginning of its document.

    None when it names no hub, or no address of its own: without that a hub would push another feed (section 4).
    """
    named: dict[str, str] = {}
    for url, parameters in link_headers(response):
        for relation in parameters.get("rel", "").lower().split():
            named.setdefault(relation, url)
    if "hub" not in named:
        named = links_of_feed(head, response.url)
    hub, topic = named.get("hub"), named.get("self")
    return None if hub is None or topic is None else (hub, topic)


def wanted(
    known: Subscription | None, links: tuple[str, str], *, token: str, secret: str, now_ms: int
) -> Subscription:
    """The subscription that a feed with these *links* should have: the *known* one if it is to them, or a new one."""
    if known is not None and (known.hub, known.topic) == links:
        return known
    return Subscription(*links, token=token, secret=secret, next_ms=now_ms)


def requested(known: Subscription, *, now_ms: int) -> Subscription:
    """*known* at the moment before the hub is asked; asked again with growing pauses until it agrees."""
    pause_ms = min(_FIRST_RETRY_MS << min(known.attempts, 16), _LONGEST_RETRY_MS)
    state: PushState = "active" if known.state == "active" and known.lease_until_ms > now_ms else "requested"
    return replace(known, state=state, attempts=known.attempts + 1, next_ms=now_ms + pause_ms)


def request_form(known: Subscription, callback: str) -> dict[str, str]:
    """What is posted to the hub (section 5.1)."""
    return {
        "hub.mode": "subscribe",
        "hub.topic": known.topic,
        "hub.callback": callback,
        "hub.secret": known.secret,
        "hub.lease_seconds": str(LEASE_SECONDS),
    }


def verified(known: Subscription, query: Mapping[str, str], *, now_ms: int) -> Subscription | None:
    """*known* after the hub asked whether we meant it (section 5.3); None when we did not."""
    if query.get("hub.topic") != known.topic or (known.attempts == 0 and known.state != "active"):
        return None
    match query.get("hub.mode"):
        case "subscribe" if query.get("hub.challenge"):
            lease = query.get("hub.lease_seconds", "")
            seconds = int(lease[:9]) if lease.isascii() and lease.isdigit() and int(lease[:9]) else LEASE_SECONDS
            lease_ms = min(seconds * 1000, _LONGEST_LEASE_MS)
            return replace(
                known,
                state="active",
                attempts=0,
                lease_until_ms=now_ms + lease_ms,
                next_ms=now_ms + round(lease_ms * _RENEW_SHARE),
            )
        case "denied":
            return replace(known, state="requested", lease_until_ms=0, next_ms=now_ms + _LONGEST_RETRY_MS)
        case _:  # we never ask to unsubscribe
            return None


def is_signed(known: Subscription, signature: str | None, body: bytes) -> bool:
    """Whether *body* was signed with our secret, by any method that a hub may use (section 7.1)."""
    method, equals, given = (signature or "").strip().partition("=")
    if not equals or method.lower() not in _METHODS:
        return False
    right = hmac.new(known.secret.encode(), body, getattr(hashlib, method.lower())).hexdigest()
    return hmac.compare_digest(right.encode(), given.strip().lower().encode("utf-8", "replace"))


def after_push(known: Subscription) -> Subscription:
    """*known* after a push that was right: it counts for the hub until it is relied on."""
    return known if known.credit >= known.needed else replace(known, credit=known.credit + 1)


def after_miss(known: Subscription) -> Subscription:
    """*known* after a poll found news that was not pushed: a hub that was relied on has to prove itself anew."""
    return known if known.credit == 0 else replace(known, credit=0, needed=_CREDIT_AFTER_MISS)


def is_relied_on(known: Subscription, *, now_ms: int) -> bool:
    """Whether polling may slow down: the lease stands, and the hub has shown that it pushes."""
    return known.state == "active" and known.lease_until_ms > now_ms and known.credit >= known.needed


def relied_on_until(known: Subscription, planned_ms: int, seldom_ms: int) -> int:
    """When to poll next a feed whose hub is relied on: *seldom_ms*, or when the lease ends, if that is sooner.

    A hub that died does not renew: from the end of the lease on the feed is polled as *planned_ms* says.
    """
    return max(planned_ms, min(seldom_ms, known.lease_until_ms))
