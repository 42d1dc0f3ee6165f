"""Recognises the pages that stand between a reader and a feed: challenges that only a browser can pass.

The marks are those that the makers themselves put there, so that a page which merely writes about them is none.
Ordinary pages behind the same services carry other marks of them (scripts, cookies), which therefore do not count.
"""

from __future__ import annotations

from pipeline.model import Response
from pipeline.stages.encoding import unpack

HEAD_BYTES = 8192
"""How much of a page is looked at: challenges name themselves in the first kilobytes."""
_LONGEST_PAGE_BYTES = 262_144

# With which statuses a wall refuses; a header alone says only that the service stands there.
_REFUSING = frozenset({202, 401, 403, 405, 406, 409, 429, 503})

# Header, a part of its value (lower case), whose wall it is. What these say is itself that there is a challenge.
_PLAIN_HEADERS: tuple[tuple[str, bytes, str], ...] = (
    ("cf-mitigated", b"challenge", "Cloudflare"),
    ("x-vercel-mitigated", b"challenge", "Vercel"),
    ("x-vercel-mitigated", b"deny", "Vercel"),
    ("x-amzn-waf-action", b"", "AWS WAF"),
    ("x-sucuri-block", b"", "Sucuri"),
)
# These only say who answered; together with a refusal that is a wall.
_REFUSING_HEADERS: tuple[tuple[str, bytes, str], ...] = (
    ("x-datadome", b"", "DataDome"),
    ("x-dd-b", b"", "DataDome"),
    ("set-cookie", b"datadome=", "DataDome"),
    ("set-cookie", b"_px", "PerimeterX"),
    ("x-px-blocked", b"", "PerimeterX"),
    ("server", b"akamaighost", "Akamai"),
    ("set-cookie", b"incap_ses", "Imperva"),
    ("x-iinfo", b"", "Imperva"),
    ("server", b"ddos-guard", "DDoS-Guard"),
    ("set-cookie", b"techaro.lol-anubis", "Anubis"),
)
_PAGE_MARKS: tuple[tuple[bytes, str], ...] = (
    (b"<title>just a moment", "Cloudflare"),
    (b"_cf_chl_opt", "Cloudflare"),
    (b"attention required! | cloudflare", "Cloudflare"),
    (b"cf-browser-verification", "Cloudflare"),
    (b"anubis_challenge", "Anubis"),
    (b"/.within.website/x/", "Anubis"),
    (b"making sure you&#39;re not a bot", "Anubis"),
    (b"making sure you're not a bot", "Anubis"),
    (b"_incapsula_resource", "Imperva"),
    (b"incapsula incident id", "Imperva"),
    (b"captcha-delivery.com", "DataDome"),
    (b"px-captcha", "PerimeterX"),
    (b"window._pxappid", "PerimeterX"),
    (b"sec-if-cpt-container", "Akamai"),
    (b"bm-verify", "Akamai"),
    (b"errors.edgesuite.net", "Akamai"),
    (b"awswafcookiedomainlist", "AWS WAF"),
    (b"gokuprops", "AWS WAF"),
    (b"sucuri website firewall", "Sucuri"),
    (b"sucuri_cloudproxy_js", "Sucuri"),
    (b"<title>ddos-guard", "DDoS-Guard"),
    (b"<title>vercel security checkpoint", "Vercel"),
    (b"<title>robot or human", "an unnamed service"),
    (b"<title>are you a robot", "an unnamed service"),
    (b"<title>bot verification", "an unnamed service"),
    (b"<title>access denied", "an unnamed service"),
    (b"checking your browser before accessing", "an unnamed service"),
    (b"verify you are human", "an unnamed service"),
)


def wall_in_headers(response: Response) -> str | None:
    """Name whose challenge *response* is by its headers and status; None when it is none that is known."""
    refused = response.status in _REFUSING
    marks = (*_PLAIN_HEADERS, *_REFUSING_HEADERS) if refused else _PLAIN_HEADERS
    for name, part, whose in marks:
        if any(key == name and part in value.lower() for key, value in response.headers):
            return whose
    return None


def wall_in_refusal(response: Response) -> str | None:
    """Name whose challenge *response*, a refusal, is by its headers or page; None when it is none that is known."""
    named = wall_in_headers(response)
    if named is not None or not response.refusal:
        return named
    encoding = (response.header("content-encoding") or b"").decode("latin-1")
    page = unpack(response.refusal, encoding, limit_bytes=_LONGEST_PAGE_BYTES)
    return wall_in_page(page) if isinstance(page, bytes) and is_html(page) else None


def wall_in_page(page: bytes) -> str | None:
    """Name whose challenge *page* is, a document that came in place of a feed; None when it is none that is known."""
    head = page[:HEAD_BYTES].replace(b"\0", b"").lower()
    return next((whose for mark, whose in _PAGE_MARKS if mark in head), None)


def is_html(page: bytes) -> bool:
    """Whether *page* begins as a web page does, in any encoding that keeps or widens ASCII."""
    head = page[:HEAD_BYTES].replace(b"\0", b"").lower()
    return any(mark in head for mark in (b"<!doctype html", b"<html", b"<head>", b"<body"))
