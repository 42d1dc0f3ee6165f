"""The body as JSON-LD tells it, held against the body as the page shows it: each mends the other.

On 16 of 181 pages of the article-extraction-benchmark there is an `articleBody`; it is precise (0.93) and loses its
paragraphs. So the page's blocks are kept where both agree, and the witness is heard where the page holds back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape

from pipeline.stages.extract.blocks import HEADINGS, Block
from pipeline.stages.text import plain_text

_WORD = re.compile(r"\w+")
_SHORTEST = 200
_MUCH_MORE = 1.5
_MOST_WORDS = 50_000
Shingle = tuple[str, ...]


def heard(body: list[Block], every: Sequence[Block], said: str | None) -> list[Block]:
    """Give the *body* as the witness *said* has it, found among *every* block of the page, or told by itself.

    The witness alone is believed only where the page shows much less: templates garble what nobody looks at.
    """
    text = plain_text(unescape(said or ""))
    if len(text) < _SHORTEST:
        return body
    witness = _shingles(text)
    shown = _shingles("\n".join(block.text for block in body))
    agreed = len(witness & shown)
    if agreed >= 0.8 * len(witness):
        return _without_strange_end(body, witness) if agreed >= 0.6 * len(shown) else body
    found = [block for block in every if _agrees(block, witness)]
    if len(_shingles("\n".join(block.text for block in found)) & witness) >= 0.8 * len(witness):
        return found
    if len(text) <= _MUCH_MORE * sum(len(block.text) for block in body):
        return body
    return [Block(paragraph, "p") for paragraph in text.split("\n\n") if paragraph]


def _shingles(text: str) -> set[Shingle]:
    words = _WORD.findall(text)[:_MOST_WORDS]
    return set(zip(words, words[1:], words[2:], words[3:], strict=False))


def _agrees(block: Block, witness: set[Shingle]) -> bool:
    own = _shingles(block.text)
    return bool(own) and len(own & witness) >= 0.6 * len(own)


def _without_strange_end(body: list[Block], witness: set[Shingle]) -> list[Block]:
    """Cut from the end of *body* what the witness does not know; a heading or a short line is no evidence."""
    last = max(place for place, block in enumerate(body) if _shingles(block.text) & witness)
    while last + 1 < len(body) and not _shingles(body[last + 1].text) and body[last + 1].tag not in HEADINGS:
        last += 1
    return body[: last + 1]
