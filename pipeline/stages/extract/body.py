"""The blocks of a page -> those that are the body of its article, in order."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.stages.extract.blocks import HEADINGS, Block, Outline
from pipeline.stages.extract.candidates import SENTENCE_ENDS, Kept, Worth, best_box, end_of, furniture_of, worth_of
from pipeline.stages.extract.flat import headlines_at_the_end
from pipeline.stages.extract.phrases import ends_the_story, is_life_of_author

_LONGEST_END = 60
_MARKS_APART = 12
_SHORT_BODY = 200
_MUCH_LONGER = 3
_FEWEST_TWICE = 6
_FEWEST_SECTIONS = 2
# A standfirst that is a paragraph is text; a shorter one is a subtitle, and stands in the summary.
_SHORTEST_LEAD = 140
_FARTHEST_LEAD = 20
_MOST_LEADS = 2
_NAME_OF_LEAD = re.compile(r"teaser|lead|intro|excerpt|summary|standfirst|chapo|vorspann|abstract", re.IGNORECASE)
_NOT_LETTERS = re.compile(r"[\W_]+")

Repeats = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Body:
    """The blocks of the body, those of the page that are not furniture, and the lines cut from the body's end."""

    blocks: tuple[Block, ...] = ()
    shown: tuple[Block, ...] = ()
    tail: tuple[str, ...] = ()


def body_of(outline: Outline, *, title: str, repeats: Repeats) -> Body:
    """Find the body of the page's article; *title* is its headline, *repeats* knows the lines of its site."""
    worth = [worth_of(block) for block in outline.blocks]
    found = _found(outline, worth, furniture_of(outline, worth), title, repeats)
    if _length(found) >= _SHORT_BODY:
        return found
    # Next to nothing: then the names of the page's elements may all mislead.
    bare = _found(outline, worth, frozenset(), title, repeats)
    return bare if _length(bare) > _MUCH_LONGER * _SHORT_BODY else found


def _length(body: Body) -> int:
    return sum(len(block.text) for block in body.blocks)


def _found(outline: Outline, worth: Worth, furniture: frozenset[int], title: str, repeats: Repeats) -> Body:
    """Find the body among the blocks that are not in *furniture*, each of its *worth*."""
    kept = [
        (block, value)
        for block, value in zip(outline.blocks, worth, strict=True)
        if furniture.isdisjoint(outline.boxes[block.box].marks) and not repeats(block.text)
    ]
    shown = tuple(block for block, _ in kept)
    if not any(value > 0 for _, value in kept):
        return Body(shown=shown)
    head = _headline(outline.blocks, title)
    best = best_box(outline, kept, head)
    end_box = end_of(outline, best)
    blocks = [
        block
        for block in _trimmed([pair for pair in kept if best <= pair[0].box < end_box])
        if block.tag != "h1" and not _reads_as(block.text, title)
    ]
    blocks = _told_once(blocks)
    lines = [block.text for block in blocks]
    structured = any(block.tag in HEADINGS or block.tag == "li" for block in blocks[-3:])
    end = len(blocks) if structured else headlines_at_the_end(lines)
    lead = _lead(outline, furniture, head, blocks[0]) if blocks and head is not None else []
    return Body((*lead, *blocks[:end]), shown, tuple(lines[end:]))


def _headline(blocks: Sequence[Block], title: str) -> Block | None:
    """Find the headline among *blocks*: the heading that reads as *title*, else the first h1, else what reads so."""
    alike = [block for block in blocks if _reads_as(block.text, title)]
    headings = [block for block in alike if block.tag in HEADINGS]
    return next(iter((*headings, *(block for block in blocks if block.tag == "h1"), *alike)), None)


def _reads_as(text: str, title: str) -> bool:
    """Tell whether *text* is *title*, but for marks and case."""
    return bool(title) and abs(len(text) - len(title)) <= _MARKS_APART and _bare(text) == _bare(title)


def _bare(text: str) -> str:
    return _NOT_LETTERS.sub("", text).casefold()


