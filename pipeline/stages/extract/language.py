"""Which language a page is in: declared, and read from its words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from pipeline.stages.normalize import language_tag

_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE_CHARACTERS = 4_000
_FUNCTION_WORDS = {
    "en": "the of and to in is that for was with as on are by this have from not has his were they which",
    "fr": "le la les des et est une dans pour que qui sur pas au avec plus par ce sont aux cette ont été",
    "de": "der die das und ist nicht mit von den für auf dem ein eine sich auch als nach wird wurde bei im zu",
    "es": "el los las del y que en por una con para se su como más está fue han pero sus sobre al lo",
    "it": "il di che è per una con della non del gli nel sono anche alla dei dal più ha delle le si lo",
    "pt": "o os as do da dos das não uma com para em que foi mais ao pelo pela são também seu sua na no",
    "nl": "de het een van en is dat niet op voor met zijn aan werd door ook bij naar maar heeft uit te",
}
_SETS = {language: frozenset(words.split()) for language, words in _FUNCTION_WORDS.items()}
_FEWEST = 4

Source = Literal["page", "detected"]


def language_of(declared: Iterable[str | None], text: str) -> tuple[str | None, Source | None]:
    """Give the language of *text* as BCP 47 and where it is known from; what is *declared* comes first."""
    for tag in declared:
        language = language_tag(tag)
        if language:
            return language, "page"
    words = _WORD.findall(text[:_SAMPLE_CHARACTERS].lower())
    hits = sorted(
        ((sum(word in known for word in words), language) for language, known in _SETS.items()), reverse=True
    )
    (most, best), (second, _) = hits[0], hits[1]
    return (best, "detected") if most >= _FEWEST and most > 1.2 * second else (None, None)
