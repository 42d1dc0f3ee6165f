"""Addresses that only pass readers on: link checkers of search engines and social networks, caches of AMP pages.

A wrapper is undone only when the address itself says where it leads: nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote_plus

from pipeline.stages.urls import absolute

_ANY_PATH = "*"
# Of hosts (without www), the paths that pass readers on, and the parameter that says whereto, the first one first.
_WRAPPERS: dict[str, dict[str, tuple[str, ...]]] = {
    "google.com": {"/url": ("url", "q")},
    "news.google.com": {"/url": ("url", "q")},
    "l.facebook.com": {"/l.php": ("u",)},
    "lm.facebook.com": {"/l.php": ("u",)},
    "facebook.com": {"/l.php": ("u",)},
    "l.instagram.com": {"/": ("u",)},
    "duckduckgo.com": {"/l/": ("uddg",)},
    "youtube.com": {"/redirect": ("q",)},
    "out.reddit.com": {_ANY_PATH: ("url",)},
    "linkedin.com": {"/redir/redirect": ("url",)},
    "vk.com": {"/away.php": ("to",)},
    "t.umblr.com": {"/redirect": ("z",)},
    "steamcommunity.com": {"/linkfilter/": ("url", "u")},
    "slack-redir.net": {"/link": ("url",)},
    "bing.com": {"/news/apiclick.aspx": ("url",)},
    "safelinks.protection.outlook.com": {"/": ("url",)},
}
# Each country has a Google of its own, and each region of mail its link checker.
_GOOGLE = re.compile(r"(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?")
_MAIL_CHECKER = "safelinks.protection.outlook.com"
_AMP_CACHE_HOST = re.compile(r"[a-z0-9-]+\.cdn\.ampproject\.org")
_AMP_CACHE = re.compile(r"/(?:[cv]/)?(s/)?([^/].*)", re.IGNORECASE)
_AMP_VIEWER = re.compile(r"/amp/(s/)?([^/].*)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://(?:[^/?#@]*@)?([a-z0-9.-]+)(?::\d*)?((?:[/?#].*)?)", re.IGNORECASE | re.DOTALL)
_MAX_WRAPPERS = 3


@dataclass(frozen=True, slots=True)
class Wrapper:
    """How a host passes readers on: by the parameters of some of its paths, and as *amp*, by its whole path."""

    parameters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    amp: re.Pattern[str] | None = None


@lru_cache(maxsize=4096)  # the hosts of the feeds of one worker: they come again with every article
def wrapper_at(host: str) -> Wrapper | None:
    """Tell how *host* passes readers on; None where it does not, as nearly all."""
    host = host.lower()
    if _AMP_CACHE_HOST.fullmatch(host):
        return Wrapper(amp=_AMP_CACHE)
    if _GOOGLE.fullmatch(host):
        return Wrapper(_WRAPPERS["google.com"], _AMP_VIEWER)
    parameters = _WRAPPERS.get(_MAIL_CHECKER if host.endswith(f".{_MAIL_CHECKER}") else host.removeprefix("www."))
    return Wrapper(parameters) if parameters else None


def unwrapped(url: str) -> str:
    """Give the address that *url* (absolute) passes its readers on to, where it says so itself; else *url*.

    At most three wrappers are undone, one in the other.
    """
    for _ in range(_MAX_WRAPPERS):
        inner = _inner(url)
        if inner is None:
            return url
        url = inner
    return url


def _inner(url: str) -> str | None:
    address = _ADDRESS.fullmatch(url)
    wrapper = wrapper_at(address[1]) if address else None
    if address is None or wrapper is None:
        return None
    cached = wrapper.amp.fullmatch(address[2]) if wrapper.amp else None
    if cached:
        return absolute(f"http{'s' if cached[1] else ''}://{cached[2]}", None)
    path, _, query = address[2].partition("#")[0].partition("?")
    names = wrapper.parameters.get(path or "/") or wrapper.parameters.get(_ANY_PATH)
    return _named(query, names) if names else None


def _named(query: str, names: tuple[str, ...]) -> str | None:
    """Give the address that *query* names under the first of *names* that holds one."""
    parameters = query.split("&")
    for name in names:
        for parameter in parameters:
            if parameter.startswith(name) and parameter[len(name) : len(name) + 5].lower() == "=http":
                address = absolute(unquote_plus(parameter[len(name) + 1 :]), None)
                if address:
                    return address
    return None
