"""The headlines of other articles that a page shows: what its links read as, where they read as headlines."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.stages.extract.blocks import Block, Outline
from pipeline.stages.extract.phrases import is_furniture_line, is_legal, lead_to_others

_SHORTEST, _LONGEST = 25, 200
_FEWEST_WORDS = 5
_MOST = 50
_MENUS = frozenset({"nav", "footer", "form"})


def related_in(outline: Outline, body: Iterable[Block], title: str) -> tuple[str, ...]:
    """Give the headlines outside the *body* of the article called *title*, in order, without repeats."""
    own = {block.text for block in body} | {title}
    found: dict[str, None] = {}
    for block in outline.blocks:
        if block.text in own or len(found) >= _MOST:
            continue
        other = lead_to_others(block.text)
        if other:
            found.setdefault(other.replace("\n", " "))
        elif _is_headline(block) and not any(
            outline.boxes[mark].tag in _MENUS for mark in outline.boxes[block.box].marks
        ):
            found.setdefault(block.text.replace("\n", " "))
    return tuple(found)


def _is_headline(block: Block) -> bool:
    text = block.text
    if not _SHORTEST <= len(text) <= _LONGEST or block.linked < 0.6 * (len(text) - text.count(" ")):
        return False
    return (
        (len(text.split()) >= _FEWEST_WORDS or not text.isascii())
        and not is_furniture_line(text)
        and not is_legal(text)
    )
