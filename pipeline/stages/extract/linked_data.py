"""The JSON-LD of a page: what it says of its article to machines (schema.org), as one value.

Rules of this file: whatever the JSON is, something comes back; a graph is read in bounded time. Pages carry several
nodes for one story (WebPage, Article, BlogPosting): the most specific speaks, the others fill what it leaves open.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

_MOST_CHARACTERS = 2_000_000
_MOST_NODES = 5_000
_OPENINGS = ("<!--", "/*<![CDATA[*/", "/* <![CDATA[ */", "//<![CDATA[", "// <![CDATA[", "<![CDATA[")
_CLOSINGS = ("-->", "/*]]>*/", "/* ]]> */", "//]]>", "// ]]>", "]]>", ";")
_TRAILING_COMMA = re.compile(r",(?=\s{0,200}[}\]])")


@dataclass(frozen=True, slots=True)
class LinkedArticle:
    """The article a page describes in JSON-LD, in its own words; None and () where it is silent."""

    headline: str | None = None
    body: str | None = None
    description: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    modified: str | None = None
    image: str | None = None
    language: str | None = None
    is_free: bool | None = None


Node = dict[str, object]


def linked_article(root: etree._Element) -> LinkedArticle:
    """Give what the JSON-LD under *root* says of the page's article."""
    nodes = list(_nodes(_documents(root)))
    known = {identity: node for node in nodes if isinstance(identity := node.get("@id"), str) and len(node) > 1}
    speaking = sorted((node for node in nodes if _rank(node) < 3), key=_rank)
    return LinkedArticle(
        headline=_first(
            _text(node.get("headline")) or (_text(node.get("name")) if _rank(node) < 2 else None) for node in speaking
        ),
        body=_first(_text(node.get("articleBody")) for node in speaking),
        description=_first(_text(node.get("description")) for node in speaking),
        authors=next((names for node in speaking if (names := tuple(_names(node.get("author"), known)))), ()),
        published=_first(_text(node.get("datePublished")) for node in speaking),
        modified=_first(_text(node.get("dateModified")) for node in speaking),
        image=_first(_address(node.get(key), known) for node in speaking for key in ("image", "thumbnailUrl")),
        language=_first(_text(node.get("inLanguage")) for node in speaking),
        is_free=next((free for free in map(_freedom, speaking) if free is not None), None),
    )


def _documents(root: etree._Element) -> Iterator[object]:
    room = _MOST_CHARACTERS
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower() or not script.text:
            continue
        room -= len(script.text)
        if room < 0:
            return
        document = _parsed(script.text)
        if document is not None:
            yield document


def _parsed(text: str) -> object:
    """Read *text* as JSON, forgiving what publishers do: comments around it, line ends in it, trailing commas."""
    for attempt in (text, _TRAILING_COMMA.sub("", _unwrapped(text))):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _unwrapped(text: str) -> str:
    text = text.strip()
    for opening in _OPENINGS:
        text = text.removeprefix(opening)
    for closing in _CLOSINGS:
        text = text.removesuffix(closing).rstrip()
    return text


def _nodes(documents: Iterable[object]) -> Iterator[Node]:
    """Yield the objects of *documents* in order: those of lists and graphs, and what a page is about."""
    room = _MOST_NODES
    stack = list(documents)[::-1]
    while stack and room:
        room -= 1
        value = stack.pop()
        if isinstance(value, list):
            stack.extend(value[:_MOST_NODES][::-1])
        elif isinstance(value, dict):
            yield value
            stack.extend(
                value[key]
                for key in ("mainEntity", "mainEntityOfPage", "@graph")
                if isinstance(value.get(key), dict | list)
            )


def _rank(node: Node) -> int:
    """Say how near *node* is to the article: 0 a news article, 1 another article, 2 a page, 3 something else."""
    kinds = node.get("@type")
    names = (
        [kinds]
        if isinstance(kinds, str)
        else [kind for kind in kinds if isinstance(kind, str)]
        if isinstance(kinds, list)
        else []
    )
    names = [name.rpartition("/")[2] for name in names]
    if any("NewsArticle" in name for name in names):
        return 0
    if any(name.endswith(("Article", "Posting", "Report", "Review", "LiveBlogPosting")) for name in names):
        return 1
    return 2 if any(name.endswith(("WebPage", "VideoObject")) for name in names) else 3


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)


def _text(value: object) -> str | None:
    """Give *value* as a text: itself, its only element, or its `@value`."""
    match value:
        case str():
            return value.strip() or None
        case [first, *_]:
            return _text(first) if not isinstance(first, list) else None
        case {"@value": str(inner)} | {"name": str(inner)}:
            return inner.strip() or None
        case _:
            return None


def _names(value: object, known: dict[str, Node]) -> Iterator[str]:
    """Yield the names of the people or organisations that *value* is, looking up references in *known*."""
    for author in value[:50] if isinstance(value, list) else [value]:
        node = (
            known.get(str(author["@id"]), author)
            if isinstance(author, dict) and "name" not in author and "@id" in author
            else author
        )
        name = _text(node.get("name")) if isinstance(node, dict) else node
        if isinstance(name, str) and name.strip():
            yield name.strip()


def _address(value: object, known: dict[str, Node]) -> str | None:
    match value:
        case str():
            return value
        case [first, *_]:
            return _address(first, known) if not isinstance(first, list) else None
        case {"url": str(address)} | {"contentUrl": str(address)}:
            return address
        case {"@id": str(identity)} if identity in known and known[identity] is not value:
            node = known[identity]
            return _text(node.get("url")) or _text(node.get("contentUrl"))
        case _:
            return None


def _freedom(node: Node) -> bool | None:
    """Tell whether everybody may read the article; None where *node* does not say."""
    match node.get("isAccessibleForFree"):
        case bool(value):
            return value
        case str(value):
            return {"true": True, "false": False}.get(value.lower().rpartition("/")[2])
        case _:
            return None
