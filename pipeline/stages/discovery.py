"""Finds the feeds of a page: what its headers, its head and its links name, and where else to look.

Rules of this file: a page only proposes; a feed is what reads as one. Feeds of comments come last: nobody means them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from pipeline.errors import UsageError
from pipeline.model import Response
from pipeline.stages.extract.tree import page_text
from pipeline.stages.platforms import account_feed, platform_feeds
from pipeline.stages.urls import absolute, canonical, feed_url

Source = Literal["itself", "platform", "header", "link", "self", "anchor", "well-known"]

PAGE_BYTES = 2 * 1024 * 1024
"""How much of a page is looked at: feeds are linked in its head, or else somewhere in its first screens."""
MOST_CANDIDATES = 50
WELL_KNOWN_PATHS = ("/feed", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml", "/rss")
"""Asked one after the other, and only where a page names no feed: the places that blogs and generators use."""

_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
    | {"text/rss+xml", "text/atom+xml", "application/x.atom+xml", "application/x-atom+xml"}
)
_VAGUE_TYPES = frozenset({"text/xml", "application/xml", "application/json"})
_FEED_PATH = re.compile(
    r"\.(?:rss|atom|rdf|xml)$|/(?:feeds?|rss|atom|index\.rdf)/?$|/(?:rss|feeds?|atom)/|[/.](?:feed|rss)\.json$",
    re.IGNORECASE,
)
_FEED_QUERY = re.compile(
    r"(?:^|&)(?:feed=|format=(?:rss|atom|feed)|type=(?:rss|atom)|rss\b|channel_id=)", re.IGNORECASE
)
_COMMENTS = re.compile(r"comment|kommentar|coment[aá]rio|commentaire|réponse|replies", re.IGNORECASE)
_LINK_VALUE = re.compile(r'<([^<>]*)>((?:\s*;\s*[\w!#$&+.^`|~*-]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s",;]*))?)*)')
_LINK_PARAMETER = re.compile(r';\s*([\w*-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*)))?')


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may be a feed: what it is called, and where it was found."""

    url: str
    title: str
    source: Source


