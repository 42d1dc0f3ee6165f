"""What an address leads to and what it is known by: wrappers undone, page canonicals judged, one key per article.

Rules of this file: the key is for comparing only, never fetched and never shown, so it may drop what an address needs
(scheme, www, a closing slash). A wrapper is undone only when the address itself says where it leads: nothing is
fetched. A page's own canonical is believed only where it can be of this very page.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlsplit

from pipeline.stages.urls import absolute, canonical, host_of, kept_query, normal_escapes

# Hosts (without www) and first path segments that only pass readers on, and the parameter that says whereto.
_WRAPPERS: dict[tuple[str, str], tuple[str, ...]] = {
    ("google.com", "/url"): ("url", "q"),
    ("news.google.com", "/url"): ("url", "q"),
    ("l.facebook.com", "/l.php"): ("u",),
    ("lm.facebook.com", "/l.php"): ("u",),
    ("facebook.com", "/l.php"): ("u",),
    ("l.instagram.com", "/"): ("u",),
    ("duckduckgo.com", "/l/"): ("uddg",),
    ("youtube.com", "/redirect"): ("q",),
    ("out.reddit.com", "*"): ("url",),
    ("linkedin.com", "/redir/redirect"): ("url",),
    ("vk.com", "/away.php"): ("to",),
    ("t.umblr.com", "/redirect"): ("z",),
    ("steamcommunity.com", "/linkfilter/"): ("url", "u"),
    ("slack-redir.net", "/link"): ("url",),
    ("bing.com", "/news/apiclick.aspx"): ("url",),
    ("safelinks.protection.outlook.com", "/"): ("url",),
}
_WRAPPER_PATHS = frozenset(path for _, path in _WRAPPERS) - {"/", "*"}
# Each country has a Google of its own, and each region of mail its link checker.
_GOOGLE = re.compile(r"(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?")
_MAIL_CHECKER = "safelinks.protection.outlook.com"
_MAX_WRAPPERS = 3
# One look at its beginning tells that an address is no wrapper, as nearly all are.
_PERHAPS_WRAPPED = re.compile(
    rf"https?://(?:www\.)?(?:{'|'.join(sorted({re.escape(host) for host, _ in _WRAPPERS}))})[/:?#]"
    r"|https?://[a-z0-9-]+\.(?:cdn\.ampproject\.org/|safelinks\.)|https?://(?:www\.)?google\.",
    re.IGNORECASE,
)
_AMP_CACHE = re.compile(r"https?://[a-z0-9-]+\.cdn\.ampproject\.org/(?:[cv]/)?(s/)?([^/].*)", re.IGNORECASE)
_AMP_VIEWER = re.compile(r"https?://(?:www\.)?google\.[a-z.]{2,6}/amp/(s/)?([^/].*)", re.IGNORECASE)
_AMP_PATH = re.compile(r"(?:/amp/?|\.amp|\.amp(?=\.html?))$|(?<=\.)amp\.(?=html?$)", re.IGNORECASE)
_AMP_ROOM = re.compile(r"/amp(?=/[^/]+/[^/])", re.IGNORECASE)
# What asks for the form of an article that is to be printed; "print" is a word of shops too, behind a slug it is not.
_FORM_FIELD = re.compile(
    r"(?:amp|outputtype)(?:=(?:1|true|amp)?)?|output=amp|(?:print|rss)(?:=(?:1|true|yes)?)?"
    r"|(?:view|output|format|mode)=print(?:able)?|feature=(?:youtu\.be|share|emb_[a-z]+)"
    r"|share=(?:bluesky|email|facebook|linkedin|mastodon|pinterest|reddit|telegram|tumblr|twitter|whatsapp|x)",
    re.IGNORECASE,
)
_FORM_WORD = re.compile(r"amp|outputtype|print|rss|feature|share", re.IGNORECASE)
_SLUG = re.compile(r"[^/]-[^/]*-|[0-9]{4}")
_FRONT = re.compile(r"\A(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)|(?<=\A[a-z]{2}\.)m\.(?=[^.]+\.)")
# The address of nearly all articles: a host, a path, a query and a fragment that is no route.
_PLAIN = re.compile(r"https?://([a-z0-9.-]+)(/[^?#\s]*+)?(?:\?([^#\s]*+))?(?:#(?:[^!/\s]\S*+)?)?")
_WRAPPING_HOST = re.compile(
    r".*\.cdn\.ampproject\.org|.*\.safelinks\..*|(?:www\.)?google\..*|(?:www\.)?(?:"
    + "|".join(re.escape(host) for host, path in _WRAPPERS if path in {"/", "*"})
    + ")"
)
_HOST_NAME = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,24}")
_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)
_TWO_PART_SUFFIX = re.compile(r"\.(?:ac|co|com|edu|gob|gov|net|ne|or|org|gouv)\.[a-z]{2}$")


def unwrapped(url: str) -> str:
    """Give the address that *url* (absolute) passes its readers on to, where it says so itself; else *url*.

    Undone are link checkers of search engines and social networks, and the caches of AMP pages, at most three deep.
    """
    if not _PERHAPS_WRAPPED.match(url):
        return url
    for _ in range(_MAX_WRAPPERS):
        inner = _inner(url)
        if inner is None:
            return url
        url = inner
    return url


def _inner(url: str) -> str | None:
    cached = _AMP_CACHE.fullmatch(url) or _AMP_VIEWER.fullmatch(url)
    if cached:
        return absolute(f"http{'s' if cached[1] else ''}://{cached[2]}", None)
    try:
        parts = urlsplit(url)
        host = _listed(parts.hostname or "")
    except ValueError:
        return None
    names = _WRAPPERS.get((host, parts.path or "/")) or _WRAPPERS.get((host, "*"))
    if names is None:
        return None
    try:
        fields = dict(parse_qsl(parts.query, max_num_fields=50))
    except ValueError:
        return None
    for name in names:
        if fields.get(name, "").lower().startswith(("http://", "https://")):
            return absolute(fields[name], None)
    return None


def _listed(host: str) -> str:
    """Give the name under which the table of wrappers knows *host*."""
    if _GOOGLE.fullmatch(host):
        return "google.com"
    return _MAIL_CHECKER if host.endswith(f".{_MAIL_CHECKER}") else host.removeprefix("www.")


def identity_key(url: str) -> str:
    """Give what the article at *url* (absolute) is known by, whatever way it was reached; for comparing only.

    The same with http or https, with www, m or amp before the host, with a closing slash or index page, with
    parameters in any order, as AMP or print page, inside a wrapper, and with tracking. A fragment counts only as a
    route (`#!` or `#/`).
    """
    plain = _PLAIN.fullmatch(url)
    if plain:
        known, path, query = _plain_host(plain[1]), normal_escapes(plain[2] or ""), plain[3]
        if known and "//" not in path and "/." not in path and (path or "/") not in _WRAPPER_PATHS:
            return f"{known}{_article_path(path)}{_article_query(kept_query(query)) if query else ''}"
    whole = unwrapped(url)
    try:
        parts = urlsplit(canonical(whole))
        host, port = parts.hostname, parts.port
        route = urlsplit(whole).fragment
    except ValueError:
        return url
    if not host:
        return url
    name = _FRONT.sub("", host.rstrip("."), count=1)
    path, query = _article_path(parts.path), _article_query(parts.query)
    place = f":{port}" if port not in (None, 80, 443) else ""
    fragment = f"#{route}" if route.startswith(("!", "/")) else ""
    return f"{name}{place}{path}{query}{fragment}"


@lru_cache(maxsize=4096)  # the hosts of the feeds of one worker: they come again with every article
def _plain_host(host: str) -> str:
    """Give what *host* is known by; "" where its addresses need a closer look."""
    if not _HOST_NAME.fullmatch(host) or _WRAPPING_HOST.fullmatch(host):
        return ""
    return _FRONT.sub("", host, count=1)


def _article_query(query: str) -> str:
    """Give *query* behind its question mark, its fields in order, without what asks for a form of the page."""
    fields = query.replace("+", "%20").split("&")
    if _FORM_WORD.search(query):
        fields = [field for field in fields if not _FORM_FIELD.fullmatch(field)]
    fields.sort()
    return f"?{'&'.join(fields)}" if fields and query else ""


def _article_path(path: str) -> str:
    """Give *path* without what names its reader's session, its index page, its AMP or print form or its end."""
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
