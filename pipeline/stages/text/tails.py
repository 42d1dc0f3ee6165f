"""What feed software adds behind an article, taken off: "appeared first on", "Read more", rows of share buttons.

Rules of this file: only the end of a body is looked at, and only whole lines or links whose words or addresses stand
in the tables of tail_words.py; where an author's sentence could read alike, a link is asked for too, or the title.
What is in doubt stays.
"""

from __future__ import annotations

import re
from html import unescape

from pipeline.stages.text.tail_words import (
    APPEARED,
    BEFORE_SITE,
    READ_ON,
    READ_ON_TITLE,
    SHARE_ADDRESSES,
    SHARE_WORDS,
)

_WINDOW_CHARACTERS = 4000
_MOST_BEHIND_LINK = 300  # characters, most of them tags
_MOST_TAILS = 8
_LONGEST_LINE = 400

_APPEARED = re.compile(rf"(?:{'|'.join(pattern for _, pattern in APPEARED)}) .+")
_LONGEST_LEAD = 40
_APPEARED_AT_END = re.compile(rf"(?<!\S)(?:{_APPEARED.pattern})\Z")
_PHRASES = "|".join(pattern for _, pattern in READ_ON)
_SIGNS = r"[\s.…:»\u203a>→⟶\[\]()|-]*"
_READ_ON = re.compile(rf"{_SIGNS}(?:{_PHRASES}){_SIGNS}", re.IGNORECASE)
_READ_ON_TITLE = re.compile(rf"{_SIGNS}(?:{READ_ON_TITLE})\s*(?:[“\"«„→:].*|.*[→»]){_SIGNS}", re.IGNORECASE)
_READ_ON_AFTER_DOTS = re.compile(rf"(?:(?<=[…\]])|(?<=\.\.\.))\s*(?:{_PHRASES}){_SIGNS}\Z", re.IGNORECASE)
_DOTS = ("…", "...", "]")  # sought by C: the pattern would be tried at every character
_SHARE_ADDRESS = re.compile(rf"https?://(?:www\.|m\.)?(?:{'|'.join(SHARE_ADDRESSES)})|mailto:\?", re.IGNORECASE)
_SHARE_WORDS = re.compile(rf"[\s|:,;•·/\[\]()-]*(?:(?:{'|'.join(SHARE_WORDS)})[\s|:,;•·/\[\]()-]+)*", re.IGNORECASE)
_BOUNDARY = re.compile(
    r"</?(?:p|div|h[1-6]|ul|ol|li|dl|dt|dd|table|tbody|tr|td|blockquote|section|article|pre|figure|aside|header|footer"
    r"|hr|br)(?: [^>]*)?>"
)
_LINK = re.compile(r"<a( [^>]*)?>([^<]*+(?:<(?!/?a[ >])[^<]*+)*+)</a>")
_ADDRESS = re.compile(r' href="([^"]*)"')
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)[^>]*>")
_OPENED_LAST = re.compile(r"<([a-z][a-z0-9]*)(?: [^<>]*)?>\Z")
_LONGEST_TAG = 300
_BREAKS_AT_END = ("<br>", "<hr>", "&nbsp;")
_OPEN_END = re.compile(r"[\s\[(\u2013\u2014|-]{1,20}\Z")
_NO_CONTENT = frozenset({"img", "br", "hr", "wbr", "col", "area"})


def html_without_tails(safe: str) -> str:
    """Give sanitised HTML without what feed software added at its end; the very same object when there is nothing."""
    for _ in range(_MOST_TAILS):
        shorter = _without_last_tail(safe)
        if shorter is None:
            break
        safe = shorter
    return safe


def text_without_tails(text: str, *, title: str | None) -> str:
    """Give plain text without such an end. No links can be asked for: "appeared first" needs the entry's *title*."""
    body, _, last = text.rpartition("\n")
    if len(last) > _LONGEST_LINE:
        return text
    if _READ_ON.fullmatch(last):
        return body.rstrip()
    cut = _READ_ON_AFTER_DOTS.search(last) if any(dots in last for dots in _DOTS) else None
    if cut is None and title and title in last:
        cut = _APPEARED_AT_END.search(last)
        cut = cut if cut and title in cut[0] else None
    return f"{body}\n{last[: cut.start()]}".strip() if cut else text


