"""Which box of a page holds its article: what each block is worth, and where the worth lies.

Rules of this file: every block is worth its characters, for (prose) or against (links, calls, prices); furniture does
not count, unless a page hides its story in it; each step is one pass over boxes or blocks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.stages.extract.blocks import HEADINGS, Block, Outline
from pipeline.stages.extract.phrases import is_furniture_line, is_legal, is_wall_line

SENTENCE_ENDS = tuple(".!?…。！？؟।\"'”’»)")
_LONG = 80
_SHORT = 30
_PROSE = frozenset({"p", "li", "td", "th", "dd", "dt", "pre", "blockquote", "tr"})
_MOST_AGAINST = 200.0
_WALL = 10.0  # a wall stands in the article: it is no text, and does not speak against its box
# What the boxes within a box count for where they are several: below this, footers pull the page to their height,
# above, a story in sections loses all but one. Between 0.6 and 0.7 no page of the corpora changes.
_BRANCHING = 0.67
# How much of the text between the headline and a box speaks against it: comments and small print come after.
_BEFORE = 0.5
# Characters of prose from which a box that alone claims to be the body (itemprop="articleBody") is believed.
_ENOUGH = 250
_NO_NAMES: frozenset[tuple[str, str]] = frozenset()

Worth = Sequence[float]
Name = tuple[str, str]
Kept = Sequence[tuple[Block, float]]


def worth_of(block: Block) -> float:
    """Say how much *block* speaks for an article body (above 0) or against it (below), in characters."""
    length = len(block.text)
    link_share = block.linked / length
    if block.timed:
        return -10.0
    if link_share > 0.5:
        return -min(float(length), _MOST_AGAINST)
    if is_furniture_line(block.text) or is_legal(block.text):
        return -min(float(length), _MOST_AGAINST / 2)
    if block.tag in HEADINGS:
        return 0.0
    if length >= _LONG or (length >= _SHORT and block.text.endswith(SENTENCE_ENDS)):
        return -_WALL if is_wall_line(block.text) else length * (1 - link_share)
    return 0.0 if block.tag in _PROSE or block.text.endswith(SENTENCE_ENDS) else -min(length, 40) * 0.5


def furniture_of(outline: Outline, worth: Worth) -> frozenset[int]:
    """Give the boxes marked as furniture, without those whose name holds more than all that is not marked.

    Marks are judged by tag and class together: a story may stand in thirty paragraphs of class "promo". The name that
    holds most is judged first, and what it held counts as not marked from then on.
    """
    boxes = outline.boxes
    held: dict[frozenset[Name], float] = {}
    for block, value in zip(outline.blocks, worth, strict=True):
        if value > 0:
            marks = boxes[block.box].marks
            names = frozenset((boxes[mark].tag, boxes[mark].name) for mark in marks) if marks else _NO_NAMES
            held[names] = held.get(names, 0.0) + value
    cleared: frozenset[Name] = _NO_NAMES
    while name := _holding_most(held, cleared):
        cleared |= {name}
    return frozenset(
        mark for box in boxes for mark in box.marks if (boxes[mark].tag, boxes[mark].name) not in cleared
    )


def _holding_most(held: Mapping[frozenset[Name], float], cleared: frozenset[Name]) -> Name | None:
    """Name the mark, *cleared* ones aside, that holds most of the page, where no mark at all holds less than it."""
    free = 0.0
    by_name: dict[Name, float] = {}
    for names, value in held.items():
        if names <= cleared:
            free += value
        for name in names - cleared:
            by_name[name] = by_name.get(name, 0.0) + value
    most = max(by_name, key=lambda name: by_name[name], default=None)
    return most if most is not None and by_name[most] > free else None


def best_box(outline: Outline, kept: Kept, head: Block | None) -> int:
    """Choose the innermost box that holds the whole article; *head* is its headline."""
    boxes = outline.boxes
    own, inner, against, before, branches = _held(outline, kept, head)
    for box in range(len(boxes) - 1, 0, -1):  # a box comes after the one it lies in
        parent = boxes[box].parent
        inner[box] = own[box] + inner[box] * (_BRANCHING if branches[box] > 1 or own[box] else 1.0)
        against[parent] += against[box]
        if inner[box]:
            inner[parent] += inner[box]
            branches[parent] += 1
            before[parent] = min(before[parent], before[box])
    inner[0] = own[0] + inner[0] * _BRANCHING
    claimed = [box for box, each in enumerate(boxes) if each.claims_body and inner[box] >= _ENOUGH]
    first, end = (claimed[0], end_of(outline, claimed[0])) if len(claimed) == 1 else (0, len(boxes))
    return max(
        range(end - 1, first - 1, -1), key=lambda box: inner[box] - against[box] - _BEFORE * _read(before[box])
    )


def end_of(outline: Outline, outer: int) -> int:
    """Give the number of the first box behind those that lie in *outer*."""
    boxes = outline.boxes
    return next((box for box in range(outer + 1, len(boxes)) if boxes[box].parent < outer), len(boxes))


def _held(
    outline: Outline, kept: Kept, head: Block | None
) -> tuple[list[float], list[float], list[float], list[float], list[int]]:
    """Give for each box what its own blocks are worth, what speaks against it, what stands before, and empty sums."""
    count = len(outline.boxes)
    own, inner, against, before = [0.0] * count, [0.0] * count, [0.0] * count, [float("inf")] * count
    read = 0.0
    early = _up_to(outline, head)
    for block, value in kept:
        if value <= 0:
            against[block.box] -= value
            continue
        own[block.box] += value
        before[block.box] = min(before[block.box], read)
        if id(block) not in early:
            read += value
    return own, inner, against, before, [0] * count


def _up_to(outline: Outline, head: Block | None) -> frozenset[int]:
    """Give the blocks up to the headline *head* by identity, which speak against no box; all where there is none."""
    early: list[int] = []
    for block in outline.blocks:
        early.append(id(block))
        if block is head:
            break
    return frozenset(early)


def _read(before: float) -> float:
    return 0.0 if before == float("inf") else before
