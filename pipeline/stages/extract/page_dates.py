"""When a page says its article was published and last changed, by order of trust.

The order: JSON-LD, meta tags, marked-up <time>, a visible date line, the address. What machines are told is kept by
the publisher's system; a visible line may be of another zone or year and says so in `inferred`; an address only tells
a day. A finer reading of the same day is taken from the next source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from pipeline.model import ArticleDate
from pipeline.stages.dates import read_date
from pipeline.stages.extract.head import Head
from pipeline.stages.extract.linked_data import LinkedArticle

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "rnews:datepublished",
    "article:published", "publishdate", "publish-date", "publish_date", "pubdate", "og:pubdate", "publication_date",
    "originalpublicationdate",
    "article_date_original", "content:publishdate", "parsely-pub-date", "sailthru.date",
    "cxenseparse:recs:published_time", "cxenseparse:publishtime", "cxenseparse:recs:publishtime", "dc.date.issued",
    "dcterms.issued", "dcterms.created", "dc.date.created", "dcterms.date", "dc.date", "date.available",
    "date.created",
    "datecreated",
    "published_time", "published", "date", "created",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:article:modified_time", "og:modified_time", "og:updated_time", "datemodified",
    "dcterms.modified", "dc.date.modified", "date.modified", "date.updated", "article:updated", "lastmod",
    "last-modified", "lastmodified", "last_updated_date", "modified_time", "modified", "revised",
)  # fmt: skip
_CHANGED = re.compile(
    r"\b(?:updated?|modified|edited|mise? à jour|modifié|actualisé|aktualisiert|geändert|actualizad|actualización"
    r"|modificad|aggiornat|aggiornamento|modificat|atualizad|atualização|bijgewerkt|gewijzigd|uppdaterad|oppdatert)",
    re.IGNORECASE,
)
_CHANGED_NAME = re.compile(r"modif|update|lastmod|revis", re.IGNORECASE)
_PUBLISHED_NAME = re.compile(r"publi|pubdate|created|posted|entry-date|post-date", re.IGNORECASE)
_URL_DAY = re.compile(
    r"/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=[/_.-]|$)"
    r"|[/_-]((?:20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)"
)
_FURNITURE = frozenset({"aside", "nav", "footer", "li"})
_MOST_TIMES = 200

Pair = tuple[ArticleDate | None, ArticleDate | None]


def dates_of(
    root: etree._Element, head: Head, linked: LinkedArticle, *, visible: Pair, url: str, fetched_ms: int | None
) -> Pair:
    """Give when the article was published and when it was changed; *visible* is what its date lines say."""
    timed = times_of(root, fetched_ms)
    published = _best(
        (
            _read(linked.published, "page:json-ld", fetched_ms),
            *(_read(head.first(name), "page:meta", fetched_ms) for name in _PUBLISHED if name in head.meta),
            timed[0],
            visible[0],
            _read(url_day(url), "url", fetched_ms),
        )
    )
    updated = _best(
        (
            _read(linked.modified, "page:json-ld", fetched_ms),
            *(_read(head.first(name), "page:meta", fetched_ms) for name in _MODIFIED if name in head.meta),
            timed[1],
            visible[1],
        )
    )
    return published, updated


def _read(raw: str | None, source: str, fetched_ms: int | None) -> ArticleDate | None:
    return read_date(raw, source=source, fetched_ms=fetched_ms) if raw else None


def _best(dates: Iterable[ArticleDate | None]) -> ArticleDate | None:
    """Choose the first, or the first that says more of the same day than it does."""
    found = [date for date in dates if date is not None]
    if not found:
        return None
    first = found[0]
    if first.precision != "day":
        return first
    day = 86_400_000
    return next(
        (date for date in found if date.precision != "day" and -day < date.at_ms - first.at_ms < 2 * day), first
    )


def times_of(root: etree._Element, fetched_ms: int | None) -> Pair:
    """Give what the <time> elements of the page say of its article, those of teasers left out."""
    published: ArticleDate | None = None
    updated: ArticleDate | None = None
    for element, about in _times(root):
        raw = element.get("datetime") or element.get("content") or ""
        if _CHANGED_NAME.search(about) or _CHANGED.search(about):
            updated = updated or _read(raw, "page:time", fetched_ms)
        elif published is None:
            published = _read(raw, "page:time", fetched_ms)
    return published, updated


def _times(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Yield the elements that give times, marked-up ones first, each with what is said about it."""
    marked: list[tuple[etree._Element, str]] = []
    others: list[tuple[etree._Element, str]] = []
    for count, element in enumerate(root.iter("time", "abbr")):
        if count > _MOST_TIMES:
            break
        if not (element.get("datetime") or element.get("content")):
            continue
        if any(ancestor.tag in _FURNITURE for ancestor in element.iterancestors()):
            continue
        parent = element.getparent()
        names = " ".join(
            (
                element.get("itemprop") or "",
                element.get("class") or "",
                parent.get("class") or "" if parent is not None else "",
            )
        )
        before = (parent.text or "") if parent is not None else ""
        about = f"{names} {before[-40:]} {(element.text or '')[:60]}"
        clear = element.get("pubdate") is not None or _PUBLISHED_NAME.search(names) or _CHANGED_NAME.search(names)
        (marked if clear else others).append((element, about))
    yield from marked
    yield from others[:3]


def url_day(url: str) -> str | None:
    """Give the day that the address *url* names ("/2015/10/09/…"), as year-month-day; None when it names none."""
    match = _URL_DAY.search(url)
    if match is None:
        return None
    year, month, day = (match[1], match[2], match[3]) if match[1] else (match[4], match[5], match[6])
    return f"{year}-{int(month):02}-{int(day):02}"
