"""Decides the language of an article: what is declared is the prior, the text is the witness.

Rules of this file: scripts that one language has (kana, hangul, Greek…) speak at once; otherwise function words of a
language must be frequent, and clearly more so than any other's. Few words prove nothing: with fewer than six the
declaration stands, or nothing is said. A declaration is overruled only by a text that hardly holds a word of it, or
is written in another script.
"""

from __future__ import annotations

import re
from typing import Literal

from pipeline.stages.common_words import LANGUAGES_OF, SCRIPTS, WORDS_OF

_MAX_CHARACTERS = 600  # more text changes no answer
_FEW_WORDS = 6
_MANY_WORDS = 25
_WORD = re.compile(r"\w+")  # digits too: the W of 40W is no Polish word
_FEW_LETTERS = 4
_SCRIPT_SHARE = 4
# Cyrillic is written by many: letters that Russian alone has among those without the letters of the others.
_OF_A_SCRIPT = re.compile(r"[\u0370-\u1cff\u3040-\ud7af]")  # not Latin, nor its quotes and dashes
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_RUSSIAN = re.compile(r"[ыэё]")
_UKRAINIAN = re.compile(r"[їєґ]")
_NOT_RUSSIAN = re.compile(r"[\u0450\u0452-\u045f\u0490-\u04ff]")

# What the words of a language must amount to, as tuned on one half of 3,336 headlines and seen on the other: a word
# counts as one, divided by the number of languages that have it; two words at least, and a fifth of all; in longer
# texts the ratio falls as neighbours share more, and the lead tells.
_LEAST_HITS = 2
_LEAST_LEAD = 0.9
_LEAST_RATIO = 2
_AMPLE_LEAD = 2
_LEAST_SHARE = 5

# So many words that hardly another language has, and the declaration needs no closer look.
_FEW_LANGUAGES = 3
_PLENTY = 4
_OWN_WORDS_OF = {
    language: frozenset(word for word in words if len(LANGUAGES_OF[word]) <= _FEW_LANGUAGES)
    for language, words in WORDS_OF.items()
}

# A declared language is overruled only when another has more than so many times the weight of its words.
_AGAINST = 5
# ... and in a text of many words, or by so much that a sentence of one language quoted in another does not reach it.
_CLEAR_WEIGHT = 3.0

# A text that is a third of another script is not in a language of ours that is written in Latin.
_THIRD = 3
_LATIN = WORDS_OF.keys() - {"ru", "uk", "bg"}

LanguageSource = Literal["feed", "page", "detected"]


def article_language(
    text: str, *, feed: str | None, page: str | None = None
) -> tuple[str | None, LanguageSource | None]:
    """Decide the language of *text* (title and body): a BCP 47 tag, and who says so; None and None if nobody does.

    *feed* and *page* are the tags that these declare; the page knows its own article better than the feed does.
    """
    declared = page or feed
    beginning = text[:_MAX_CHARACTERS].lower()
    if declared is None:
        detected, _ = _witness(beginning, "")
        return (detected, "detected") if detected else (None, None)
    source: LanguageSource = "page" if page else "feed"
    primary = declared.partition("-")[0].lower()
    if _speaks(beginning, primary):
        return declared, source
    detected, is_strong = _witness(beginning, primary)
    return (detected, "detected") if detected and is_strong else (declared, source)


def _speaks(text: str, language: str) -> bool:
    """Whether *text* holds so many words of *language* alone that none needs to be heard against it, as is usual."""
    own = _OWN_WORDS_OF.get(language)
    return own is not None and len(own.intersection(text.split())) >= _PLENTY


def _witness(text: str, declared: str) -> tuple[str | None, bool]:
    """Give the language that *text* speaks for, None if unclear, and whether that speaks against *declared*."""
    script = _by_script(text)
    if script is not None:
        return script, declared in _LATIN and len(_OF_A_SCRIPT.findall(text)) * _THIRD > len(text)
    words = _WORD.findall(text)
    if len(words) < _FEW_WORDS:
        return None, False
    hits, weights = _weighed(set(words))
    if not weights:
        return None, False
    if "en" in weights and not text.isascii():
        weights["en"] -= sum(not word.isascii() for word in set(words))  # English writes hardly an accent
    best = max(weights, key=lambda language: (weights[language], language))
    second = max((weight for language, weight in weights.items() if language != best), default=0.0)
    enough = second + max(_LEAST_LEAD, min(_AMPLE_LEAD, second * (_LEAST_RATIO - 1)))
    if weights[best] < enough or hits[best] < _LEAST_HITS:
        return None, False
    spoken = sum(word in WORDS_OF[best] for word in words)
    if spoken * _LEAST_SHARE < len(words):
        return None, False
    against = declared in WORDS_OF and declared != best and weights.get(declared, 0.0) * _AGAINST < weights[best]
    return best, against and (len(words) >= _MANY_WORDS or weights[best] >= _CLEAR_WEIGHT)


def _weighed(words: set[str]) -> tuple[dict[str, int], dict[str, float]]:
    """Count the function words of each language among *words*, and weigh them: what many have proves little."""
    hits: dict[str, int] = {}
    weights: dict[str, float] = {}
    for word in words & LANGUAGES_OF.keys():
        languages = LANGUAGES_OF[word]
        weight = 1 / len(languages)
        for language in languages:
            hits[language] = hits.get(language, 0) + 1
            weights[language] = weights.get(language, 0.0) + weight
    return hits, weights


def _by_script(text: str) -> str | None:
    """Give the language that a script is written for; Japanese is written with Han too, so it is looked for first."""
    if text.isascii() or not _OF_A_SCRIPT.search(text):
        return None
    least = max(_FEW_LETTERS, len(text) // _SCRIPT_SHARE)
    if len(_CYRILLIC.findall(text)) >= least:
        return _by_cyrillic(text)
    return next((language for language, script in SCRIPTS if len(script.findall(text)) >= least), None)


def _by_cyrillic(text: str) -> str | None:
    """Give the language whose letters *text*, in Cyrillic, is written with; None where its words must tell."""
    if _UKRAINIAN.search(text) and not _RUSSIAN.search(text):
        return "uk"
    return "ru" if _RUSSIAN.search(text) and not _NOT_RUSSIAN.search(text) else None
