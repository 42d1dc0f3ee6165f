"""Blocks -> the text and the HTML of a body; lines of plain text -> paragraphs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from pipeline.stages.extract.blocks import HEADINGS, Block
from pipeline.stages.text import clean

_HEADINGS_SHOWN = {"h1": "h2"}
_KEPT_TAGS = frozenset({"blockquote", "pre"})
_WRAPPED_WIDTH = 100
_NARROW = 45


def text_of(blocks: Iterable[Block]) -> str:
    """Give the text of *blocks*: a blank line between them, items of a list on lines of their own."""
    parts: list[str] = []
    was_item = False
    for block in blocks:
        text = clean(block.text)
        if text:
            is_item = block.tag in {"li", "dd", "dt", "td", "th"}
            parts.append(("\n" if is_item and was_item else "\n\n") + text)
            was_item = is_item
    return "".join(parts).strip()


def html_of(blocks: Iterable[Block]) -> str:
    """Give *blocks* as HTML of our own making, so that nothing of the page's can run in it."""
    parts: list[str] = []
    open_list = False
    for block in blocks:
        text = escape(clean(block.text), quote=False).replace("\n", "<br>")
        if not text:
            continue
        if (block.tag == "li") != open_list:
            parts.append("</ul>" if open_list else "<ul>")
            open_list = not open_list
        parts.append(_element(block.tag, text))
    return "".join(parts) + ("</ul>" if open_list else "")


def _element(tag: str, text: str) -> str:
    if tag == "li":
        return f"<li>{text}</li>"
    shown = _HEADINGS_SHOWN.get(tag, tag) if tag in HEADINGS else tag if tag in _KEPT_TAGS else "p"
    return f"<{shown}>{text}</{shown}>"


def paragraphs_of(text: str) -> list[str]:
    """Give the paragraphs of plain *text*: its lines, or what empty lines part where its lines were wrapped."""
    parts = [part.split("\n") for part in text.split("\n\n")]
    return [line for part in parts for line in (_joined(part) if _is_wrapped(part) else part) if line]


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Tell whether *lines* are one paragraph cut at a width: most but the last end in the middle, and are wide."""
    inner = lines[:-1]
    if not inner or max(len(line) for line in lines) > _WRAPPED_WIDTH:
        return False
    in_the_middle = sum(not line.endswith((".", "!", "?", ":", "…")) for line in inner)
    wide = sum(len(line) >= _NARROW for line in inner)
    return (
        in_the_middle >= 0.6 * len(inner)
        and wide >= 0.8 * len(inner)
        and lines[-1].endswith((".", "!", "?", "…", '"', "”", "»"))
    )


def _joined(lines: Sequence[str]) -> list[str]:
    return [" ".join(lines)]
