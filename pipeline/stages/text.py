"""What a piece of text or HTML reads as: plain text, one line of title, clean characters, HTML that is safe to show.

Rules of this file: nothing comes out with a control character but newline, a lone surrogate or a non-character, and
everything is NFC. Feeds escape HTML once, twice or not at all; what cannot be told apart is taken as it reads best.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from html import escape

import nh3
from selectolax.lexbor import LexborHTMLParser

# --- Characters --------------------------------------------------------------------------------------------------

_ASCII_CONTROLS = dict.fromkeys((*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F))
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]+")
# Apart from the class above: characters beyond U+FFFF in it would make every search three times as slow.
_NON_CHARACTERS = re.compile(
    f"[{''.join(chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))}]+"
)
_FILLERS = re.compile("[\u00ad\u200b\u2060\ufeff]+")  # soft hyphen, zero-width space, word joiner, BOM
_SURROGATES = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile("\r\n?|[\x85\u2028\u2029]")
_BREAKING_CONTROLS = str.maketrans("\x0b\x0c\x1c\x1d\x1e\x1f", "      ")
_MANY_NEWLINES = re.compile("\n{3,}")


def clean(text: str) -> str:
    """*text* as NFC without controls, surrogates, non-characters and invisible fillers, and with its ends stripped.

    Every kind of space becomes one plain space, every kind of line end a newline; more than one blank line is one.
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    lines = _LINE_END.sub("\n", text).translate(_BREAKING_CONTROLS).split("\n")
    return _MANY_NEWLINES.sub("\n\n", "\n".join(_line(line) for line in lines)).strip("\n")


def _line(text: str) -> str:
    """One line, its spaces folded."""
    kept = _visible(text)
    if not kept.isascii():
        kept = unicodedata.normalize("NFC", _FILLERS.sub("", kept))
    return " ".join(kept.split())


def _visible(text: str) -> str:
    """*text* without the characters that no text may hold."""
    if text.isascii():
        return text.translate(_ASCII_CONTROLS)
    kept = _FORBIDDEN.sub("", text)
    if len(kept.encode("utf-16-le")) > 2 * len(kept):
        kept = _NON_CHARACTERS.sub("", kept)
    return kept


# --- HTML to text ------------------------------------------------------------------------------------------------

