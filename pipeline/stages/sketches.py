"""Texts -> Sketches: the few shingles by which copies of an article find it.

A shingle is three words in a row. The lowest hashes of all shingles are a fair sample of any two texts at once
(A. Broder, "On the resemblance and containment of documents", 1997). Feeds shorten what they copy, and from the top:
so the first words have a sample of their own, and likeness is containment, not Jaccard.

Measured on 6,807 Reuters stories with 720 altered copies: F1 0.93 at a precision of 0.97 for these figures; MinHash
with 32 bands of 4 reaches 0.70, SimHash 0.19.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice
from zlib import crc32

from pipeline.model import Sample, Sketch

_TEXT_SAMPLE = 56
_LEAD_SAMPLE = 16
_LEAD_SHINGLES = 60
_WORDS = 3
# Where words are not spaced (Chinese, Japanese, Thai, Lao, Burmese, Khmer) eight characters stand for three words.
_CHARACTERS = 8
# Eight shingles are ten words, a headline: less says nothing about who wrote it first.
_LEAST_SHINGLES = 9
_SITE_CARRIERS = 3
# A book in a feed is compared by its beginning; 40,000 characters cost about 5 ms.
_MOST_CHARACTERS = 40_000

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_UNSPACED_CHARACTERS = re.compile(f"[{_UNSPACED}]")
_WORD = re.compile(r"[^\W_]+")
_SPACED_WORD = re.compile(rf"[^\W_{_UNSPACED}]+")


def sketch_all(articles: Iterable[tuple[str | None, str | None]]) -> list[Sketch]:
    """Sketch the articles of one document, given as (title, plain text or summary), in order.

    What three of them share is no text of theirs but of their site (a tail, a sponsor, a form), and is left out.
    Case, punctuation and layout do not count. Articles of fewer than 11 words have an empty sketch.
    """
    shingles = [list(_hashes(f"{title or ''}\n{text or ''}"[:_MOST_CHARACTERS].lower())) for title, text in articles]
    carriers = Counter(value for each in shingles for value in set(each))
    site = {value for value, count in carriers.items() if count >= _SITE_CARRIERS}
    return [_sketch(each, site) for each in shingles]


def _sketch(hashes: Sequence[int], site: AbstractSet[int]) -> Sketch:
    everything = sorted(set(hashes) - site)
    if len(everything) < _LEAST_SHINGLES:
        return Sketch()
    beginning = sorted(set(hashes[:_LEAD_SHINGLES]) - site)
    return Sketch(text=_sample(everything, _TEXT_SAMPLE), lead=_sample(beginning, _LEAD_SAMPLE))


def _sample(hashes: list[int], size: int) -> Sample:
    return Sample(tuple(hashes[:size]), whole=len(hashes) <= size)


def _hashes(text: str) -> Iterable[int]:
    """Hash every shingle of *text* (lower case), in order: CRC-32, the same in every process and version."""
    if not _UNSPACED_CHARACTERS.search(text):
        return _word_hashes(_WORD.findall(text))
    unspaced = "".join(_UNSPACED_CHARACTERS.findall(text))
    runs = (unspaced[at : at + _CHARACTERS] for at in range(len(unspaced) - _CHARACTERS + 1))
    return [*_word_hashes(_SPACED_WORD.findall(text)), *(crc32(_encoded(run)) for run in runs)]


def _word_hashes(words: Sequence[str]) -> Iterable[int]:
    encoded = [_encoded(word) for word in words]
    return map(crc32, map(b" ".join, zip(*(islice(encoded, at, None) for at in range(_WORDS)), strict=False)))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
