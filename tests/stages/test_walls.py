"""Challenge pages are told from feeds, from ordinary pages and from ordinary refusals."""

from __future__ import annotations

import gzip
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import Response
from pipeline.stages.walls import is_html, wall_in_headers, wall_in_page, wall_in_refusal


def refusal(status: int, **headers: bytes) -> Response:
    """Make a response without a body; header names are written with `_` for `-`."""
    fields = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Response("https://example.org/feed", status, fields, b"", "")


@pytest.mark.parametrize(
    ("response", "whose"),
    [
        (refusal(403, cf_mitigated=b"challenge", server=b"cloudflare"), "Cloudflare"),
        (refusal(403, server=b"AkamaiGHost"), "Akamai"),
        (refusal(403, x_iinfo=b"1-2-3"), "Imperva"),
        (refusal(403, set_cookie=b"incap_ses_1=x; path=/"), "Imperva"),
        (refusal(403, x_datadome=b"protected"), "DataDome"),
        (refusal(403, set_cookie=b"_pxhd=abc"), "PerimeterX"),
        (refusal(202, x_amzn_waf_action=b"challenge"), "AWS WAF"),
        (refusal(429, x_vercel_mitigated=b"challenge"), "Vercel"),
        (refusal(403, server=b"cloudflare"), None),
        (refusal(404, server=b"AkamaiGHost"), None),
        (refusal(200, x_datadome=b"protected"), None),
        (refusal(403), None),
    ],
)
def test_a_refusal_is_a_wall_when_its_headers_say_so(response: Response, whose: str | None) -> None:
    """Half of the web stands behind these services: their name alone, or a plain 404, is no wall."""
    assert wall_in_headers(response) == whose


@pytest.mark.parametrize(
    ("page", "whose"),
    [
        (b"<!DOCTYPE html><html><head><title>Just a moment...</title>", "Cloudflare"),
        (b"<html><script id='anubis_challenge' type='application/json'>", "Anubis"),
        (b'<html><script src="/_Incapsula_Resource?SWJIYLWA=1">', "Imperva"),
        (b"<html><script src='https://ct.captcha-delivery.com/c.js'>", "DataDome"),
        (b"<html><body><div id='px-captcha'></div>", "PerimeterX"),
        (b"<html><div id='sec-if-cpt-container'>", "Akamai"),
        ("<html><title>Just a moment...</title>".encode("utf-16"), "Cloudflare"),
        (b"<html><title>News</title><script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'>", None),
        (b"<html><title>How Cloudflare works</title>", None),
        (b"", None),
    ],
)
def test_a_page_is_a_wall_when_it_carries_the_makers_marks(page: bytes, whose: str | None) -> None:
    """An ordinary page behind such a service, or about one, is only a page."""
    assert wall_in_page(page) == whose


CHALLENGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>"


@pytest.mark.parametrize(
    ("response", "whose"),
    [
        (replace(refusal(403), refusal=CHALLENGE), "Cloudflare"),
        (replace(refusal(503, content_encoding=b"gzip"), refusal=gzip.compress(CHALLENGE)), "Cloudflare"),
        (replace(refusal(503, content_encoding=b"gzip"), refusal=gzip.compress(CHALLENGE)[:-9]), None),
        (replace(refusal(403), refusal=b"<html><title>Subscribers only</title>"), None),
        (replace(refusal(403), refusal=b'{"error": "_cf_chl_opt"}'), None),
        (refusal(403, server=b"AkamaiGHost"), "Akamai"),
    ],
)
def test_a_refusal_is_a_wall_when_its_page_says_so(response: Response, whose: str | None) -> None:
    """Many walls say in their page alone that they are one; what is damaged or no page says nothing."""
    assert wall_in_refusal(response) == whose


@given(st.binary(max_size=300))
def test_any_bytes_are_looked_at_without_harm(page: bytes) -> None:
    """Pages come from strangers."""
    wall_in_page(page)
    is_html(page)
