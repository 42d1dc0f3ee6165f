"""Decides which feeds share one host's patience."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Literal
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

Scope = Literal["url", "host", "domain", "platform"]


@lru_cache(maxsize=65_536)
def politeness_scope(url: str, kind: Scope) -> str:
    """Name what *url* shares its limits with: nothing but itself, its host, its registrable domain, or its platform.

    The registrable domain is told by the Public Suffix List; the platform is that without the list's private part,
    so that all of `*.blogspot.com` is one. An address without a host has "" for its host.
    """
    if kind == "url":
        return url
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""
    if kind == "host" or ":" in host or host.replace(".", "").isdigit():
        return host
    return _suffixes(only_icann=kind == "platform").privatesuffix(host) or host


@cache
def _suffixes(*, only_icann: bool) -> PublicSuffixList:
    return PublicSuffixList(only_icann=only_icann)
