"""Languages: what is declared holds until the text clearly says otherwise; few words say nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.language import article_language

TEXTS = {
    "en": "The minister said that the budget for the new schools will be voted on by the end of the year",
    "fr": "Le ministre a dit que le budget des nouvelles écoles est prêt et que les députés sont pour la réforme",
    "de": "Der Minister sagte, dass das Geld für die Schulen nicht reicht und der Bund mit den Ländern redet",
    "es": "El ministro dijo que el presupuesto de las escuelas no llega y que los diputados lo votan por fin",
    "it": "Il ministro ha detto che il bilancio non c'è e gli studenti sono in piazza per la riforma",
    "pt": "O ministro disse que a verba das escolas não foi paga e os deputados votam o projeto de uma vez",
    "nl": "De minister zei dat geld voor de scholen niet op is en dat een deel van het plan met de bond is besproken",
    "ja": "首相は月曜日に新しい学校のための予算について発表しました",
}


@pytest.mark.parametrize(("language", "text"), TEXTS.items())
def test_the_language_of_a_text_is_detected_where_none_is_declared(language: str, text: str) -> None:
    """Half of all feeds declare no language, and their readers filter by it all the same."""
    assert article_language(text, feed=None) == (language, "detected")


def test_a_page_is_believed_before_its_feed() -> None:
    """A feed of many sites has one language at most; each page has its own."""
    assert article_language("Bonjour", feed="en", page="fr-CA") == ("fr-CA", "page")


def test_few_words_overrule_nothing_and_prove_nothing() -> None:
    """Five words of a headline are often names, or a quotation."""
    assert article_language("Le roi est mort", feed="en-GB") == ("en-GB", "feed")
    assert article_language("Le roi est mort", feed=None) == (None, None)


def test_a_declaration_is_overruled_by_a_long_text_that_holds_nothing_of_it() -> None:
    """Templates are shipped with lang="en", and stay so."""
    assert article_language(f"{TEXTS['fr']}. {TEXTS['fr']}", feed="en") == ("fr", "detected")


@given(st.text(), st.sampled_from([None, "fr", "xx-YY"]))
def test_any_text_has_a_language_or_none(text: str, declared: str | None) -> None:
    """What is declared is never lost without a better answer."""
    language, source = article_language(text, feed=declared)

    assert (language is None) == (source is None)
    assert declared is None or language is not None
