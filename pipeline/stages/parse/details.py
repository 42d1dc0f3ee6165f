"""What the elements of an item say of its categories, its people, its pictures and its files."""

from __future__ import annotations

from pipeline.stages.parse.constructs import Odd, repaired
from pipeline.stages.parse.draft import Draft, Handler
from pipeline.stages.parse.names import Element, name_of

ITUNES = "http://www.itunes.com/"
"""The scheme of categories and keywords of iTunes."""


def category(draft: Draft, element: Element, depth: int) -> None:
    """Read a <category>, or what other formats call so."""
    if element.attrib:
        named = draft.named(element)
        draft.tag((named.get("term"), named.get("scheme", named.get("domain")), named.get("label")))
    _term(draft, element, depth)


def media_category(draft: Draft, element: Element, depth: int) -> None:
    """Read a <media:category>."""
    named = draft.named(element)
    scheme = named.get("scheme", "http://search.yahoo.com/mrss/category_schema")
    draft.tag((named.get("term"), scheme, named.get("label")))
    _term(draft, element, depth)


def itunes_category(draft: Draft, element: Element, depth: int) -> None:
    """Read an <itunes:category>; one inside another is a second category."""
    draft.tag((draft.named(element).get("text"), ITUNES, None))
    _term(draft, element, depth)


def _term(draft: Draft, element: Element, depth: int) -> None:
    if len(element):
        if (element.text or "").strip():
            raise Odd(element.tag)
        draft.read(element, depth + 1)
        return
    term = draft.leaf(element)
    if term:
        draft.name_tag(term)


def keywords(scheme: str | None) -> Handler:
    """Make the handler of an element that lists categories of *scheme* between commas."""

    def handler(draft: Draft, element: Element, _depth: int) -> None:
        if not element.attrib:
            for term in map(str.strip, draft.leaf(element).split(",")):
                if term:
                    draft.tag((term, scheme, None))

    return handler


def people(draft: Draft, element: Element, _depth: int) -> None:
    """Read who wrote the item: a text, or the elements of Atom."""
    if not len(element):
        draft.authors.append((draft.leaf(element), "", ""))
        return
    pieces = [element.text or ""]
    said_name = said_email = ""
    for child in element:
        name = name_of(child)
        if len(child):
            raise Odd(name)
        if name in {"name", "itunes:name"}:
            said_name = (child.text or "").strip()
        elif name in {"email", "itunes:email"}:
            said_email = (child.text or "").strip()
        elif child.attrib:
            pieces.append(child.text or "")
        pieces.append(child.tail or "")
    draft.authors.append((repaired("".join(pieces).strip()), said_name, said_email))


def itunes_image(draft: Draft, element: Element, _depth: int) -> None:
    """Read an <itunes:image>."""
    named = draft.named(element)
    draft.image = named.get("href") or named.get("url") or draft.image


def media_content(draft: Draft, element: Element, depth: int) -> None:
    """Read a file of Media RSS, and what is said inside it."""
    draft.media.append(draft.named(element))
    if len(element):
        draft.read(element, depth + 1)


def thumbnail(draft: Draft, element: Element, depth: int) -> None:
    """Read a <media:thumbnail>."""
    named = draft.named(element)
    if len(element):
        draft.read(element, depth + 1)
    text = (element.text or "").strip()
    if text and "url" not in named:
        named["url"] = draft.scope.inside(named).resolved(text)
    draft.thumbnails.append(named)


def enclosure(draft: Draft, element: Element, depth: int) -> None:
    """Read an <enclosure>."""
    named = draft.named(element)
    href = named.get("url", named.get("uri", named.get("href")))
    draft.enclosures.append({**named, "href": href} if href else named)
    if len(element):
        draft.read(element, depth + 1)
