"""A tree -> the blocks of text that a reader sees, in order, each with the boxes it lies in.

Rules of this file: one pass; nothing is judged here but what can never be text of an article (scripts, menus of a
form). Elements that look like furniture are marked, not dropped: body.py clears a mark that holds most of the page.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from pipeline.stages.extract.furniture import is_furniture

DEEPEST = 400  # the walk calls itself; deeper text is taken as one block
MOST_BLOCKS = 50_000

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
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


@dataclass(slots=True)
class Box:
    """An element that holds blocks: where it lies, and what it claims to be."""

    parent: int
    tag: str
    name: str
    marks: tuple[int, ...]
    is_body: bool = False


@dataclass(slots=True)
class Block:
    """A run of text that stands by itself. *linked* of its characters are in links; *box* is the innermost box."""

    text: str
    tag: str
    box: int
    linked: int
    timed: bool = False
    bold: bool = False


@dataclass(slots=True)
class Outline:
    """The blocks of a page in order, and the boxes they lie in (box 0 is the page)."""

    boxes: list[Box] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)


def outline_of(root: etree._Element) -> Outline:
    """Give the blocks of the page under *root*."""
    body = root.find("body")
    walk = _Walk()
    walk.box(root if body is None else body, 0, 0)
    return walk.outline


class _Walk:
    """The state of one walk: the text that has been read since the last block ended."""

    def __init__(self) -> None:
        self.outline = Outline()
        self._pieces: list[str] = []
        self._linked = 0
        self._timed = 0
        self._bold = 0

    def box(self, element: etree._Element, parent: int, depth: int) -> None:
        """Read *element* as a box of its own."""
        boxes = self.outline.boxes
        tag = element.tag
        marks = boxes[parent].marks if boxes else ()
        number = len(boxes)
        if number and is_furniture(tag, element):
            marks = (*marks, number)
        claims = element.get("itemprop")
        boxes.append(
            Box(
                parent, tag, element.get("class") or "", marks, is_body=claims is not None and "articleBody" in claims
            )
        )
        self._content(element, number, depth)
        self._end(number)

    def _content(self, element: etree._Element, number: int, depth: int) -> None:
        if depth > DEEPEST or len(self.outline.blocks) > MOST_BLOCKS:
            self._pieces.append(" ".join(element.itertext()))
            return
        pieces = self._pieces
        if element.text:
            pieces.append(element.text)
        for child in element:
            tag = child.tag
            if tag in _INLINE:
                self._inline(child, number, depth + 1)
            elif tag == "br":
                pieces.append("\x00")
            elif tag not in _UNSEEN:
                self._end(number)
                self.box(child, number, depth + 1)
            if child.tail:
                pieces.append(child.tail)

    def _inline(self, element: etree._Element, number: int, depth: int) -> None:
        tag = element.tag
        start = len(self._pieces)
        if tag == "span" and element.attrib and is_furniture(tag, element):
            return
        self._content(element, number, depth)
        if tag in {"a", "time", "b", "strong"}:
            length = sum(len(piece) - piece.count(" ") for piece in self._pieces[start:])
            if tag == "a":
                self._linked += length
            elif tag == "time":
                self._timed += length
            else:
                self._bold += length

    def _end(self, number: int) -> None:
        """End the run of text that has been read, if any: one block, or more where empty lines part it."""
        if not self._pieces:
            return
        joined = "".join(self._pieces)
        self._pieces.clear()
        linked, timed, bold = self._linked, self._timed, self._bold
        self._linked = self._timed = self._bold = 0
        lines = (
            [" ".join(line.split()) for line in joined.split("\x00")]
            if "\x00" in joined
            else [" ".join(joined.split())]
        )
        if not any(lines):
            return
        total = sum(len(line) - line.count(" ") for line in lines) or 1
        box = self.outline.boxes[number]
        for line in _paragraphs(lines):
            share = (len(line) - line.count(" ")) / total
            self.outline.blocks.append(
                Block(line, box.tag, number, round(linked * share), timed * 2 > total, bold * 10 > total * 9)
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
