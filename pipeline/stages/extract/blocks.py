"""A tree -> the blocks of text that a reader sees, in order, each with the boxes it lies in.

Rules of this file: one pass; nothing is judged here but what can never be text of an article (scripts, menus of a
form). Elements that look like furniture are marked, not dropped: body.py clears a mark that holds most of the page.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from pipeline.stages.extract.furniture import hidden_in, is_furniture

DEEPEST = 400  # the walk calls itself; deeper text is taken as one block
MOST_BOXES = 40_000  # the largest page of the corpus has 12,000 elements; behind so many, text is taken whole
_MOST_MARKS = 8
_LINE_BREAK = "\x00"  # no text of a tree holds one

_UNSEEN = frozenset(
    {
        "script", "style", "noscript", "template", "iframe", "svg", "button", "select", "option", "textarea", "input",
        "canvas", "audio", "video", "object", "embed", "map", "dialog", "menu", "datalist", "head", "title", "link",
        "meta", "base", "progress", "meter",
    }
)  # fmt: skip
_INLINE = frozenset(
    {
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "img",
        "ins", "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike",
        "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "data", "math", "source", "picture",
    }
)  # fmt: skip
_TEXT_TAGS = frozenset({"p", "a", "span", "em", "strong", "b", "i", "h1", "h2", "h3", "h4"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


@dataclass(slots=True)
class Box:
    """An element that holds blocks: the box it lies in, its tag and class, and the boxes of furniture around it."""

    parent: int
    tag: str
    name: str
    marks: tuple[int, ...]
    claims_body: bool = False


@dataclass(slots=True)
class Block:
    """A run of text that stands by itself. *linked* of its characters are in links; *box* is the innermost box."""

    text: str
    tag: str
    box: int = 0
    linked: int = 0
    timed: bool = False


@dataclass(slots=True)
class Outline:
    """The blocks of a page in order, and the boxes they lie in (box 0 is the page)."""

    boxes: list[Box] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)


def outline_of(root: etree._Element) -> Outline:
    """Give the blocks of the page under *root*."""
    body = root.find("body")
    walk = _Walk(hidden_in(root))
    walk.box(root if body is None else body, 0, 0)
    return walk.outline


class _Walk:
    """The state of one walk: the text that has been read since the last block ended, and where links in it begin."""

    def __init__(self, hidden: frozenset[etree._Element]) -> None:
        self.outline = Outline()
        self._hidden = hidden
        self._pieces: list[str] = []
        self._link_start: int | None = None
        self._linked = 0
        self._timed = 0

    def box(self, element: etree._Element, parent: int, depth: int) -> None:
        """Read *element* as a box of its own."""
        boxes = self.outline.boxes
        number = len(boxes)
        tag = element.tag
        marks = boxes[parent].marks if number else ()
        name = element.get("class")
        claims_body = "articleBody" in (element.get("itemprop") or "")
        if claims_body:
            marks = ()  # nobody says so of furniture, whatever lies around it
        elif number and len(marks) < _MOST_MARKS and self._is_furniture(element, tag, name):
            marks = (*marks, number)
        boxes.append(Box(parent, tag, name or "", marks, claims_body))
        self._content(element, number, depth)
        if self._pieces:
            self._end(number)

    def _is_furniture(self, element: etree._Element, tag: str, name: str | None) -> bool:
        return is_furniture(tag, name, element.get("id")) or (element in self._hidden and tag not in {"body", "html"})

    def _content(self, element: etree._Element, number: int, depth: int) -> None:
        pieces = self._pieces
        if depth > DEEPEST or len(self.outline.boxes) > MOST_BOXES:
            pieces.append(" ".join(element.itertext()))
            return
        text = element.text
        if text and (pieces or not text.isspace()):
            pieces.append(text)
        for child in element:
            tag = child.tag
            if tag in _INLINE:
                self._inline(child, tag, number, depth + 1)
            elif tag == "br":
                pieces.append(_LINE_BREAK)
            elif "-" in tag and element.tag in _TEXT_TAGS:
                self._content(child, number, depth + 1)  # an element of the site's own within a line
            elif tag not in _UNSEEN:
                if pieces:
                    self._end(number)
                self.box(child, number, depth + 1)
            text = child.tail
            if text and (pieces or not text.isspace()):
                pieces.append(text)

    def _inline(self, element: etree._Element, tag: str, number: int, depth: int) -> None:
        if tag == "span" and self._is_furniture(element, tag, element.get("class")):
            return
        if tag == "a" and self._link_start is None and element.get("href") is not None:
            self._link_start = len(self._pieces)
            self._content(element, number, depth)
            self._linked += self._length(self._link_start)
            self._link_start = None
        elif tag == "time":
            start = len(self._pieces)
            self._content(element, number, depth)
            self._timed += self._length(start)
        else:
            self._content(element, number, depth)

    def _length(self, start: int) -> int:
        return len(" ".join("".join(self._pieces[start:]).split()))

    def _end(self, number: int) -> None:
        """End the run of text that has been read: one block, or more where empty lines part it."""
        if self._link_start is not None:  # a link around several blocks: a card
            self._linked += self._length(self._link_start)
            self._link_start = 0
        joined, linked, timed = "".join(self._pieces), self._linked, self._timed
        self._pieces.clear()
        self._linked = self._timed = 0
        tag, blocks = self.outline.boxes[number].tag, self.outline.blocks
        if _LINE_BREAK not in joined:
            text = " ".join(joined.split())
            if text:
                blocks.append(Block(text, tag, number, linked, timed * 2 > len(text)))
            return
        lines = [" ".join(line.split()) for line in joined.split(_LINE_BREAK)]
        total = sum(map(len, lines)) or 1
        blocks.extend(
            Block(text, tag, number, round(linked * len(text) / total), timed * 2 > total)
            for text in _paragraphs(lines)
        )


def _paragraphs(lines: list[str]) -> list[str]:
    """Join *lines*, which <br> parts, where no empty line stands between them."""
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line:
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    return ["\n".join(paragraph) for paragraph in paragraphs if paragraph]
