"""Languages: what is declared holds until the text clearly says otherwise; few words say nothing."""

# ruff: noqa: RUF001 - Cyrillic letters that look like Latin ones are what is read

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


@pytest.mark.parametrize(
    ("language", "headline"),
    [
        ("en", "Why the mayor will not open her new bridge before May"),
        ("fr", "Pourquoi la maire refuse encore d'ouvrir son nouveau pont en mai"),
        ("de", "Warum die neue Brücke noch nicht vor Mai eröffnet wird"),
        ("ca", "Els veïns de la plaça no volen més obres amb soroll"),
        ("af", "Die burgemeester sê die nuwe brug is nie vir vragmotors oop nie"),
        ("ru", "Новый мост через реку открыли после двух лет ремонта"),
        ("uk", "Новий міст через річку відкрили після двох років ремонту її берегів"),
        ("ta", "புதிய பாலம் திங்கட்கிழமை திறக்கப்படுகிறது"),
    ],
)
def test_a_headline_of_more_than_five_words_may_speak_for_its_language(language: str, headline: str) -> None:
    """Many feeds declare no language and carry headlines alone; neighbours must not be taken for one another."""
    assert article_language(headline, feed=None) == (language, "detected")


@pytest.mark.parametrize(
    "headline",
    [
        "Red Bull Racing Austin Texas Grand Prix",
        "Collection 40W Equivalent A19 LED Light Bulb (Warm White) $5.75",
        "Regjeringen legger frem statsbudsjettet mandag morgen klokken ti",
        "OpenAI ChatGPT Google Gemini Microsoft Copilot Meta Llama",
    ],
)
def test_a_headline_that_proves_nothing_has_no_language(headline: str) -> None:
    """Names and figures belong to no language; silence is better than a wrong filter."""
    assert article_language(headline, feed=None) == (None, None)


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


@pytest.mark.parametrize(
    ("declared", "language", "text"),
    [
        (
            "en-US",
            "fr",
            "Le pont sera fermé à la circulation à partir de lundi. Les travaux vont durer six mois, selon la mairie",
        ),
        ("de", "fr", "Le maire a fermé le pont et il s'explique devant les habitants du quartier qui sont inquiets"),
        ("en-US", "ja", "首相は月曜日に新しい学校のための予算について発表しました"),
        ("en-US", "ru", "Правительство объявило о новых мерах в области экономики и энергетики"),
    ],
)  # fmt: skip
def test_the_default_of_a_platform_is_overruled_by_clear_evidence(declared: str, language: str, text: str) -> None:
    """WordPress declares en-US until somebody changes it, whatever its authors write."""
    assert article_language(text, feed=declared) == (language, "detected")


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        ("is", "Ríkisstjórnin samþykkti frumvarpið í gær og verður það lagt fyrir þingið á morgun að sögn ráðherra"),
        ("cy", "Y Llywodraeth yn cyhoeddi cynllun newydd i helpu ffermwyr a bydd y cynllun yn dechrau yn y gwanwyn"),
        (
            "gl",
            "O Goberno galego aproba a nova lei de montes e anuncia axudas para os gandeiros da provincia de Lugo",
        ),
        ("eu", "Gobernuak lege proiektua onartu du eta datorren astean aurkeztuko du legebiltzarrean"),
        (
            "lb",
            "D'Regierung huet gëschter decidéiert, datt d'Steieren erop ginn an de Premier sot dat wier néideg",
        ),
        ("fy", "De regering hat besletten om de wet te feroarjen en it ûnderwiis yn de provinsje te helpen"),
    ],
)
def test_a_declared_language_that_no_list_knows_stands(declared: str, text: str) -> None:
    """What cannot be detected cannot be overruled: small languages have neighbours among the large ones."""
    assert article_language(text, feed=declared) == (declared, "feed")


def test_an_english_headline_that_quotes_another_script_stays_english() -> None:
    """Only a text that is a third of another script speaks against its declaration."""
    headline = "Why the word 不懂 is on every wall in town, and what the mayor says"

    assert article_language(headline, feed="en") == ("en", "feed")
