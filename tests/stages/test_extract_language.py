"""Which language a page is in: what it declares, and what its words say."""

from __future__ import annotations

import pytest

from pipeline.stages.extract.language import language_of
from tests.flat_pages import PAGES, FlatPage


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.language)
def test_an_undeclared_language_is_read_from_the_words(page: FlatPage) -> None:
    """Flat text declares nothing."""
    assert language_of((), " ".join(page.body)) == (page.language, "detected")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("東京で新しい橋が開通した。", "ja"),
        ("서울에서 새 다리가 열렸다.", "ko"),
        ("北京新桥今天通车。", "zh"),
        ("", None),
        ("Pskov 4", None),
    ],
)
def test_a_script_tells_its_language(text: str, language: str | None) -> None:
    """What cannot be told is None, never a guess."""
    assert language_of((), text)[0] == language


def test_a_declared_language_holds_unless_the_words_deny_it() -> None:
    """Templates in English carry stories in French, and "fr-CA" knows more than words do."""
    french = " ".join(PAGES[0].body)

    assert language_of(("fr_CA", "en"), french) == ("fr-CA", "page")
    assert language_of((None, "xx", "fr"), french) == ("fr", "page")
    assert language_of(("en-US",), french) == ("fr", "detected")
    assert language_of(("en-US",), "Rhône") == ("en-US", "page")
