"""Which name an element goes by, whatever prefix its document gives to its namespace.

Rules of this file: a namespace that feeds are made of has a prefix of ours ("" for those of RSS and Atom); of any
other the document's own prefix counts, because feeds declare well-known prefixes with wrong addresses. Names are
lower case, as feeds write them in any.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Protocol

from pipeline.stages.parse.limits import DEFAULT_LIMITS

_PREFIXES = {
    "http://backend.userland.com/rss": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://example.com/newformat#": "",
    "http://example.com/necho": "",
    "http://purl.org/echo/": "",
    "uri/of/echo/namespace#": "",
    "http://purl.org/pie/": "",
    "http://purl.org/atom/ns#": "",
    "http://www.w3.org/2005/atom": "",
    "http://purl.org/rss/1.0/modules/rss091#": "",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.georss.org/georss": "georss",
    "http://www.opengis.net/gml": "gml",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://example.com/dtds/podcast-1.0.dtd": "itunes",
    "http://search.yahoo.com/mrss": "media",
    "http://search.yahoo.com/mrss/": "media",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://purl.org/atompub/tombstones/1.0": "at",
    "http://www.w3.org/xml/1998/namespace": "xml",
}


class Element(Protocol):
    """What is used of an element of lxml, which has no types of its own."""

    tag: str
    text: str | None
    tail: str | None
    prefix: str | None
    attrib: Mapping[str, str]
    nsmap: Mapping[str | None, str]

    def __len__(self) -> int:
        """Count the children."""

    def __iter__(self) -> Iterator[Element]:
        """Yield the children."""

    def iter(self) -> Iterator[Element]:
        """Yield this element and all inside it."""

    def items(self) -> list[tuple[str, str]]:
        """List the attributes, name and value."""

    def getparent(self) -> Element | None:
        """Give the element around this one."""


_PREFIXES_OF_FORMATS = frozenset({"atom", "rss"})  # these say enough, whatever they stand for
_USERLAND = "backend.userland.com/rss"


def name_of(element: Element) -> str:
    """Give the name of *element* in lower case: "title", "dc:creator"; its own prefix in an unknown namespace."""
    known = _known_name(element.tag)
    if known is not None:
        return known
    namespace, _, local = element.tag.lower().rpartition("}")
    if namespace:
        return f"{_standard(element.prefix.lower(), element)}{local}" if element.prefix else local
    prefix, _, local = local.partition(":")  # the prefix was never declared
    return f"{_standard(prefix, element)}{local}"


@lru_cache(maxsize=1024)
def _known_name(tag: str) -> str | None:
    """Give the name that *tag* is known by in every document, None when its prefix decides."""
    if tag[0] != "{":
        return None if ":" in tag else tag.lower()
    namespace, _, local = tag[1:].lower().partition("}")
    known = _prefix_of(namespace)
    if known is None:
        return None
    return f"{known}:{local}" if known else local


def attributes(element: Element, most: int = DEFAULT_LIMITS.attributes) -> dict[str, str]:
    """Give the attributes of *element* by name in lower case; the values of rel and type are in lower case, too.

    An element with more than *most* was built to cost, and has none: lxml needs 0.9 s to list 20,000.
    """
    count = len(element.attrib)
    if not count or count > most:  # asked first, for the values are what costs
        return {}
    found: dict[str, str] = {}
    for key, value in element.items():
        found[_NAMES[key]] = value  # of one or two, a comprehension takes longer
    if "type" in found:
        found["type"] = found["type"].lower()
    if "rel" in found:
        found["rel"] = found["rel"].lower()
    return found


class _Names(dict[str, str]):
    """The name that each attribute is known by, worked out once."""

    def __missing__(self, key: str) -> str:
        if key[0] != "{":
            name = key.lower()
        else:
            namespace, _, local = key[1:].lower().partition("}")
            known = _prefix_of(namespace)
            name = f"{known}:{local}" if known else local
        if len(self) < _MOST_NAMES:
            self[key] = name
        return name


_MOST_NAMES = 1024  # documents must not fill the memory with names of their own
_NAMES = _Names()


def _prefix_of(namespace: str) -> str | None:
    return "" if _USERLAND in namespace else _PREFIXES.get(namespace.strip())


def _standard(prefix: str, element: Element) -> str:
    """Give *prefix*, or what stands for it where the document uses it for a namespace that feeds are made of."""
    namespace = element.nsmap.get(prefix)
    known = _prefix_of(namespace.lower()) if namespace else None
    if known is None:
        known = "" if prefix in _PREFIXES_OF_FORMATS else prefix
    return f"{known}:" if known else ""
