"""Mending a document before an XML parser sees it: one forbidden character would cost the whole feed.

Every rule is linear and leaves a well-formed document as it is. What is mended is named, so that an article's readers
know what its feed was like.
"""

from __future__ import annotations

import re
from html.entities import html5

MAX_ENTRIES = 5000

_DECLARATION = re.compile(r"<\?xml\b[^<>]{0,500}?\?>", re.IGNORECASE)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]+")
_ELEMENT_START = re.compile(r"<[A-Za-z_]")
_DOCTYPE = re.compile(r"<!DOCTYPE", re.IGNORECASE)
_SUBSET_END = re.compile(r"\]\s{0,99}>")
_FEED_START = re.compile(r"<\?xml\s|<(?:[a-z]{1,20}:)?(?:rss|feed|rdf)(?=[\s>])", re.IGNORECASE)
_HTML_START = re.compile(r"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_JUNK_CHARACTERS = 65_536
# An ampersand that XML does not allow, or that may stand for a forbidden character.
_SUSPECT = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);|#(?:3[2-9]|[4-9][0-9]|[1-9][0-9]{2,3});)")
_REFERENCE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)"
    r"|&(?!(?:amp|lt|gt|quot|apos);)(?:(#(?:[0-9]+|[xX][0-9a-fA-F]+)(?:;&#(?:[0-9]+|[xX][0-9a-fA-F]+))*);?"
    r"|([A-Za-z][A-Za-z0-9]{0,31});)?",
    re.DOTALL,
)
_MARKUP = frozenset("<>&\"'")
_ENTRY_END = re.compile(r"</(?:[A-Za-z_][\w.-]{0,30}:)?(?:item|entry)\s{0,9}>")


def mend(text: str) -> tuple[str, tuple[str, ...]]:
    """*text* without its XML declaration, DOCTYPE and forbidden characters, and what was wrong with it."""
    problems: list[str] = []
    kept = _DECLARATION.sub("", _from_the_start(text, problems), count=1).lstrip()
    whole = _FORBIDDEN.sub("", kept)
    if len(whole) < len(kept):
        problems.append("forbidden control characters removed")
    whole = _without_doctype(whole)
    if _SUSPECT.search(whole):
        mended = _REFERENCE.sub(_mended_reference, whole)
        if mended != whole:
            problems.append("references that XML does not know were mended")
        whole = mended
    return _without_the_rest(whole, problems), tuple(problems)


def _from_the_start(text: str, problems: list[str]) -> str:
    """*text* from its XML declaration or root on: scripts like to print warnings in front."""
    stripped = text.lstrip()
    start = _FEED_START.search(stripped, 0, _JUNK_CHARACTERS)
    if start is None or start.start() == 0 or _HTML_START.match(stripped):
        return stripped
    if not stripped.startswith("<") or start[0].lower().startswith("<?xml"):
        problems.append("text in front of the document")
    return stripped[start.start() :]


def _without_doctype(text: str) -> str:
    """*text* without its DOCTYPE: no entity of its own is worth the bombs that entities can be."""
    root = _ELEMENT_START.search(text)
    doctype = _DOCTYPE.search(text, 0, root.start() if root else len(text))
    if doctype is None:
        return text
    close = text.find(">", doctype.end())
    subset = text.find("[", doctype.end(), close if close > 0 else len(text))
    if subset > 0:
        end = _SUBSET_END.search(text, subset)
        close = end.end() - 1 if end else -1
    return text[: doctype.start()] + text[close + 1 :] if close > 0 else text


def _mended_reference(match: re.Match[str]) -> str:
    numbers, name = match.group(1, 2)
    if numbers:
        codes = [_code(number) for number in numbers.replace("&", "").split(";")]
        well_formed = match[0].endswith(";") and not any(_FORBIDDEN.match(chr(code)) for code in codes)
        return match[0] if well_formed else _characters(codes)
    if name:
        known = html5.get(f"{name};")
        return known if known and not _MARKUP & set(known) else f"&amp;{name};"
    return match[0] if match[0] != "&" else "&amp;"


def _characters(codes: list[int]) -> str:
    """Give the characters of a run of references: pairs of surrogates are joined, what XML forbids is replaced."""
    joined = "".join(map(chr, codes)).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    allowed = _FORBIDDEN.sub("\ufffd", joined)
    return "".join(f"&#{ord(char)};" if char in _MARKUP else char for char in allowed)


def _code(number: str) -> int:
    """Read "#8217" or "#x2019"; a number beyond Unicode is U+FFFF, which XML forbids."""
    digits = number[1:].lower()
    if len(digits) > 9:
        return 0xFFFF
    code = int(digits[1:], 16) if digits.startswith("x") else int(digits)
    return code if code <= 0x10FFFF else 0xFFFF


def _without_the_rest(text: str, problems: list[str]) -> str:
    """*text* without the entries behind the first MAX_ENTRIES, cut so that the document stays whole."""
    if text.count("</") <= MAX_ENTRIES:
        return text
    ends = [match.end() for match in _ENTRY_END.finditer(text)]
    if len(ends) <= MAX_ENTRIES:
        return text
    problems.append(f"{len(ends) - MAX_ENTRIES} entries behind the first {MAX_ENTRIES} were left out")
    return text[: ends[MAX_ENTRIES - 1]] + text[ends[-1] :]
