"""Whether a document was built to cost: what feedparser needs quadratic time for is found here in linear time.

Measured before parsing was guarded: 16,000 attributes of one element (161 kB) cost 3.3 s, 20,000 categories of one
entry (0.6 MB) 7 s. No honest feed comes near these bounds.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from pipeline.stages.parse.limits import ParseLimits

_FEW_CATEGORIES = 5000
_MAX_COMPARISONS = 50_000_000  # each category is compared with those before it in its entry; measured: 0.8 s
_MAX_GUESSED_TAGS = 50_000  # of what is not well-formed: feedparser's second parser needs 12 us for each
_MAX_REFERENCES = 100_000  # feedparser needs 3 us for each
_CATEGORY_OR_ENTRY = re.compile(r"<(?:\w{1,20}:)?(?:(category|subject|keywords)|item|entry)\b", re.IGNORECASE)
_WHOLE_DOCUMENT = True


class _TooMuchError(Exception):
    """Ends the scan."""


def excess(text: str, utf8: bytes, limits: ParseLimits) -> str | None:
    """Name what makes the document *text* (and as *utf8*) cost more than it can be worth; None when nothing does.

    *limits* say how many attributes and ancestors an element may have.
    """
    if utf8.count(b"&") > _MAX_REFERENCES:
        return "too many references"
    return _of_categories(text) or _of_structure(utf8, limits)


def _of_categories(text: str) -> str | None:
    if sum(map(text.count, ("category", "subject", "keywords"))) < _FEW_CATEGORIES:
        return None
    comparisons = in_entry = 0
    for match in _CATEGORY_OR_ENTRY.finditer(text):
        in_entry = in_entry + 1 if match[1] else 0
        comparisons += in_entry
    return "entries with categories by the thousand" if comparisons > _MAX_COMPARISONS else None


def _of_structure(utf8: bytes, limits: ParseLimits) -> str | None:
    """Name what is too much for feedparser: attributes, ancestors, or tags behind the first error of the document."""
    depth = 0

    def start(_name: str, attributes: list[str]) -> None:
        nonlocal depth
        depth += 1
        if len(attributes) > 2 * limits.attributes:
            raise _TooMuchError(f"an element with more than {limits.attributes} attributes")
        if depth > limits.depth:
            raise _TooMuchError(f"elements nested deeper than {limits.depth}")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate("utf-8")
    parser.ordered_attributes = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(utf8, _WHOLE_DOCUMENT)  # in pieces, expat would read a long comment over and over
    except _TooMuchError as too_much:
        return str(too_much)
    except expat.ExpatError:
        if utf8.count(b"<") > _MAX_GUESSED_TAGS:
            return "not well-formed, and too long to be guessed at"
    return None
