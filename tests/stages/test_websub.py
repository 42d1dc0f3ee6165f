# ruff: noqa: S106 - the secrets of tests are none
"""What a WebSub subscriber does, told from what feeds name, hubs ask and polls find."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import Response, Subscription
from pipeline.stages.websub import (
    after_miss,
    after_push,
    hub_links,
    is_relied_on,
    is_signed,
    request_form,
    requested,
    verified,
    wanted,
)

HUB, TOPIC = "https://hub.example/", "https://example.org/feed"
KNOWN = Subscription(HUB, TOPIC, "token", "secret", attempts=1)
ACTIVE = replace(KNOWN, state="active", attempts=0, lease_until_ms=1_000_000)
QUESTION = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "c", "hub.lease_seconds": "1000"}


def answer(*links: bytes) -> Response:
    """A feed with these Link headers."""
    return Response(TOPIC, 200, tuple(("link", link) for link in links), b"", "")


ATOM = (
    b'<feed xmlns="http://www.w3.org/2005/Atom"><link rel="hub" href="/hub"/><link href="/self" rel="self"/><entry>'
)
RSS = (
    b"""<rss><channel><atom:link rel='self' href='/self?a=1&amp;b=2'/><atom:link href='/hub' rel="hub"></atom:link>"""
)


@pytest.mark.parametrize(
    ("links", "head", "found"),
    [
        ((b'<https://hub.example/>; rel="hub"', b"<https://example.org/feed>; rel=self"), b"", (HUB, TOPIC)),
        ((b'<https://hub.example/>; rel="hub", </feed>; rel="self"',), ATOM, (HUB, TOPIC)),
        ((), ATOM, ("https://example.org/hub", "https://example.org/self")),
        ((), RSS, ("https://example.org/hub", "https://example.org/self?a=1&b=2")),
        ((b'<https://hub.example/>; rel="hub"',), b"", None),
        ((), b"<feed><entry><link rel='hub' href='/h'/><link rel='self' href='/s'/></entry></feed>", None),
        ((), b"<feed><link rel='hub' href='javascript:x'/><link rel='self' href='/s'/>", None),
        ((), b"{}", None),
    ],
)
def test_the_header_names_hub_and_topic_before_the_document(
    links: tuple[bytes, ...], head: bytes, found: tuple[str, str] | None
) -> None:
    """Section 4; a link inside an item is the item's, and a hub without a topic would push something else."""
    assert hub_links(answer(*links), head) == found


def test_a_subscription_is_kept_as_long_as_the_feed_names_the_same_hub() -> None:
    """A new secret at every poll would make every push wrong."""
    assert wanted(KNOWN, (HUB, TOPIC), token="t", secret="s", now_ms=5) is KNOWN
    assert wanted(KNOWN, ("https://other.example/", TOPIC), token="t", secret="s", now_ms=5) == Subscription(
        "https://other.example/", TOPIC, "t", "s", next_ms=5
    )


def test_a_hub_is_asked_with_everything_it_needs_and_again_with_growing_pauses() -> None:
    """Section 5.1; a hub that is down must not be asked each second."""
    first = requested(replace(KNOWN, attempts=0), now_ms=0)
    pauses = [requested(replace(KNOWN, attempts=attempts), now_ms=0).next_ms for attempts in (0, 1, 2, 50)]

    assert request_form(first, "https://us.example/cb") == {
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.callback": "https://us.example/cb",
        "hub.secret": "secret",
        "hub.lease_seconds": "864000",
    }
    assert pauses == [600_000, 1_200_000, 2_400_000, 86_400_000]
    assert requested(ACTIVE, now_ms=999_999).state == "active", "renewing does not end what still holds"
    assert requested(ACTIVE, now_ms=1_000_000).state == "requested"


def test_a_verified_subscription_is_renewed_before_its_lease_ends() -> None:
    """Section 5.3: the hub decides how long."""
    active = verified(KNOWN, QUESTION, now_ms=5_000)

    assert active is not None
    assert (active.state, active.lease_until_ms, active.next_ms) == ("active", 1_005_000, 805_000)


@pytest.mark.parametrize(
    "change",
    [
        {"hub.topic": "https://example.org/other"},
        {"hub.mode": "unsubscribe"},
        {"hub.mode": "publish"},
        {"hub.challenge": ""},
    ],
)
def test_what_we_did_not_ask_for_is_not_confirmed(change: dict[str, str]) -> None:
    """Else anybody could subscribe us to anything, or end what we have."""
    assert verified(KNOWN, QUESTION | change, now_ms=0) is None
    assert verified(replace(KNOWN, attempts=0), QUESTION, now_ms=0) is None, "before we asked at all"


@pytest.mark.parametrize("lease", ["", "0", "-1", "1e9", "9" * 400, "\u0661"])
def test_an_odd_lease_is_bounded(lease: str) -> None:
    """A lease of no time would make us ask for ever, an endless one would never be looked at again."""
    active = verified(KNOWN, QUESTION | {"hub.lease_seconds": lease}, now_ms=0)

    assert active is not None
    assert 86_400_000 < active.lease_until_ms <= 90 * 86_400_000


def test_a_denied_subscription_is_asked_for_again_tomorrow() -> None:
    """Section 5.2; hubs change their mind."""
    denied = verified(ACTIVE, {"hub.mode": "denied", "hub.topic": TOPIC, "hub.reason": "no"}, now_ms=7)

    assert denied is not None
    assert (denied.state, denied.next_ms) == ("requested", 86_400_007)


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_every_method_of_the_standard_is_checked(method: str) -> None:
    """Section 7.1: the hub chooses."""
    right = hmac.new(b"secret", b"body", getattr(hashlib, method)).hexdigest()

    assert is_signed(KNOWN, f"{method}={right}", b"body")
    assert is_signed(KNOWN, f"{method.upper()}={right.upper()}", b"body")
    assert not is_signed(KNOWN, f"{method}={right}", b"another body")
    assert not is_signed(replace(KNOWN, secret="other"), f"{method}={right}", b"body")


@pytest.mark.parametrize("signature", [None, "", "sha256", "sha256=", "md5=" + "0" * 32, "new=1", "sha1=\udcff"])
def test_a_missing_or_odd_signature_is_wrong(signature: str | None) -> None:
    """Whoever finds a callback must not be able to publish."""
    assert not is_signed(KNOWN, signature, b"body")


def test_a_hub_is_relied_on_once_it_pushed_and_again_only_after_proof() -> None:
    """A hub that takes subscriptions and pushes nothing is common; polling must not wait for it."""
    once = after_push(ACTIVE)
    missed = after_miss(once)
    thrice = after_push(after_push(after_push(missed)))

    assert [is_relied_on(each, now_ms=0) for each in (ACTIVE, once, missed, after_push(missed), thrice)] == [
        False,
        True,
        False,
        False,
        True,
    ]
    assert not is_relied_on(once, now_ms=1_000_000), "nor after the end of the lease"
    assert after_push(once) is once


@given(st.binary(max_size=300), st.dictionaries(st.sampled_from(sorted(QUESTION)), st.text(max_size=20)))
def test_any_feed_and_any_question_is_read_without_harm(head: bytes, query: dict[str, str]) -> None:
    """Both come from strangers."""
    hub_links(answer(head[:100]), head)
    verified(ACTIVE, query, now_ms=0)
