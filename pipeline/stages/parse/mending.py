"""Mending a document before an XML parser sees it: one forbidden character would cost the whole feed.

Rules of this file: every rule is linear and leaves a well-formed document as it is. What is mended is named, so that
an article's readers know what its feed was like. Measured: 5 ms for a megabyte that needs nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.stages.parse.endings import HEAD_BYTES, MAX_ENTRIES, with_an_end, without_the_rest
from pipeline.stages.parse.prefixes import with_declared_prefixes, with_readable_namespaces
from pipeline.stages.parse.references import mended_text, outside_cdata

__all__ = ["MAX_ENTRIES", "Mended", "mend"]

_CONTROLS = bytes((*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20)))
_NON_CHARACTERS = ("\ufffe", "\uffff")  # XML 1.0 section 2.2
_BLANK = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_DECLARATION = re.compile(rb"<\?xml\b[^<>]{0,500}?(?:\??>|(?=<))\s*+", re.IGNORECASE)
_ELEMENT_START = re.compile(rb"<[A-Za-z_]")
_DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_SUBSET_END = re.compile(rb"\]\s{0,99}>")
_FEED_START = re.compile(
    rb"<!--(?:[^-]++|-(?!->))*+-->|(<\?xml[\s?]|<(?:[a-z]{1,20}:)?(?:rss|feed|rdf|urlset|sitemapindex)(?=[\s>]))",
    re.IGNORECASE,
)
_FEED_IN_PAGE = re.compile(rb"<(?:rss\s[^<>]{0,99}version\s*=|feed\s[^<>]{0,999}xmlns\s*=)", re.IGNORECASE)
_HTML_START = re.compile(rb"<(?:!doctype\s+html|html)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mended:
    """A document that an XML parser can read, as UTF-8 without declaration, and what had to be mended.

    *incomplete* when it was cut: what is whole of it is here.
    """

    utf8: bytes
    problems: tuple[str, ...] = ()
    incomplete: bool = False


def mend(text: str) -> Mended:
    """Mend the XML document *text*; its XML declaration, DOCTYPE and forbidden characters go."""
    problems: list[str] = []
    utf8 = _without_controls(text, problems)
    del text  # up to 40 MB that nobody looks at again
    utf8 = _out_of_a_page(_without_doctype(_from_the_start(utf8, problems)), problems)
    outside = outside_cdata(utf8)
    utf8 = with_declared_prefixes(mended_text(utf8, outside, problems), outside, problems)
    utf8 = with_readable_namespaces(utf8, problems)
    utf8, incomplete = with_an_end(utf8, problems)
    return Mended(without_the_rest(utf8, problems), tuple(problems), incomplete)


def _without_controls(text: str, problems: list[str]) -> bytes:
    utf8 = text.encode("utf-8", "replace")
    kept = utf8.translate(None, _CONTROLS)
    for forbidden in _NON_CHARACTERS:
        if forbidden in text:  # nothing to look for in most texts: their characters are narrower
            kept = kept.replace(forbidden.encode(), b"")
    if len(kept) < len(utf8):
        problems.append("forbidden control characters removed")
    return kept


def _from_the_start(utf8: bytes, problems: list[str]) -> bytes:
    """*utf8* from its root on, or from what follows its XML declaration: scripts like to print warnings in front."""
    stripped = utf8.lstrip(_BLANK).removeprefix(_BOM).lstrip(_BLANK)
    found = () if _HTML_START.match(stripped) else _FEED_START.finditer(stripped, 0, HEAD_BYTES)
    start = next((match for match in found if match[1]), None)  # not in a comment
    if start and start.start():
        if not stripped.startswith((b"<?", b"<!--", b"<!D", b"<!d")) or start[0].lower().startswith(b"<?xml"):
            problems.append("text in front of the document")
        stripped = stripped[start.start() :]
    declaration = _DECLARATION.match(stripped)
    return stripped[declaration.end() :] if declaration else stripped


def _out_of_a_page(utf8: bytes, problems: list[str]) -> bytes:
    """*utf8* from the feed on that an HTML page is wrapped around; RDF within a page is no feed."""
    start = _FEED_IN_PAGE.search(utf8, 0, HEAD_BYTES) if _HTML_START.match(utf8) else None
    if start is None:
        return utf8
    problems.append("a page around the document")
    return utf8[start.start() :]


def _without_doctype(utf8: bytes) -> bytes:
    """*utf8* without its DOCTYPE: no entity of its own is worth the bombs that entities can be."""
    root = _ELEMENT_START.search(utf8)
    doctype = _DOCTYPE.search(utf8, 0, root.start() if root else len(utf8))
    if doctype is None:
        return utf8
    close = utf8.find(b">", doctype.end())
    subset = utf8.find(b"[", doctype.end(), close if close > 0 else len(utf8))
    if subset > 0:
        end = _SUBSET_END.search(utf8, subset)
        close = end.end() - 1 if end else -1
    return utf8[: doctype.start()] + utf8[close + 1 :] if close > 0 else utf8
