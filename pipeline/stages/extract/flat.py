"""The lines of a page that has no structure -> body, headline, headlines of other stories, and what dates it.

Rules of this file: a line is judged by its end, its length against the median of the sentences, and its place. Prose
ends its sentences, headlines do not; the body runs from the first line of prose to the last. What stands before,
behind and, in runs, between is kept apart, never mixed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from pipeline.stages.extract.bylines import is_byline
from pipeline.stages.extract.moments import is_date_line
from pipeline.stages.extract.phrases import is_furniture_line, is_legal, lead_to_others

Kind = Literal["prose", "headline", "date", "byline", "furniture", "other"]

_SENTENCE_END = re.compile(r"(?:[.!?…。！？؟।](?:[\"'”’»›)\]]|\s[»”])*|[\"”»’]\s?[.!?…])$")
_QUESTION_END = re.compile(r"[!?！？؟]\W*$")
_WORDS = re.compile(r"\w{5,}")
_SHORT_PROSE = 40
_LONG_HEADLINE = 200
_SHORT_SUBHEADING_WORDS = 3
_AKIN = 0.3
_TITLE_SHARE = 0.6
_STEM = 5  # letters that tell a word, whatever its ending
_MOST_LINES = 20_000
_LOOKED_AT = 24  # characters at the end of a line: enough for its last marks
_ENOUGH_HEADLINES = 3


@dataclass(frozen=True, slots=True)
class Flat:
    """What the lines of a flat page are: *body* in order, the *title* if there is one, and what was kept apart."""

    body: tuple[str, ...]
    title: str | None = None
    related: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    bylines: tuple[str, ...] = ()


def read_lines(lines: Sequence[str]) -> Flat:
    """Sort the *lines* of a flat page; empty ones count for nothing."""
    lines = [line for line in (" ".join(line.split()) for line in lines[:_MOST_LINES]) if line]
    sentences = [len(line) for line in lines if _ends_sentence(line) and len(line) >= _SHORT_PROSE]
    usual = median(sentences) if sentences else 0.0
    kinds: list[Kind] = [_kind(line, usual) for line in lines]
    prose = [place for place, kind in enumerate(kinds) if kind == "prose"]
    dates = tuple(line for line, kind in zip(lines, kinds, strict=True) if kind == "date")
    bylines = tuple(line for line, kind in zip(lines, kinds, strict=True) if kind == "byline")
    if not prose:
        return Flat(
            (),
            related=tuple(line for line, kind in zip(lines, kinds, strict=True) if kind == "headline"),
            dates=dates,
            bylines=bylines,
        )
    first, last = prose[0], prose[-1]
    words = _words_of(lines[place] for place in prose)
    before = [line for line, kind in zip(lines[:first], kinds[:first], strict=True) if kind == "headline"]
    title = _title(before, words)
    body, inner = _between(lines[first : last + 1], kinds[first : last + 1], words)
    behind = [line for line, kind in zip(lines[last + 1 :], kinds[last + 1 :], strict=True) if kind == "headline"]
    leads = [
        other
        for line, kind in zip(lines, kinds, strict=True)
        if kind == "furniture" and (other := lead_to_others(line))
    ]
    related = [line for line in (*before, *inner, *leads, *behind) if line != title]
    return Flat(tuple(body), title, tuple(dict.fromkeys(related)), dates, bylines)


def headlines_at_the_end(lines: Sequence[str]) -> int:
    """Give where the closing run of headlines of *lines* begins: three lines or more that end no sentence.

    They are short against the median of the sentences; the number of lines where there is no such run.
    """
    sentences = [len(line) for line in lines if _ends_sentence(line) and len(line) >= _SHORT_PROSE]
    usual = median(sentences) if sentences else 0.0
    start = len(lines)
    while start and _kind(lines[start - 1], usual) == "headline" and len(lines[start - 1]) < max(usual, 90.0):
        start -= 1
    return start if len(lines) - start >= _ENOUGH_HEADLINES else len(lines)


def _ends_sentence(line: str) -> bool:
    return _SENTENCE_END.search(line[-_LOOKED_AT:]) is not None


def _kind(line: str, usual: float) -> Kind:
    spoken = _spoken(line)
    if spoken is not None:
        return spoken
    length = len(line)
    ended = _ends_sentence(line)
    if ended and _QUESTION_END.search(line[-_LOOKED_AT:]) and length < min(120.0, 0.5 * usual):
        return "headline"  # "Qui est vraiment Paul Biya ?": prose asks too, but seldom in a line of its own
    if ended:
        return "prose" if length >= min(_SHORT_PROSE, 0.25 * usual) else "other"
    if length >= _LONG_HEADLINE or (line.endswith(":") and length > 0.5 * usual):
        return "prose"
    return "headline" if len(line.split()) >= 3 or length >= 12 else "other"


def _spoken(line: str) -> Kind | None:
    """Tell what *line* says of the page, if it does."""
    if is_date_line(line):
        return "date"
    if is_byline(line):
        return "byline"
    return "furniture" if is_furniture_line(line) or is_legal(line) else None


def _words_of(lines: Iterable[str]) -> frozenset[str]:
    return frozenset(word[:_STEM] for line in lines for word in _WORDS.findall(line.casefold()))


def _share(line: str, words: frozenset[str]) -> float:
    """Give the share of the words of *line* that are among *words*."""
    own = _WORDS.findall(line.casefold())
    return sum(word[:_STEM] in words for word in own) / len(own) if own else 0.0


def _is_subheading(line: str, words: frozenset[str]) -> bool:
    """Tell whether the short *line* between paragraphs of these *words* belongs to them: very short, or akin."""
    return len(line.split()) <= _SHORT_SUBHEADING_WORDS or _share(line, words) > _AKIN


def _title(before: Sequence[str], words: frozenset[str]) -> str | None:
    """Choose from the headlines *before* the body its own: the last of those that share most words with it."""
    best, most = None, _TITLE_SHARE
    for line in before:
        share = _share(line, words)
        if share >= most:
            best, most = line, share
    return best


def _between(lines: Sequence[str], kinds: Sequence[Kind], words: frozenset[str]) -> tuple[list[str], list[str]]:
    """Part the lines from the first prose to the last into body and headlines of other stories."""
    body: list[str] = []
    others: list[str] = []
    run: list[str] = []
    for line, kind in zip((*lines, ""), (*kinds, "prose"), strict=True):
        if kind in {"headline", "other"}:
            run.append(line)
            continue
        if kind != "prose":
            continue
        if len(run) == 1 and _is_subheading(run[0], words):
            body.extend(run)
        else:
            others.extend(run)
        run.clear()
        if line:
            body.append(line)
    return body, others
