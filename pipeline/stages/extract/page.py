"""A page, HTML or plain text -> its article: the way from bytes to PageArticle, on one screen."""

from __future__ import annotations

import re
from dataclasses import replace

from lxml import etree

from pipeline.model import Page, PageArticle
from pipeline.stages.extract.blocks import HEADINGS, Block, Outline, outline_of
from pipeline.stages.extract.body import Body, body_of
from pipeline.stages.extract.boilerplate import SiteMemory
from pipeline.stages.extract.bylines import names, visible_names
from pipeline.stages.extract.doubts import doubts
from pipeline.stages.extract.flat import Flat, read_lines
from pipeline.stages.extract.head import Head, head_of
from pipeline.stages.extract.language import language_of
from pipeline.stages.extract.linked_data import LinkedArticle, linked_article
from pipeline.stages.extract.page_dates import dates_of
from pipeline.stages.extract.places import page_url
from pipeline.stages.extract.related import related_in
from pipeline.stages.extract.rendering import html_of, paragraphs_of, text_of
from pipeline.stages.extract.titles import headline
from pipeline.stages.extract.tree import MOST_BYTES, page_text, page_tree
from pipeline.stages.extract.visible_dates import visible_dates
from pipeline.stages.extract.witness import heard
from pipeline.stages.text import clean, plain_text, title_text
from pipeline.stages.urls import absolute, host_of

_MARKUP = re.compile(
    r"<(?:!doctype|html|head|body|meta|script|style|title|div|p|article|section|main|span|table|h[1-6]|br|a|ul)\b[^<>]*>",
    re.IGNORECASE,
)
_SNIFFED_CHARACTERS = 20_000
_NO_CHARACTER = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd]")
_MOST_STRANGE = 0.1
_LONGEST_HEADING = 500
_AUTHORS = (
    "author", "article:author", "og:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator",
    "byl", "articleauthor", "creator",
)  # fmt: skip


def read_page(page: Page, *, memory: SiteMemory | None = None) -> PageArticle:
    """Read the article of *page*; *memory* knows the lines that other pages of its site repeat.

    Whatever the bytes are, a PageArticle comes back; what could not be had is named in its `problems`.
    """
    article = _read(page, memory or SiteMemory())
    if len(page.body) <= MOST_BYTES:
        return article
    return replace(article, problems=(*article.problems, f"cut: only the first {MOST_BYTES} bytes were read"))


def _read(page: Page, memory: SiteMemory) -> PageArticle:
    text = page_text(page.body, page.content_type)
    if _is_binary(text[:_SNIFFED_CHARACTERS]):
        return PageArticle(problems=("no text: these are not characters",))
    if not _MARKUP.search(text[:_SNIFFED_CHARACTERS]):
        return _flat_article(page, text, memory)
    root = page_tree(text)
    return PageArticle(problems=("no text",)) if root is None else _html_article(page, root, memory)


def _is_binary(sample: str) -> bool:
    """Tell whether *sample* is what a picture or an archive reads as: one character in ten is none."""
    return len(_NO_CHARACTER.findall(sample)) > _MOST_STRANGE * len(sample)


