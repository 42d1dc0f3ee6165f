"""Decides whether the page of an article is fetched for its full text, and says why or why not.

Rules of this file: a page is a request to a host that asked for none, so in `auto` mode whatever speaks for a body
that is already there, or for a page that has none, leaves it alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.model import Article, FullText

_CUT = ("...", "…", "[…]", "[...]", "[&hellip;]")
_LONG_SUMMARY = 2_500  # characters: nine in ten teasers have fewer than 600, and few stories have fewer
_CUT_TEXT = 1_500  # a text that ends in dots is a cut one, unless it is so long that it ends so by choice
_NO_PAGE = (
    ".pdf", ".mp3", ".m4a", ".ogg", ".wav", ".mp4", ".mov", ".avi", ".webm", ".jpg", ".jpeg", ".png", ".gif",
    ".webp", ".svg", ".zip", ".gz", ".exe", ".dmg", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".epub",
    ".xml", ".json",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PageWish:
    """Whether the page is to be fetched, and the reason in words."""

    wanted: bool
    reason: str


def page_wish(article: Article, mode: FullText) -> PageWish:
    """Decide whether the page of *article*, as its feed has it, is to be fetched in *mode*."""
    if mode == "never":
        return PageWish(wanted=False, reason="pages of this feed are never fetched")
    if article.url is None or urlsplit(article.url).scheme not in ("http", "https"):
        return PageWish(wanted=False, reason="it has no address of a page")
    if urlsplit(article.url).path.lower().endswith(_NO_PAGE):
        return PageWish(wanted=False, reason="its address is that of a file, no page")
    if mode == "always":
        return PageWish(wanted=True, reason="pages of this feed are always fetched")
    return _automatic(article)


def _automatic(article: Article) -> PageWish:
    text, summary = article.text or "", article.summary or ""
    if any((attachment.type or "").startswith("audio/") for attachment in article.attachments):
        return PageWish(wanted=False, reason="its body is a recording")
    if text and text.endswith(_CUT) and len(text) < _CUT_TEXT:
        return PageWish(wanted=True, reason="the text in the feed is cut")
    if text and len(text) > len(summary):
        return PageWish(wanted=False, reason="the feed carries its text")
    if len(summary) >= _LONG_SUMMARY and not summary.endswith(_CUT):
        return PageWish(wanted=False, reason="its summary is as long as an article")
    return PageWish(wanted=True, reason="the feed carries only a summary")


def full_text_words(mode: FullText, *, is_own: bool) -> str:
    """Say in a sentence what *mode* means for a feed, and whether that is its own word."""
    meaning = {
        "auto": "The page of an article is fetched where the feed carries only a summary",
        "always": "The page of every article is fetched",
        "never": "Pages of articles are not fetched",
    }[mode]
    return f"{meaning} ({'the feed has its own word' if is_own else 'articles.full_text'}: {mode})."