def _without_last_tail(safe: str) -> str | None:
    """Give *safe* without the last line when that is a tail, or without the link at its end; None when neither is."""
    start = max(0, len(safe) - _WINDOW_CHARACTERS)
    if safe.find("</a>", max(start, len(safe) - _MOST_BEHIND_LINK)) < 0 or not _may_be_tail(safe):
        return None
    found = _last_line(safe, start)
    if found is None:
        return None
    begin, end = found
    line = safe[begin:end]
    if _is_tail(line):
        return _joined(safe[:begin], safe[end:]) if _is_balanced(line) else None
    at = line.rfind("<a ")
    link = _LINK.match(line, at) if at >= 0 else None
    if link is None or not _reads_on(_words(link[2])) or _words(line[link.end() :]).strip(" .…»\u203a→])"):
        return None
    left_open = "".join(tag[0] for tag in _TAG.finditer(line, link.end()))
    return _joined(_OPEN_END.sub("", safe[: begin + at]), left_open + safe[end:])


def _may_be_tail(safe: str) -> bool:
    """Whether the last link of *safe* is one of a tail: most are not, and are told so without a look at the line."""
    at = safe.rfind("<a ")
    link = _LINK.match(safe, at) if at >= 0 else None
    if link is None:
        return False
    lead = safe[max(0, at - _LONGEST_LEAD) : at]
    if lead.rstrip().lower().endswith(BEFORE_SITE) or _reads_on(_words(link[2])):
        return True
    address = _ADDRESS.search(link[1] or "")
    return address is not None and bool(_SHARE_ADDRESS.match(unescape(address[1])))


def _last_line(safe: str, start: int) -> tuple[int, int] | None:
    """Give where the last line that holds anything begins and ends; None when it begins before *start*."""
    end = len(safe)
    for edge in reversed(list(_BOUNDARY.finditer(safe, start))):
        if safe[edge.end() : end].strip():
            return edge.end(), end
        end = edge.start()
    return (0, end) if start == 0 and safe[:end].strip() else None


def _is_tail(line: str) -> bool:
    words = _words(line)
    links = [(match[1] or "", _words(match[2])) for match in _LINK.finditer(line)]
    if not links or len(words) > _LONGEST_LINE:
        return False
    if _APPEARED.fullmatch(words) or (len(links) == 1 and links[0][1] == words and _reads_on(words)):
        return True
    between = _LINK.sub(" ", line)
    addresses = [unescape(found[1]) if (found := _ADDRESS.search(attributes)) else "" for attributes, _ in links]
    shared = all(_SHARE_ADDRESS.match(address) for address in addresses)
    return shared and "<img" not in between and bool(_SHARE_WORDS.fullmatch(_words(between) + " "))


def _reads_on(words: str) -> bool:
    return bool(_READ_ON.fullmatch(words) or _READ_ON_TITLE.fullmatch(words))


def _words(html: str) -> str:
    return " ".join(unescape(_TAG.sub("", html)).split())


def _is_balanced(line: str) -> bool:
    """Whether what is opened in *line* is closed in it, so that it can go without leaving half an element."""
    opened: list[str] = []
    for closing, name in _TAG.findall(line):
        if name in _NO_CONTENT:
            continue
        if not closing:
            opened.append(name)
        elif not opened or opened.pop() != name:
            return False
    return not opened


def _joined(before: str, after: str) -> str:
    """Give what is left of both sides of a tail, without the elements that nothing is left in."""
    after = after.strip()
    while True:
        before = before.rstrip()
        opened = _OPENED_LAST.search(before[-_LONGEST_TAG:])
        if before.endswith(_BREAKS_AT_END):
            before = before[: before.rindex("&" if before.endswith(";") else "<")]
        elif opened and after.startswith(f"</{opened[1]}>"):
            before = before[: -len(opened[0])]
            after = after[len(opened[1]) + 3 :].lstrip()
        else:
            return before + after
