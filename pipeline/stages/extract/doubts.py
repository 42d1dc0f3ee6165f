"""What speaks against an extracted text: a wall, a summary in its place, a box that may be the wrong one."""

from __future__ import annotations

import re

from pipeline.stages.extract.blocks import Outline
from pipeline.stages.extract.patterns import any_of

_WALL = re.compile(
    r"pay-?wall|reg-?wall|premium-(?:content|article|wall|lock)|subscriber-only|is-locked|article-locked|piano-|metered",
    re.IGNORECASE,
)
_WALL_LINE = re.compile(
    any_of(
        r"""
        (?:subscribe|sign up|log in|register) to (?:continue|read|keep)|already a (?:subscriber|member)
        (?:this|the rest of this) (?:article|story|content) is (?:for|reserved|only|available)
        (?:article|contenu) (?:est )?réservée?s? aux? abonn|il vous reste \S+ (?:de cet article )?à lire|déjà abonné
        la suite de cet article est réservée|pour lire la suite|exklusiv für abonnenten
        (?:weiterlesen|lesen) (?:sie )?(?:mit|im) \S*abo|bereits (?:abonnent|kunde|registriert)
        (?:contenido|artículo) (?:exclusivo )?(?:para|solo) suscriptores|ya eres suscriptor
        contenuto riservato agli abbonati|già abbonato|conteúdo exclusivo para assinantes|já é assinante
        alleen voor abonnees|al abonnee
        """
    ),
    re.IGNORECASE,
)
_SHORT_TEXT = 1_500
_DOUBTFUL_TEXT = 250
_WORD = re.compile(r"\w{4,}")
_FEW_WORDS = 4
_CUT = ("...", "[…]", "[...]")


def doubts(*, text: str, title: str, summary: str, is_free: bool | None, outline: Outline) -> tuple[str, ...]:
    """Name what speaks against *text* being the whole body of the article called *title*.

    *is_free* is what JSON-LD says of access; *summary* the page's own description.
    """
    problems: list[str] = []
    if is_free is False or (len(text) < _SHORT_TEXT and _has_wall(outline)):
        problems.append("paywall")
    if not text:
        problems.append("summary only" if summary else "no text")
    elif len(text) <= len(summary) * 1.1 or (text.endswith(_CUT) and len(text) < 2 * _DOUBTFUL_TEXT):
        problems.append("summary only")
    elif len(text) < _DOUBTFUL_TEXT or _is_of_something_else(text, title):
        problems.append("extraction doubtful")
    return tuple(problems)


def _has_wall(outline: Outline) -> bool:
    return any(_WALL.search(box.name) for box in outline.boxes) or any(
        len(block.text) < 400 and _WALL_LINE.search(block.text) for block in outline.blocks
    )


def _is_of_something_else(text: str, title: str) -> bool:
    """Tell whether *text* holds not one of the longer words of *title*."""
    words = set(_WORD.findall(title.casefold()))
    return len(words) >= _FEW_WORDS and words.isdisjoint(_WORD.findall(text.casefold()))
