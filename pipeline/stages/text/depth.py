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
# Not the names of elements that have no content, or that the next of their kind closes: most tags are of these.
_CLOSED = "a p br img hr input wbr source meta link col area embed li td tr th dt dd"
_NEVER_DEEP = "|".join(name for names in (_CLOSED, _CLOSED.upper()) for name in names.split())
# Nor of a <span> that holds text alone: listings of code have thousands, and one nests nothing.
_TAG_NAME = re.compile(
    rf'<(?:span(?: [a-z-]++="[^"<>]*+")*+>[^<]*+</span>|(/?+(?!(?:{_NEVER_DEEP})\b)[a-zA-Z][a-zA-Z0-9]*+))'
)
_ANY_TAG = re.compile(r"<[^<>]*>")


def shallow(html: str) -> str:
    """Give *html* as it is, or without its tags when they nest deeper than honest pages do."""
    tags = html.count("<")
    if tags <= _MOST_STYLES or (tags <= _FEW_TAGS and len(_STYLE_WITH_ATTRIBUTES.findall(html)) <= _MOST_STYLES):
        return html
    names = list(filter(None, _TAG_NAME.findall(html)))
    lowered = names if "".join(names).islower() else [name.lower() for name in names]
    return _ANY_TAG.sub(" ", html) if _is_deep(lowered) else html


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
