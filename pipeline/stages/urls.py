"""What an address means: made absolute, made canonical, told apart.

Rules of this file: only http and https are addresses here. `absolute` changes as little as a browser would (WHATWG
URL: whitespace out, what must be is percent-encoded); `canonical` merges what one article is known by; it never
lower-cases a path and never drops a parameter it does not know.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from pipeline.errors import UsageError
from pipeline.stages.customs import Tracking

_MAX_URL = 8192  # longer addresses are data, not places: servers refuse them (RFC 9110 section 4.1 asks for 8000)
_BLANKS = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\u200b\ufeff]+")
_INNER_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_HTTP = re.compile(r"(https?):[\\/]*", re.IGNORECASE)
_CLEAN = re.compile(r"https?://[A-Za-z0-9.-]+(?:[/?#](?:[!#$&-;=?-Z_a-z~]++|%[0-9A-Fa-f]{2})*+)?")
_CANONICAL = re.compile(r"https?://[a-z0-9.-]+/[A-Za-z0-9_~!$&'()*+,;=:@/.-]*+")
# A base, and addresses beneath it that need no more than to be put behind it: a tenth of what urljoin costs.
_PLAIN_BASE = re.compile(r"(https?://[A-Za-z0-9.-]+)/[A-Za-z0-9_~!$&'()*+,=:@%/.-]*+")
_PLAIN_PATH = re.compile(r"/(?![/.])(?:[A-Za-z0-9_~!$&'()*+,=:@%.-]++|/(?!\.))*+")
_PLAIN_FRAGMENT = re.compile(r"#[A-Za-z0-9_~!$&'()*+,=:@%/.-]++")
_HOST = re.compile(r"[^\x00-\x20\"#%&'()*+,/:;<=>?@\[\\\]^`{|}\x7f]+|\[[0-9A-Fa-f:.]+\]")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_ESCAPED_AMPERSAND = re.compile(r"&(?:amp;)+", re.IGNORECASE)
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_DEFAULT_PORTS = {"http": 80, "https": 443}

# Parameters that only tell where a reader came from, who is reading or which comment is being answered. Prefixes and
# names as seen in feeds (French press: xtor; BBC: at_medium, ns_mchannel; CBS: ftag; Guardian: CMP; Reuters:
# feedName); names that also carry meaning elsewhere (id, source, ref, from, cid) are not here.
_TRACKING_PREFIXES = (
    "utm_", "at_", "itm_", "ns_", "pk_", "piwik_", "mtm_", "matomo_", "hsa_", "oly_", "vero_", "__hs", "_hs", "guce_",
    "gaa_",
)  # fmt: skip
_TRACKING = frozenset(
    (
        "cmp", "cmp_id", "cmpid", "dclid", "dicbo", "ecid", "efid", "emc", "epik", "fb_ref", "fb_source", "fbclid",
        "feedname", "feedtype", "ftag", "gad_source", "gbraid", "gclid", "gclsrc", "guccounter",
        "hsctatracking", "icid", "igsh", "igshid", "intcid", "ito", "jsessionid",
        "li_fat_id", "mc_cid", "mc_eid", "mibextid", "mkt_tok", "msclkid", "ncid", "ocid",
        "phpsessid", "replytocom", "rss_id", "s_cid", "s_kwcid", "sc_lid", "sc_src", "sfnsn", "smid",
        "smtyp", "spm", "sref", "srnd", "srsltid", "taid", "tblci", "tpcc", "trkcampaign",
        "ttclid", "twclid", "wbraid", "wt.mc_id", "wt_mc", "wt_mc_id", "wt_zmc", "xtcr", "xtmc", "xtor",
        "xts", "yclid",
        "__twitter_impression", "_ga", "_gl", "_openstat",
    )
)  # fmt: skip
# Parameters that are tracking only when their value says "feed".
_MAYBE_TRACKING = frozenset(
    {"ref", "source", "src", "from", "partner", "mod", "via", "origin", "traffic_source", "trk"}
)
# "rss", and what sites hang on to it: the name of the feed (rss_whats_news), or Medium's ids (rss----8a1b2c---4).
_FEED_VALUE = re.compile(
    r"rss(?:2|20|[_-]?feed|_\w{1,60}|-{1,9}[0-9a-f]{6,12}-{1,9}[0-9]?)?|atom|feed|feedburner", re.IGNORECASE
)
_ANY_VALUE = re.compile(r".*", re.DOTALL)

_NO_MORE = Tracking()

_FEED_SCHEME = re.compile(r"feed:(?://)?", re.IGNORECASE)
_BARE_DOMAIN = re.compile(
    r"(?:[\w-]+(?:\.[\w-]+)*\.(?=[\w-]*[^\W\d_])[\w-]+|localhost|\d+(?:\.\d+){3})(?::\d+)?(?:[/?#]|$)"
)


def absolute(url: str | None, base: str | None) -> str | None:
    """Give the http(s) address that *url* names, read relative to *base*; None when it names none.

    Whitespace and controls go, what no address may hold is percent-encoded, a non-ASCII host becomes IDNA, and user
    info stays. `javascript:`, `data:`, an empty text and an impossible host are None.
    """
    if not url or len(url) > _MAX_URL:
        return None
    if _CLEAN.fullmatch(url):
        return url
    text = _INNER_CONTROLS.sub("", _strip(url))
    if not text:
        return None
    try:
        return _escaped(_joined(text, base))
    except ValueError:  # an impossible port, IPv6 literal, host or surrogate
        return None


def canonical(url: str, tracking: Tracking = _NO_MORE) -> str:
    """Give the address by which the article at *url* (absolute) is known; what is canonical stays as it is.

    Lower-case scheme and host, no default port, no fragment but `#!`, no tracking parameters, escapes normalised (RFC
    3986 section 6.2.2). What is not an http(s) address comes back as it is. *tracking* adds to our own table.
    """
    if _CANONICAL.fullmatch(url) and "/." not in url:
        return url
    try:
        parts = urlsplit(url)
        if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
            return url
        authority = _authority(parts)
    except ValueError:
        return url
    path = normal_escapes(parts.path) or "/"
    if "/." in path:
        path = without_dot_segments(path)
    fragment = parts.fragment if parts.fragment.startswith("!") else ""
    return urlunsplit((parts.scheme, authority, path, kept_query(parts.query, tracking), fragment))


def without_dot_segments(path: str) -> str:
    """Give *path* (empty or from its first slash on) with its `.` and `..` followed (RFC 3986 section 5.2.4)."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1:] in (["."], [".."]):
        kept.append("")
    return "".join([f"/{segment}" for segment in kept])


