"""What a piece of text or HTML reads as: plain text, one line of title, clean characters, HTML that is safe to show.

Rules of this file: nothing comes out with a control character but newline, a lone surrogate or a non-character, and
everything is NFC. Feeds escape HTML once, twice or not at all; what cannot be told apart is taken as it reads best.
"""

from __future__ import annotations

import re
import unicodedata
from html import escape, unescape
from typing import Literal

import nh3
from selectolax.lexbor import LexborHTMLParser

# --- Characters --------------------------------------------------------------------------------------------------

_ASCII_CONTROLS = dict.fromkeys((*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F))
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]+")
# Apart from the class above: characters beyond U+FFFF in it would make every search three times as slow.
_FORBIDDEN_BUT_MARKS = re.compile(_FORBIDDEN.pattern.replace("\x00-\x08", "\x00\x03-\x08"))
# Where one of either may be, in bytes: searched many times faster than a text.
_C1_UTF8 = re.compile(rb"\xc2[\x80-\x84\x86-\x9f]")
_SUSPECT_UTF8 = (b"\xef\xb7", b"\xbf\xbe", b"\xbf\xbf")
_CONTROL_BYTES = bytes((*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F))
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
    if text.isprintable():  # its only spaces are plain ones
        folded = " ".join(text.split()) if "  " in text else text.strip()
    else:
        folded = " ".join(text.split())
        if not folded.isprintable():
            folded = " ".join(_FILLERS.sub("", _visible(folded)).split())
    return folded if folded.isascii() else unicodedata.normalize("NFC", folded)


def _visible(text: str) -> str:
    """*text* without the characters that no text may hold."""
    if text.isascii():
        return text.translate(_ASCII_CONTROLS) if _has_controls(text.encode()) else text
    try:
        utf8 = text.encode()
    except UnicodeEncodeError:
        text = _SURROGATES.sub("", text)
        utf8 = text.encode()
    if _has_controls(utf8) or _C1_UTF8.search(utf8) or any(suspect in utf8 for suspect in _SUSPECT_UTF8):
        return _NON_CHARACTERS.sub("", _FORBIDDEN.sub("", text))
    return text


def _has_controls(utf8: bytes) -> bool:
    return len(utf8.translate(None, _CONTROL_BYTES)) < len(utf8)


# --- HTML to text ------------------------------------------------------------------------------------------------

