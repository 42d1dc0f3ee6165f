"""Who wrote it: names from JSON-LD, meta tags and bylines, one name each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from lxml import etree

from pipeline.stages.people import every_part

_NO_NAME = re.compile(
    r"https?:|www\.|@|^\W*$|^\d+$|^(?:admin|administrator|redaction|rédaction|redaktion|redacción|redazione"
    r"|editor|staff|null|none|unknown|undefined|journalist|reporter|correspondent|author)$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\S+\.\S+/|https?:", re.IGNORECASE)
_ASIDE = re.compile(r"\s*[(\[][^()\[\]]{0,80}[)\]]")
_LONGEST_NAME = 70
_LONGEST_CREDIT = 400
_MOST_NAMES = 20
_MOST_PIECES = 40
_LONGEST_BYLINE = 80
_BYLINE = re.compile(r"\b(?:byline|author)", re.IGNORECASE)


def names(raw: Iterable[str]) -> tuple[str, ...]:
    """Give the names in *raw*, each of which may hold several ("By Jane Doe and John Roe"); addresses are none.

    Pages list names where feeds credit whole desks: what `people` leaves whole in doubt is taken apart here.
    """
    found: dict[str, str] = {}
    for text in raw:
        if _ADDRESS.match(text.strip()):
            continue
        for name in every_part(_ASIDE.sub("", text[:_LONGEST_CREDIT])):
            if len(name) <= _LONGEST_NAME and not _NO_NAME.search(name):
                found.setdefault(name.casefold(), name)
    return tuple(found.values())[:_MOST_NAMES]


def visible_names(root: etree._Element) -> tuple[str, ...]:
    """Give the names that the page under *root* shows as its authors: rel=author, itemprop=author, a byline."""
    for path in ('.//a[@rel="author"]', './/*[@itemprop="author"]'):
        texts = [_shown(element) for element in islice(root.iterfind(path), _MOST_NAMES)]
        if found := names(text for text in texts if len(text) < _LONGEST_BYLINE):
            return found
    labelled = (element for element in root.iter("span", "p", "div", "a", "address") if _is_byline_element(element))
    for element in islice(labelled, _MOST_NAMES):
        text = _shown(element)
        if text and len(text) < _LONGEST_BYLINE and (found := names([text])):
            return found
    return ()


def _is_byline_element(element: etree._Element) -> bool:
    label = element.get("class")
    return label is not None and _BYLINE.search(label) is not None


def _shown(element: etree._Element) -> str:
    """Give the beginning of the text of *element*: of its `itemprop="name"` where it has one."""
    named = element.find('.//*[@itemprop="name"]')
    inner = element if named is None else named
    pieces = [piece[: 2 * _LONGEST_BYLINE] for piece in islice(inner.itertext(), _MOST_PIECES)]
    return " ".join("".join(pieces).split()) or (inner.get("content") or "")


_WORDS_OF_BYLINE = re.compile(
    r"^(?:by|par|von|por|da|di|door|propos recueillis par|written by|texte? (?:by|de|von)?|a cura di"
    r"|redactie|redaktion)\s+[A-ZÀ-Þ][^.!?]{1,70}$",
)


def is_byline(line: str) -> bool:
    """Tell whether *line* only says who wrote: "Par Jeanne Dupont", "By JANE DOE and John Roe, Reuters"."""
    text = line[:1].lower() + line[1:]
    return len(line) <= 80 and _WORDS_OF_BYLINE.match(text) is not None and len(line.split()) <= 12
