"""Finds the outlines of OPML that is no XML any more: an unescaped quote or `<`, a missing end, a file cut short.

Rules of this file: only a document whose first element is `opml` is looked at; each outline is read by itself, so
that a broken one costs no other, and says whether it had to be mended. One pass, whatever stands there.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

_COMMENT = re.compile(r"<!--(?:.*?-->|.*)", re.DOTALL)  # one without an end reaches to the end of the file
_FIRST_ELEMENT = re.compile(r"<(?:[\w.-]{1,40}:)?([A-Za-z]\w*)")
_TAG = re.compile(r"<(/?)(?:[\w.-]{1,40}:)?(head|body|outline|opml)(?![\w.:-])", re.IGNORECASE)
_WELL_FORMED = re.compile(r"""(?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*/?>\s*""")
_ATTRIBUTE = re.compile(r"""\s([\w.:-]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""")
_ATTRIBUTE_START = re.compile(r"""(?<=[\s"'])([A-Za-z][\w.:-]{0,60})\s{0,9}=\s{0,9}(["'])""")


@dataclass(frozen=True, slots=True)
class Outline:
    """The attributes of an outline that begins on *line*; *is_mended* when they had to be guessed."""

    line: int
    attributes: dict[str, str]
    is_mended: bool

    @property
    def is_feed(self) -> bool:
        """Whether it has an address."""
        return any(name.lower() == "xmlurl" for name in self.attributes)


def outlines(text: str) -> Iterator[Outline | None]:
    """Yield each outline of *text*, in order, and None where the innermost one that is open ends.

    Nothing when the first element is no `opml`. An outline with an address holds no other: its end is often missing.
    """
    text = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
    first = _FIRST_ELEMENT.search(text)
    if first is None or first[1].lower() != "opml":
        return
    opened, awaits_end = 0, False
    for line, name, inside in _tags(text, first.start()):
        if name == "/outline":
            if not awaits_end and opened:
                opened -= 1
                yield None
            awaits_end = False
        elif name == "outline":
            outline = _outline(line, inside)
            yield outline
            is_empty = not inside.rstrip().endswith(">") or inside.rstrip().endswith("/>")
            awaits_end = outline.is_feed and not is_empty
            if outline.is_feed or is_empty:
                yield None
            else:
                opened += 1


def _tags(text: str, start: int) -> Iterator[tuple[int, str, str]]:
    """Yield each tag of OPML from *start* on: its line, its name ("/" before that of an end), what is behind that."""
    found = list(_TAG.finditer(text, start))
    line, counted = 1, 0
    for tag, end in zip(found, [*(each.start() for each in found[1:]), len(text)], strict=bool(found)):
        line, counted = line + text.count("\n", counted, tag.start()), tag.start()
        yield line, (tag[1] + tag[2]).lower(), text[tag.end() : end]


def _outline(line: int, inside: str) -> Outline:
    if _WELL_FORMED.fullmatch(inside) is None:
        return Outline(line, _guessed(inside), is_mended=True)
    written = reversed(_ATTRIBUTE.findall(inside))
    attributes = {name: html.unescape(double or single) for name, double, single in written}
    return Outline(line, attributes, is_mended=False)


def _guessed(inside: str) -> dict[str, str]:
    """Attributes each of which reaches to the last of its quotes before the next one begins.

    One without a second quote reaches to the end of the tag; where the file is cut in it, there is none.
    """
    inside = inside.rstrip()
    starts = list(_ATTRIBUTE_START.finditer(inside))
    attributes: dict[str, str] = {}
    for number, start in enumerate(starts, start=1):
        rest = inside[start.end() : starts[number].start() if number < len(starts) else len(inside)]
        value, quote, _ = rest.rpartition(start[2])
        if quote or number < len(starts) or rest.endswith(">"):
            attributes.setdefault(start[1], html.unescape(value if quote else rest.rstrip(" \t\r\n/>")))
    return attributes
