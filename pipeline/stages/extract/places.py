"""Where an article lives: what its page claims as its address, as far as that is plausible."""

from __future__ import annotations

from urllib.parse import urlsplit

from pipeline.stages.extract.head import Head
from pipeline.stages.urls import absolute, canonical, host_of

_FRONTS = ("www.", "m.", "mobile.", "amp.")
_SECOND_LEVELS = frozenset({"ac", "co", "com", "edu", "gob", "gov", "gouv", "net", "ne", "nom", "or", "org"})


def page_url(head: Head, url: str) -> str | None:
    """Give the address of the article on the page fetched from *url* ("" when unknown), canonical where it says so.

    A claim counts when it stays in the page's own domain, is not its home page and not shorter than the page's path
    by more than one segment: sites in a hurry point all their pages at the front page.
    """
    for claim in (head.canonical, head.first("og:url")):
        claimed = absolute(claim, url or None)
        if claimed and _is_plausible(claimed, url):
            return canonical(claimed)
    return canonical(url) if url else None


def _is_plausible(claimed: str, url: str) -> bool:
    depth = _depth(claimed)
    if not depth and not urlsplit(claimed).query:
        return False
    if not url:
        return True
    return _domain(host_of(claimed)) == _domain(host_of(url)) and depth >= _depth(url) - 1


def _depth(url: str) -> int:
    return sum(bool(segment) for segment in urlsplit(url).path.split("/"))


def _domain(host: str) -> str:
    """Give the part of *host* that one owner holds, near enough: two labels, three below a country's second level."""
    for front in _FRONTS:
        host = host.removeprefix(front)
    labels = host.split(".")
    count = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVELS else 2
    return ".".join(labels[-count:])