def host_of(url: str) -> str:
    """Give the host of *url* in lower case, without port or user info; "" when it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def feed_url(text: str) -> str:
    """Give the feed address that an operator means by *text*: `feed:` undone, `https://` added to a bare domain.

    Scheme and host become lower case, a default port and the fragment go; path and query stay as typed.

    Raises UsageError when *text* is not the address of a feed.
    """
    typed = _strip(text)
    url = _FEED_SCHEME.sub("", typed, count=1)
    if url != typed and not _HTTP.match(url):
        url = f"http://{url}"
    elif _BARE_DOMAIN.match(url):
        url = f"https://{url}"
    if not _HTTP.match(url):
        named = _SCHEME.match(url)
        why = f"{named[1]} is not http or https" if named else "an address looks like https://example.org/feed.xml"
        raise UsageError(f'not a feed address: "{typed[:200]}" ({why})')
    whole = absolute(url, None)
    if whole is None:
        raise UsageError(f'not a feed address: "{typed[:200]}" (it names no host that can exist)')
    parts = urlsplit(whole)
    return urlunsplit((parts.scheme, _authority(parts), parts.path or "/", parts.query, ""))


def folded(url: str) -> str:
    """Give what all ways to write the address of the feed at *url* have in common: one that two lists agree on.

    Beside what `canonical` folds, http and https are one: no site keeps two feeds there.
    """
    return canonical(url).partition(":")[2]


def feed_id(url: str) -> str:
    """Make the id of the feed at *url*: 16 hex digits, the same for every way to write one address.

    Raises UsageError when *url* is not the address of a feed.
    """
    return hashlib.blake2b(feed_url(url).encode(), digest_size=8).hexdigest()


def _strip(text: str) -> str:
    """Cut blanks and controls at both ends, in linear time."""
    start = _BLANKS.match(text)
    rest = text[start.end() :] if start else text
    return rest[: _length_without_tail(rest)]


def _length_without_tail(text: str) -> int:
    end = len(text)
    while end and _BLANKS.match(text[end - 1]):
        end -= 1
    return end


def _joined(text: str, base: str | None) -> str:
    if text[:4].lower() == "www.":
        return f"http://{text}"
    http = _HTTP.match(text)
    if http:
        return f"{http[1].lower()}://{text[http.end() :]}"
    plain = _PLAIN_BASE.fullmatch(base) if base and text[0] in "/#" else None
    if plain and _PLAIN_PATH.fullmatch(text):
        return plain[1] + text
    if plain and _PLAIN_FRAGMENT.fullmatch(text):
        return plain[0] + text
    return urljoin(base or "", text.replace("\\", "/") if text.startswith("\\") else text)


def _escaped(url: str) -> str | None:
    """*url* with what no address may hold percent-encoded; None when it is not http(s) or has no usable host."""
    if _CLEAN.fullmatch(url):
        return url
    parts = urlsplit(url)
    host = parts.hostname
    if parts.scheme not in _DEFAULT_PORTS or not host:
        return None
    if not host.isascii():
        host = host.encode("idna").decode()
    shown = f"[{host}]" if ":" in host else host
    if not _HOST.fullmatch(shown) or parts.port == 0:
        return None
    user, at, _ = parts.netloc.rpartition("@")
    port = f":{parts.port}" if parts.port is not None else ""
    authority = f"{quote(user, safe=_SAFE)}{at}{shown}{port}"
    whole = [_quoted(part) for part in (parts.path, parts.query, parts.fragment)]
    return urlunsplit((parts.scheme, authority, *whole))


_SAFE = "%!#$&'()*+,/:;=?@[]~|"


def _quoted(part: str) -> str:
    return quote(_BARE_PERCENT.sub("%25", part), safe=_SAFE)


def _authority(parts: SplitResult) -> str:
    """User info as it is, host in lower case, the port unless it is the default."""
    user, at, _ = parts.netloc.rpartition("@")
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{user}{at}{shown}{port}"


def kept_query(query: str, tracking: Tracking = _NO_MORE) -> str:
    """Give *query* without what only tells where a reader came from; *tracking* adds to our own table."""
    return "&".join([field for field in query_fields(query) if not _is_tracking(field, tracking)]) if query else ""


def query_fields(query: str) -> list[str]:
    """Give the fields of *query* that are not empty, their escapes normal, `&amp;` read as the `&` that it means."""
    query = normal_escapes(_ESCAPED_AMPERSAND.sub("&", query) if ";" in query else query)
    return [field for field in query.split("&") if field]


def _is_tracking(field: str, tracking: Tracking) -> bool:
    if tracking is not _NO_MORE:
        name = field.partition("=")[0].lower()
        if name in tracking.names or name.startswith(tracking.prefixes):
            return True
    return is_of(field, tracking_value)


def is_of(field: str, value_of: Callable[[str], re.Pattern[str] | None]) -> bool:
    """Tell whether the value of *field* is what *value_of* gives for its name."""
    name, _, value = field.partition("=")
    pattern = value_of(name)
    return pattern is not None and pattern.fullmatch(value) is not None


@lru_cache(maxsize=4096)  # sites have few names for their parameters, and each comes again with every article
def tracking_value(name: str) -> re.Pattern[str] | None:
    """Give what the value of the parameter *name* looks like where it only tracks; None where it never does."""
    name = name.lower()
    if name in _MAYBE_TRACKING:
        return _FEED_VALUE
    return _ANY_VALUE if name in _TRACKING or name.startswith(_TRACKING_PREFIXES) else None


def normal_escapes(part: str) -> str:
    """Give *part* of an address with no escape that is not needed, the others in upper case (RFC 3986, 6.2.2)."""
    return _ESCAPE.sub(_normal_escape, part) if "%" in part else part


def _normal_escape(match: re.Match[str]) -> str:
    char = chr(int(match[0][1:], 16))
    return char if char in _UNRESERVED else match[0].upper()
