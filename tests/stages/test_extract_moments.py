"""Date lines that people read: which lines they are, and what they say."""

from __future__ import annotations

import pytest

from pipeline.stages.extract.moments import is_date_line
from pipeline.stages.extract.visible_dates import visible_dates
from pipeline.wire import ms_from_rfc3339, rfc3339

FETCHED_MS = ms_from_rfc3339("2015-10-10T12:00:00Z")

# A line, its language, when it was published, when it was changed, and what it left to be inferred.
LINES: tuple[tuple[str, str, str | None, str | None, tuple[str, ...]], ...] = (
    ("Dernière mise à jour à 16h54 le 09/10", "fr", None, "2015-10-09T16:54:00Z", ("year", "zone")),
    ("Mis à jour le 9 octobre à 16 h 54", "fr", None, "2015-10-09T16:54:00Z", ("year", "zone")),
    ("jeudi 8 octobre 2015 à 16:54", "fr", "2015-10-08T16:54:00Z", None, ("zone",)),
    ("Stand: 9.10.2015, 16:54 Uhr", "de", None, "2015-10-09T16:54:00Z", ("zone",)),
    ("Aktualisiert am 9. Oktober 2015 um 16:54 Uhr", "de", None, "2015-10-09T16:54:00Z", ("zone",)),
    ("Zuletzt aktualisiert um 16:54 Uhr am 09.10.", "de", None, "2015-10-09T16:54:00Z", ("year", "zone")),
    ("09.10.2015 | 16:54", "de", "2015-10-09T16:54:00Z", None, ("zone",)),
    ("lunedì 5 ottobre 2015, 16:54", "it", "2015-10-05T16:54:00Z", None, ("zone",)),
    ("Aggiornato alle 16:54 del 9 ottobre", "it", None, "2015-10-09T16:54:00Z", ("year", "zone")),
    ("Ultima modifica 09/10/2015 16:54", "it", None, "2015-10-09T16:54:00Z", ("zone",)),
    ("Actualizado a las 16:54 del 09/10", "es", None, "2015-10-09T16:54:00Z", ("year", "zone")),
    ("Última actualización: 9 de octubre de 2015 16:54 CEST", "es", None, "2015-10-09T14:54:00Z", ()),
    ("Atualizado às 16h54 de 09/10", "pt", None, "2015-10-09T16:54:00Z", ("year", "zone")),
    ("Bijgewerkt om 16:54 op 9 oktober", "nl", None, "2015-10-09T16:54:00Z", ("year", "zone")),
    ("Geplaatst op 9 oktober 2015, 16.54 uur", "nl", "2015-10-09T16:54:00Z", None, ("zone",)),
    ("Friday 9 October 2015 16:54 BST", "en", "2015-10-09T15:54:00Z", None, ()),
    ("Fri, Oct 9, 2015, 4:54 PM", "en", "2015-10-09T16:54:00Z", None, ("zone",)),
    ("Last updated at 16:54 on 9 October", "en", None, "2015-10-09T16:54:00Z", ("year", "zone")),
    ("Updated: 10/09/2015 4:54 p.m.", "en-US", None, "2015-10-09T16:54:00Z", ("zone",)),
    ("Updated: 09/10/2015 16:54", "en-GB", None, "2015-10-09T16:54:00Z", ("zone",)),
    ("2015-10-09 16:54", "en", "2015-10-09T16:54:00Z", None, ("zone",)),
)


@pytest.mark.parametrize(("line", "language", "published", "updated", "inferred"), LINES)
def test_a_date_line_is_read(
    line: str, language: str, published: str | None, updated: str | None, inferred: tuple[str, ...]
) -> None:
    """What a line does not say is named; every one of these gave a wrong date, or none, elsewhere."""
    assert is_date_line(line)
    (first, last), problems = visible_dates([line], language=language, fetched_ms=FETCHED_MS)

    assert first is None or rfc3339(first.at_ms) == published
    assert last is None or rfc3339(last.at_ms) == updated
    when = first or last
    assert when is not None
    assert (when.raw, when.source, when.inferred) == (line, "text", inferred)
    assert problems == ()


