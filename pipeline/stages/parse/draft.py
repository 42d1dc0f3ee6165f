"""What the elements of an item said so far, and how each of them is told to say it.

Rules of this file: what stands in the item itself counts more than what stands deeper; of two in the item the later
one. `tests/differential` holds the result against feedparser's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from pipeline.model import RawDate
from pipeline.stages.parse.constructs import HTML, PLAIN, Odd, construct, looks_like_html, repaired
from pipeline.stages.parse.limits import ParseLimits
from pipeline.stages.parse.names import Element, attributes, name_of
from pipeline.stages.parse.scopes import NOWHERE, Scope

Text = tuple[str, str, Scope]
"""A text of an entry: its kind (PLAIN, HTML, XHTML, or as named), its value and where it was written."""

Author = tuple[str, str, str]
"""Who is named by one element: its text, and the name and the mail address that its elements give."""

Tag = tuple[str | None, str | None, str | None]
"""A category: its term, scheme and label."""


class Dialect(NamedTuple):
    """What holds for a whole document: its format, its limits, and the handler of each element met, None for none."""

    is_atom: bool
    is_atom10: bool
    limits: ParseLimits
    handlers: Mapping[str, Handler]
    known: dict[str, Handler | None]


class Draft:
    """An item, or the head of a feed, while it is read."""

    guid: str | None = None
    link: str | None = None
    page: str | None = None
    original_link: str | None = None
    title: str | None = None
    title_from: Text | None = None
    title_depth = -1
    title_set_depth = 0
    summary: str | None = None
    summary_from: Text | None = None
    summary_depth: int | None = None
    has_content = False
    language: str | None = None
    image: str | None = None
    is_scoped = False

    def __init__(self, dialect: Dialect, scope: Scope) -> None:
        self.dialect = dialect
        self.scope = scope
        self.contents: list[Text] = []
        self.authors: list[Author] = []
        self.tags: list[Tag] = []
        self.tags_seen: set[Tag] = set()
        self.dates: dict[str, RawDate | None] = {}
        self.enclosures: list[dict[str, str]] = []
        self.media: list[dict[str, str]] = []
        self.thumbnails: list[dict[str, str]] = []
        self.items: list[Element] = []
        self.withdrawn: list[str] = []

    def read(self, parent: Element, depth: int = 1) -> None:
        """Read every element inside *parent*, which stands *depth* - 1 elements inside the item. Raises Odd."""
        if depth > self.dialect.limits.depth:
            raise Odd(parent.tag)
        known = self.dialect.known
        for child in parent:
            try:
                handler = known[child.tag]
            except KeyError:
                handler = known[child.tag] = self.dialect.handlers.get(name_of(child))
            if handler is not None:
                handler(self, child, depth)
            elif len(child):  # what is known may stand inside what is not
                self.read(child, depth + 1)

    def text_of(self, element: Element, default: str) -> Text:
        """Read *element* as a text construct that is *default* where it names no kind. Raises Odd."""
        scope = self.scope
        if element.attrib or len(element):
            named = self.named(element)
            kind, value = construct(element, named, default, is_atom10=self.dialect.is_atom10)
            scope = scope.inside(named) if named else scope
        else:
            kind, value = default, (element.text or "").strip()
        if kind == PLAIN and ("<" in value or "&" in value) and not self.dialect.is_atom and looks_like_html(value):
            kind = HTML
        if scope is not NOWHERE:
            self.is_scoped = True
        return kind, value if value.isascii() else repaired(value), scope

    def named(self, element: Element) -> dict[str, str]:
        """Give the `attributes` of *element*, within the limits."""
        return attributes(element, self.dialect.limits.attributes)

    def leaf(self, element: Element) -> str:
        """Give the text of *element*, which must not hold other elements. Raises Odd when it does."""
        if len(element):
            raise Odd(element.tag)
        text = element.text
        if not text:
            return ""
        text = text.strip()
        return text if text.isascii() else repaired(text)

    def tag(self, tag: Tag) -> None:
        """Add *tag*, once."""
        if tag not in self.tags_seen and (tag[0] or tag[1] or tag[2]):
            self.tags_seen.add(tag)
            self.tags.append(tag)

    def name_tag(self, term: str) -> None:
        """Give the last tag its *term*, or add it where that has one."""
        last = self.tags[-1] if self.tags else None
        if last is None or last[0]:
            self.tag((term, None, None))
            return
        self.tags_seen.discard(last)
        named = self.tags[-1] = (term, *last[1:])
        self.tags_seen.add(named)


Handler = Callable[[Draft, Element, int], None]
