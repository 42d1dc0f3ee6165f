"""An item, element by element: what each says of the article, as feedparser understands it.

Rules of this file: of two elements for one field, the one that is less deep counts, then the later one; of titles the
first. `ITEM_HANDLERS` is the list of all elements that are read; inside any other element the search goes on. An item that
says things in another way is Odd, and feedparser reads it alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urljoin

from pipeline.stages.parse.constructs import HTML, PLAIN, XHTML, Odd, construct, leaf, repaired
from pipeline.stages.parse.names import Element, attributes, name_of

_HTML_TYPES = (HTML, XHTML, "html", "xhtml")
_NEVER = 1 << 30
_EXTRA_SLASHES = re.compile(r"([A-Za-z][A-Za-z0-9+-.]*://)/*")
_BROKEN_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")


class Text(NamedTuple):
    """A text of an entry: its kind (PLAIN, HTML, XHTML; None where nothing says) and where it was written."""

    kind: str | None
    value: str
    language: str | None = None
    base: str | None = None


@dataclass(slots=True)
class Author:
    """Who is named by one element: by its text, or by its elements."""

    text: str = ""
    name: str = ""
    email: str = ""


@dataclass(slots=True)
class Draft:
    """What the elements of an item, or of the head of a feed, said so far."""

    atom: bool
    atom10: bool
    scope: Callable[[Element], tuple[str, str | None]] | None = None
    handlers: Mapping[str, Handler] = field(default_factory=lambda: ITEM_HANDLERS)
    known: dict[str, Handler] = field(default_factory=dict)
    guid: str | None = None
    is_permalink: bool = False
    link: str | None = None
    original_link: str | None = None
    links: list[dict[str, str]] = field(default_factory=list)
    title: str | None = None
    title_from: Text | None = None
    title_depth: int = -1
    summary: str | None = None
    summary_from: Text | None = None
    contents: list[Text] = field(default_factory=list)
    has_content: bool = False
    authors: list[Author] = field(default_factory=list)
    tags: list[list[str | None]] = field(default_factory=list)
    language: str | None = None
    dates: dict[str, tuple[str, str]] = field(default_factory=dict)
    media: list[dict[str, str]] = field(default_factory=list)
    thumbnails: list[dict[str, str]] = field(default_factory=list)
    image: str | None = None
    depths: dict[str, int] = field(default_factory=dict)
    items: list[Element] = field(default_factory=list)

    def read(self, parent: Element, depth: int = 1) -> None:
        """Read every element inside *parent*, which stands *depth* - 1 elements inside the item. Raises Odd."""
        known = self.known
        for child in parent:
            tag = child.tag
            handler = known.get(tag)
            if handler is None:
                handler = known[tag] = self.handlers.get(name_of(child), _unknown)
            handler(self, child, depth)

    def may_set(self, which: str, depth: int) -> bool:
        """Tell whether an element at *depth* may give the field *which*, and note that it did."""
        if depth > self.depths.get(which, _NEVER):
            return False
        self.depths[which] = depth
        return True

    def resolved(self, element: Element, address: str) -> str:
        """*address* as it is meant at *element*."""
        if ":///" in address:
            address = _EXTRA_SLASHES.sub(r"\1", address, count=1)
        if self.scope is None:
            return address
        base, _ = self.scope(element)
        try:
            return urljoin(base, address)
        except ValueError:
            return ""

    def text_of(self, element: Element, default: str) -> Text:
        """Read *element* as a text construct. Raises Odd."""
        kind, value = construct(element, default, atom10=self.atom10, guess=not self.atom)
        if self.scope is None:
            return Text(kind, value)
        base, language = self.scope(element)
        return Text(kind, value, language.replace("_", "-") if language else None, base or None)


Handler = Callable[[Draft, Element, int], None]


# --- Addresses ---------------------------------------------------------------------------------------------------


def _guid(draft: Draft, element: Element, depth: int) -> None:
    named = attributes(element) if element.attrib else {}
    draft.is_permalink = named.get("ispermalink", "true") == "true"
    value = leaf(element)
    if value and draft.is_permalink:
        value = draft.resolved(element, value)
    if draft.may_set("guid", depth):
        draft.guid = value
    if draft.is_permalink and draft.link is None:
        draft.link = value


def _link(draft: Draft, element: Element, depth: int) -> None:
    named = attributes(element) if element.attrib else {}
    named.setdefault("rel", "alternate")
    named.setdefault("type", "application/atom+xml" if named["rel"] == "self" else HTML)
    href = named.get("url", named.get("uri", named.get("href")))
    if href or "href" in named:
        named["href"] = draft.resolved(element, href or named["href"])
        draft.links.append(named)
        if named["rel"] == "alternate" and named["type"] in _HTML_TYPES:
            draft.link = named["href"]
        if len(element):
            draft.read(element, depth + 1)
        return
    draft.links.append(named)
    text = leaf(element)
    if text:
        text = draft.resolved(element, text)
    text = _BROKEN_REFERENCE.sub(r"&\g<1>", text.replace("&amp;", "&")) if "&" in text else text
    draft.link = text
    if text:
        named["href"] = text


def _original_link(draft: Draft, element: Element, depth: int) -> None:
    if not element.attrib and draft.may_set("original_link", depth):
        draft.original_link = leaf(element)


def _enclosure(draft: Draft, element: Element, depth: int) -> None:
    named = attributes(element)
    href = named.get("url", named.get("uri", named.get("href")))
    if href:
        named["href"] = href
    named["rel"] = "enclosure"
    draft.links.append(named)
    if len(element):
        draft.read(element, depth + 1)


# --- Texts -------------------------------------------------------------------------------------------------------


def _title(draft: Draft, element: Element, depth: int) -> None:
    text = draft.text_of(element, PLAIN)
    _store_title(draft, text, depth)
    if text.value:
        draft.title_depth = depth


def _media_title(draft: Draft, element: Element, depth: int) -> None:
    _store_title(draft, draft.text_of(element, PLAIN), depth)


def _store_title(draft: Draft, text: Text, depth: int) -> None:
    if -1 < draft.title_depth <= depth:
        return
    if draft.may_set("title", depth):
        draft.title = text.value
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
    if draft.may_set("summary", depth):
        draft.summary = text.value
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
    if draft.summary is None:
        draft.summary = text.value


# --- Dates, language, categories, people ---------------------------------------------------------------------------


def _date(which: str, shown: str) -> Handler:
    """Make the handler of an element that gives the date *which*, and is *shown* as its source."""

    def handler(draft: Draft, element: Element, depth: int) -> None:
        value = leaf(element)
        if draft.may_set(which, depth):
            draft.dates[which] = (value, shown)

    return handler


def _bare_date(draft: Draft, element: Element, depth: int) -> None:
    if not element.attrib and draft.may_set("date", depth):
        draft.dates["updated"] = (leaf(element), "date")


def _language(draft: Draft, element: Element, depth: int) -> None:
    if draft.may_set("language", depth):
        draft.language = leaf(element)


def _category(draft: Draft, element: Element, depth: int) -> None:
    named = attributes(element) if element.attrib else {}
    _tagged(draft, element, depth, (named.get("term"), named.get("scheme", named.get("domain")), named.get("label")))


def _media_category(draft: Draft, element: Element, depth: int) -> None:
    named = attributes(element)
    scheme = named.get("scheme", "http://search.yahoo.com/mrss/category_schema")
    _tagged(draft, element, depth, (named.get("term"), scheme, named.get("label")))


def _itunes_category(draft: Draft, element: Element, depth: int) -> None:
    _tagged(draft, element, depth, (attributes(element).get("text"), "http://www.itunes.com/", None))


def _tagged(
    draft: Draft, element: Element, depth: int, said: tuple[str | None, str | None, str | None]
) -> None:
    _tag(draft, *said)
    if len(element):
        if (element.text or "").strip():
            raise Odd(element.tag)
        draft.read(element, depth + 1)
        return
    term = leaf(element)
    if term:
        if draft.tags and not draft.tags[-1][0]:
            draft.tags[-1][0] = term
        else:
            _tag(draft, term, None, None)


def _tag(draft: Draft, term: str | None, scheme: str | None, label: str | None) -> None:
    tag = [term, scheme, label]
    if any(tag) and tag not in draft.tags:
        draft.tags.append(tag)


def _keywords(scheme: str | None) -> Handler:
    """Make the handler of an element that lists categories of *scheme* between commas."""

    def handler(draft: Draft, element: Element, _depth: int) -> None:
        if not element.attrib:
            for term in leaf(element).split(","):
                _tag(draft, term.strip(), scheme, None)

    return handler


def _author(draft: Draft, element: Element, _depth: int) -> None:
    author = Author()
    draft.authors.append(author)
    if not len(element):
        author.text = leaf(element)
        return
    pieces = [element.text or ""]
    for child in element:
        name = name_of(child)
        if len(child):
            raise Odd(name)
        if name in {"name", "itunes:name"}:
            author.name = (child.text or "").strip()
        elif name in {"email", "itunes:email"}:
            author.email = (child.text or "").strip()
        elif child.attrib:
            pieces.append(child.text or "")
        pieces.append(child.tail or "")
    author.text = repaired("".join(pieces).strip())


# --- Pictures and files --------------------------------------------------------------------------------------------


def _image(draft: Draft, element: Element, depth: int) -> None:
    """Read an <image>: of an item, its title may have to do."""
    draft.title_depth = -1
    for child in element:
        name = name_of(child)
        if name == "title":
            _title(draft, child, depth + 1)
        elif name not in {"url", "link", "width", "height"}:
            raise Odd(name)


def _itunes_image(draft: Draft, element: Element, _depth: int) -> None:
    named = attributes(element)
    draft.image = named.get("href") or named.get("url") or draft.image


def _media_content(draft: Draft, element: Element, depth: int) -> None:
    draft.media.append(attributes(element))
    if len(element):
        draft.read(element, depth + 1)


def _thumbnail(draft: Draft, element: Element, _depth: int) -> None:
    named = attributes(element)
    text = leaf(element)
    if text and "url" not in named:
        named["url"] = draft.resolved(element, text)
    draft.thumbnails.append(named)


# --- What is not of the article --------------------------------------------------------------------------------------


def _source(draft: Draft, _element: Element, _depth: int) -> None:
    draft.title_depth = -1


def _item(draft: Draft, element: Element, _depth: int) -> None:
    draft.title_depth = -1
    draft.items.append(element)


def _nested_item(_draft: Draft, element: Element, _depth: int) -> None:
    raise Odd(element.tag)


def _skipped(_draft: Draft, _element: Element, _depth: int) -> None:
    return


def _unknown(draft: Draft, element: Element, depth: int) -> None:
    if len(element):
        draft.read(element, depth + 1)


_PEOPLE = ("author", "managingeditor", "dc:author", "dc:creator", "itunes:author")
_APART = (
    "contributor dc:contributor itunes:owner webmaster dc:publisher where georss:where generator rights copyright "
    "dc:rights subtitle tagline itunes:subtitle info feedburner:browserfriendly textinput"
)
ITEM_HANDLERS: Mapping[str, Handler] = {
    "guid": _guid, "id": _guid, "link": _link, "enclosure": _enclosure, "feedburner:origlink": _original_link,
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
    "category": _category, "keywords": _category, "dc:subject": _category, "media:category": _media_category,
    "itunes:category": _itunes_category, "itunes:keywords": _keywords("http://www.itunes.com/"),
    "media:keywords": _keywords(None), "tags": _keywords(None),
    **dict.fromkeys(_PEOPLE, _author),
    "image": _image, "itunes:image": _itunes_image, "itunes:link": _itunes_image,
    "media:content": _media_content, "media:thumbnail": _thumbnail,
    "source": _source, "item": _nested_item, "entry": _nested_item, **dict.fromkeys(_APART.split(), _skipped),
}  # fmt: skip
"""The elements that are read, by name as `name_of` gives it."""

HEAD_HANDLERS: Mapping[str, Handler] = {
    **{name: ITEM_HANDLERS[name] for name in ("id", "guid", "link", "title", "dc:title", "language", "dc:language")},
    **dict.fromkeys(_PEOPLE, _author),
    **dict.fromkeys(_APART.split(), _skipped),
    **dict.fromkeys(("image", "source", "textinput"), _source),
    **dict.fromkeys(("item", "entry"), _item),
}
"""The elements of a feed's head that are read."""