# A mark is put inside the element, behind its start tag or before its end tag: put outside, the parser would move it
# out of a table. Marks are controls that no text may hold, so nothing is lost when a text holds one.
_PARAGRAPH, _LINE = "\x01", "\x02"
_BLOCK = "p|div|h[1-6]|ul|ol|dl|table|blockquote|section|article|pre|figure|aside|header|footer"
_START_PARAGRAPH = re.compile(rf"<(?:{_BLOCK}|hr)\b[^<>]*>", re.IGNORECASE)
_END_PARAGRAPH = re.compile(rf"(?=</(?:{_BLOCK})\b)", re.IGNORECASE)
_START_LINE = re.compile(r"<(?:br|li|dt|dd|td|th|figcaption|option)\b[^<>]*>", re.IGNORECASE)
_PREFORMATTED = re.compile(r"<pre\b.*?(?:</pre|\Z)", re.IGNORECASE | re.DOTALL)
_SAFE_PREFORMATTED = re.compile(r"<pre[ >][^<]*+(?:<(?!/pre>)[^<]*+)*+")
_TAG = re.compile(r"(<[^>]*>)")  # of what nh3 wrote: it escapes > in attributes
_BREAKS = (
    {
        f"<{slash}{name}>": _PARAGRAPH
        for name in _BLOCK.replace("h[1-6]", "h1|h2|h3|h4|h5|h6").split("|")
        for slash in ("", "/")
    }
    | {"<hr>": _PARAGRAPH}
    | {f"<{name}>": _LINE for name in ("br", "li", "dt", "dd", "td", "th", "figcaption")}
)
_REFERENCES = (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", "\xa0"), ("&amp;", "&"))
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
        return _unmarked_text(html)
    return _paragraphs(_rendered(_marked(html)))


def _unmarked_text(text: str) -> str:
    return "\n\n".join(line for part in _BLANK_LINE.split(text) if (line := _line(part)))


def _paragraphs(marked: str) -> str:
    """Give the paragraphs and lines of *marked*, whose spaces are folded all at once."""
    folded = " ".join(marked.split())
    if not folded.replace(_PARAGRAPH, "").replace(_LINE, "").isprintable():
        folded = _FILLERS.sub("", _NON_CHARACTERS.sub("", _FORBIDDEN_BUT_MARKS.sub("", folded)))
        folded = " ".join(folded.split())
    if not folded.isascii():
        folded = unicodedata.normalize("NFC", folded)
    blocks = (_lines(block) if _LINE in block else block.strip(" ") for block in folded.split(_PARAGRAPH))
    text = "\n\n".join(block for block in blocks if block)
    return _MANY_NEWLINES.sub("\n\n", text) if "\n\n\n" in text else text


def _lines(block: str) -> str:
    return "\n".join(line.strip(" ") for line in block.split(_LINE)).strip("\n")


def html_and_text(html: str, *, base_url: str | None) -> tuple[str, str]:
    """Give `safe_html` and `plain_text` of *html* at once: what is safe needs no second parser to be read."""
    if "<" not in html and "&" not in html:
        return _unmarked_html(html), _unmarked_text(html)
    safe = safe_html(html, base_url=base_url)
    if "<math" in html or "<noscript" in html or html.count("&") > _MOST_AMPERSANDS:
        return safe, plain_text(html)  # formulas are text, though not safe to show; warnings for browsers are none
    return safe, _text_of_safe(safe)


def _text_of_safe(safe: str) -> str:
    if "<pre" in safe:
        safe = _SAFE_PREFORMATTED.sub(lambda match: match[0].replace("\n", _LINE), safe)
    pieces = _TAG.split(safe)
    pieces[1::2] = [_BREAKS.get(tag, "") if " " not in tag else _break_of(tag) for tag in pieces[1::2]]
    text = "".join(pieces)
    if "&" in text:
        for reference, character in _REFERENCES:
            text = text.replace(reference, character)
    return _paragraphs(text)


def _break_of(tag: str) -> str:
    return _BREAKS.get(tag[: tag.index(" ")] + ">", "")


def title_text(html: str) -> str:
    """Give the text of a title on one line: tags out, entities decoded, again when it was evidently escaped twice."""
    text = html
    if "<" in text or "&" in text:
        text = _rendered(text) if "<" in text else unescape(text)
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
    unclosed = dict.fromkeys(_FORMATTING, 0)
    styled = 0
    for closing, written in _NESTING_TAG.findall(html):
        name = written if written in unclosed else written.lower()
        open_now = unclosed.get(name, 0)
        if closing and not open_now:
            continue
        step = -1 if closing else 1
        unclosed[name] = open_now + step
        if name in _FORMATTING:
            styled += step
            if styled > _MOST_STYLES:
                return _ANY_TAG.sub(" ", html)
        elif open_now >= _DEEPEST:
            return _ANY_TAG.sub(" ", html)
    return html


# --- HTML to safe HTML -------------------------------------------------------------------------------------------

_SCHEMES = {"http", "https", "mailto"}
_Relative = Literal["deny"] | tuple[Literal["rewrite_with_base"], str]
_TAGS = {*nh3.ALLOWED_TAGS, "section"}
_DROPPED_WHOLE = {"script", "style", "iframe", "template"}
_COMPOSING_SOLIDUS = re.compile(">\u0338+")  # NFC would melt it into the > of a tag (U+226F)
# A character reference that may stand for what is not clean, or not NFC beside its neighbours.
_UNCLEAN_REFERENCE = re.compile(
    r"&(?!(?:amp|lt|gt|quot|nbsp|apos|[lr][sd]quo|[mn]dash|hellip);|#(?:3[2-9]|[4-9][0-9]|1[01][0-9]|160|82[12][0-9]|8230);)"
)
_MOST_AMPERSANDS = 50_000  # nh3 needs quadratic time for them: 60 ms for so many, 1.8 s for ten times more
_TRACKING_PIXEL = re.compile(r'<img(?: [a-z-]+="[^"]*")*? (?:width|height)="[01](?:px)?"(?: [a-z-]+="[^"]*")*>')


def safe_html(html: str, *, base_url: str | None) -> str:
    """*html* without anything that runs, loads or leads elsewhere than to http, https or mailto.

    Relative addresses are read against *base_url* and go when there is none. Images of one pixel go.
    """
    if "<" not in html and "&" not in html:
        return _unmarked_html(html)
    if html.count("&") > _MOST_AMPERSANDS:
        return escape(plain_text(html))
    composed = _composed(_shallow(html))
    safe = _sanitised(composed, base_url)
    if _UNCLEAN_REFERENCE.search(composed) and _composed(safe) != safe:
        # Character references were decoded into sequences that are not clean: one more pass settles them.
        safe = _sanitised(_composed(safe), base_url)
    return (_TRACKING_PIXEL.sub("", safe) if "<img" in safe else safe).strip()


def _unmarked_html(text: str) -> str:
    """Write *text*, which has no markup, as nh3 would."""
    lines = _composed(text).replace("\r\n", "\n").replace("\r", "\n")
    return lines.replace(">", "&gt;").replace("\xa0", "&nbsp;").strip()


def _composed(html: str) -> str:
    kept = _visible(html)
    if kept.isascii():
        return kept
    return unicodedata.normalize("NFC", _COMPOSING_SOLIDUS.sub(">", kept) if "\u0338" in kept else kept)


def _sanitised(html: str, base_url: str | None) -> str:
    relative: _Relative = "deny" if base_url is None else ("rewrite_with_base", base_url)
    return nh3.clean(html, tags=_TAGS, clean_content_tags=_DROPPED_WHOLE, url_schemes=_SCHEMES, url_relative=relative)
