"""A well-formed document -> its entries, by lxml: one pass over the elements of each item.

Rules of this file: nothing is loaded, no entity is expanded, and what is not well-formed is refused: a parser that
recovers loses text without a word. An item that is Odd is read by feedparser, alone, inside a copy of its document's
head; a document of another shape is left to feedparser as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from itertools import islice
from typing import Any

from lxml import etree

from pipeline.model import Entry, FeedDocument
from pipeline.stages.parse.constructs import Odd
from pipeline.stages.parse.draft import Dialect, Draft, Handler
from pipeline.stages.parse.entries import as_html, entry_of, names_of
from pipeline.stages.parse.item import HEAD_HANDLERS, ITEM_HANDLERS
from pipeline.stages.parse.limits import DEFAULT_LIMITS, ParseLimits
from pipeline.stages.parse.mending import MAX_ENTRIES
from pipeline.stages.parse.names import Element, attributes, name_of
from pipeline.stages.parse.scopes import NOWHERE, scope_of
from pipeline.stages.parse.with_feedparser import parse_with_feedparser

_FEW = 1000  # elements that may stand around a feed: where they are more, feedparser looks
_ROOTS = frozenset({"rss", "rdf:rdf", "feed"})
_OF_NAMESPACES = etree.ErrorDomains.NAMESPACE
_OLD_ATOM = frozenset({"0.1", "0.2", "0.3"})


def tree_of(document: bytes) -> Element | None:
    """Parse *document* (UTF-8, whatever it declares); None when it is not well-formed or has a DOCTYPE.

    A prefix that is not declared and a namespace that is no address are no reason to refuse it.
    """
    parser = _parser(recover=False)
    try:
        root = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError):
        if not parser.error_log or any(error.domain != _OF_NAMESPACES for error in parser.error_log):
            return None
        root = etree.fromstring(document, _parser(recover=True))
    found: Element | None = None if root.getroottree().docinfo.doctype else root
    return found


def _parser(*, recover: bool) -> Any:  # noqa: ANN401 - lxml has no types of its own
    return etree.XMLParser(
        encoding="utf-8",
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


def read_tree(
    root: Element, problems: tuple[str, ...] = (), limits: ParseLimits = DEFAULT_LIMITS
) -> FeedDocument | None:
    """Read the feed whose root is *root* within *limits*, None when its shape is not known here.

    *problems* is what was mended before.
    """
    feed = next((element for element in islice(root.iter(), _FEW) if name_of(element) in _ROOTS), None)
    if feed is None:
        return None
    try:
        return _Reader(feed, limits).feed(problems)
    except (Odd, ValueError):  # lxml reads names and addresses that it does not write
        return None


class _Reader:
    """One document: what holds for all its items."""

    def __init__(self, root: Element, limits: ParseLimits) -> None:
        self._root = root
        self._limits = limits
        version = _version(root)
        self._is_atom = version.startswith("atom")
        self._is_atom10 = version == "atom10"

    def feed(self, problems: tuple[str, ...]) -> FeedDocument:
        """Read the head and the items. Raises Odd."""
        scope = scope_of(self._root)
        head = Draft(self._dialect(HEAD_HANDLERS), scope)
        head.read(self._root)
        items = head.items
        found = list(problems)
        if len(items) > MAX_ENTRIES:
            found.append(f"{len(items) - MAX_ENTRIES} entries behind the first {MAX_ENTRIES} were left out")
        authors = names_of(head.authors) if self._is_atom else ()
        entries = self._entries(items[:MAX_ENTRIES], authors)
        language = head.language
        if language is None and scope.language and name_of(self._root) != "rdf:rdf":
            language = scope.language.replace("_", "-")
        title = as_html(head.title, head.title_from)
        return FeedDocument(
            title=title,
            language=language or None,
            link=head.link or None,
            entries=entries,
            problems=tuple(found),
            path="lxml",
            withdrawn=tuple(dict.fromkeys(head.withdrawn[:MAX_ENTRIES])),
        )

    def _dialect(self, handlers: Mapping[str, Handler]) -> Dialect:
        return Dialect(self._is_atom, self._is_atom10, self._limits, handlers, {})

    def _entries(self, items: list[Element], authors: tuple[str, ...]) -> tuple[Entry, ...]:
        dialect = self._dialect(ITEM_HANDLERS)
        entries: list[Entry] = []
        odd: dict[int, Element] = {}
        parent, around = None, NOWHERE
        for item in items:
            if item.getparent() is not parent:
                parent = item.getparent()
                around = scope_of(parent) if parent is not None else NOWHERE
            draft = Draft(dialect, around)
            if item.attrib:
                named = attributes(item, self._limits.attributes)
                draft.guid = named.get("rdf:about") or None
                draft.scope = around.inside(named)
            try:
                draft.read(item)
                entries.append(entry_of(draft))
            except Odd:
                odd[len(entries)] = item
                entries.append(_NOT_YET)
        if odd:
            for position, entry in zip(odd, self._by_feedparser(list(odd.values())), strict=True):
                entries[position] = entry
        if authors:
            return tuple([entry if entry.authors else entry._replace(authors=authors) for entry in entries])
        return tuple(entries)

    def _by_feedparser(self, items: list[Element]) -> tuple[Entry, ...]:
        """Read *items* between the start tags around the first. Raises Odd when they are not one entry each."""
        around: list[Element] = []
        parent = items[0].getparent()
        while parent is not None:
            around.append(parent)
            parent = parent.getparent()
        outer: Any = None
        for one in reversed(around):
            copy = etree.Element(
                one.tag, dict(one.attrib) if len(one.attrib) <= self._limits.attributes else {}, nsmap=dict(one.nsmap)
            )
            if outer is not None:
                outer.append(copy)
            outer = copy
        outer.extend(map(deepcopy, items))
        alone = etree.tostring(outer.getroottree(), encoding="utf-8", xml_declaration=False)
        read = parse_with_feedparser(alone, limits=self._limits)
        if not isinstance(read, FeedDocument) or len(read.entries) != len(items):
            raise Odd(items[0].tag)
        return read.entries


_NOT_YET = Entry()


def _version(root: Element) -> str:
    """Tell which format *root* is of, by its namespaces and then its name: "atom10", "atom03", "rss", ..."""
    version = ""
    for prefix, namespace in root.nsmap.items():
        lowered = namespace.lower()
        if lowered == "http://www.w3.org/2005/atom":
            version = "atom10"
        elif lowered == "http://purl.org/rss/1.0/" or (
            prefix is None and lowered == "http://my.netscape.com/rdf/simple/0.9/"
        ):
            version = "rss10"
        if version:
            break
    name = name_of(root)
    if name == "rss":
        return "rss"
    if name == "feed" and not version:
        return "atom03" if attributes(root).get("version") in _OLD_ATOM else "atom"
    return version
