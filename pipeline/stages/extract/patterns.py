"""Patterns of many alternatives, written as tables that can be read."""

from __future__ import annotations


def any_of(table: str) -> str:
    """Join the lines of *table* as alternatives of one pattern; one that begins with `+` goes on the line before."""
    return "|".join(line.strip() for line in table.strip().splitlines()).replace("|+", "")
