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
# Scripts that tell a language by themselves, in the order they are looked for: Japanese is written with Han too.
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
)
_SCRIPT_SHARE = 0.1
_FEWEST = 4
_MANY = 20
_OVERRULING = 4.0

Source = Literal["page", "detected"]


def language_of(declared: Iterable[str | None], text: str) -> tuple[str | None, Source | None]:
    """Give the language of *text* as BCP 47 and where it is known from.

    What is *declared* comes first, unless the words of the text are clearly of another of the seven languages whose
    function words are known here: templates are translated last.
    """
    sample = text[:_SAMPLE_CHARACTERS]
    hits = _hits(sample)
    best = max(hits, key=lambda language: hits[language])
    tag = next((language for raw in declared if (language := language_tag(raw))), None)
    if tag is not None:
        said = hits.get(tag.partition("-")[0])
        wrong = said is not None and hits[best] >= _MANY and hits[best] > _OVERRULING * said
        return (best, "detected") if wrong else (tag, "page")
    detected = _by_script(sample) or (best if _is_clear(hits, best) else None)
    return (detected, "detected") if detected else (None, None)


def _hits(sample: str) -> dict[str, int]:
    words = _WORD.findall(sample.lower())
    return {language: sum(word in known for word in words) for language, known in _SETS.items()}


def _is_clear(hits: dict[str, int], best: str) -> bool:
    second = max(count for language, count in hits.items() if language != best)
    return hits[best] >= _FEWEST and hits[best] > 1.2 * second


def _by_script(sample: str) -> str | None:
    enough = _SCRIPT_SHARE * len(sample)
    return next((name for name, letters in _SCRIPTS if sample and len(letters.findall(sample)) > enough), None)
