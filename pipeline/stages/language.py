"""Decides the language of an article: what is declared is the prior, the text is the witness.

Rules of this file: scripts that one language has (kana, hangul, Greek…) speak at once; otherwise function words of a
language must be frequent, and clearly more so than any other's. Few words prove nothing: with fewer than eight the
declaration stands, or nothing is said. A declaration is overruled only by a text that hardly holds a word of it.
"""

from __future__ import annotations

import re
from typing import Literal

_MAX_CHARACTERS = 600  # more text changes no answer
_FEW_WORDS = 8
_MANY_WORDS = 25
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)
_FEW_LETTERS = 4
_SCRIPT_SHARE = 4

# The commonest words of each language; a word of two languages counts for both, so only the difference decides.
_WORDS = """
en the of and to in is that for it was on with as are at by from his her has have be this not which an their will
fr le la les des et est une du dans que qui pour pas sur au avec ce par plus sont ses aux été cette ont sa il
de der die und das den von zu ist mit sich des auf für im nicht ein eine als auch es dem werden aus hat nach bei
es el la los las de y en que del se por un una con para su es no al lo como más ha sus fue este pero
it il di che la e in per del un una con non sono le della da dei alla si nel più gli anche come è ha al
pt o a os de e do da em que um uma para com não no na por mais dos ao se foi sua das as é pelo à
nl de het een van en in is dat op te zijn met voor niet die aan er ook als bij door naar heeft uit werd
pl i w na z do się nie to że jest o od po za przez dla jak ale czy był są przy oraz tym
sv och att det som en på är av för med till den har inte om ett han men var jag från vid
da og at det er en på af for med til den har ikke som et de han var men fra vil ved
nb og å det er en på av for med til den har ikke som et de han var men fra vil ved
"""
_WORDS_OF = {language: frozenset(names) for language, *names in map(str.split, _WORDS.strip().splitlines())}

_LONGEST_LIST = max(map(len, _WORDS_OF.values()))
# A declared language is overruled only when another has more than so many times its function words.
_AGAINST = 5

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
    """Whether *text* holds enough function words of *language* that no other can speak against it, as is usual."""
    own = _WORDS_OF.get(language)
    return own is not None and len(own.intersection(text.split())) * _AGAINST >= _LONGEST_LIST


def _witness(text: str, declared: str) -> tuple[str | None, bool]:
    """Give the language that *text* speaks for, None if unclear, and whether that speaks against *declared*."""
    script = _by_script(text)
    if script is not None:
        return script, False
    words = _WORD.findall(text)
    if len(words) < _FEW_WORDS:
        return None, False
    distinct = set(words)
    hits = {language: len(names & distinct) for language, names in _WORDS_OF.items()}
    best, second = sorted(hits, key=lambda language: (-hits[language], language))[:2]
    # Function words make up a third of running text and at most a tenth of another language's.
    spoken = sum(word in _WORDS_OF[best] for word in words)
    if spoken * 5 < len(words) or hits[best] < max(3, hits[second] * 1.5):
        return None, False
    against = declared in _WORDS_OF and declared != best and hits[declared] * _AGAINST < hits[best]
    return best, against and len(words) >= _MANY_WORDS


def _by_script(text: str) -> str | None:
    """Give the language that a script is written for; Japanese is written with Han too, so it is looked for first."""
    if text.isascii():
        return None
    least = max(_FEW_LETTERS, len(text) // _SCRIPT_SHARE)
    return next((language for language, script in _SCRIPTS if len(script.findall(text)) >= least), None)
