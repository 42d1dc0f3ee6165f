"""OPML 2.0 as programs really export it: read what is there, mend what every export gets wrong, write it cleanly.

What OPML has no word for is an attribute in a namespace of our own (`own_settings.py`).

Rules of this file: entities of a document's own are refused, not expanded; depth is bounded; what is read is said
as written (`feed_list` judges addresses), what is written reads back the same.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.entities import html5
from xml.parsers import expat

from pipeline.errors import FeedListError
from pipeline.model import Feed
from pipeline.stages.own_settings import (
    NAMESPACE,
    NOTHING_SET,
    BadSetting,
    OwnSettings,
    as_attributes,
    own_settings,
    own_settings_of,
)
from pipeline.stages.weights import folder_parts

MAX_DEPTH = 100
"""Deepest nesting of elements that is read; the deepest list seen in the wild has five levels."""

MAX_FOLDER_CHARACTERS = 500
"""Longest path of a folder that is kept: a path is repeated for each feed, so a long one would grow with the list."""

_WHOLE = True  # the document is handed to expat in one piece
_FOLDER_LEVELS = MAX_DEPTH - 4  # opml, body, the feed itself, and one to spare

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0 section 2.2
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,400}\?>")
_REFERENCE = re.compile(r"&(#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)?")
_XML_NAMES = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_TEXT_CODECS = re.compile(
    r"utf-?8|us-ascii|ascii|latin-?1|iso-?8859-\d+|windows-\d+|cp\d+|koi8-[rtu]|gbk|gb2312|gb18030|big5"
    r"|euc-(?:jp|kr)|shift_jis|iso-2022-(?:jp|kr)|macintosh"
)


@dataclass(frozen=True, slots=True)
class ListedFeed:
    """A feed as a list names it; *folder* joins nested folders with "/", *line* is where it stood (from 1)."""

    url: str
    title: str | None = None
    folder: str | None = None
    line: int | None = field(default=None, compare=False)
    own: OwnSettings = NOTHING_SET


@dataclass(frozen=True, slots=True)
class Outlines:
    """The feeds of a document, the weights of folders by path, and each setting that is none, with its line."""

    feeds: tuple[ListedFeed, ...] = ()
    folder_weights: Mapping[str, float] = field(default_factory=dict)
    bad_settings: tuple[tuple[int, BadSetting], ...] = ()


def read_opml(data: bytes, *, name: str) -> Outlines:
    """Return every outline of *data* that has an address, in order, as written; *name* is how errors call it.

    Read as if they were right: attribute names in any case, a bare `&`, HTML entities, control characters, blanks
    before the declaration, bytes that do not fit the declared encoding. Raises FeedListError, with line and column,
    for what is not XML, not OPML, nested deeper than MAX_DEPTH, or declares entities of its own.
    """
    text = decoded(data)
    prologue = _DECLARATION.match(text)
    skipped = prologue.end() if prologue else len(text) - len(text.lstrip())
    reader = _Reader(name, first_line=text.count("\n", 0, skipped))
    reader.read(_mended(text[skipped:]))
    return Outlines(tuple(reader.feeds), reader.folder_weights, tuple(reader.bad_settings))


def decoded(data: bytes) -> str:
    """Return *data* as text: by its byte order mark, its XML declaration, as UTF-8, else as Windows-1252."""
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, errors="replace")
    for first, codec in ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be")):
        if data.startswith(first):
            return data.decode(codec, errors="replace")
    declared = _DECLARED.search(data, 0, 1024)
    codec = declared[1].decode("ascii").lower() if declared else "utf-8"
    for candidate in (codec, "utf-8"):
        if _TEXT_CODECS.fullmatch(candidate):
            try:
                return data.decode(candidate)
            except (UnicodeDecodeError, LookupError):
                continue
    return data.decode("cp1252", errors="replace")


def write_opml(feeds: Sequence[Feed], *, title: str, folder_weights: Mapping[str, float] | None = None) -> bytes:
    """Return *feeds* as OPML 2.0 in UTF-8: folders ("A/B") are nested outlines, in the order they first appear.

    *folder_weights*, by path, stand with the folders; what they say of folders without feeds is left out.
    """
    root = _Folder()
    for feed in feeds:
        folder = root
        for depth, part in enumerate(levels := _levels(feed.folder), 1):
            weight = (folder_weights or {}).get("/".join(levels[:depth]))
            folder = folder.folders.setdefault(part, _Folder(weight))
        folder.feeds.append(feed)
    needs_ours = bool(folder_weights) or any(own_settings_of(feed) != NOTHING_SET for feed in feeds)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<opml version="2.0"{NAMESPACE if needs_ours else ""}>',
        f"  <head><title>{_escaped(title)}</title></head>",
        "  <body>",
        *_written(root, depth=2),
        "  </body>",
        "</opml>",
    ]
    return ("\n".join(lines) + "\n").encode()


# --- Reading -----------------------------------------------------------------------------------------------------


class _Reader:
    """Collects the outlines of one document while expat reads it."""

    def __init__(self, name: str, *, first_line: int) -> None:
        self.feeds: list[ListedFeed] = []
        self.folder_weights: dict[str, float] = {}
        self.bad_settings: list[tuple[int, BadSetting]] = []
        self._name = name
        self._first_line = first_line
        self._depth = 0
        self._folders: list[tuple[int, str]] = []  # depth of each open folder, and its path from the top
        self._parser = expat.ParserCreate(encoding="utf-8")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.EntityDeclHandler = self._entity

    def read(self, text: str) -> None:
        try:
            self._parser.Parse(text, _WHOLE)
        except expat.ExpatError as error:
            cause = expat.ErrorString(error.code) or "not XML"
            raise self._error(
                f"{cause} (line {error.lineno + self._first_line}, column {error.offset + 1})"
            ) from None

    def _start(self, element: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._error(f"nested deeper than {MAX_DEPTH} levels ({self._where()})")
        kind = element.rpartition(":")[2].lower()
        if self._depth == 1 and kind != "opml":
            raise self._error(_not_opml(kind, self._where()))
        if kind == "outline":
            self._outline(_lower_names(attributes))

    def _outline(self, attributes: Mapping[str, str]) -> None:
        url = attributes.get("xmlurl", "").strip()
        label = _one_line(attributes.get("title", "")) or _one_line(attributes.get("text", "")) or None
        own, bad = own_settings(attributes)
        self.bad_settings += [(self._line(), setting) for setting in bad]
        if url:
            folder = self._folders[-1][1] if self._folders else None
            title = None if label == url else label
            self.feeds.append(ListedFeed(url, title, folder, self._line(), own))
        elif label and (parts := _parts(label)):
            above = [self._folders[-1][1]] if self._folders else []
            path = "/".join((*above, *parts))[:MAX_FOLDER_CHARACTERS].rstrip("/ ")
            self._folders.append((self._depth, path))
            if own.weight is not None:
                self.folder_weights.setdefault(path, own.weight)

    def _end(self, _element: str) -> None:
        if self._folders and self._folders[-1][0] == self._depth:
            self._folders.pop()
        self._depth -= 1

    def _entity(self, *_declaration: object) -> None:
        raise self._error(f"it declares entities of its own, which are refused ({self._where()})")

    def _line(self) -> int:
        return self._parser.CurrentLineNumber + self._first_line

    def _where(self) -> str:
        return f"line {self._line()}, column {self._parser.CurrentColumnNumber + 1}"

    def _error(self, cause: str) -> FeedListError:
        return FeedListError(
            f"cannot read the feed list {self._name}: {cause}; "
            "export it again as OPML, or give a text file with one address a line"
        )


def _not_opml(kind: str, where: str) -> str:
    match kind:
        case "html":
            return f"it is a web page, not OPML ({where})"
        case "rss" | "feed" | "rdf":
            return f"it is a feed itself, not a list of feeds: add its address instead ({where})"
        case _:
            return f"its outermost element is <{kind[:40]}>, not <opml> ({where})"


def _lower_names(attributes: Mapping[str, str]) -> dict[str, str]:
    """Attribute names in lower case; of two that differ only in case the first counts."""
    lowered: dict[str, str] = {}
    for key, value in attributes.items():
        lowered.setdefault(key.lower(), value)
    return lowered


def _mended(text: str) -> str:
    """*text* without what XML forbids and many exports hold: control characters, bare `&`, HTML entities."""
    return _REFERENCE.sub(_reference, _NOT_XML.sub("", text))


def _reference(found: re.Match[str]) -> str:
    body = found[1]
    if body is None:
        return "&amp;"
    if body in _XML_NAMES:
        return found[0]
    meant = html.unescape(found[0]) if body.startswith("#") else html5.get(body, found[0])
    return html.escape(_NOT_XML.sub("", meant))


def _one_line(text: str) -> str:
    return " ".join(text.split())


# --- Writing -----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Folder:
    weight: float | None = None
    folders: dict[str, _Folder] = field(default_factory=dict)
    feeds: list[Feed] = field(default_factory=list)


def _parts(folder: str) -> list[str]:
    return folder_parts(_NOT_XML.sub("", folder))


def _levels(folder: str | None) -> list[str]:
    """Split *folder* into levels; those too deep to be read back share the last one, which reads the same."""
    parts = _parts(folder or "")
    if len(parts) <= _FOLDER_LEVELS:
        return parts
    return [*parts[: _FOLDER_LEVELS - 1], "/".join(parts[_FOLDER_LEVELS - 1 :])]


def _written(folder: _Folder, *, depth: int) -> Iterator[str]:
    indent = "  " * depth
    for feed in folder.feeds:
        title = _escaped(feed.title or "")
        label = f'text="{title}" title="{title}"' if title else f'text="{_escaped(feed.url)}"'
        own = as_attributes(own_settings_of(feed))
        yield f'{indent}<outline type="rss" {label} xmlUrl="{_escaped(feed.url)}"{own}/>'
    for name, inner in folder.folders.items():
        own = as_attributes(OwnSettings(inner.weight))
        yield f'{indent}<outline text="{_escaped(name)}" title="{_escaped(name)}"{own}>'
        yield from _written(inner, depth=depth + 1)
        yield f"{indent}</outline>"


def _escaped(text: str) -> str:
    return html.escape(_one_line(_NOT_XML.sub("", text)))
