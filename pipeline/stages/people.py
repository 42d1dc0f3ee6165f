"""Bylines -> the names in them: "By Jane Doe and John Roe, Staff Writers" is two people.

Rules of this file: a byline is taken apart only when every part of it is certainly a person, a news agency or a role;
what might be the name of an organisation stays whole ("Ernst and Young", "Marks & Spencer, London").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from pipeline.stages.text import title_text

_EMAIL_NAME = re.compile(r"[^\s@()]+@[^\s@()]+\s*\(([^()]+)\)")
_NAME_EMAIL = re.compile(r"([^()@]*[^()@\s])\s*\([^()@]*@[^()@]*\)")
_NAME_ADDRESS = re.compile(r"([^<>@]*[^<>@\s])\s*<[^<>\s]*@[^<>]*>")
# What programs write where nobody is named, and what stands behind a name and is none.
_NOBODY = frozenset({"unknown", "null", "none", "undefined", "n/a", "nan", "unknown author", "no author"})
_BEHIND_A_BYLINE = re.compile(
    r"(?<=\w)[\s,|\u2013-]{1,4}(?:(?:published|updated|posted|publié|mis à jour|on|le|am|el|il|em|op)\s+)+"
    r"(?:[^\W\d_]+,?\s+)?[0-9]{1,2}\b.*\Z|(?<=\w)\s+@\w+\Z",
    re.IGNORECASE,
)
_IN_A_PLACE = re.compile(r"\s+(?:in|à)\s+(?:[A-ZÀ-Þ][\w'\u2019-]*)(?:\s+[A-ZÀ-Þ][\w'\u2019-]*){0,2}\Z")
_NOREPLY = re.compile(r"(?:no|do-?not)[-_.]?reply@", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_OF_PICTURES = re.compile(
    r"(?:fotos?|photos?|photograph\w*|images?|bild(?:er)?|illustrations?|grafik)\s*:", re.IGNORECASE
)
# "Von", "Di" and "Af" also begin family names: they are no preposition before less than two capitalised words.
_PREPOSITION = re.compile(
    r"\A\W*(?:(?:(?:(?:written|posted|published|reported|(?:additional )?reporting|editing|compiled|guest post|story"
    r"|text|words|(?:view )?all posts) )?by|(?:publié |écrit |rédigé )?par|(?:publicado |escrito )?por"
    r"|(?:geschreven |geplaatst )?door|(?:veröffentlicht|geschrieben|verfasst) von|(?:scritto|pubblicato) da|av|от"
    r"|propos recueillis par|a cura di)\s*:?\s+(?=\w)"
    r"|(?:author|auteur|autor|autore|autora|text|texte)\s*:\s*(?=\w)"
    r"|(?:von|di|af)\s+(?=(?-i:[A-ZÀ-Þ])[^\s,]+\s+(?-i:[A-ZÀ-Þ])))",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"\s*(?:[,;|•·、]\s*(?:and|&|et|und|y|e|en|och|og|и)\s+|[,;|•·、]\s*|\s/\s*|(?<=\w\w)/(?=\w+ \w))"
    r"|\s+(?:and|&|et|und|(?-i:[yeiи])|en|och|og|with|avec|mit|con|com|met|med)\s+",
    re.IGNORECASE,
)
_CERTAIN_SEPARATOR = re.compile(r"\s*[;|]\s*")
_AGENCY_BEHIND = re.compile(r"(.*\S)\s*\((?:(?:with|avec|mit|con|com|met)\s+)?([^()]+)\)", re.IGNORECASE)
_AGENCIES = frozenset(
    {"afp", "ap", "reuters", "upi", "dpa", "apa", "sda", "ats", "keystone-sda", "epd", "kna", "sid", "efe", "ep"}
    | {"europa press", "ansa", "agi", "adnkronos", "lusa", "anp", "belga", "ntb", "tt", "ritzau", "pap", "čtk", "mti"}
    | {"cnn", "bbc", "bbc news", "npr", "nbc news", "abc news", "cbs news", "fox news", "sky news", "france 24"}
    | {"tass", "тасс", "xinhua", "kyodo", "yonhap", "pti", "ani", "ians", "aap", "bloomberg", "associated press"}
    | {"the associated press", "agence france-presse", "agencies", "agences", "agenturen", "agencias", "agenzie"}
)
_ROLE = re.compile(
    r"(?:(?:our|the|staff|senior|chief|deputy|assistant|associate|executive|managing|special|contributing|political"
    r"|economics?|business|health|science|technology|sports?|foreign|world|news|environment|education|city|national)\s+)*"
    r"(?:writers?|reporters?|editors?|editor[- ]in[- ]chief|correspondents?|columnists?|contributors?|journalists?"
    r"|producers?|photographers?|anchors?|journaliste|rédact(?:eur|rice)(?: en chef)?|correspondante?"
    r"|envoyée? spéciale?|redakteur(?:in)?|korrespondent(?:in)?|redactora?|corresponsal|periodista|giornalista"
    r"|inviat[oa]|corrispondente|jornalista|repórter|redacteur|verslaggever)(?:\s+(?:in|at|for|à|au|aux|en|de|da|di|for)\s+\S.*)?",
    re.IGNORECASE,
)
_BEHIND_A_NAME = re.compile(r"(?:jr|sr|i{2,3}|iv|ph\.?d|m\.?d|esq)\.?", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[^\W\d_]\.[ -]?){1,4}")
_PARTICLES = frozenset(
    {"de", "da", "do", "dos", "das", "di", "del", "della", "du", "des", "la", "le", "van", "von", "der", "den", "ter"}
    | {"ten", "zu", "zur", "af", "av", "bin", "ibn", "bint", "al", "el", "ben", "abu", "y", "e", "i", "st.", "'t"}
)
_NO_PERSON = frozenset(
    {
        "the",
        "team",
        "staff",
        "desk",
        "news",
        "newsroom",
        "press",
        "agency",
        "media",
        "group",
        "company",
        "inc",
        "inc.",
    }
    | {"ltd", "ltd.", "gmbh", "llc", "corp", "corp.", "university", "institute", "department", "ministry", "office"}
    | {"services", "service", "council", "committee", "foundation", "association", "society", "center", "centre"}
    | {"times", "post", "daily", "weekly", "magazine", "journal", "tribune", "gazette", "herald", "radio", "tv"}
    | {"editorial", "board", "redaktion", "rédaction", "redacción", "redazione", "redação", "redactie", "bank"}
    | {"health", "education", "research", "international", "national", "limited", "unlimited", "aid", "online"}
)
_MOST_WORDS = 5


def people(bylines: Iterable[str]) -> tuple[str, ...]:
    """Give the names in *bylines*, in order, each once whatever its case."""
    named: dict[str, str] = {}
    for byline in bylines:
        for name in names_in(byline):
            named.setdefault(name.casefold(), name)
    return tuple(named.values())


@lru_cache(maxsize=1024)  # the entries of a feed repeat few bylines
def names_in(byline: str) -> tuple[str, ...]:
    """Give the names in one *byline* (HTML); none for an address, or for who took the pictures beside who wrote."""
    text = author_name(byline).strip() if byline else ""
    if text.casefold() in _NOBODY or not any(map(str.isalnum, text)):
        return ()
    parts = [_PREPOSITION.sub("", part, count=1) for part in _CERTAIN_SEPARATOR.split(_BEHIND_A_BYLINE.sub("", text))]
    names = [name for part in parts for name in _split(part) if name]
    return tuple([name for name in names if not _OF_PICTURES.match(name)] or names)


def every_part(byline: str) -> tuple[str, ...]:
    """Cut one *byline* (HTML) at all that may stand between two names: for lists that hold nothing but names."""
    text = _PREPOSITION.sub("", author_name(byline), count=1)
    return tuple(_with_what_belongs([part for part in _SEPARATOR.split(text) if part]))


def author_name(raw: str) -> str:
    """Give the name in *raw*: without its mail address when it has both, "" for an address that nobody reads."""
    text = title_text(raw)  # which drops the address of "Name <name@example.org>" as a tag
    named = _EMAIL_NAME.fullmatch(text) or _NAME_EMAIL.fullmatch(text) or _NAME_ADDRESS.fullmatch(text)
    name = named[1].strip() if named else text
    if _NOREPLY.match(name) or _ADDRESS.fullmatch(name):
        return ""
    return name[1:-1] if name.startswith('"') and name.find('"', 1) == len(name) - 1 else name


def _split(text: str) -> list[str]:
    """Take *text* apart where every part is certainly one name; else give it whole."""
    behind = _AGENCY_BEHIND.fullmatch(text)
    houses = [part for part in _SEPARATOR.split(behind[2]) if part] if behind else []
    if behind and all(map(_is_agency, houses)):
        return [*_split(behind[1]), *houses]
    agencies = text.strip("()").split("/")
    if all(map(_is_agency, agencies)):
        return agencies
    placed = _IN_A_PLACE.search(text)
    alone = text[: placed.start()].rstrip(" ,") if placed else ""
    if "," not in alone and _is_person(alone):
        return [alone]
    parts = _with_what_belongs([part for part in _SEPARATOR.split(text) if part])
    names = [part for part in parts if not _ROLE.fullmatch(part)]
    if len(parts) < 2 or not names:
        return [text]
    if all(_is_person(name) or _is_agency(name) for name in names):
        return names
    house = names[-1] if _is_agency(names[-1]) else ""
    newsroom = text[: -len(house)].rstrip(" ,/") if house else ""
    credited = re.fullmatch(r"(.+\S)\s+(?:with|avec|mit|con|com|met|med)", newsroom, re.IGNORECASE)
    return [credited[1], house] if credited else [text]


def _with_what_belongs(parts: list[str]) -> list[str]:
    """Join what a comma cut off a name: "King, Jr.", and "Archer, L. A." in the manner of libraries."""
    joined: list[str] = []
    for part in parts:
        surname = bool(joined) and " " not in joined[-1] and "," not in joined[-1]
        if joined and (_BEHIND_A_NAME.fullmatch(part) or (surname and _INITIALS.fullmatch(part))):
            joined[-1] += f", {part}"
        else:
            joined.append(part)
    return joined


def _is_agency(text: str) -> bool:
    return text.casefold() in _AGENCIES


def _is_person(text: str) -> bool:
    surname, _, behind = text.partition(", ")
    if behind and _INITIALS.fullmatch(behind):
        return surname[:1].isupper()
    words = surname.replace(".", ". ").split()
    if not 2 <= len(words) <= _MOST_WORDS or any(word.casefold() in _NO_PERSON for word in words):
        return False
    capitalised = all(word in _PARTICLES or _begins_a_name(word) for word in words)
    return capitalised and words[-1] not in _PARTICLES and not any(map(str.isdigit, surname))


def _begins_a_name(word: str) -> bool:
    first = word.lstrip("'\"([\u2019\u201c")[:1]
    return first.isalpha() and not first.islower()