def test_a_line_that_speaks_of_two_moments_gives_both() -> None:
    """Publishers put both on one line."""
    line = "Publié le 08/10/2015 à 12:00, mis à jour le 09/10/2015 à 16:54"

    (published, updated), _ = visible_dates([line], language="fr", fetched_ms=FETCHED_MS)

    assert published is not None
    assert rfc3339(published.at_ms) == "2015-10-08T12:00:00Z"
    assert updated is not None
    assert rfc3339(updated.at_ms) == "2015-10-09T16:54:00Z"


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("Last updated at 16:54 on 09/10", "en"),
        ("Mis à jour le 31/02/2015", "fr"),
        ("Publié aujourd'hui à 10h00", "fr"),
        ("Il y a 2 heures", "fr"),
        ("Mis à jour le 09/10/2035", "fr"),
    ],
)
def test_a_date_that_cannot_be_known_is_none(line: str, language: str) -> None:
    """Two readings, a day no calendar has, a moment relative to one nobody knows: a wrong date is worse than none."""
    assert is_date_line(line)
    assert visible_dates([line], language=language, fetched_ms=FETCHED_MS)[0] == (None, None)


@pytest.mark.parametrize(
    "line",
    [
        "In 2015 they met at 10:30 to talk.",
        "5 personnes blessées à 10h30",
        "Coupe du monde 2014",
        "12 morts",
        "Bilan : 12 morts le 9 octobre",
        "PARIS, 9 octobre (Reuters) -",
        "Présentation de l'hélicoptère d'assaut Z-19E",
    ],
)
def test_a_line_that_says_more_than_when_is_no_date_line(line: str) -> None:
    """Headlines hold dates too."""
    assert not is_date_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "October 9, 2015 at 4:54 p.m.",
        "Article publié le 09 oct. 2015 à 16h54 par la rédaction",
        "Dernière MàJ : 09/10 à 16h54",
        "Act. 09 oct 2015 - 16:54 CEST",
        "Madrid - 09 oct 2015 - 16:54CEST",
        "Madrid, 9 de octubre de 2015",
        "09 Ottobre 2015 alle 16:54 - 2 minuti di lettura",
        "Sexta-feira, 9 de outubro de 2015",
        "Mis à jour hier à 16h54",
        "Aujourd'hui à 9h",
        "Gestern, 16:54 Uhr",
        "Oggi alle 9",
    ],
)
def test_a_line_that_only_dates_is_no_headline(line: str) -> None:
    """Each stood among the headlines of other stories, as publishers write more around a date than a label."""
    assert is_date_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "Paris, 9 blessés dans un accident de bus",
        "Le 9 octobre, jour de grève dans les transports",
        "Today 9 people were hurt in the storm",
        "September 5: the film that shook Munich",
    ],
)
def test_a_headline_with_a_day_or_a_number_is_no_date_line(line: str) -> None:
    """What is taken for a date line is lost to its readers."""
    assert not is_date_line(line)


@pytest.mark.parametrize("line", ["Mis à jour hier à 16h54", "Updated 2 hours ago", "Publicado hoy a las 9:00"])
def test_a_date_that_counts_from_its_reading_is_not_guessed_and_said(line: str) -> None:
    """A page says it of the moment it was made, which nobody kept: an archived copy would be wrong by months."""
    dates, problems = visible_dates([line], language=None, fetched_ms=FETCHED_MS)

    assert dates == (None, None)
    assert "relative to the reader" in problems[0]


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("Article publié le 09 oct. 2015 à 16h54 par la rédaction", "2015-10-09T16:54:00Z"),
        ("Madrid - 09 oct 2015 - 16:54CEST", "2015-10-09T14:54:00Z"),
        ("Madrid, 9 de octubre de 2015", "2015-10-09T00:00:00Z"),
    ],
)
def test_a_date_is_read_with_what_stands_around_it(line: str, at: str) -> None:
    """A place, a kind of text or who wrote it stand before and behind the date."""
    (published, _), _ = visible_dates([line], language="es", fetched_ms=FETCHED_MS)

    assert published is not None
    assert rfc3339(published.at_ms) == at
