"""Who wrote it: one name each, and nothing that is no name."""

from __future__ import annotations

import pytest

from pipeline.stages.extract.bylines import is_byline, names


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (["Jane Doe"], ["Jane Doe"]),
        (["By Jane Doe and John Roe"], ["Jane Doe", "John Roe"]),
        (["Ann Poe, Jane Doe, and John Roe"], ["Ann Poe", "Jane Doe", "John Roe"]),
        (["Par Hélène Marchand et Jean Dupont"], ["Hélène Marchand", "Jean Dupont"]),
        (["Von Jürgen Albrecht"], ["Jürgen Albrecht"]),
        (["Jane Doe", "jane doe", "https://example.org/jane"], ["Jane Doe"]),
        (["Mathias Hagen / Journalist"], ["Mathias Hagen"]),
        (["Jane Doe (in Paris)"], ["Jane Doe"]),
        (["View all posts by Jane Doe"], ["Jane Doe"]),
        (["JANE DOE AND JOHN ROE"], ["JANE DOE", "JOHN ROE"]),
        (["Jane Doe/John Roe", "Ann Poe /Agencies"], ["Jane Doe", "John Roe", "Ann Poe", "Agencies"]),
        (["Ash, C., Mueller, K. L."], ["Ash, C.", "Mueller, K. L."]),
        (["John E Smith e Ana Paz"], ["John E Smith", "Ana Paz"]),
        (["Von der Leyen", "Martin Luther King, Jr."], ["Von der Leyen", "Martin Luther King, Jr."]),
        (["admin"], []),
        (["105092"], []),
    ],
)
def test_names_are_told_apart(raw: list[str], expected: list[str]) -> None:
    """Every form was seen on a page."""
    assert list(names(raw)) == expected


@pytest.mark.parametrize(
    "line", ["Par Hélène Marchand", "By MARTHA GRAY and John Roe, Reuters", "Door Pieter de Wit"]
)
def test_a_byline_is_one(line: str) -> None:
    """It is no text and no headline."""
    assert is_byline(line)


@pytest.mark.parametrize(
    "line", ["By the river, a mill.", "Par ailleurs, le maire a démissionné.", "Von hier an geht es nur bergab."]
)
def test_a_sentence_is_no_byline(line: str) -> None:
    """Sentences begin with prepositions too."""
    assert not is_byline(line)
