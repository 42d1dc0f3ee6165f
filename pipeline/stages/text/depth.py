"""Markup that nests so deep that parsers need quadratic time or memory for it, found before they see it.

Measured: 100,000 nested elements (0.5 MB) cost 17 s in lexbor and 23 s in nh3; 250 unclosed `<b id=...>` before
8,000 paragraphs (66 kB) cost 1.8 s and 700 MB, because each paragraph opens them all again. Without attributes at
most three of each name are opened again, and <a> is not at all (WHATWG HTML, 13.2.4.3 and 13.2.6.4.7).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_FEW_TAGS = 1024
_DEEPEST = 256
_MOST_STYLES = 16
_FORMATTING = frozenset({"b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"})
_STYLE_WITH_ATTRIBUTES = re.compile(
    r"<(?=[bcefinstuBCEFINSTU])(?:[bB](?:[iI][gG])?|[cC][oO][dD][eE]|[eE][mM]|[fF][oO][nN][tT]|[iI]|[nN][oO][bB][rR]"
    r"|[sS](?:[mM][aA][lL][lL]|[tT][rR](?:[iI][kK][eE]|[oO][nN][gG]))?|[tT][tT]|[uU])[\s/]"
)
_ATTRIBUTES_OF_STYLE = re.compile(rf"<({'|'.join(sorted(_FORMATTING))})[\s/][^<>]*+>?", re.IGNORECASE)
# Not the names of elements that have no content, or that the next of their kind closes: most tags are of these.
_CLOSED = "a p br img hr input wbr source meta link col area embed li td tr th dt dd"
_NEVER_DEEP = "|".join(name for names in (_CLOSED, _CLOSED.upper()) for name in names.split())
# Nor of a <span> that holds text alone: listings of code have thousands, and one nests nothing.
_TAG_NAME = re.compile(
    rf'<(?:span(?: [a-z-]++="[^"<>]*+")*+>[^<]*+</span>|(/?+(?!(?:{_NEVER_DEEP})[\s/>])[a-zA-Z][^\s/<>]*+))'
)
_ANY_TAG = re.compile(r"<[^<>]*>")
# What may stand around an end tag that closes nothing: a comment, an element that is all text, one that keeps to
# itself what is closed in it, an attribute, half a tag.
_TEXT_ONLY = "iframe|noembed|noframes|noscript|plaintext|script|style|textarea|title|xmp"
_APART = "applet|caption|marquee|math|object|select|svg|table|template"
_HIDING_PLACE = re.compile(
    rf"<(?:[!?]|/(?![a-z])|(?:{_TEXT_ONLY}|{_APART})\b|[a-z][^<>]*+<)|=\s*+(?:\"[^\"<>]*+[<>]|'[^'<>]*+[<>])",
    re.IGNORECASE,
)
_MOST_STEPS = 20_000_000  # elements that may be open, times tags that are looked up among them: 7 ns for each
_MOST_OPENED_AGAIN = 200_000  # styles that may be open, times tags that may open them again: 350 bytes for each


def shallow(html: str) -> str:
    """Give *html* as it is, or without its tags when they nest deeper than honest pages do.

    Where end tags may be hidden (in an attribute, a comment, a table), what could be open counts as open.
    """
    tags = html.count("<")
    styles = len(_STYLE_WITH_ATTRIBUTES.findall(html)) if tags > _MOST_STYLES else 0
    if styles <= _MOST_STYLES and tags <= _FEW_TAGS:
        return html
    if styles > _MOST_STYLES and styles * tags > _MOST_OPENED_AGAIN and _HIDING_PLACE.search(html):
        html = _ATTRIBUTES_OF_STYLE.sub(r"<\1>", html)  # what nh3 would do, but for titles and languages
    found = _TAG_NAME.findall(html)
    names = list(filter(None, found))
    lowered = names if "".join(names).islower() else [name.lower() for name in names]
    looked_up = tags - 2 * (len(found) - len(names))
    may_be_deep = len(names) // 2 * looked_up > _MOST_STEPS and _HIDING_PLACE.search(html)
    if may_be_deep or _is_deep(lowered):
        return _ANY_TAG.sub(" ", html).replace("<", "&lt;")  # what is left of a tag within a tag must not become one
    return html


def _is_deep(tags: Iterable[str]) -> bool:
    """Whether too many of *tags* ("b", "/b", ...) are open at once: an end tag closes only what it names."""
    unclosed: dict[str, int] = {}
    depth = styled = 0
    for tag in tags:
        if tag[0] != "/":
            unclosed[tag] = unclosed.get(tag, 0) + 1
            depth += 1
            styled += tag in _FORMATTING
            if styled > _MOST_STYLES or depth > _DEEPEST:
                return True
        elif unclosed.get(tag[1:]):
            unclosed[tag[1:]] -= 1
            depth -= 1
            styled -= tag[1:] in _FORMATTING
    return False