def looks_like_feed(url: str) -> bool:
    """Whether *url* is written as addresses of feeds are: such a one is taken as it is, without asking anybody."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(_FEED_PATH.search(parts.path) or _FEED_QUERY.search(parts.query))


def candidates_by_address(url: str) -> tuple[Candidate, ...]:
    """The feeds of the page at *url* that are known without asking for it."""
    return tuple(Candidate(feed, title, "platform") for feed, title in platform_feeds(url))


def candidates_in_page(response: Response, page: bytes) -> tuple[Candidate, ...]:
    """The feeds that the answer *response* with the unpacked body *page* names, the best first, each once."""
    served_as = (response.header("content-type") or b"").decode("latin-1")
    found = [*_in_headers(response), *_in_html(page_text(page[:PAGE_BYTES], served_as), response.url)]
    if not any(candidate.source in ("header", "link") for candidate in found):
        account = account_feed(response.url)
        found = found if account is None else [Candidate(account, "account", "platform"), *found]
    return ranked(found, given=response.url)


def well_known(url: str) -> tuple[Candidate, ...]:
    """Where a site keeps its feed when its pages do not say: below the page at *url*, then at the top."""
    parts = urlsplit(url)
    top = f"{parts.scheme}://{parts.netloc}"
    folder = top + parts.path.rpartition("/")[0]
    places = [f"{folder}{path}" for path in WELL_KNOWN_PATHS[:1]] if folder != top else []
    return tuple(
        Candidate(place, "", "well-known") for place in [*places, *(top + path for path in WELL_KNOWN_PATHS)]
    )


def self_link(document: bytes, url: str) -> str | None:
    """The address that the feed *document*, unpacked and read from *url*, calls its own; None if it is no other."""
    for tag in re.findall(rb"<(?:\w+:)?link\b[^<>]{0,2000}>", document[:16_384]):
        text = tag.decode("utf-8", "replace")
        if re.search(r"\brel\s*=\s*[\"']self[\"']", text) and (
            href := re.search(r"\bhref\s*=\s*[\"']([^\"']+)", text)
        ):
            target = absolute(href[1].replace("&amp;", "&"), url)
            return target if target is not None and canonical(target) != canonical(url) else None
    return None


def ranked(candidates: Iterable[Candidate], *, given: str) -> tuple[Candidate, ...]:
    """Put the feeds that a person most likely means first: not those of comments, then as the page has them."""
    unique: dict[str, Candidate] = {}
    for candidate in candidates:
        if canonical(candidate.url) != canonical(given):
            unique.setdefault(canonical(candidate.url), candidate)
    order = sorted(unique.values(), key=lambda each: (each.source == "anchor", _is_of_comments(each)))
    return tuple(order[:MOST_CANDIDATES])


def _is_of_comments(candidate: Candidate) -> bool:
    return bool(_COMMENTS.search(candidate.title) or _COMMENTS.search(urlsplit(candidate.url).path))


def link_headers(response: Response) -> Iterator[tuple[str, dict[str, str]]]:
    """Read the Link headers of *response* (RFC 8288 section 3): address, and parameters by lower-case name."""
    for name, value in response.headers:
        if name != "link":
            continue
        for target, parameters in _LINK_VALUE.findall(value[:65_536].decode("utf-8", "replace")):
            url = absolute(target, response.url)
            if url is not None:
                yield (
                    url,
                    {
                        key.lower(): re.sub(r"\\(.)", r"\1", quoted) or plain
                        for key, quoted, plain in reversed(_LINK_PARAMETER.findall(parameters))
                    },
                )


def _in_headers(response: Response) -> Iterator[Candidate]:
    for url, parameters in link_headers(response):
        if _is_feed_link(parameters.get("rel", ""), parameters.get("type", "")):
            yield Candidate(url, _one_line(parameters.get("title", "")), "header")


def _in_html(page: str, url: str) -> list[Candidate]:
    tree = LexborHTMLParser(page)
    base = url
    if (named := tree.css_first("base[href]")) is not None:
        base = absolute(named.attributes.get("href"), url) or url
    linked: list[Candidate] = []
    vague: list[Candidate] = []
    for target, attributes, _ in _references(tree, "link[href][rel]", base):
        relation, media_type = attributes["rel"], attributes.get("type", "")
        candidate = Candidate(target, _one_line(attributes.get("title", "")), "link")
        if _is_feed_link(relation, media_type):
            linked.append(candidate)
        elif _may_be_feed_link(relation, media_type, target):
            vague.append(candidate)
    anchors = [
        Candidate(target, _one_line(text), "anchor")
        for target, _, text in _references(tree, "a[href]", base)
        if looks_like_feed(target)
    ]
    return [*(linked or vague), *anchors]


def _references(tree: LexborHTMLParser, selector: str, base: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Yield address, attributes and text of each element that *selector* finds and that leads anywhere."""
    for node in tree.css(selector):
        attributes = {name: value or "" for name, value in node.attributes.items()}
        target = _target(attributes["href"], base)
        if target is not None:
            yield target, attributes, node.text(strip=True)[:200]


def _target(reference: str, base: str) -> str | None:
    """Where *reference* leads; `feed:` before an address, as old pages write it, is undone."""
    if reference.lstrip()[:5].lower() != "feed:":
        return absolute(reference, base)
    try:
        return feed_url(reference)
    except UsageError:
        return None


def _is_feed_link(relation: str, media_type: str) -> bool:
    relations = set(relation.lower().split())
    kind = media_type.partition(";")[0].strip().lower()
    return ("alternate" in relations and kind in _FEED_TYPES) or ("feed" in relations and kind in {"", *_FEED_TYPES})


def _may_be_feed_link(relation: str, media_type: str, target: str) -> bool:
    """Whether a link has a type that feeds have among much else, or none; of use where no other link is better."""
    kind = media_type.partition(";")[0].strip().lower()
    return "alternate" in relation.lower().split() and (kind in _VAGUE_TYPES if kind else looks_like_feed(target))


def _one_line(text: str) -> str:
    return "".join(each for each in " ".join(text.split()) if each.isprintable())[:200]
