"""Tells what stands in an article only for the moment: counters, relative times, stamps of updating, adverts.

Rules of this file: such words never make a revision, so what is in doubt is none of them. A counter has to stand for
itself ("The bridge is open. | 3 comments"): what is counted within a sentence is news ("He scored 26 points"). A
relative time is one wherever it stands. To teach another language, add a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice

_COUNTED = (
    ("en", r"comments?|repl(?:y|ies)|responses?|shares?|likes?|views?|reads?|retweets?|reactions?|votes?|points?"),
    ("fr", r"commentaires?|réponses?|partages?|vues?|lectures?|réactions?|mentions? j['\u2019]aime"),
    ("de", r"(?:Leser)?Kommentare?|Antwort(?:en)?|Aufrufe?|Reaktion(?:en)?|Zugriffe?"),
    ("es", r"comentarios?|respuestas?|vistas?|visitas?|me gusta"),
    ("it", r"comment[io]|risposte|visualizzazioni|condivisioni"),
    ("pt", r"coment[áa]rios?|visualizações|compartilhamentos|curtidas?"),
    ("nl", r"reacties?|weergaven|keer gedeeld"),
    ("pl", r"komentarz[ey]?|odsłon|wyświetleń"),
    ("ru", r"комментари[йяев]{1,3}|просмотр(?:а|ов)?|ответ(?:а|ов)?"),
    ("sv", r"kommentarer?|visningar|delningar"),
    ("da", r"kommentarer?|visninger|delinger"),
    ("ja", r"件のコメント|コメント|回視聴"),
    ("zh", r"条评论|條評論|评论|次阅读|次浏览"),
)
"""What counters beside an article count, by language."""

_AGO = (
    ("en", r"", r"(?:sec(?:ond)?|min(?:ute)?|h(?:ou)?r|day|week)s? ago|[smhdw] ago"),
    ("fr", r"il y a (?:environ )?", r"(?:secondes?|min(?:utes?)?|h(?:eures?)?|jours?|semaines?)"),
    ("de", r"vor (?:etwa )?", r"(?:Sekunden?|Min(?:uten?)?|Std|Stunden?|Tag(?:en)?|Wochen)"),
    ("es", r"hace ", r"(?:segundos?|min(?:utos?)?|h(?:oras?)?|d[íi]as?|semanas?)"),
    ("it", r"", r"(?:second[oi]|minut[oi]|or[ae]|giorn[oi]|settiman[ae]) fa"),
    ("pt", r"h[áa] ", r"(?:segundos?|min(?:utos?)?|h(?:oras?)?|dias?|semanas?)"),
    ("nl", r"", r"(?:seconden?|min(?:uten|uut)?|uur|uren|dag(?:en)?|we(?:ek|ken)) geleden"),
    ("pl", r"", r"(?:sekund[yę]?|min(?:ut[yę]?)?|godz(?:in[yę]?|\.)?|dni|dzień) temu"),
    ("ru", r"", r"(?:секунд[уы]?|мин(?:ут[уы]?|\.)?|час(?:а|ов)?|дн(?:я|ей)|день) назад"),
    ("sv", r"för ", r"(?:sekunder|min(?:uter|ut)?|tim(?:mar|me)?|dag(?:ar)?) sedan"),
    ("da", r"for ", r"(?:sekunder|min(?:utter|ut)?|timer?|dage?|døgn) siden"),
    ("tr", r"", r"(?:saniye|dakika|saat|gün|hafta) önce"),
    ("ko", r"", r"(?:초|분|시간|일) ?전"),
)
"""How a time is told by its distance: what stands before the number, and what behind it, by language."""

_AGO_UNSPACED = r"(?:秒|分|時間|日)前|(?:分钟|分鐘|小时|小時|天)前"
"""The same in Japanese and Chinese, where other words may follow at once."""

_ALONE = r"(?:(?<![^\n])|(?<=[|·•()\[\]/])|(?<=[.!?…»\"”]))[ \t]*"
_ENDS = r"[ \t]*(?![^\n|·•()\[\]/])"
_LINE, _LINE_END = r"(?<![^\n])[ \t]*", r"[ \t]*(?![^\n])"
_STAMPED = r"[ :\u00a0]{1,3}(?=[^\n]{0,40}[0-9])[\w .,:/'\u2019+-]{3,48}?"

_WORDED = (
    ((" ago",), r"\b(?:an?|one|a few) (?:second|minute|hour|day|week)s? ago\b"),
    (("il y a ",), r"\bil y a (?:une?|quelques) (?:seconde|minute|heure|jour|semaine)s?\b"),
    (("vor ein", "vor wenigen"), r"\bvor (?:eine[rm]|wenigen) (?:Sekunden?|Minuten?|Stunden?|Tag(?:en)?|Woche)\b"),
    (("hace un",), r"\bhace un[ao]?s? (?:segundos?|minutos?|horas?|d[íi]as?|semanas?)\b"),
    ((" fa",), r"\b(?:un['\u2019 ]?|una |qualche )(?:minuto|ora|giorno|settimana) fa\b"),
    (("updated", "modified"), rf"{_ALONE}(?:last )?(?:updated|modified)(?: on| at)?{_STAMPED}{_ENDS}"),
    (("published",), rf"{_ALONE}published(?: on| at)?{_STAMPED}{_ENDS}"),
    (("à jour",), rf"{_ALONE}(?:dernière )?mise? à jour(?: le| à)?{_STAMPED}{_ENDS}"),
    (("publié", "modifié"), rf"{_ALONE}(?:publié|modifié)(?: le| à)?{_STAMPED}{_ENDS}"),
    (("aktualisiert", "stand:"), rf"{_ALONE}(?:(?:zuletzt )?aktualisiert(?: am| um)?|stand){_STAMPED}{_ENDS}"),
    (("actualiza",), rf"{_ALONE}(?:última )?actualiza(?:do|da|ción)(?: el| a las)?{_STAMPED}{_ENDS}"),
    (("aggiorna",), rf"{_ALONE}(?:ultimo )?aggiorna(?:to|mento)(?: il| alle)?{_STAMPED}{_ENDS}"),
    (("atualiza",), rf"{_ALONE}(?:última )?atualiza(?:do|da|ção)(?: em| às)?{_STAMPED}{_ENDS}"),
    (("bijgewerkt", "gewijzigd"), rf"{_ALONE}(?:laatst )?(?:bijgewerkt|gewijzigd)(?: op)?{_STAMPED}{_ENDS}"),
    (("advert", "sponsored"), rf"{_LINE}(?:advertisements?|advertentie|sponsored){_LINE_END}"),
    (("publici", "pubblicità"), rf"{_LINE}(?:publicité|publicidade?|pubblicità){_LINE_END}"),
    (("anzeige", "werbung"), rf"{_LINE}(?:anzeige|werbung){_LINE_END}"),
)
"""What holds no number, or more than one: words one of which the text must hold (lower case), and the pattern."""

_COUNTS = "|".join(pattern for _, pattern in _COUNTED)
# Texts are long and passing words are few: numbers are found first, by a pattern of one set, and looked at singly.
_NUMBER = re.compile(r"[0-9]+")
_REST_OF_NUMBER = r"(?:[.,' \u00a0\u202f][0-9]{3}(?![0-9])|[.,][0-9](?![0-9])){0,4}[KkMm]?"
_AGO_SPACED = "|".join(behind for _, before, behind in _AGO if not before)
_UNITS = "|".join(unit for _, before, unit in _AGO if before)
_BEHIND = re.compile(
    "|".join(
        (
            rf"(?P<ago> ?(?:{_AGO_SPACED})(?!\w)| ?(?:{_AGO_UNSPACED}))",
            rf"(?P<unit> (?:{_UNITS})(?!\w))",
            rf"(?P<counted>{_REST_OF_NUMBER} ?(?:{_COUNTS}){_ENDS})",
            rf"(?P<end>{_REST_OF_NUMBER}\)?{_ENDS})",
        )
    ),
    re.IGNORECASE,
)
_BEFORE = {
    "unit": re.compile("|".join(rf"\b{before}\Z" for _, before, _ in _AGO if before), re.IGNORECASE),
    "counted": re.compile(rf"{_ALONE}\Z"),
    "end": re.compile(rf"{_ALONE}(?:# ?)?(?:{_COUNTS})[ :\u00a0]{{1,3}}\(?\Z", re.IGNORECASE),
}
_WINDOW = 40
_MOST_NUMBERS = 2_000
_PATTERNS = tuple((stems, re.compile(pattern, re.IGNORECASE)) for stems, pattern in _WORDED)


def lasting(text: str) -> str:
    """Give *text* without the words that stand in it for the moment only; the same object if there are none."""
    spans = _spans(text)
    if not spans:
        return text
    edges = [0, *chain.from_iterable(spans), len(text)]
    return " ".join(text[begin:end] for begin, end in zip(edges[::2], edges[1::2], strict=True))


def passing(text: str) -> tuple[str, ...]:
    """List the words of *text* that stand in it for the moment only, in order, each once."""
    return tuple(dict.fromkeys(text[begin:end].strip() for begin, end in _spans(text)))


def _spans(text: str) -> list[tuple[int, int]]:
    """Give where the passing words of *text* begin and end, in order; they do not overlap."""
    lower = text.lower()
    worded = (
        found.span()
        for stems, pattern in _PATTERNS
        if any(stem in lower for stem in stems)
        for found in pattern.finditer(text)
    )
    spans: list[tuple[int, int]] = []
    for begin, end in sorted(chain(worded, _numbered(text))):
        if not spans or begin >= spans[-1][1]:
            spans.append((begin, end))
    return spans


def _numbered(text: str) -> Iterator[tuple[int, int]]:
    """Give where a number and what it counts begin and end, for each counter and relative time of *text*."""
    for number in islice(_NUMBER.finditer(text), _MOST_NUMBERS):
        start, end = number.span()
        behind = _BEHIND.match(text, end)
        if behind is None:
            continue
        if behind.lastgroup == "ago":
            yield start, behind.end()
            continue
        window = max(0, start - _WINDOW)
        before = _BEFORE[str(behind.lastgroup)].search(text[window:start])
        if before:
            yield window + before.start(), behind.end()
