"""What an address is known by: one key per article, page canonicals judged.

Rules of this file: the key is for comparing only, never fetched and never shown, so it may drop what an address needs
(scheme, www, a closing slash). A page's own canonical is believed only where it can be of this very page.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from pipeline.stages.url_wrappers import unwrapped, wrapper_at
from pipeline.stages.urls import (
    absolute,
    canonical,
    host_of,
    is_of,
    normal_escapes,
    query_fields,
    tracking_value,
    without_dot_segments,
)

_AMP_PATH = re.compile(r"(?:/amp/?|\.amp|\.amp(?=\.html?))$|(?<=\.)amp\.(?=html?$)", re.IGNORECASE)
_AMP_ROOM = re.compile(r"/amp(?=/[^/]+/[^/])", re.IGNORECASE)
# What asks for a form of an article, to be printed or shown by AMP, by the name of its parameter.
_FORM_VALUES = {
    name: re.compile(value, re.IGNORECASE)
    for names, value in (
        ("amp outputtype", "(?:1|true|amp)?"),
        ("print rss", "(?:1|true|yes)?"),
        ("view format mode", "print(?:able)?"),
        ("output", "amp|print(?:able)?"),
        ("feature", r"youtu\.be|share|emb_[a-z]+"),
        ("share", "bluesky|email|facebook|linkedin|mastodon|pinterest|reddit|telegram|tumblr|twitter|whatsapp|x"),
    )
    for name in names.split()
}
# "print" at the end of a path is a word of shops too; behind a slug it is not.
_SLUG = re.compile(r"[^/]-[^/]*-|[0-9]{4}")
_FRONT = re.compile(r"\A(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)|(?<=\A[a-z]{2}\.)m\.(?=[^.]+\.)")
# The address of nearly all articles: a host, a port, a path, a query and a fragment.
_PLAIN = re.compile(r"(?i:https?)://([A-Za-z0-9.-]+)(?::(\d*))?(/[^?#\s]*+)?(?:\?([^#\s]*+))?(?:#(\S*+))?")
_USUAL_PORTS = frozenset({"80", "443"})
_ROUTE_MARKS = frozenset("!/")
_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)
_TWO_PART_SUFFIX = re.compile(r"\.(?:ac|co|com|edu|gob|gov|net|ne|or|org|gouv)\.[a-z]{2}$")


def identity_key(url: str) -> str:
    """Give what the article at *url* (absolute) is known by, whatever way it was reached; for comparing only.

    The same with http or https, with www, m or amp before the host, with a closing slash or index page, with
    parameters in any order, as AMP or print page, inside a wrapper, and with tracking. A fragment counts only as a
    route (`#!` or `#/`).
    """
    plain = _PLAIN.fullmatch(url)
    if plain is None or wrapper_at(plain[1]):
        url = unwrapped(url)
        plain = _PLAIN.fullmatch(url)
    if plain is None:
        return _key_of_any(url)
    return _key(*plain.groups(""))


def _key(host: str, port: str, path: str, query: str, fragment: str) -> str:
    key = _known_host(host)
    if port and port not in _USUAL_PORTS:
        key += f":{port}"
    key += _article_path(path)
    if query:
        key += _article_query(query)
    if fragment and fragment[0] in _ROUTE_MARKS:
        key += f"#{fragment}"
    return key


def _key_of_any(url: str) -> str:
    """Give what the article at *url*, which is no wrapper, is known by; for addresses that need a closer look."""
    try:
        parts = urlsplit(canonical(url))
        host, port = parts.hostname, parts.port
        route = urlsplit(url).fragment
    except ValueError:
        return url
    if not host:
        return url
    return _key(host, "" if port is None else str(port), parts.path, parts.query, route)


@lru_cache(maxsize=4096)  # the hosts of the feeds of one worker: they come again with every article
def _known_host(host: str) -> str:
    """Give what *host* is known by: in lower case, without what stands before it for a form of its pages."""
    return _FRONT.sub("", host.lower().rstrip("."), count=1)


def _article_query(query: str) -> str:
    """Give *query* behind its question mark, its fields in order, without those that tell nothing of the article."""
    fields = [field for field in query_fields(query.replace("+", "%20")) if not is_of(field, _idle_value)]
    fields.sort()
    return f"?{'&'.join(fields)}" if fields else ""


@lru_cache(maxsize=4096)  # sites have few names for their parameters, and each comes again with every article
def _idle_value(name: str) -> re.Pattern[str] | None:
    """Give what the value of *name* looks like where it tracks or asks for a form of the page; None where never."""
    return _FORM_VALUES.get(name.lower()) or tracking_value(name)


def _article_path(path: str) -> str:
    """Give *path* without what names its reader's session, its index page, its AMP or print form or its end."""
    path = normal_escapes(path)
    if "/." in path:
        path = without_dot_segments(path)
    if ";" in path:
        path = _SESSION.sub("", path)
    folded = path.lower()
    if "amp" in folded or "index." in folded or "default." in folded:
        path = _AMP_PATH.sub("", _INDEX.sub("", path))
        room = _AMP_ROOM.match(path)
        path = path[room.end() :] if room else path
    path = path.rstrip("/")
    if folded.endswith(("/print", "/print/")) and _SLUG.search(path.split("/")[-2]):
        path = path.rpartition("/")[0]
    return path


def believed_canonical(page_url: str, claimed: str | None) -> str | None:
    """Give the address that the page at *page_url* claims as its own (rel=canonical), if that can be; else None.

    Believed are addresses on the same registrable domain that are no home page and at most one path segment shorter
    (the research of this project: whole sites that name their home page are the usual fault).
    """
    url = absolute(claimed, page_url)
    if url is None or domain_of(host_of(url)) != domain_of(host_of(page_url)):
        return None
    depth, page_depth = (_segments(address) for address in (url, page_url))
    if page_depth and (depth == 0 or depth < page_depth - 1):
        return None
    return canonical(url)


def resolved(asked: str, answered: str, named: str | None) -> str | None:
    """Give the address of an article asked for at *asked*, the link of a redirector; None where that is its own.

    *answered* is the address that the redirects led to, *named* what its page gives as its own. A redirector leads to
    another domain, and to a page of it that is not its home.
    """
    if domain_of(host_of(asked)) == domain_of(host_of(answered)) or not _segments(answered):
        return None
    return named or canonical(answered)


def _segments(url: str) -> int:
    """Count the path segments of *url*, those of AMP and index pages left out; a query or route counts as one."""
    parts = urlsplit(url)
    path = _AMP_PATH.sub("", _INDEX.sub("", unquote(parts.path)))
    return sum(1 for segment in path.split("/") if segment) + bool(parts.query or parts.fragment.startswith("!"))


def domain_of(host: str) -> str:
    """Give the registrable domain of *host*: its last two labels, three under a suffix of two (co.uk, com.br)."""
    labels = host.rstrip(".").split(".")
    return (
        host if host.replace(".", "").isdigit() else ".".join(labels[-3 if _TWO_PART_SUFFIX.search(host) else -2 :])
    )
