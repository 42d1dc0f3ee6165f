"""Where a Location header leads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters.redirects import target_of

URL = "https://news.example/a/feed?x=1"


@pytest.mark.parametrize(
    ("location", "target"),
    [
        (b"http://other.example/rss", "http://other.example/rss"),
        (b"/rss", "https://news.example/rss"),
        (b"rss", "https://news.example/a/rss"),
        (b"?y=2", "https://news.example/a/feed?y=2"),
        (b"//other.example/rss", "https://other.example/rss"),
        (b"  /rss  ", "https://news.example/rss"),
        (b"/rss#top", "https://news.example/rss"),
        ("/caf\u00e9".encode(), "https://news.example/caf%C3%A9"),
        (b"/caf\xe9", "https://news.example/caf%E9"),
        (b"/a%20b%2Fc%zz", "https://news.example/a%20b%2Fc%zz"),
        (b"/a b|c", "https://news.example/a%20b%7Cc"),
        ("http://b\u00fccher.example:8080/".encode(), "http://xn--bcher-kva.example:8080/"),
        (b"http://[::1]:8080/rss", "http://[::1]:8080/rss"),
    ],
)
def test_a_location_is_completed_and_encoded(location: bytes, target: str) -> None:
    """Servers send every one of these; what is encoded already must stay as it is."""
    assert target_of(location, url=URL) == target


@pytest.mark.parametrize(
    "location",
    [
        b"",
        b"   ",
        b"ftp://news.example/",
        b"file:///etc/passwd",
        b"javascript:alert(1)",
        b"data:text/xml,<rss/>",
        b"http://",
        b"http:///rss",
        b"http://[::1/",
        b"http://news.example:99999/",
        b"http://b\xff.example/",
    ],
)
def test_a_location_that_leads_nowhere_is_none(location: bytes) -> None:
    """Only http and https are followed, and only to a host."""
    assert target_of(location, url=URL) is None


@given(st.binary(max_size=80) | st.binary(max_size=60).map(lambda tail: b"http://" + tail))
def test_any_location_gives_an_address_that_can_be_sent_or_none(location: bytes) -> None:
    """A header is a stranger's bytes: nothing in it may break the request line."""
    target = target_of(location, url=URL)

    assert target is None or (target.isascii() and target.isprintable() and " " not in target)
