"""References and stray signs in the text of a document: what an XML parser stumbles over, character by character.

Rules of this file: CDATA sections are left alone, a well-formed document is only looked at, and the cost is linear.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.entities import html5
from itertools import islice

_CDATA, _CDATA_END = b"<![CDATA[", b"]]>"
# References that XML knows and that cannot stand for a forbidden character.
_SURE = (
    r"(?:amp|lt|gt|quot|apos);"
    r"|#0{0,5}(?:9|10|13|3[2-9]|[4-9][0-9]|[1-9][0-9]{2,3}|[1-4][0-9]{4}|12[0-9]{4});"
    r"|#[xX]0{0,5}(?:[9aAdD]|[2-9a-fA-F][0-9a-fA-F]|[1-9a-fA-F][0-9a-fA-F]{2}|[1-9a-cA-C][0-9a-fA-F]{3}"
    r"|[eE][0-9a-fA-F]{3}|[fF][eE][0-9a-fA-F]{2}|1[0-9a-fA-F]{4});"
)
_SUSPECT = re.compile(f"&(?!{_SURE})".encode())
_REFERENCE = re.compile(
    rf"&(?!{_SURE})(?:(#(?:[0-9]+|[xX][0-9a-fA-F]+)(?:;&#(?:[0-9]+|[xX][0-9a-fA-F]+)){{0,63}});?"
    r"|([A-Za-z][A-Za-z0-9]{0,31});)?"
)
_STRAY = re.compile(rb"<(?![A-Za-z_/!?:\x80-\xff])")  # "1 < 2", "I <3 it": no name begins so
_RUN = re.compile(rb"&{2,}|<{2,}")
_LONGEST_RUN = 64  # of signs that mean nothing: a million of them would be four million characters
_MOST_MENDED = 200_000  # references of a document that are looked at one by one; measured: 0.3 s
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NO_TEXT = b"\0"  # controls were taken out before
_MARKUP = frozenset("<>&\"'")
_NOT_UNICODE = 0xFFFF


def mended_text(utf8: bytes, outside: bytes, problems: list[str]) -> bytes:
    """*utf8* with the entities of HTML as characters, bare "&" and stray "<" escaped, and nothing forbidden named.

    *outside* is what `outside_cdata` gives of it.
    """
    if b"&&" in outside or b"<<" in outside:
        utf8 = _mapped(utf8, lambda piece: _RUN.sub(_escaped_run, piece))
        problems.append("signs in a row were escaped")
    if _SUSPECT.search(outside):
        before = utf8
        few = sum(1 for _ in islice(_SUSPECT.finditer(utf8), _MOST_MENDED)) < _MOST_MENDED
        utf8 = _mapped(utf8, _referenced if few else _escaping())
        if utf8 != before:
            problems.append("references that XML does not know were mended")
    if _STRAY.search(outside):
        utf8 = _mapped(utf8, lambda piece: _STRAY.sub(b"&lt;", piece))
        problems.append('a "<" that opens nothing was escaped')
    return utf8


def outside_cdata(utf8: bytes) -> bytes:
    """*utf8* with each CDATA section as one blank: what a search for markup may look at."""
    return b" ".join(utf8[start:end] for start, end in _outside_cdata(utf8)) if _CDATA in utf8 else utf8


def _outside_cdata(utf8: bytes) -> Iterator[tuple[int, int]]:
    """Yield where each piece between CDATA sections starts and ends; what is behind an open section is in it."""
    start = 0
    while (section := utf8.find(_CDATA, start)) >= 0:
        yield start, section
        end = utf8.find(_CDATA_END, section)
        if end < 0:
            return
        start = end + len(_CDATA_END)
    yield start, len(utf8)


def _mapped(utf8: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """*utf8* with what stands outside CDATA sections changed."""
    pieces: list[bytes] = []
    last = 0
    for start, end in _outside_cdata(utf8):
        pieces += (utf8[last:start], change(utf8[start:end]))
        last = end
    return b"".join((*pieces, utf8[last:]))


def _escaped_run(match: re.Match[bytes]) -> bytes:
    """Escape all but the last of a run of "&" or "<", which may open something."""
    sign = match[0][:1]
    return (b"&amp;" if sign == b"&" else b"&lt;") * min(len(match[0]) - 1, _LONGEST_RUN) + sign


def _escaping() -> Callable[[bytes], bytes]:
    """Make a function that escapes the first _MOST_MENDED "&" of all it is given; the others become blanks.

    So that a document grows by a megabyte at most: one of nothing but "&#" would be three times as long.
    """
    left = _MOST_MENDED

    def escaped(piece: bytes) -> bytes:
        nonlocal left
        first = min(left, piece.count(b"&"))
        left -= first
        return piece.replace(b"&", _NO_TEXT, first).replace(b"&", b" ").replace(_NO_TEXT, b"&amp;")

    return escaped


def _referenced(piece: bytes) -> bytes:
    if not _SUSPECT.search(piece):
        return piece
    return _REFERENCE.sub(_mended_reference, piece.decode("utf-8", "surrogatepass")).encode()


def _mended_reference(match: re.Match[str]) -> str:
    numbers, name = match.group(1, 2)
    if numbers:
        codes = [_code(number) for number in numbers.replace("&", "").split(";")]
        well_formed = match[0].endswith(";") and not any(_FORBIDDEN.match(chr(code)) for code in codes)
        return match[0] if well_formed else _characters(codes)
    if name:
        known = html5.get(f"{name};")
        return known if known and not _MARKUP & set(known) else f"&amp;{name};"
    return "&amp;"


def _characters(codes: list[int]) -> str:
    """Give the characters of a run of references: pairs of surrogates are joined, what XML forbids is replaced."""
    joined = "".join(map(chr, codes)).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    allowed = _FORBIDDEN.sub("\ufffd", joined)
    return "".join(f"&#{ord(char)};" if char in _MARKUP else char for char in allowed)


def _code(number: str) -> int:
    """Read "#8217" or "#x2019"; a number beyond Unicode is U+FFFF, which XML forbids."""
    digits = number[1:].lower()
    if len(digits) > 9:
        return _NOT_UNICODE
    code = int(digits[1:], 16) if digits.startswith("x") else int(digits)
    return code if code <= 0x10FFFF else _NOT_UNICODE
