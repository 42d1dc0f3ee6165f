"""Walking through JSON that may be broken, cut, or built to cost: one value at a time, in linear time.

Rules of this file: numbers stay as they were written (an id of 5,000 digits is an id, and no float), the constants
that JSON does not know are null, and what a value may hold is bounded before it is built.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass


class Written(str):
    """A number, as it stands in the document."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Broken:
    """A value that cannot be read, and why; the scan stands behind it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The document ends within the value."""


_DECODER = json.JSONDecoder(
    parse_float=Written,
    parse_int=Written,
    parse_constant=lambda _: None,  # NaN and the infinities
    strict=False,  # control characters within strings
)
_START = re.compile(r"(?:[\s\ufeff]++|//[^\n]*+|/\*.*?\*/)*+", re.DOTALL)  # some feeds open with a comment
_BLANK = re.compile(r"\s*+")
_BETWEEN = re.compile(r"[\s,]*+")  # a comma too many costs nothing
_STRING = re.compile(r'"(?:[^"\\]++|\\(?:.|\Z))*+("?)', re.DOTALL)
_PLAIN = re.compile(r"[^\s,\]}]++")
_STRUCTURE = re.compile(r'"(?:[^"\\]++|\\(?:.|\Z))*+"?|[\[\]{}]', re.DOTALL)
_OPENING = frozenset("[{")
_CLOSING = frozenset("]}")
# Decoded, "[]," takes 64 bytes: 9 MB of them would be 200 MB. A document with so many marks has each of its values
# counted before it is built; the longest text of an honest feed has one comma in 50 characters.
_MANY_MARKS = 400_000
_MOST_MARKS = 50_000  # of one value
_MOST_STEPS = 1_000_000  # brackets and strings that are passed in one document; measured: 0.4 s
_STEPS_OF_VALUE = 10  # what building a value costs beside its size
_STEPS_OF_SKIP = 3
_MOST_RECOUNTED = 200_000_000  # characters: each error of the decoder counts the lines before it


class Scan:
    """A place in the JSON *text*, which moves forward only.

    `stopped` says why it cannot move on, `cut` whether because the document ends too early.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = _end(_START, text, 0)
        self._steps = _MOST_STEPS
        self._recounts = _MOST_RECOUNTED
        self._counted = sum(map(text.count, ",[{")) > _MANY_MARKS
        self.stopped: str | None = None
        self.cut = False
        self.elements_seen = 0

    def enter(self, bracket: str) -> bool:
        """Step behind the opening *bracket*, when it is the next thing there is."""
        self._at = _end(_BLANK, self._text, self._at)
        entered = self._text.startswith(bracket, self._at)
        self._at += entered
        return entered

    def members(self) -> Iterator[str]:
        """Yield each key of the object that was entered; its value must be read, entered or skipped meanwhile."""
        while self._more("}"):
            key = self.value()
            self._at = _end(_BLANK, self._text, self._at)
            if isinstance(key, str) and self._text.startswith(":", self._at):
                self._at += 1
                yield key
            elif self.stopped is None:
                self._stop(f"not JSON from character {self._at} on")

    def elements(self) -> Iterator[int]:
        """Yield the number, from 1, of each element of the array that was entered; each must be read or skipped."""
        self.elements_seen = 0
        while self._more("]"):
            self.elements_seen += 1
            yield self.elements_seen

    def value(self) -> object:
        """Build the next value: Broken when it cannot be had, Ended when the scan stops within it."""
        start = self._at = _end(_BLANK, self._text, self._at)
        self._steps -= _STEPS_OF_VALUE
        if self._counted:
            self.skip()
            if self.stopped:
                return Ended()
            if sum(self._text.count(mark, start, self._at) for mark in ",[{") > _MOST_MARKS:
                return Broken(f"more than {_MOST_MARKS} values")
            self._at = start
        reason = "too much is broken"
        if self._recounts >= 0:
            try:
                value, self._at = _DECODER.raw_decode(self._text, start)
            except (ValueError, RecursionError) as error:
                self._recounts -= start
                reason = "nested too deep" if isinstance(error, RecursionError) else str(error).partition(":")[0]
            else:
                return value
        self.skip()
        return Ended() if self.stopped else Broken(reason)

    def skip(self) -> None:
        """Go behind the next value without building it."""
        self._steps -= _STEPS_OF_SKIP
        self._at = _end(_BLANK, self._text, self._at)
        end = self._end_of_value(self._at)
        if end is not None:
            self._at = end
        elif self.stopped is None:
            self._stop(None)

    def _stop(self, reason: str | None) -> None:
        """Read no further, for *reason*; None when the document ends too early, or is too much to see its end."""
        self.cut = reason is None and self._steps >= 0
        self.stopped = reason or ("the document is incomplete" if self.cut else "too many values to read on")

    def _more(self, closing: str) -> bool:
        """Whether another member comes before *closing*, behind which the scan stands otherwise."""
        if self.stopped:
            return False
        self._at = _end(_BETWEEN, self._text, self._at)
        if self._at == len(self._text) or self._steps < 0:
            self._stop(None)
            return False
        closed = self._text[self._at] in "]}"
        self._at += self._text.startswith(closing, self._at)
        return not closed

    def _end_of_value(self, start: int) -> int | None:
        """Find where the value at *start* ends; None when it does not, or too much would have to be looked at."""
        if self._text.startswith('"', start):
            string = _STRING.match(self._text, start)
            return string.end() if string and string[1] else None
        if not self._text.startswith(("{", "["), start):
            plain = _PLAIN.match(self._text, start)
            return plain.end() if plain and plain.end() < len(self._text) else None
        depth = 0
        for step in _STRUCTURE.finditer(self._text, start):
            self._steps -= 1
            mark = step[0]
            depth += (mark in _OPENING) - (mark in _CLOSING)
            if depth == 0:
                return step.end()
            if self._steps < 0:
                return None
        return None


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
