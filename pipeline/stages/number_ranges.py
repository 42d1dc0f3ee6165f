"""A number within bounds, as people write it: in a list of feeds, or on the command line."""

from __future__ import annotations


def number_within(text: str, low: float, high: float) -> float | None:
    """Return the number that *text* is; None for what is none, or not from *low* to *high*, which nan is not."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if low <= number <= high else None


def range_words(low: float, high: float) -> str:
    """Say what is allowed from *low* to *high*."""
    return f"a number from {low:.15g} to {high:.15g}"
