"""Date lines of pages: which of two dates they give, in which language, and what is prose and no date line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.date_lines import read_date_lines

FETCHED_MS = 1_444_464_000_000  # 2015-10-10T08:00:00Z
P, U = "published", "updated"

LINES = [
    ("fr", "Dernière mise à jour à 16h54 le 09/10", [(U, "2015-10-09T14:54:00Z")]),
    ("fr", "Publié le vendredi 9 octobre 2015 à 16h54", [(P, "2015-10-09T14:54:00Z")]),
    ("fr", "Publié le 8 mars 2015 à 8h02, mis à jour le 9 mars 2015 à 9h", [(P, "2015-03-08T07:02:00Z"),
                                                                       (U, "2015-03-09T08:00:00Z")]),
    ("fr", "Publié le 09.10.15 | Mis à jour le 09.10.15 à 16h54", [(P, "2015-10-09T00:00:00Z"),
                                                                  (U, "2015-10-09T14:54:00Z")]),
    ("fr", "Publié le 9 octobre 2015 à 16h54 • Temps de lecture 3 min", [(P, "2015-10-09T14:54:00Z")]),
    ("fr", "Mis en ligne le 31/12 à 10h00", [(P, "2014-12-31T09:00:00Z")]),
    ("fr", "1er août 2015 à 16h54", [(P, "2015-08-01T14:54:00Z")]),
    ("en", "Last updated: October 9, 2015 at 4:54 PM EDT", [(U, "2015-10-09T20:54:00Z")]),
    ("en", "Published 4:54 p.m. ET Oct. 9, 2015", [(P, "2015-10-09T20:54:00Z")]),
    ("en", "Published: Fri 9 Oct 2015 16.54 BST", [(P, "2015-10-09T15:54:00Z")]),
    ("en-GB", "Posted on 09/10/2015 4:54pm", [(P, "2015-10-09T15:54:00Z")]),
    ("en-US", "Updated 10/09/2015", [(U, "2015-10-09T00:00:00Z")]),
    ("de", "Aktualisiert am 09.10.2015, 16:54 Uhr", [(U, "2015-10-09T14:54:00Z")]),
    ("de", "Stand: 09.01.2015 16:54 Uhr", [(U, "2015-01-09T15:54:00Z")]),
    ("de", "Veröffentlicht am 9. Oktober 2015 um 16:54 Uhr", [(P, "2015-10-09T14:54:00Z")]),
    ("es-ES", "Actualizado el 9 de octubre de 2015 a las 16:54", [(U, "2015-10-09T14:54:00Z")]),
    ("es", "Publicado: 9 oct 2015 - 16:54 CEST", [(P, "2015-10-09T14:54:00Z")]),
    ("it", "Pubblicato il 9 ottobre 2015 alle ore 16:54", [(P, "2015-10-09T14:54:00Z")]),
    ("it", "Ultimo aggiornamento: 09/10/2015 16.54", [(U, "2015-10-09T14:54:00Z")]),
    ("pt-PT", "Atualizado em 09/10/2015 às 16h54", [(U, "2015-10-09T15:54:00Z")]),
    ("pt-BR", "Publicado em 9 de outubro de 2015 | 16h54", [(P, "2015-10-09T19:54:00Z")]),
    ("nl", "Gepubliceerd op 9 oktober 2015 om 16:54", [(P, "2015-10-09T14:54:00Z")]),
    ("nl", "Laatst bijgewerkt: 09-10-2015 16:54", [(U, "2015-10-09T14:54:00Z")]),
    ("pl", "Opublikowano: 9 października 2015, 16:54", [(P, "2015-10-09T14:54:00Z")]),
    ("sv", "Publicerad 9 oktober 2015 kl 16.54", [(P, "2015-10-09T14:54:00Z")]),
]  # fmt: skip

PARTS = [
    "publié",
    "mis à jour",
    "le",
    "09/10",
    "2015",
    "16h54",
    "à",
    "|",
    "-",
    ",",
    "octobre",
    "lundi",
    "4:54",
    "pm",
    "31",
]

NO_LINES = [
    ("en", "The report, published on 9 October 2015, says that the moon is big."),
    ("en", "Published on 9 October 2015 by the ministry"),
    ("en", "Updated 09/10/2015"),
    ("fr", "Il a publié 12 livres"),
    ("fr", "Le 9 octobre, Paris a publié un rapport"),
    ("de", "Stand der Dinge: 3:2"),
    ("en", "Posted yesterday"),
    ("fr", ""),
]


@pytest.mark.parametrize(("language", "line", "expected"), LINES)
def test_a_date_line_is_read_in_its_language(language: str, line: str, expected: list[tuple[str, str]]) -> None:
    """Pages tell their readers what their markup often does not: when, and whether published or updated."""
    found = read_date_lines(line, language=language, fetched_ms=FETCHED_MS)

    instants = [(one.kind, one.date and datetime.fromtimestamp(one.date.at_ms / 1000, UTC)) for one in found]
    assert instants == [(kind, datetime.fromisoformat(at)) for kind, at in expected]


@pytest.mark.parametrize(("language", "line"), NO_LINES)
def test_prose_that_mentions_a_date_is_no_date_line(language: str, line: str) -> None:
    """A sentence of the body lifted out as a date loses text and dates the article wrongly."""
    assert read_date_lines(line, language=language, fetched_ms=FETCHED_MS) == ()


def test_a_year_that_is_not_said_is_unknown_without_a_moment_of_fetching() -> None:
    """The line is known to be a date line, and kept out of the text, but no year is made up."""
    (line,) = read_date_lines("Dernière mise à jour à 16h54 le 09/10", language="fr")

    assert line.kind == "updated"
    assert line.date is None
    assert line.problem is not None
    assert "without a year" in line.problem


def test_what_was_inferred_is_named() -> None:
    """A subscriber may judge differently whether a year that no one wrote is good enough."""
    (line,) = read_date_lines("Dernière mise à jour à 16h54 le 09/10", language="fr", fetched_ms=FETCHED_MS, zone=120)

    assert line.date is not None
    assert line.date.inferred == ("year", "zone")
    assert line.date.precision == "minute"
    assert line.date.raw == "Dernière mise à jour à 16h54 le 09/10"


def test_a_weekday_that_disagrees_is_not_believed() -> None:
    """One of the two is wrong, and nobody can say which."""
    (line,) = read_date_lines("Publié le lundi 9 octobre 2015", language="fr", fetched_ms=FETCHED_MS)

    assert line.date is None


@given(st.lists(st.sampled_from(PARTS)))
def test_anything_made_of_the_parts_of_date_lines_is_read_without_an_error(words: list[str]) -> None:
    """Pages hold anything: bad input is a value, never an exception."""
    for language in (None, "fr", "en"):
        read_date_lines(" ".join(words), language=language, fetched_ms=FETCHED_MS)


@given(st.text(max_size=80), st.integers(-(10**18), 10**18))
def test_any_line_is_read_without_an_error(line: str, fetched_ms: int) -> None:
    """Whatever the page and the clock say."""
    read_date_lines(f"Updated {line} 9 Oct", fetched_ms=fetched_ms)
