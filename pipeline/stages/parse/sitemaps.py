"""Sitemaps -> entries: those of Google News, and plain ones (sitemaps.org/protocol.html).

Rules of this file: read by expat in one pass, holding one entry at a time; elements are told by their local names,
because prefixes are often left undeclared; an index of sitemaps has no entries and is not followed.
"""

from __future__ import annotations

import re
from html import escape
from xml.parsers import expat

from pipeline.model import Entry, FeedDocument, RawDate
from pipeline.stages.parse.mending import MAX_ENTRIES

_ROOT = re.compile(
    rb"(?:\s++|<\?[^>]*+>|<!--(?:[^-]++|-(?!->))*+-->)*+<(?:[\w.-]{1,30}:)?(?:urlset|sitemapindex)(?=[\s>/])",
    re.IGNORECASE,
)
_FIELDS = frozenset(
    {"loc", "lastmod", "news.title", "news.publication_date", "news.publication.name", "news.publication.language"}
    | {"news.keywords", "image.loc"}
)
_DEEPEST = 5  # urlset, url, news, publication, name: nothing is said below
_LONGEST_TEXT = 65_536  # characters of one field
_WHOLE_DOCUMENT = True


def is_sitemap(utf8: bytes) -> bool:
    """Whether the root of the document *utf8* is that of a sitemap or of an index of them."""
    return _ROOT.match(utf8) is not None


def parse_sitemap(utf8: bytes, problems: tuple[str, ...] = ()) -> FeedDocument:
    """Read the sitemap *utf8* (mended, without declaration); *problems* is what was mended before.

    The address of a page is its guid and its link. What stands before an error of the document is kept.
    """
    reader = _Reader()
    error = reader.read(utf8)
    found = [*problems, *([f"not well-formed XML: {error}"] if error else [])]
    if reader.sitemaps:
        found.append(f"an index of {reader.sitemaps} sitemaps, which are not followed")
    if reader.left_out:
        found.append(f"{reader.left_out} entries behind the first {MAX_ENTRIES} were left out")
    return FeedDocument(
        title=reader.publication, entries=tuple(reader.entries), problems=tuple(found), path="sitemap"
    )


class _Reader:
    """The handlers of expat and what they gather."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.left_out = self.sitemaps = 0
        self.publication: str | None = None
        self._path: list[str] = []
        self._depth = 0
        self._said: dict[str, str] = {}
        self._text: list[str] = []
        self._length = 0

    def read(self, utf8: bytes) -> str | None:
        """Read the document; returns its first error."""
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        try:
            parser.Parse(utf8, _WHOLE_DOCUMENT)
        except expat.ExpatError as error:
            return str(error)
        return None

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            return
        local = name.rpartition(":")[2].lower()
        self._path.append(local)
        self._text.clear()
        self._length = 0
        if self._depth == 2:
            self._said = {}

    def _characters(self, text: str) -> None:
        if self._length < _LONGEST_TEXT:
            self._length += len(text)
            self._text.append(text)

    def _end(self, _name: str) -> None:
        self._depth -= 1
        if self._depth >= _DEEPEST:
            return
        field = ".".join(self._path[2:])
        if field in _FIELDS:
            text = " ".join("".join(self._text)[:_LONGEST_TEXT].split())
            if text:
                self._said.setdefault(field, text)
        local = self._path.pop()
        self._text.clear()
        if self._depth == 1:
            self._finish(local)

    def _finish(self, element: str) -> None:
        if element == "sitemap":
            self.sitemaps += 1
        elif element == "url" and len(self.entries) < MAX_ENTRIES:
            self.publication = self.publication or self._said.get("news.publication.name")
            self.entries.append(_entry(self._said))
        elif element == "url":
            self.left_out += 1


def _entry(said: dict[str, str]) -> Entry:
    title, published, updated = map(said.get, ("news.title", "news.publication_date", "lastmod"))
    address = said.get("loc")
    return Entry(
        guid=address,
        link=address,
        title_html=escape(title, quote=False) if title else None,
        categories=tuple(escape(word, quote=False) for word in _words(said.get("news.keywords", ""))),
        language=said.get("news.publication.language"),
        published=RawDate(published, "news:publication_date") if published else None,
        updated=RawDate(updated, "lastmod") if updated else None,
        image=said.get("image.loc"),
    )


def _words(keywords: str) -> list[str]:
    return [word for part in keywords.split(",") if (word := part.strip())]
