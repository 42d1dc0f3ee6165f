"""Draws delay against requests as an SVG picture: one line for each rule, both axes logarithmic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import ceil, floor, log10

_WIDTH, _HEIGHT = 760, 440
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 210, 40, 60
_COLOURS = ("#777777", "#d1495b", "#1f6fb2", "#3a7d44")
_STYLE = "font-family:sans-serif;font-size:13px;fill:#222"


def delay_plot(lines: Mapping[str, Sequence[tuple[float, float]]], *, title: str) -> str:
    """Return the picture of *lines*: name -> (requests per feed and day, mean delay in minutes), all above 0.

    Text that cannot stand in SVG is escaped; a line needs no order and no more than one point.
    """
    points = [point for line in lines.values() for point in line]
    across = _Axis([x for x, _ in points], _LEFT, _WIDTH - _RIGHT)
    up = _Axis([y for _, y in points], _HEIGHT - _BOTTOM, _TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" style="{_STYLE}">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        _text(_LEFT, 24, title),
        _text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 16, "requests per feed and day", anchor="middle"),
        f'<text transform="translate(20 {_HEIGHT / 2}) rotate(-90)" text-anchor="middle">mean delay, minutes</text>',
    ]
    for value in across.ticks():
        parts += _tick(across.place(value), _TOP, across.place(value), _HEIGHT - _BOTTOM)
        parts.append(_text(across.place(value), _HEIGHT - _BOTTOM + 20, f"{value:g}", anchor="middle"))
    for value in up.ticks():
        parts += _tick(_LEFT, up.place(value), _WIDTH - _RIGHT, up.place(value))
        parts.append(_text(_LEFT - 8, up.place(value) + 4, f"{value:g}", anchor="end"))
    for number, (name, line) in enumerate(lines.items()):
        parts += _line(name, [(across.place(x), up.place(y)) for x, y in sorted(line)], number)
    return "\n".join([*parts, "</svg>", ""])


class _Axis:
    """Places values between two ends of the picture, by their logarithm."""

    def __init__(self, values: Sequence[float], begin: float, end: float) -> None:
        self._low = log10(min(values, default=1.0) / 1.2)
        self._high = log10(max(values, default=10.0) * 1.2)
        self._begin, self._end = begin, end

    def place(self, value: float) -> float:
        """Return where *value* stands."""
        return self._begin + (log10(value) - self._low) / (self._high - self._low) * (self._end - self._begin)

    def ticks(self) -> list[float]:
        """Return the values 1, 2 and 5 of each decade that lie on the axis."""
        decades = range(floor(self._low), ceil(self._high) + 1)
        marks = [digit * 10.0**decade for decade in decades for digit in (1, 2, 5)]
        return [mark for mark in marks if self._low <= log10(mark) <= self._high]


def _line(name: str, places: Sequence[tuple[float, float]], number: int) -> list[str]:
    colour = _COLOURS[number % len(_COLOURS)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    drawn = [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>']
    drawn += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in places]
    below = _TOP + 18 * (number + 1)
    drawn.append(f'<circle cx="{_WIDTH - _RIGHT + 18}" cy="{below - 4}" r="4" fill="{colour}"/>')
    return [*drawn, _text(_WIDTH - _RIGHT + 28, below, name)]


def _tick(x1: float, y1: float, x2: float, y2: float) -> list[str]:
    return [f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#dddddd"/>']


def _text(x: float, y: float, text: str, *, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