def _lead(outline: Outline, furniture: frozenset[int], head: Block, first: Block) -> list[Block]:
    """Give the standfirst: the paragraphs between the headline and the *first* block of the body.

    Those that only a name such as "teaser" marks as *furniture* count too: here it means the beginning of the story.
    """
    places = {id(block): place for place, block in enumerate(outline.blocks)}
    between = outline.blocks[places[id(head)] + 1 : places[id(first)]]
    leads = [
        block
        for block in between
        if len(block.text) >= _SHORTEST_LEAD
        and not block.linked
        and worth_of(block) >= 0
        and all(
            _NAME_OF_LEAD.search(outline.boxes[mark].name) for mark in furniture & set(outline.boxes[block.box].marks)
        )
    ]
    return leads if len(between) <= _FARTHEST_LEAD and len(leads) <= _MOST_LEADS else []


def _trimmed(inside: Kept) -> list[Block]:
    """Cut what is no body before the first paragraph, behind the last, and between them."""
    total = sum(value for _, value in inside if value > 0)
    kept: list[tuple[Block, float]] = []
    read = 0.0
    for block, value in inside:
        read += max(value, 0.0)
        short = block.tag in HEADINGS or len(block.text) < _LONGEST_END
        if short and read > total / 2 and ends_the_story(block.text):
            break
        if value >= 0:
            kept.append((block, value))
    good = [place for place, (_, value) in enumerate(kept) if value > 0]
    if not good:
        return []
    shown = [block for block, _ in kept]
    start = good[0] - _asks_first(shown, good[0])
    end = _end(shown, start, good[-1])
    if end - start > 1 and is_life_of_author(kept[end - 1][0].text):
        end -= 1
    return [block for block, _ in kept[start:end]]


def _asks_first(blocks: Sequence[Block], first: int) -> bool:
    """Tell whether the block before the *first* paragraph is the question that it answers, as more of them follow."""
    if not first:
        return False
    question, answer = blocks[first - 1], blocks[first]
    if (question.tag, answer.tag) == ("dt", "dd"):
        return True
    if not question.text.endswith("?") or question.tag != answer.tag:
        return False
    return any(block.text.endswith("?") and len(block.text) < _LONGEST_END for block in blocks[first:])


def _end(blocks: Sequence[Block], start: int, last: int) -> int:
    """Give where the body ends that begins at *start*, and whose *last* paragraph is sure: sentences like it go on.

    So do the sections of a list: headings of a kind that the body has twice already, each with such a sentence; and
    the items that a line with a colon announces.
    """
    end = last + 1
    while end < len(blocks):
        if _goes_on(blocks[end], blocks[last]):
            end += 1
        elif (
            end + 1 < len(blocks)
            and blocks[end].tag in HEADINGS
            and sum(block.tag == blocks[end].tag for block in blocks[start:end]) >= _FEWEST_SECTIONS
            and _goes_on(blocks[end + 1], blocks[last])
        ):
            end += 2
        elif blocks[end].tag == blocks[last].tag and blocks[end].text.endswith(":"):
            listed = _while_listed(blocks, end + 1)
            if listed == end + 1:
                break
            end = listed
        else:
            break
    return end


def _while_listed(blocks: Sequence[Block], start: int) -> int:
    """Give where the items of a list end that begin at *start*."""
    return next((place for place in range(start, len(blocks)) if blocks[place].tag != "li"), len(blocks))


def _told_once(blocks: list[Block]) -> list[Block]:
    """Give *blocks* without their repetition, where all is told twice: for wide windows and for narrow ones."""
    texts = [block.text for block in blocks]
    half = len(texts) // 2
    if len(texts) >= _FEWEST_TWICE and len(texts) % 2 == 0 and texts[:half] == texts[half:]:
        return blocks[:half]
    return blocks


def _goes_on(block: Block, last: Block) -> bool:
    """Tell whether the short *block* behind the *last* paragraph belongs to it: a sentence of the same kind."""
    return block.tag == last.tag and block.tag not in HEADINGS and block.text.endswith(SENTENCE_ENDS)
