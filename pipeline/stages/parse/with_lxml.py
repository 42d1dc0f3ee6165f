"""A well-formed document -> its entries, by lxml: one pass over the elements of each item.

Rules of this file: nothing is loaded, no entity is expanded, and what is not well-formed is refused: a parser that
recovers loses text without a word. An item that is Odd is read by feedparser, alone, inside a copy of its document's
head; a document of another shape is left to feedparser as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from pipeline.model import Entry, FeedDocument
from pipeline.stages.parse.constructs import Odd
from pipeline.stages.parse.entries import as_html, entry_of, names_of
from pipeline.stages.parse.item import HEAD_HANDLERS, Draft, Handler
from pipeline.stages.parse.mending import MAX_ENTRIES
from pipeline.stages.parse.names import Element, attributes, name_of
from pipeline.stages.parse.with_feedparser import parse_xml as parse_with_feedparser

_ROOTS = frozenset({"rss", "rdf:rdf", "feed"})
_OLD_ATOM = frozenset({"0.1", "0.2", "0.3"})
_SCOPES = (b"xml:base", b"xml:lang", b" base=", b" lang=")
_BASE, _LANGUAGE = "xml:base", "xml:lang"


def tree_of(document: bytes) -> Element | None:
    """Parse *document* (UTF-8, whatever it declares); None when it is not well-formed."""
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        root: Element = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return root


def read_tree(root: Element, document: bytes, problems: tuple[str, ...] = ()) -> FeedDocument | None:
    """Read the feed whose root is *root*, parsed from *document*; None when its shape is not known here.

    *problems* is what was mended before.
    """
    feed = next((element for element in root.iter() if name_of(element) in _ROOTS), None)
    if feed is None:
        return None
    try:
        return _Reader(feed, document).feed(problems)
    except Odd:
        return None


class _Reader:
    """One document: what holds for all its items."""

    def __init__(self, root: Element, document: bytes) -> None:
        self._root = root
        self._document = document
        version = _version(root)
        self._atom = version.startswith("atom")
        self._atom10 = version == "atom10"
        scoped = any(name in document for name in _SCOPES)
        self._scope = _Scopes().of if scoped else None
        self._known: dict[str, Handler] = {}

    def feed(self, problems: tuple[str, ...]) -> FeedDocument:
        """Read the head and the items. Raises Odd."""
        head = Draft(self._atom, self._atom10, self._scope, HEAD_HANDLERS)
        head.read(self._root)
        items = head.items
        found = list(problems)
        if len(items) > MAX_ENTRIES:
            found.append(f"{len(items) - MAX_ENTRIES} entries behind the first {MAX_ENTRIES} were left out")
        authors = names_of(head.authors) if self._atom else ()
        entries = tuple(self._entries(items[:MAX_ENTRIES], authors, found))
        language = head.language or self._language_of_root()
        title = as_html(head.title, head.title_from)
        return FeedDocument(title, language or None, head.link or None, entries, tuple(found))

    def _entries(self, items: Iterable[Element], authors: tuple[str, ...], problems: list[str]) -> Iterable[Entry]:
        for item in items:
            draft = Draft(self._atom, self._atom10, self._scope, known=self._known)
            if item.attrib:
                draft.guid = attributes(item).get("rdf:about") or None
            try:
                draft.read(item)
            except Odd:
                yield from self._by_feedparser(item, authors, problems)
            else:
                yield entry_of(draft, authors)

    def _by_feedparser(self, item: Element, authors: tuple[str, ...], problems: list[str]) -> Iterable[Entry]:
        """Read *item* alone, between the start tags that it stands in."""
        around: list[Element] = []
        parent = item.getparent()
        while parent is not None:
            around.append(parent)
            parent = parent.getparent()
        outer: Any = None
        for one in reversed(around):
            copy = etree.Element(one.tag, dict(one.attrib), nsmap=dict(one.nsmap))
            if outer is not None:
                outer.append(copy)
            outer = copy
        outer.append(deepcopy(item))
        document = etree.tostring(outer.getroottree(), encoding="utf-8", xml_declaration=False)
        read = parse_with_feedparser(document)
        if not isinstance(read, FeedDocument):
            problems.append("an entry could not be read")
            return
        for entry in read.entries:
            yield entry if entry.authors else replace(entry, authors=authors)

    def _language_of_root(self) -> str | None:
        if self._scope is None or name_of(self._root) == "rdf:rdf":
            return None
        _, language = self._scope(self._root)
        return language.replace("_", "-") if language else None


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


@dataclass(slots=True)
class _Scopes:
    """What xml:base and xml:lang mean at an element, by the rules of feedparser."""

    def of(self, element: Element) -> tuple[str, str | None]:
        """Give the base ("" where there is none) and the language at *element*."""
        parent = element.getparent()
        base, language = ("", None) if parent is None else self.of(parent)
        if not element.attrib:
            return base, language
        named = attributes(element)
        said = named.get(_BASE, named.get("base"))
        if said:
            base = _based(base, said)
        spoken = named.get(_LANGUAGE, named.get("lang"))
        return base, language if spoken is None else spoken or None


def _based(base: str, said: str) -> str:
    try:
        joined = urljoin(base, said)
    except ValueError:
        return base
    if not base:
        return joined
    return joined if joined.strip().partition(":")[0] in _SCHEMES else base


_SCHEMES = frozenset(
    "file ftp gopher h323 hdl http https imap magnet mailto mms news nntp prospero rsync rtsp rtspu sftp shttp sip "
    "sips snews svn svn+ssh telnet wais aim callto cvs facetime feed git gtalk irc ircs irc6 itms msnim skype ssh smb "
    "ymsg".split()
)