# A mark is put inside the element, behind its start tag or before its end tag: put outside, the parser would move it
# out of a table. Marks are controls that no text may hold, so nothing is lost when a text holds one.
_PARAGRAPH, _LINE = "\x01", "\x02"
_BLOCK = "p|div|h[1-6]|ul|ol|dl|table|blockquote|section|article|pre|figure|aside|header|footer"
_START_PARAGRAPH = re.compile(rf"<(?:{_BLOCK}|hr)\b[^<>]*>", re.IGNORECASE)
_END_PARAGRAPH = re.compile(rf"(?=</(?:{_BLOCK})\b)", re.IGNORECASE)
_START_LINE = re.compile(r"<(?:br|li|dt|dd|td|th|figcaption|option)\b[^<>]*>", re.IGNORECASE)
_PREFORMATTED = re.compile(r"<pre\b.*?(?:</pre|\Z)", re.IGNORECASE | re.DOTALL)
_UNSEEN = ["script", "style", "noscript", "iframe", "template"]
_HAS_UNSEEN = re.compile(rf"<(?:{'|'.join(_UNSEEN)})\b", re.IGNORECASE)
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_MOST_ESCAPES = 2
# Evidence that a title was escaped twice: what is left after one decoding is still an entity or a whole known tag.
_STILL_ESCAPED = re.compile(
    r"&(?:amp|lt|gt|quot|apos|nbsp|#[0-9]{2,6}|#x[0-9a-f]{2,5}|[a-z]{1,8}(?:acute|grave|circ|uml|cedil|quo|dash));"
    r"|<(b|i|em|strong|span|a|u|sup|sub|p|font|small|mark|q|cite)(?:\s[^<>]*)?>[^<]*</\1>|<(?:br|img|wbr)\b[^<>]*>",
    re.IGNORECASE,
)
_FEW_TAGS = 500
_DEEPEST = 256
_MOST_STYLES = 16
_FORMATTING = frozenset(
    {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
)
_NESTING_TAG = re.compile(
    r"<(/?)(?!(?:p|br|img|hr|input|wbr|source|meta|link|col|area|embed|li|td|tr|th|dt|dd)\b)([a-z][a-z0-9]{0,19})",
    re.IGNORECASE,
)
_ANY_TAG = re.compile(r"<[^<>]*>")


def plain_text(html: str) -> str:
    """Give the text of an HTML fragment: a blank line between paragraphs, line breaks kept, scripts gone."""
    if "<" not in html and "&" not in html:
        return "\n\n".join(text for part in _BLANK_LINE.split(html) if (text := _line(part)))
    blocks = _rendered(_marked(html)).split(_PARAGRAPH)
    paragraphs = ("\n".join(_line(line) for line in block.split(_LINE)).strip("\n") for block in blocks)
    return _MANY_NEWLINES.sub("\n\n", "\n\n".join(paragraph for paragraph in paragraphs if paragraph))


def title_text(html: str) -> str:
    """Give the text of a title on one line: tags out, entities decoded, again when it was evidently escaped twice."""
    text = html
    if "<" in text or "&" in text:
        text = _rendered(text)
        for _ in range(_MOST_ESCAPES):
            if not _STILL_ESCAPED.search(text):
                break
            text = _rendered(text)
    return _line(text)


def _marked(html: str) -> str:
    if "<pre" in html.lower():
        html = _PREFORMATTED.sub(lambda match: match[0].replace("\n", _LINE), html)
    html = _START_PARAGRAPH.sub(rf"\g<0>{_PARAGRAPH}", html)
    html = _END_PARAGRAPH.sub(_PARAGRAPH, html)
    return _START_LINE.sub(rf"\g<0>{_LINE}", html)


def _rendered(html: str) -> str:
    """Give the text of *html* as browsers parse it."""
    tree = LexborHTMLParser(_shallow(html if html.isascii() else _SURROGATES.sub("\ufffd", html)))
    if _HAS_UNSEEN.search(html):
        tree.strip_tags(_UNSEEN, recursive=True)
    return tree.body.text() if tree.body else ""


def _shallow(html: str) -> str:
    """Give *html* as it is, or without its tags when they nest so deep that parsers need quadratic time or memory.

    Measured: 100,000 nested elements (0.5 MB) cost 17 s in lexbor and 23 s in nh3; 250 unclosed `<b id=...>` before
    8,000 paragraphs (66 kB) cost 1.8 s and 700 MB, because each paragraph opens them all again.
    """
    if html.count("<") <= _FEW_TAGS:
        return html
    unclosed: Counter[str] = Counter()
    styled = 0
    for match in _NESTING_TAG.finditer(html):
        closing, name = match[1], match[2].lower()
        if closing and not unclosed[name]:
            continue
        step = -1 if closing else 1
        unclosed[name] += step
        styled += step * (name in _FORMATTING)
        if styled > _MOST_STYLES or unclosed[name] > _DEEPEST:
            return _ANY_TAG.sub(" ", html)
    return html


# --- HTML to safe HTML -------------------------------------------------------------------------------------------

_SCHEMES = {"http", "https", "mailto"}
_COMPOSING_SOLIDUS = re.compile(">\u0338+")  # NFC would melt it into the > of a tag (U+226F)
_MOST_AMPERSANDS = 50_000  # nh3 needs quadratic time for them: 60 ms for so many, 1.8 s for ten times more
_TRACKING_PIXEL = re.compile(r'<img(?: [a-z-]+="[^"]*")*? (?:width|height)="[01](?:px)?"(?: [a-z-]+="[^"]*")*>')


def safe_html(html: str, *, base_url: str | None) -> str:
    """*html* without anything that runs, loads or leads elsewhere than to http, https or mailto.

    Relative addresses are read against *base_url* and go when there is none. Images of one pixel go.
    """
    if html.count("&") > _MOST_AMPERSANDS:
        return escape(plain_text(html))
    safe = _sanitised(_composed(_shallow(html)), base_url)
    if _composed(safe) != safe:
        # Character references were decoded into sequences that are not clean: one more pass settles them.
        safe = _sanitised(_composed(safe), base_url)
    return _TRACKING_PIXEL.sub("", safe).strip()


def _composed(html: str) -> str:
    kept = _visible(html)
    return kept if kept.isascii() else unicodedata.normalize("NFC", _COMPOSING_SOLIDUS.sub(">", kept))


def _sanitised(html: str, base_url: str | None) -> str:
    if base_url is None:
        return nh3.clean(html, url_schemes=_SCHEMES, url_relative="deny")
    return nh3.clean(html, url_schemes=_SCHEMES, url_relative=("rewrite_with_base", base_url))
