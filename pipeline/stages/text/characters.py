"""Which characters a text may hold: no control but newline, no lone surrogate, no non-character, everything NFC.

Searching a text by a class of characters is slow; whatever can be asked of its UTF-8 or by a method of `str` is.
"""

from __future__ import annotations

import re
import unicodedata

_CONTROL_BYTES = bytes((*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F))
_ASCII_CONTROLS = dict.fromkeys(_CONTROL_BYTES)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]+")
# Apart from the class above: characters beyond U+FFFF in it would make every search three times as slow.
_NON_CHARACTERS = re.compile(
    f"[{''.join(chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))}]+"
)
# Where one of either may be, in bytes: searched many times faster than a text.
_C1_UTF8 = re.compile(rb"\xc2[\x80-\x84\x86-\x9f]")
_SUSPECT_UTF8 = (b"\xef\xb7", b"\xbf\xbe", b"\xbf\xbf")
# Soft hyphen, zero-width space, word joiner, BOM; and what turns the direction of all that follows, which can make
# one name look like another (Unicode TR 36, section 3.1); the marks of a single place, U+200E and U+200F, stay.
_FILLERS = re.compile("[\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]+")
# What `str.split` takes for a space, but the plain one.
_SPACES = re.compile("[\t-\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile("\r\n?|[\x85\u2028\u2029]")
_BREAKING_CONTROLS = str.maketrans("\x0b\x0c\x1c\x1d\x1e\x1f", "      ")
_MANY_NEWLINES = re.compile("\n{3,}")
_COMPOSING_SOLIDUS = re.compile(">\u0338+")  # NFC would melt it into the > of a tag (U+226F)


def clean(text: str) -> str:
    """*text* as NFC without controls, surrogates, non-characters and invisible fillers, and with its ends stripped.

    Every kind of space becomes one plain space, every kind of line end a newline; more than one blank line is one.
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    lines = _LINE_END.sub("\n", text).translate(_BREAKING_CONTROLS).split("\n")
    return few_blank_lines("\n".join(line(one) for one in lines)).strip("\n")


def few_blank_lines(text: str) -> str:
    """*text* with at most one blank line in a row."""
    return _MANY_NEWLINES.sub("\n\n", text) if "\n\n\n" in text else text


def line(text: str) -> str:
    """*text* on one line: `clean`, and with its line ends taken for spaces."""
    if text.isprintable():  # its only spaces are plain ones
        folded = " ".join(text.split()) if "  " in text else text.strip()
    else:
        folded = " ".join(text.split())
        if not folded.isprintable():
            folded = " ".join(_FILLERS.sub("", visible(folded)).split())
    return folded if folded.isascii() else unicodedata.normalize("NFC", folded)


def visible(text: str) -> str:
    """*text* without the characters that no text may hold; the very same object when it has none."""
    if text.isascii():
        return text.translate(_ASCII_CONTROLS) if _has_controls(text.encode()) else text
    try:
        utf8 = text.encode()
    except UnicodeEncodeError:
        text = _SURROGATES.sub("", text)
        utf8 = text.encode()
    if (
        _has_controls(utf8)
        or (b"\xc2" in utf8 and _C1_UTF8.search(utf8))
        or any(suspect in utf8 for suspect in _SUSPECT_UTF8)
    ):
        return _NON_CHARACTERS.sub("", _FORBIDDEN.sub("", text))
    return text


def encodable(text: str) -> str:
    """*text* without lone surrogates, which no encoding can hold."""
    return _SURROGATES.sub("", text)


def on_one_line(html: str) -> str:
    """*html* with plain spaces for its newlines and tabs, so that `isprintable` tells of anything odd in it."""
    return html.replace("\n", " ").replace("\t", " ")


def plainly_spaced(html: str) -> str:
    """*html*, which is `composed`, with a plain space for every kind of space, and without invisible fillers."""
    return _SPACES.sub(" ", _FILLERS.sub("", html))


def composed(html: str) -> tuple[str, bool]:
    """*html* in NFC, visible characters only, and whether all are printable; the very same object when it is so."""
    is_printable = on_one_line(html).isprintable()
    kept = html if is_printable else visible(html)
    if kept.isascii() or unicodedata.is_normalized("NFC", kept):
        return kept, is_printable
    return unicodedata.normalize("NFC", _COMPOSING_SOLIDUS.sub(">", kept) if "\u0338" in kept else kept), is_printable


def _has_controls(utf8: bytes) -> bool:
    return len(utf8.translate(None, _CONTROL_BYTES)) < len(utf8)
