"""Text constructs: what an element that holds text or markup says, and whether that is HTML.

Rules of this file: inline elements make a text XHTML from there on, a <div> around plain markup does not; a text that
its format calls plain but that is evidently HTML is HTML. Whatever here differs from the reading of feedparser is
wrong, except where `tests/differential` says why not.
"""

from __future__ import annotations

import re
from base64 import decodebytes
from collections.abc import Mapping
from contextlib import suppress
from html.entities import entitydefs
from xml.sax.saxutils import escape

from pipeline.stages.parse.names import Element, attributes, name_of

PLAIN, HTML, XHTML = "text/plain", "text/html", "application/xhtml+xml"
TEXT_KINDS = frozenset({PLAIN, HTML, XHTML})
_KINDS = {"text": PLAIN, "plain": PLAIN, PLAIN: PLAIN, "html": HTML, HTML: HTML, "xhtml": XHTML, XHTML: XHTML}

_CLOSING_OR_REFERENCE = re.compile(r"</\w+>|&#?\w+;")
_TAG = re.compile(r"</?(\w+)")
_REFERENCE = re.compile(r"&(\w+);")
# The elements of HTML that may be shown; one that is not here (script, an XML name) says that a text is no HTML.
_SHOWN_NAMES = (
    "a abbr acronym address area article aside audio b big blockquote br button canvas caption center cite code col "
    "colgroup command datagrid datalist dd del details dfn dialog dir div dl dt em event-source fieldset figcaption "
    "figure font footer form h1 h2 h3 h4 h5 h6 header hr i img input ins kbd keygen label legend li m map menu meter "
    "multicol nav nextid noscript ol optgroup option output p pre progress q s samp section select small sound "
    "source spacer span strike strong sub sup table tbody td textarea tfoot th thead time tr tt u ul var video"
)
_SHOWN = frozenset(_SHOWN_NAMES.split())
# Inline, these would be taken for elements of the feed.
_READ_NAMES = (
    "abstract author body category channel content contributor copyright created description email entry "
    "expirationdate feed fullitem generator guid height homepage id image info issued item keywords language "
    "lastbuilddate link managingeditor math modified name newlocation pubdate published rights source subtitle "
    "summary svg tagline tags textinput title updated uri url webmaster where width xhtml:body"
)
_FEED_NAMES = frozenset(_READ_NAMES.split())
# C1 controls, and what UTF-8 of two bytes and more looks like when each byte was taken for a character of Latin-1.
# In UTF-8, because the byte it starts with is rare in most scripts, and looked for by C.
_REPAIRABLE = re.compile(rb"\xc2(?:[\x80-\x9f]|(?<=\xc3[\x82-\xb4]\xc2)[\xa0-\xbf])")
_WINDOWS_1252 = {chr(code): char for code in range(0x80, 0xA0) if (char := bytes([code]).decode("cp1252", "ignore"))}


class Odd(ValueError):
    """An item says something in a way that this reader does not know; feedparser may."""


def repaired(text: str) -> str:
    """*text* with UTF-8 that was taken for Latin-1 undone, and the C1 controls that windows-1252 meant as text."""
    utf8 = text.encode("utf-8", "replace")
    if b"\xc2" not in utf8 or not _REPAIRABLE.search(utf8):  # the first is asked at the speed of memory
        return text
    with suppress(UnicodeError):
        text = text.encode("latin-1").decode("utf-8")
    for control, character in _WINDOWS_1252.items():
        text = text.replace(control, character)
    return text


