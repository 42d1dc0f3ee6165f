"""An item, element by element: what each says of the article, as feedparser understands it.

Rules of this file: `ITEM_HANDLERS` is the list of all elements that are read; inside any other element the search
goes on. An item that says things in another way is Odd, and feedparser reads it alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.model import RawDate
from pipeline.stages.parse.constructs import HTML, PLAIN, TEXT_KINDS, XHTML, Odd
from pipeline.stages.parse.details import (
    ITUNES,
    category,
    enclosure,
    itunes_category,
    itunes_image,
    keywords,
    media_category,
    media_content,
    people,
    thumbnail,
)
from pipeline.stages.parse.draft import Draft, Handler, Text
from pipeline.stages.parse.names import Element, name_of
from pipeline.stages.parse.scopes import NOWHERE

_HTML_TYPES = frozenset({HTML, XHTML, "html", "xhtml"})
_BROKEN_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")

# --- Addresses ---------------------------------------------------------------------------------------------------


def _guid(draft: Draft, element: Element, depth: int) -> None:
    named = draft.named(element)
    is_permalink = named.get("ispermalink", "true") == "true"
    value = draft.leaf(element)
    if value and is_permalink:
        value = (draft.scope.inside(named) if named else draft.scope).resolved(value)
    if depth == 1 or draft.guid is None:
        draft.guid = value
    if is_permalink and draft.link is None:
        draft.link = value


def _link(draft: Draft, element: Element, depth: int) -> None:
    named = draft.named(element)
    if not named:
        _link_in_text(draft, element, named)
        return
    rel = named.get("rel", "alternate")
    kind = named.get("type", HTML) if rel != "self" else ""
    href = named.get("url", named.get("uri", named.get("href"))) or named.get("href")
    if href is None:
        href = _link_in_text(draft, element, named)
    else:
        href = draft.scope.inside(named).resolved(href)
        if rel == "alternate":
            if kind in _HTML_TYPES:
                draft.link = href
            if draft.page is None and (not kind or kind in {HTML, XHTML}) and href.strip():
                draft.page = href
        if len(element):
            draft.read(element, depth + 1)
    if rel == "enclosure":
        draft.enclosures.append({**named, "href": href})


def _link_in_text(draft: Draft, element: Element, named: Mapping[str, str]) -> str:
    href = draft.leaf(element)
    scope = draft.scope.inside(named) if named else draft.scope
    if scope is not NOWHERE or ":///" in href:
        href = scope.resolved(href) if href else href
    if "&" in href:
        href = _BROKEN_REFERENCE.sub(r"&\g<1>", href.replace("&amp;", "&"))
    draft.link = href
    if href and draft.page is None and (not named or named.get("rel", "alternate") == "alternate"):
        draft.page = href if named.get("type", HTML) in {"", HTML, XHTML} else None
    return href


def _original_link(draft: Draft, element: Element, depth: int) -> None:
    if not element.attrib and (depth == 1 or draft.original_link is None):
        draft.original_link = draft.leaf(element)


# --- Texts -------------------------------------------------------------------------------------------------------


def _title(draft: Draft, element: Element, depth: int) -> None:
    text = draft.text_of(element, PLAIN)
    _store_title(draft, text, depth)
    if text[1]:
        draft.title_depth = depth


def _media_title(draft: Draft, element: Element, depth: int) -> None:
    _store_title(draft, draft.text_of(element, PLAIN), depth)


def _store_title(draft: Draft, text: Text, depth: int) -> None:
    if -1 < draft.title_depth <= depth:
        return
    if draft.title is None or depth <= draft.title_set_depth:
        draft.title, draft.title_set_depth = text[1], depth
    draft.title_from = text


def _description(draft: Draft, element: Element, depth: int) -> None:
    _describe(draft, element, depth, HTML)


def _summary(draft: Draft, element: Element, depth: int) -> None:
    _describe(draft, element, depth, PLAIN)


def _describe(draft: Draft, element: Element, depth: int, default: str) -> None:
    if draft.summary is not None and not draft.has_content:
        draft.has_content = True
        _store_content(draft, draft.text_of(element, PLAIN))
    else:
        _store_summary(draft, draft.text_of(element, default), depth)


def _abstract(draft: Draft, element: Element, depth: int) -> None:
    _store_summary(draft, draft.text_of(element, PLAIN), depth)


def _store_summary(draft: Draft, text: Text, depth: int) -> None:
    if draft.summary_depth is None or depth <= draft.summary_depth:
        draft.summary, draft.summary_depth = text[1], depth
    draft.summary_from = text


def _content(draft: Draft, element: Element, _depth: int) -> None:
    draft.has_content = True
    _store_content(draft, draft.text_of(element, PLAIN))


def _encoded(draft: Draft, element: Element, _depth: int) -> None:
    draft.has_content = True
    _store_content(draft, draft.text_of(element, HTML))


def _body(draft: Draft, element: Element, _depth: int) -> None:
    _store_content(draft, draft.text_of(element, XHTML))


def _store_content(draft: Draft, text: Text) -> None:
    draft.contents.append(text)
    kind, value, _ = text
    if draft.summary is None and kind in TEXT_KINDS:
        draft.summary = value


# --- Dates and language ---------------------------------------------------------------------------


def _date(which: str, shown: str) -> Handler:
    """Make the handler of an element that gives the date *which*, and is *shown* as its source."""

    def handler(draft: Draft, element: Element, depth: int) -> None:
        value = draft.leaf(element)
        dates = draft.dates
        if depth == 1 or which not in dates:
            dates[which] = RawDate(value, shown) if value else None

    return handler


_updated = _date("updated", "date")


def _bare_date(draft: Draft, element: Element, depth: int) -> None:
    if not element.attrib:
        _updated(draft, element, depth)


def _language(draft: Draft, element: Element, depth: int) -> None:
    if depth == 1 or draft.language is None:
        draft.language = draft.leaf(element)


def _image(draft: Draft, element: Element, depth: int) -> None:
    """Read an <image>: of an item, its title may have to do."""
    draft.title_depth = -1
    for child in element:
        name = name_of(child)
        if name == "title":
            _title(draft, child, depth + 1)
        elif name not in {"url", "link", "width", "height"}:
            raise Odd(name)


# --- What is not of the article ---------------------------------------------------------------------------------


def _source(draft: Draft, _element: Element, _depth: int) -> None:
    draft.title_depth = -1


def _item(draft: Draft, element: Element, _depth: int) -> None:
    draft.title_depth = -1
    draft.items.append(element)


def _deleted_entry(draft: Draft, element: Element, _depth: int) -> None:
    """Read a tombstone (RFC 6721 section 3): `ref` is the id of the entry that is gone."""
    reference = draft.named(element).get("ref", "").strip()
    if reference:
        draft.withdrawn.append(reference)


def _nested_item(_draft: Draft, element: Element, _depth: int) -> None:
    raise Odd(element.tag)


def _skipped(_draft: Draft, _element: Element, _depth: int) -> None:
    return


_PEOPLE = ("author", "managingeditor", "dc:author", "dc:creator", "itunes:author")
_APART = (
    "contributor dc:contributor itunes:owner webmaster dc:publisher where georss:where generator rights copyright "
    "dc:rights subtitle tagline itunes:subtitle info feedburner:browserfriendly textinput"
)
ITEM_HANDLERS: Mapping[str, Handler] = {
    "guid": _guid, "id": _guid, "link": _link, "enclosure": enclosure, "feedburner:origlink": _original_link,
    "title": _title, "dc:title": _title, "media:title": _media_title,
    "description": _description, "dc:description": _description, "media:description": _description,
    "summary": _summary, "itunes:summary": _summary, "abstract": _abstract,
    "content": _content, "content:encoded": _encoded, "fullitem": _encoded, "body": _body, "xhtml:body": _body,
    "published": _date("published", "published"), "issued": _date("published", "issued"),
    "pubdate": _date("published", "pubDate"), "dcterms:issued": _date("published", "dcterms:issued"),
    "updated": _date("updated", "updated"), "modified": _date("updated", "modified"),
    "lastbuilddate": _date("updated", "lastBuildDate"), "dc:date": _date("updated", "dc:date"),
    "dcterms:modified": _date("updated", "dcterms:modified"), "date": _bare_date,
    "created": _date("created", "created"), "dcterms:created": _date("created", "dcterms:created"),
    "language": _language, "dc:language": _language,
    "category": category, "keywords": category, "dc:subject": category, "media:category": media_category,
    "itunes:category": itunes_category, "itunes:keywords": keywords(ITUNES),
    "media:keywords": keywords(None), "tags": keywords(None),
    **dict.fromkeys(_PEOPLE, people),
    "image": _image, "itunes:image": itunes_image, "itunes:link": itunes_image,
    "media:content": media_content, "media:thumbnail": thumbnail,
    "source": _source, "item": _nested_item, "entry": _nested_item, **dict.fromkeys(_APART.split(), _skipped),
}  # fmt: skip
"""The elements that are read, by name as `name_of` gives it."""

HEAD_HANDLERS: Mapping[str, Handler] = {
    **{name: ITEM_HANDLERS[name] for name in ("id", "guid", "link", "title", "dc:title", "language", "dc:language")},
    **dict.fromkeys(_PEOPLE, people),
    **dict.fromkeys(_APART.split(), _skipped),
    **dict.fromkeys(("image", "source", "textinput"), _source),
    **dict.fromkeys(("item", "entry"), _item),
    "at:deleted-entry": _deleted_entry,
}
"""The elements of a feed's head that are read."""
