"""Which lines only date a page: "Dernière mise à jour à 16h54 le 09/10", "09.10.2015, 16:54 Uhr"."""

from __future__ import annotations

import re

from pipeline.stages.calendar_names import month_number, weekday_number
from pipeline.stages.date_lines import read_date_lines
from pipeline.stages.extract.patterns import any_of

_LONGEST = 120
_FEW_WORDS = 3
_EDGES = " -|(),\u2013\u2014\u2022·"
_SAID = any_of(
    r"""
    (?:last |first )?(?:updated?|published|posted|modified|created)
    (?:dernière |première )?(?:mise? à jour|publication|modification|actualisation)
    (?:publié|modifié|actualisé|mis en ligne|posté|créé)e?s?|(?:dernière )?màj
    (?:zuletzt |erst)?(?:aktualisiert|veröffentlicht|stand|erstellt|geändert)
    (?:última )?(?:actualizaci[óo]n|actualizad[oa]|publicad[oa]|modificad[oa]|atualiza(?:d[oa]|ção)|fecha)
    (?:ultim[oa] )?(?:aggiornamento|aggiornato|pubblicat[oa]|modifica|modificato|creato)
    act|agg
    (?:laatst |laatste )?(?:bijgewerkt|gewijzigd|gepubliceerd|geplaatst|update|wijziging|aangepast)
    """
)
_SPEAKS_OF_TIME = re.compile(rf"\b(?:{_SAID})\b", re.IGNORECASE)
_DAY = re.compile(
    r"(?<![\d/.-])\d{1,2}[./-]\d{1,2}(?:[./-](?:\d{4}|\d{2}))?(?![\d])|(?<!\d)\d{4}-\d{2}-\d{2}|\d{4}年\d{1,2}月\d{1,2}日"
)
_CLOCK = re.compile(
    r"(?<!\d)\d{1,2}(?::|h|\.| h | Uhr )\d{2}(?!\d)|\b\d{1,2} ?(?:h|uhr|uur|am|pm|a\.m\.|p\.m\.)\b", re.IGNORECASE
)
_UNIT = any_of(
    r"""
    min(?:ute|uti|uto|uut|uten)?[sn]?|h|hours?|heures?|stunden?|horas?|or[ae]|uur|uren|days?|jours?|tage?n?|d[íi]as?
    giorn[oi]|dag(?:en)?|weeks?|semaines?|wochen?|semanas?|settiman[ae]|weken
    """
)
_AGO = re.compile(
    rf"(?:il y a|vor|hace|há) \d{{1,3}} ?(?:{_UNIT})\.?|\d{{1,3}} ?(?:{_UNIT})\.? (?:ago|fa|geleden|atrás)",
    re.IGNORECASE,
)
# "Madrid, 9 de octubre de 2015", "New York - Oct 9": where, and then only when.
_PLACE = re.compile(r"[^\W\d_][^\W\d_.'’-]*(?:[ '’-][^\W\d_][^\W\d_.]*){0,2}(?:,| [-\u2013\u2014|]) ")
_READING_TIME = re.compile(
    r"(?:\W*\b(?:temps de lecture|lecture|lesezeit|leestijd|(?:tiempo de )?lectura|tempo di lettura|tempo de leitura)"
    r"\W{1,3})?\b\d{1,3} ?min(?:ut[a-z]{0,3})?\b\.?"
    r"(?: (?:de lecture|di lettura|de leitura|de lectura|read|lesezeit|leestijd|lezen))?",
    re.IGNORECASE,
)
_ITEM = re.compile(r"(?:article|artikel|articolo|art[íi]culo|artigo|beitrag|story) ", re.IGNORECASE)
_DAY_BY_NAME = re.compile(
    r"\b(?:today|yesterday|aujourd['’]hui|hier|heute|gestern|hoy|ayer|oggi|ieri|hoje|ontem|vandaag|gisteren)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_SMALL = frozenset(
    """
    a à at on the of by le la du de les um am den der dem vom von el del las los il alle ore dell di o às em om op het
    te uur uhr h hs hrs est edt cet cest gmt utc bst ist pm st nd rd th er et and und y e en mst pst pdt met mez mesz
    feira p m del dello dos da das ao cest
    ago min minutes hours heures stunden heure hour vor il hace fa há geleden today yesterday aujourd hui hier heute
    gestern hoy ayer oggi ieri hoje ontem vandaag gisteren
    """.split()  # noqa: SIM905 - a table of words, to be read
)


def is_date_line(line: str) -> bool:
    """Tell whether *line* only says when: a date or a time with at most a few words about it."""
    if len(line) > _LONGEST or not any(character.isdigit() for character in line):
        return False
    if _AGO.fullmatch(line.strip()):
        return True
    if read_date_lines(line):
        return True
    line = _READING_TIME.sub(" ", _ITEM.sub("", line.strip(_EDGES), count=1)).strip(_EDGES)
    return _only_says_when(line)


def _only_says_when(line: str) -> bool:
    """Tell whether the words of *line* are of time, but for a few after a label, or a place before it all."""
    dated = _DAY.search(line) is not None or any(month_number(word) is not None for word in _WORD.findall(line))
    if not dated and not _CLOCK.search(line) and not _DAY_BY_NAME.search(line):
        return False
    others = [word for word in _WORD.findall(_SPEAKS_OF_TIME.sub(" ", line)) if not _is_of_time(word)]
    if _SPEAKS_OF_TIME.match(line):
        return len(others) <= _FEW_WORDS
    if not others or (len(others) == 1 and _SPEAKS_OF_TIME.search(line) is not None):
        return True
    place = _PLACE.match(line)
    return place is not None and dated and not any(map(_is_not_of_time, _WORD.findall(line[place.end() :])))


def _is_not_of_time(word: str) -> bool:
    return not _is_of_time(word)


def _is_of_time(word: str) -> bool:
    return word.lower() in _SMALL or month_number(word) is not None or weekday_number(word) is not None
