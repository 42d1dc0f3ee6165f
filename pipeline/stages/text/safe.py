"""HTML that is safe to show, and the text it reads as, in one go.

nh3 writes canonical HTML: every attribute quoted, < and > escaped wherever they are not markup, and no references
but &amp; &lt; &gt; &quot; &nbsp;. So its output can be read by patterns alone, at a fifth of a second parser's cost.
"""

from __future__ import annotations

import re
from html import escape, unescape

import nh3

from pipeline.stages.text.characters import composed, encodable, on_one_line, plainly_spaced
from pipeline.stages.text.depth import shallow
from pipeline.stages.text.plain import plain_text, text_of_safe, unmarked_text
from pipeline.stages.text.tail_words import PIXEL_ADDRESSES
from pipeline.stages.text.tails import html_without_tails, text_without_tails
from pipeline.stages.urls import absolute

_SCHEMES = {"http", "https", "mailto"}
_TAGS = {*nh3.ALLOWED_TAGS, "section"}
# No browser shows what `cite` holds, and nh3 takes any scheme for it.
_ATTRIBUTES = {tag: names - {"cite"} for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
_DROPPED_WHOLE = {"script", "style", "iframe", "template"}
# Made once: making one, as each base of relative addresses would need, costs 40 us.
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    clean_content_tags=_DROPPED_WHOLE,
    url_schemes=_SCHEMES,
    url_relative="pass_through",
)
# In what nh3 wrote, an address that is not certainly absolute: first whether there may be one, then where. Attributes
# are passed one by one, for the value of one may read like another.
_RELATIVE = re.compile(r'="(?<=(?:ref|src)=")(?!(?i:https?|mailto):)')
_RELATIVE_ADDRESS = re.compile(r'(<(?:a|img)(?: [a-z]+="[^"]*")*?) (href|src)="(?!(?i:https?|mailto):)([^"]*)"')
_READ_WHOLE = re.compile("<(?:math|noscript)")
_MOST_AMPERSANDS = 50_000  # nh3 needs quadratic time for them: 60 ms for so many, 1.8 s for ten times more
_TRACKING_PIXEL = re.compile(
    r'<img(?: [a-z-]+="[^"]*")*? (?:(?:width|height)="[01](?:px)?"'
    rf'|src="(?:https?:)?//(?:{"|".join(PIXEL_ADDRESSES)})[^"]*")(?: [a-z-]+="[^"]*")*>'
)


def html_and_text(html: str, *, base_url: str | None, title: str | None = None) -> tuple[str, str]:
    """Give `safe_html` and `plain_text` of *html* at once, without the tails that feed software adds.

    What is safe needs no second parser to be read. *title* is the entry's own, which some tails repeat.
    """
    if "<" not in html and "&" not in html:
        text = unmarked_text(html)
        shorter = text_without_tails(text, title=title)
        return (_unmarked_html(html), text) if shorter == text else (escape(shorter, quote=False), shorter)
    safe, is_printable = _settled(html, base_url)
    safe = html_without_tails(safe)
    if "<" not in html and "\n" in html:
        text = unmarked_text(unescape(html))  # a text with an ampersand in it: its blank lines are its paragraphs
        return safe, text_without_tails(text, title=title)
    if _READ_WHOLE.search(html) or _has_too_many_references(html):
        return safe, plain_text(html)  # formulas are text, though not safe to show; warnings for browsers are none
    return safe, text_of_safe(safe, on_one_line if is_printable else plainly_spaced)


def safe_html(html: str, *, base_url: str | None) -> str:
    """*html* without anything that runs, loads or leads elsewhere than to http, https or mailto.

    Relative addresses are read against *base_url* and go when there is none. Images that only count readers go.
    """
    if "<" not in html and "&" not in html:
        return _unmarked_html(html)
    return _settled(html, base_url)[0]


def _settled(html: str, base_url: str | None) -> tuple[str, bool]:
    """Give the `safe_html` of *html*, which has markup, and whether all its characters are printable."""
    if _has_too_many_references(html):
        return escape(plain_text(html)), False
    bounded = shallow(html)
    try:
        safe = _sanitised(bounded, base_url)
    except UnicodeEncodeError:
        safe = _sanitised(encodable(bounded), base_url)
    settled, is_printable = composed(safe)
    if settled is not safe or "\r" in safe:
        safe = _sanitised(settled, base_url)  # also where character references stood for what is not clean
    return (_TRACKING_PIXEL.sub("", safe) if "<img" in safe else safe).strip(), is_printable


def _has_too_many_references(html: str) -> bool:
    return len(html) > _MOST_AMPERSANDS and html.count("&") > _MOST_AMPERSANDS


def _sanitised(html: str, base_url: str | None) -> str:
    safe = _CLEANER.clean(html)
    if not _RELATIVE.search(safe):
        return safe

    def resolved(address: re.Match[str]) -> str:
        url = absolute(unescape(address[3]), base_url)  # which has no quotes
        return f'{address[1]} {address[2]}="{escape(url, quote=False)}"' if url else address[1]

    return _RELATIVE_ADDRESS.sub(resolved, safe)


def _unmarked_html(text: str) -> str:
    """Write *text*, which has no markup, as nh3 would."""
    lines = composed(text)[0].replace("\r\n", "\n").replace("\r", "\n")
    return lines.replace(">", "&gt;").replace("\xa0", "&nbsp;").strip()