def construct(element: Element, named: Mapping[str, str], default: str, *, is_atom10: bool) -> tuple[str, str]:
    """Give the kind (PLAIN, HTML, XHTML, or as it says) and the value of *element* with the attributes *named*.

    It is of kind *default* where it names none. In *is_atom10*, XHTML stands in a <div> that is not part of it. What
    is neither text nor XML is base64 (RFC 4287 section 4.1.3.3). Raises Odd for elements that could be the feed's.
    """
    kind = named.get("type", default)
    kind = _KINDS.get(kind, kind)
    if kind != XHTML and kind in TEXT_KINDS and "mode" not in named and not len(element):
        return kind, (element.text or "").strip()
    if len(element):
        if not kind.startswith("text/") and kind != XHTML:
            raise Odd(kind)
        return _with_markup(element, kind, is_atom10=is_atom10)
    text = (element.text or "").strip()
    if kind == XHTML:
        return kind, escape(text)
    is_text = kind.startswith("text/") or kind.endswith(("+xml", "/xml"))
    return kind, text if is_text and named.get("mode") != "base64" else _from_base64(text)


def _from_base64(text: str) -> str:
    try:
        return decodebytes(text.encode()).decode()
    except ValueError:
        return text


def looks_like_html(text: str) -> bool:
    """Tell whether *text*, said to be plain, is HTML: it has an end tag or a reference, and all are known."""
    if "<" not in text and "&" not in text:
        return False
    if not _CLOSING_OR_REFERENCE.search(text):
        return False
    if not _SHOWN.issuperset(map(str.lower, _TAG.findall(text))):
        return False
    return all(reference in entitydefs for reference in _REFERENCE.findall(text))


def _with_markup(element: Element, kind: str, *, is_atom10: bool) -> tuple[str, str]:
    pieces: list[str] = []
    kind = _inline(element, kind, pieces, 0)
    while len(pieces) > 1 and not pieces[-1].strip():
        del pieces[-1]
    while len(pieces) > 1 and not pieces[0].strip():
        del pieces[0]
    if is_atom10 and kind == XHTML and _is_one_div(pieces):
        pieces = pieces[1:-1]
    return kind, "".join(pieces).strip()


def _inline(element: Element, kind: str, pieces: list[str], depth: int) -> str:
    """Append the markup inside *element* to *pieces*; give the kind of text it is after it."""
    if depth > _DEEPEST_MARKUP:
        raise Odd(element.tag)
    text = element.text
    if text:
        pieces.append(escape(text) if kind == XHTML else text)
    for child in element:
        name = name_of(child)
        if name in _FEED_NAMES:
            raise Odd(name)
        local = name.rpartition(":")[2]
        if kind == XHTML or local != "div" or name not in _DIVS:
            kind = XHTML
            pieces.append(f"<{local}{_written(child)}>")
        if len(child):
            kind = _inline(child, kind, pieces, depth + 1)
        else:
            text = child.text
            if text:
                pieces.append(escape(text) if kind == XHTML else text)
        if kind == XHTML and local not in _VOID:
            pieces.append(f"</{local}>")
        text = child.tail
        if text:
            pieces.append(escape(text) if kind == XHTML else text)
    return kind


# Without an end tag: HTML reads <br></br> as two breaks (WHATWG HTML section 13.1.2).
_VOID = frozenset({"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
_DIVS = ("div", "xhtml:div")
_DEEPEST_MARKUP = 100


def _written(element: Element) -> str:
    named = attributes(element)
    if not named:
        return ""
    quoted = [(name, escape(value).replace('"', "&quot;")) for name, value in named.items()]
    return "".join([f' {name}="{value}"' for name, value in quoted])


_VOID_TAG = re.compile(rf"<(?:{'|'.join(sorted(_VOID))})[ >]")


def _is_one_div(pieces: list[str]) -> bool:
    """Tell whether a <div> holds all the others of *pieces*."""
    if not pieces or pieces[-1] != "</div>" or not (pieces[0] == "<div>" or pieces[0].startswith("<div ")):
        return False
    depth = 0
    for piece in pieces[:-1]:
        if piece.startswith("</"):
            depth -= 1
            if depth == 0:
                return False
        elif piece.startswith("<") and not _VOID_TAG.match(piece):
            depth += 1
    return True
