"""Entry -> Article | Rejected: what a feed says, made into what we vouch for.

Rules of this file: unknown stays None, nothing is invented from something else; what was mended or is missing is
named in `problems`; an entry is rejected only when a reader would have nothing to look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pipeline.model import Article, ArticleDate, Entry, FeedReference, RawDate, Rejected
from pipeline.stages.customs import NO_CUSTOMS, Customs
from pipeline.stages.dates import read_date
from pipeline.stages.identity import article_id
from pipeline.stages.language import LanguageSource, article_language
from pipeline.stages.media import attachments, picture
from pipeline.stages.people import people
from pipeline.stages.text import clean, html_and_text, title_text
from pipeline.stages.url_wrappers import unwrapped
from pipeline.stages.urls import absolute, canonical

_RAW_SHOWN = 80
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|[0-9]{3}))?(?:-[a-z0-9-]{1,60})?", re.IGNORECASE)
# Codes that feeds use for the two-letter ones of ISO 639-1 (RFC 5646 section 2.2.1 asks for the shortest).
_SHORTEST = {
    "eng": "en", "fra": "fr", "fre": "fr", "deu": "de", "ger": "de", "spa": "es", "ita": "it", "por": "pt",
    "nld": "nl", "dut": "nl", "rus": "ru", "zho": "zh", "chi": "zh", "jpn": "ja", "ara": "ar", "iw": "he", "in": "id",
}  # fmt: skip
_NO_LANGUAGE = frozenset({"und", "mul", "zxx", "mis", "xx"})
_REGIONS = {"UK": "GB"}
_category = lru_cache(maxsize=1024)(title_text)  # the entries of a feed repeat few


@dataclass(frozen=True, slots=True)
class Origin:
    """Where entries come from: what holds for all of one document.

    `url` is the address of the document, against which addresses are read when an entry has no base of its own;
    `language` is what it says of itself, which holds where the entry says nothing; a date later than `fetched_ms`
    (since the epoch, None when unknown) allows is not believed; `customs` is what else is known of the feed.
    """

    feed: FeedReference
    url: str
    language: str | None = None
    fetched_ms: int | None = None
    customs: Customs = NO_CUSTOMS


def normalize(entry: Entry, *, key: str, origin: Origin) -> Article | Rejected:
    """Make the article that *entry* is, or say why it is none; *key* is its identity within the feed."""
    base = absolute(entry.base_url, origin.url) or origin.url
    link = absolute(entry.link, base)
    title = title_text(entry.title_html or "") or None
    # Where no xml:base is said, a relative address in the text was written for the entry's own page.
    page_url = base if entry.base_url else link or base
    html, text, summary = _texts(entry, page_url, title)
    if not (title or link or text or summary):
        return Rejected("nothing to show: no title, link or text", which=key)
    problems = [] if text else ["summary only" if summary else "no text"]
    language, language_source = _language(entry, origin.language, title, text or summary)
    return Article(
        id=article_id(origin.feed.id, key),
        feed=origin.feed,
        url=canonical(unwrapped(link), origin.customs.tracking) if link else None,
        source_url=clean(entry.link or "") or None,
        title=title,
        summary=summary,
        text=text,
        html=html,
        authors=people(entry.authors),
        categories=_categories(entry.categories),
        language=language,
        language_source=language_source,
        published=_date(entry.published, "published", origin, language, problems),
        updated=_date(entry.updated, "updated", origin, language, problems),
        image=picture(entry, html, base),
        attachments=attachments(entry.enclosures, base),
        problems=tuple(problems),
    )


@lru_cache(maxsize=256)
def language_tag(raw: str | None) -> str | None:
    """Read the BCP 47 tag that *raw* means ("fr_FR" is "fr-FR", "eng" is "en"); None when it means none."""
    match = _LANGUAGE.fullmatch((raw or "").strip().partition(".")[0].replace("_", "-"))
    if match is None:
        return None
    primary = _SHORTEST.get(match[1].lower(), match[1].lower())
    if primary in _NO_LANGUAGE:
        return None
    region = (match[3] or "").upper()
    parts = (primary, (match[2] or "").title(), _REGIONS.get(region, region))
    return "-".join(part for part in parts if part)


def _language(
    entry: Entry, feed_language: str | None, title: str | None, text: str | None
) -> tuple[str | None, LanguageSource | None]:
    """Give the language of *entry* and who says so; what the entry declares goes before what its feed does."""
    declared = language_tag(entry.language) or language_tag(feed_language)
    return article_language(f"{title or ''}\n{text or ''}", feed=declared)


def _texts(entry: Entry, page_url: str, title: str | None) -> tuple[str | None, str | None, str | None]:
    """Give the safe HTML, the text and the summary of *entry*; its summary is shown where it has no content."""
    html, summary = html_and_text(entry.summary_html or "", base_url=page_url, title=title)
    if not entry.content_html:
        return html or None, None, summary or None
    if entry.content_html == entry.summary_html:
        return html or None, summary or None, summary or None
    html, text = html_and_text(entry.content_html, base_url=page_url, title=title)
    return html or None, text or None, summary or None


def _categories(raw: Iterable[str]) -> tuple[str, ...]:
    """Give the names in *raw*, in order, each once whatever its case."""
    named: dict[str, str] = {}
    for one in raw:
        name = _category(one)
        if name:
            named.setdefault(name.casefold(), name)
    return tuple(named.values())


def _date(
    raw: RawDate | None, which: str, origin: Origin, language: str | None, problems: list[str]
) -> ArticleDate | None:
    if raw is None:
        return None
    date = read_date(
        raw.raw,
        source=f"feed:{raw.element}",
        fetched_ms=origin.fetched_ms,
        zone=origin.customs.zone_minutes,
        language=language,
    )
    if date is None:
        problems.append(f'{which} date not understood: "{clean(raw.raw)[:_RAW_SHOWN]}"')
    return date
