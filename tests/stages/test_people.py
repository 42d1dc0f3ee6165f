"""Bylines become names; organisations stay whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.people import people


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("Jane Doe", ["Jane Doe"]),
        ("By Jane Doe and John Roe", ["Jane Doe", "John Roe"]),
        ("by Jane Doe", ["Jane Doe"]),
        ("https://example.org/author/jane", []),
        ("Text: Jane Doe, Fotos: John Roe", ["Jane Doe"]),
        ("Photo: John Roe", ["Photo: John Roe"]),
        ("Par Zoé Lefèvre et Luc de La Tour", ["Zoé Lefèvre", "Luc de La Tour"]),
        ("Von Anna Schmidt und Karl von Moor", ["Anna Schmidt", "Karl von Moor"]),
        ("Por Ana Ruiz y José Bautista", ["Ana Ruiz", "José Bautista"]),
        ("Di Maria Rossi e Luca Bianchi", ["Maria Rossi", "Luca Bianchi"]),
        ("Door Piet van der Berg en Jan Smit", ["Piet van der Berg", "Jan Smit"]),
        ("Author: Jane Doe", ["Jane Doe"]),
        ("Von Trapp", ["Von Trapp"]),
        ("Di Stefano", ["Di Stefano"]),
        ("JANE DOE AND JOHN ROE", ["JANE DOE", "JOHN ROE"]),
        ("Jane Doe, John Roe and Ana-Maria O'Neil", ["Jane Doe", "John Roe", "Ana-Maria O'Neil"]),
        ("Jane Doe, John Roe, and Ana Ruiz", ["Jane Doe", "John Roe", "Ana Ruiz"]),
        ("Jane Doe & John Roe", ["Jane Doe", "John Roe"]),
        ("Jane Doe &amp; John Roe", ["Jane Doe", "John Roe"]),
        ("Jane Doe; John Roe", ["Jane Doe", "John Roe"]),
        ("Jane Doe | John Roe", ["Jane Doe", "John Roe"]),
        ("R.Scheer, A.Hill", ["R.Scheer", "A.Hill"]),
        ("Archer, L. A.", ["Archer, L. A."]),
        ("Ash, C., Mueller, K. L.", ["Ash, C.", "Mueller, K. L."]),
        ("Doe, Jane", ["Doe, Jane"]),
        ("Martin L. King, Jr.", ["Martin L. King, Jr."]),
        ("Martin L. King, Jr. and Jane Doe", ["Martin L. King, Jr.", "Jane Doe"]),
        ("Jane Doe, Staff Writer", ["Jane Doe"]),
        ("Jane Doe, Chief Political Correspondent", ["Jane Doe"]),
        ("Zoé Lefèvre, envoyée spéciale à Nîmes", ["Zoé Lefèvre"]),
        ("Our Correspondent", ["Our Correspondent"]),
        ("Jane Doe, Reuters", ["Jane Doe", "Reuters"]),
        ("Jane Doe (AFP)", ["Jane Doe", "AFP"]),
        ("Le Rivage avec AFP", ["Le Rivage", "AFP"]),
        ("AFP | Reuters", ["AFP", "Reuters"]),
        ("Sciences et Avenir avec AFP", ["Sciences et Avenir", "AFP"]),
        ("Ernst and Young", ["Ernst and Young"]),
        ("Marks & Spencer", ["Marks & Spencer"]),
        ("Department of Health and Human Services", ["Department of Health and Human Services"]),
        ("Jane Doe, The Coast Weekly", ["Jane Doe, The Coast Weekly"]),
        ("Animal Care Unlimited, India", ["Animal Care Unlimited, India"]),
        ("Bill and Melinda Roe", ["Bill and Melinda Roe"]),
        ("AC/DC", ["AC/DC"]),
        ("dpa/AFP", ["dpa", "AFP"]),
        ("(AFP)", ["AFP"]),
        ("Jean Dupont (avec AFP et Reuters)", ["Jean Dupont", "AFP", "Reuters"]),
        ("Jane Doe and John Roe, CNN", ["Jane Doe", "John Roe", "CNN"]),
        ("Jane Doe in New York", ["Jane Doe"]),
        ("Jean Dupont, à Berlin", ["Jean Dupont"]),
        ("Bank in Zürich", ["Bank in Zürich"]),
        ("Publié par Jean Dupont le 12 mai 2026", ["Jean Dupont"]),
        ("Posted by Jane Doe on 12 May 2026", ["Jane Doe"]),
        ("By Jane Doe Published 12 May 2026", ["Jane Doe"]),
        ("Jane Doe @janedoe", ["Jane Doe"]),
        ("@janedoe", ["@janedoe"]),
        ("Reporting by Jane Doe; Editing by John Roe", ["Jane Doe", "John Roe"]),
        ("Guest post by Jane Doe", ["Jane Doe"]),
        ("unknown", []),
        ("null", []),
        ("-", []),
        ("desk@example.org (Jane Doe)", ["Jane Doe"]),
        ("Jane Doe (jane@example.org)", ["Jane Doe"]),
        ("Jane Doe &lt;jane@example.org&gt;", ["Jane Doe"]),
        ("no-reply@example.org", []),
        ("", []),
    ],
)
def test_a_byline_is_the_names_in_it(byline: str, names: list[str]) -> None:
    """Readers group by author: half a name, or two in one, is another author to them."""
    assert list(people([byline])) == names


def test_a_name_said_twice_is_one_author() -> None:
    """Feeds repeat the byline in dc:creator and author."""
    assert people(["Jane Doe", "By JANE DOE", "John Roe"]) == ("Jane Doe", "John Roe")


@given(
    st.lists(
        st.sampled_from(
            ["By", "and", ",", "Jane", "Doe", "AFP", "(", ")", "et", ";", "Jr.", "A.", "é", "|", "writer"]
        )
    )
)
def test_any_byline_gives_names_that_were_in_it(words: list[str]) -> None:
    """Nothing is invented, nothing raises."""
    byline = " ".join(words)

    assert all(
        word in words for name in people([byline]) for word in name.replace(",", " , ").replace("(", " ( ").split()
    )
