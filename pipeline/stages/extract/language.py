"""Which language a page is in: what it declares, weighed against what its words say."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.stages.language import LanguageSource, article_language
from pipeline.stages.normalize import language_tag


def language_of(declared: Iterable[str | None], text: str) -> tuple[str | None, LanguageSource | None]:
    """Give the language of *text* as BCP 47, and where it is known from.

    The first tag of *declared* that means one holds, unless the words clearly speak another: templates are
    translated last.
    """
    tag = next((language for raw in declared if (language := language_tag(raw))), None)
    return article_language(text, feed=None, page=tag)