def _html_article(page: Page, root: etree._Element, memory: SiteMemory) -> PageArticle:
    head, linked, outline = head_of(root), linked_article(root), outline_of(root)
    title = _title(page, head, linked, outline)
    flat = _flat_of(outline, memory)
    if flat is None:
        body = body_of(outline, title=title or "", repeats=memory.repeats)
        blocks = heard(list(body.blocks), body.shown, linked.body)
        dating, related = _lines_before(body, blocks), (*body.tail, *related_in(outline, blocks, title or ""))
    else:
        title = title or flat.title
        blocks, dating = [Block(line, "p") for line in flat.body], flat.dates
        related = tuple(line for line in flat.related if line != title)
    text = text_of(blocks)
    language, language_source = language_of(_declared(head, linked), f"{title or ''}\n{text}")
    visible, undated = visible_dates(
        dating, language=language, fetched_ms=page.fetched_ms, east_minutes=page.east_minutes
    )
    published, updated = dates_of(root, head, linked, visible=visible, url=page.url, fetched_ms=page.fetched_ms)
    summary = plain_text(
        linked.description or head.first("description", "og:description", "twitter:description") or ""
    )
    problems = doubts(text=text, title=title or "", summary=summary, is_free=linked.is_free, outline=outline)
    return PageArticle(
        url=page_url(head, page.url),
        title=title,
        summary=summary or None,
        text=text or None,
        html=html_of(blocks) or None,
        authors=_authors(root, head, linked) or names(flat.bylines if flat else ()),
        language=language,
        language_source=language_source,
        published=published,
        updated=updated,
        image=_image(head, linked, page.url),
        related=related,
        problems=problems if published or updated else (*problems, *undated),
        complete=bool(text) and not problems,
    )


def _flat_of(outline: Outline, memory: SiteMemory) -> Flat | None:
    """Read the page as lines where it has no structure to go by: paragraphs side by side, no heading and no link."""
    blocks = outline.blocks
    parents = {outline.boxes[block.box].parent for block in blocks}
    if len(parents) > 1 or any(block.tag in HEADINGS or block.linked for block in blocks):
        return None
    return read_lines([line for block in blocks if not memory.repeats(line := block.text.replace("\n", " "))])


def _flat_article(page: Page, text: str, memory: SiteMemory) -> PageArticle:
    lines = [line for line in paragraphs_of(clean(text)) if not memory.repeats(line)]
    flat: Flat = read_lines(lines)
    body = "\n\n".join(flat.body)
    language, language_source = language_of((), body or text)
    (published, updated), undated = visible_dates(
        flat.dates, language=language, fetched_ms=page.fetched_ms, east_minutes=page.east_minutes
    )
    problems = () if body else ("no text",)
    return PageArticle(
        url=page_url(Head({}), page.url),
        title=flat.title,
        text=body or None,
        html=html_of([Block(line, "p") for line in flat.body]) or None,
        authors=names(flat.bylines),
        language=language,
        language_source=language_source,
        published=published,
        updated=updated,
        related=flat.related,
        problems=(*problems, *undated),
        complete=bool(body),
    )


def _title(page: Page, head: Head, linked: LinkedArticle, outline: Outline) -> str | None:
    return headline(
        linked=linked.headline,
        meta=(head.first("og:title", "twitter:title") or "")[:_LONGEST_HEADING],
        headings=[block.text[:_LONGEST_HEADING] for block in outline.blocks if block.tag == "h1"][:10],
        title=(head.title or "")[:_LONGEST_HEADING],
        site=title_text(head.first("og:site_name", "application-name") or "") or None,
        host=host_of(page.url),
    )


def _declared(head: Head, linked: LinkedArticle) -> tuple[str | None, ...]:
    return (head.language, linked.language, head.first("content-language", "og:locale", "dc.language", "language"))


def _authors(root: etree._Element, head: Head, linked: LinkedArticle) -> tuple[str, ...]:
    by_meta = [value for name in _AUTHORS for value in head.meta.get(name, ())]
    return names(linked.authors) or names(by_meta) or visible_names(root)


def _image(head: Head, linked: LinkedArticle, url: str) -> str | None:
    return absolute(linked.image, url or None) or absolute(
        head.first("og:image", "og:image:url", "twitter:image"), url or None
    )


def _lines_before(body: Body, blocks: list[Block]) -> tuple[str, ...]:
    """Give the lines that may date the body: the few before its first block, and that block."""
    shown = body.shown
    first = next((place for place, block in enumerate(shown) if blocks and block is blocks[0]), 0)
    return tuple(block.text for block in shown[max(0, first - 15) : first + 1])
