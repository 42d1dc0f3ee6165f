"""Which of a page's titles is the headline of its article, without the name of the site."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.stages.text import title_text

_SEPARATOR = re.compile(r"\s*(?:\s[|\u2013\u2014\u00b7\u2022»«:/-]+\s|[|ㅣ｜]|::)\s*")
_CUT = re.compile(r"(?:\.{3}|…)$")
_NOT_LETTERS = re.compile(r"[\W_]+")
_LONGEST = 500


def headline(
    *, linked: str | None, meta: str | None, headings: Sequence[str], title: str | None, site: str | None, host: str
) -> str | None:
    """Choose the headline: what JSON-LD says, else the heading that the titles begin with, else what is left of them.

    *meta* is og:title, *headings* the h1 of the page in order, *title* the title tag, *site* the site's name, *host*
    the page's host ("" when unknown). A headline that was cut ("…") is completed from a heading that begins alike.
    """
    shown = [text for text in (title_text(heading) for heading in headings) if text]
    said, shared, tag = (title_text(text or "")[:_LONGEST] for text in (linked, meta, title))
    if said and not _is_site(said, site, host):
        return _completed(said, [*shown, shared])
    for heading in shown:
        if len(heading) > 5 and any(
            _bare(other).find(_bare(heading)) in range(4) or _bare(heading) in _bare(other)
            for other in (shared, tag)
            if other
        ):
            return heading
    for text in (shared, shown[0] if len(shown) == 1 else "", tag, *shown):
        bare = _without_site(text, site, host)
        if bare and not _is_site(bare, site, host):
            return bare
    return shared or (shown[0] if shown else None) or tag or None


def _completed(text: str, others: Sequence[str]) -> str:
    if not _CUT.search(text):
        return text
    begun = _bare(_CUT.sub("", text))
    return next(
        (other for other in others if len(other) > len(text) and begun and _bare(other).startswith(begun)), text
    )


def _bare(text: str) -> str:
    return _NOT_LETTERS.sub("", text).casefold()


def _is_site(text: str, site: str | None, host: str) -> bool:
    """Tell whether *text* only names the site."""
    bare = _bare(text)
    return not bare or bare == _bare(site or "") or bare in {_bare(host), _bare(host.removeprefix("www."))}


def _without_site(text: str, site: str | None, host: str) -> str:
    """Cut from *text* the parts behind its last separators that name the site, or that are too short to be more."""
    parts = _SEPARATOR.split(text)
    if len(parts) < 2:
        return text
    end = text
    while len(parts) > 1:
        last = parts[-1]
        names_site = (
            _is_site(last, site, host)
            or (_bare(site or "\0") in _bare(last))
            or (len(_bare(last)) > 3 and _bare(last) in _bare(host))
        )
        if not names_site and not (len(last.split()) <= 3 and len("".join(parts[:-1]).split()) >= 4):
            break
        end = end[: end.rindex(last)] if last else end
        end = re.sub(r"[\s|\u2013\u2014\u00b7\u2022»«:/ㅣ｜-]+$", "", end)
        parts = parts[:-1]
    return end
