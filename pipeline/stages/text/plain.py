"""HTML as plain text: a blank line between paragraphs, line breaks kept, scripts gone; titles on one line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from html import unescape
from itertools import repeat

from selectolax.lexbor import LexborHTMLParser

from pipeline.stages.text.characters import few_blank_lines, line
from pipeline.stages.text.depth import shallow

# A mark is put inside the element, behind its start tag or before its end tag: put outside, the parser would move it
# out of a table. Marks are controls that no text may hold, so nothing is lost when a text holds one.
_PARAGRAPH, _LINE = "\x01", "\x02"
_BLOCK = "p|div|h[1-6]|ul|ol|dl|table|blockquote|section|article|pre|figure|aside|header|footer"
_START_PARAGRAPH = re.compile(rf"<(?:{_BLOCK}|hr)\b[^<>]*>", re.IGNORECASE)
_END_PARAGRAPH = re.compile(rf"(?=</(?:{_BLOCK})\b)", re.IGNORECASE)
_START_LINE = re.compile(r"<(?:br|li|dt|dd|td|th|figcaption|option)\b[^<>]*>", re.IGNORECASE)
_PREFORMATTED = re.compile(r"<pre\b.*?(?:</pre|\Z)", re.IGNORECASE | re.DOTALL)
_SAFE_PREFORMATTED = re.compile(r"<pre[ >][^<]*+(?:<(?!/pre>)[^<]*+)*+")
_TAG = re.compile(r"<([^ >]*)[^>]*>")  # of what nh3 wrote: it escapes > in attributes
_NONE = repeat("")
# The mark that stands for each tag, by its name.
_BREAKS = (
    {
        f"{slash}{name}": _PARAGRAPH
        for name in _BLOCK.replace("h[1-6]", "h1|h2|h3|h4|h5|h6").split("|")
        for slash in ("", "/")
    }
    | {"hr": _PARAGRAPH}
    | dict.fromkeys(("br", "li", "dt", "dd", "td", "th", "figcaption"), _LINE)
)
_REFERENCES = (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&amp;", "&"))
_UNSEEN = ["script", "style", "noscript", "iframe", "template"]
_HAS_UNSEEN = re.compile(rf"<(?:{'|'.join(_UNSEEN)})\b", re.IGNORECASE)
_MANY_SPACES = re.compile("   *")  # the two it begins with are sought at twice the speed of "  +"
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_SURROGATES = re.compile("[\ud800-\udfff]")
_MOST_ESCAPES = 2
# Evidence that a title was escaped twice: what is left after one decoding is still an entity or a whole known tag.
_STILL_ESCAPED = re.compile(
    r"&(?:amp|lt|gt|quot|apos|nbsp|#[0-9]{2,6}|#x[0-9a-f]{2,5}|[a-z]{1,8}(?:acute|grave|circ|uml|cedil|quo|dash));"
    r"|<(b|i|em|strong|span|a|u|sup|sub|p|font|small|mark|q|cite)(?:\s[^<>]*)?>[^<]*</\1>|<(?:br|img|wbr)\b[^<>]*>",
    re.IGNORECASE,
)


# Feeds put the sign of XML's literal text into the text itself, and compare: "x < y", "Option<T>", "<stdio.h>".
_LITERAL = re.compile(r"<!\[CDATA\[|\]\]>")
_ELEMENTS = (
    "a abbr acronym address applet area article aside audio b base bdi bdo big blink blockquote body br button canvas"
    " caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed fieldset"
    " figcaption figure font footer form frame frameset h[1-6] head header hgroup hr html i iframe img input ins kbd"
    " label legend li link main map mark marquee math menu meta meter nav nobr noscript object ol optgroup option"
    " output p param picture pre progress q rp rt ruby s samp script search section select slot small source span"
    " strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt"
    " u ul var video wbr"
)
_NO_TAG = re.compile(
    rf"<(?![^<>]*>)|<(?!/?(?:{'|'.join(_ELEMENTS.split())}|[a-z0-9]+[:-][a-z0-9:-]+)[\s/>]|!)", re.IGNORECASE
)
_BREAKS_TITLE = re.compile(rf"(?=<(?:/?(?:{_BLOCK}|li)|br|hr)\b)", re.IGNORECASE)


def plain_text(html: str) -> str:
    """Give the text of an HTML fragment: a blank line between paragraphs, line breaks kept, scripts gone."""
    if "<" not in html and "&" not in html:
        return unmarked_text(html)
    return _paragraphs(_rendered(_marked(html)))


def unmarked_text(text: str) -> str:
    """Give the paragraphs of *text*, which has no markup."""
    if "\n" not in text:
        return line(text)
    return "\n\n".join(read for part in _BLANK_LINE.split(text) if (read := line(part)))


def text_of_safe(safe: str, spaced: Callable[[str], str]) -> str:
    """Give the `plain_text` of *safe*, which nh3 wrote and which is `composed`, by patterns alone.

    *spaced* is `on_one_line` when all its characters are printable, else `plainly_spaced`.
    """
    if "<pre" in safe:
        safe = _SAFE_PREFORMATTED.sub(lambda match: match[0].replace("\n", "<br>"), safe)
    pieces = _TAG.split(spaced(safe))
    pieces[1::2] = map(_BREAKS.get, pieces[1::2], _NONE)
    text = "".join(pieces)
    if "&" in text:
        for reference, character in _REFERENCES:
            text = text.replace(reference, character)
    return _spaced_paragraphs(text)


def title_text(html: str) -> str:
    """Give the text of a title on one line: tags out, entities decoded, again when it was evidently escaped twice."""
    text = html
    if "<" in text or "&" in text:
        text = _rendered(_title_markup(text)) if "<" in text else unescape(text)
        for _ in range(_MOST_ESCAPES):
            if not _STILL_ESCAPED.search(text):
                break
            text = _rendered(_title_markup(text))
    return line(text)


def _title_markup(text: str) -> str:
    """Give *text*, a title, with a space where a block or line ends, and with nothing that only looks like a tag."""
    return _BREAKS_TITLE.sub(" ", _NO_TAG.sub("&lt;", _LITERAL.sub("", text)))


def _paragraphs(marked: str) -> str:
    """Give the paragraphs and lines of *marked*, each cleaned."""
    blocks = [_lines(block, line) for block in marked.split(_PARAGRAPH)]
    return few_blank_lines("\n\n".join([block for block in blocks if block]))


def _spaced_paragraphs(marked: str) -> str:
    """Do as `_paragraphs` when *marked* is `plainly_spaced`: a third of the time."""
    if not marked.isascii():
        marked = unicodedata.normalize("NFC", marked)
    spaced = _MANY_SPACES.sub(" ", marked)
    blocks = spaced.split(_PARAGRAPH)
    if _LINE in spaced:
        blocks = [few_blank_lines(_lines(block, str.strip)) if _LINE in block else block for block in blocks]
    return "\n\n".join(filter(None, map(str.strip, blocks)))


def _lines(block: str, read: Callable[[str], str]) -> str:
    return "\n".join(map(read, block.split(_LINE))).strip("\n")


def _marked(html: str) -> str:
    if "<pre" in html.lower():
        html = _PREFORMATTED.sub(lambda match: match[0].replace("\n", _LINE), html)
    html = _START_PARAGRAPH.sub(rf"\g<0>{_PARAGRAPH}", html)
    html = _END_PARAGRAPH.sub(_PARAGRAPH, html)
    return _START_LINE.sub(rf"\g<0>{_LINE}", html)


def _rendered(html: str) -> str:
    """Give the text of *html* as browsers parse it."""
    tree = LexborHTMLParser(shallow(html if html.isascii() else _SURROGATES.sub("\ufffd", html)))
    if _HAS_UNSEEN.search(html):
        tree.strip_tags(_UNSEEN, recursive=True)
    return tree.body.text() if tree.body else ""
