"""Flat pages: paragraphs with nothing around them to tell a story from the headlines of others."""

from __future__ import annotations

from html import escape

import pytest

from pipeline.model import Page, PageArticle
from pipeline.stages.extract import read_page
from pipeline.wire import ms_from_rfc3339, rfc3339
from tests.corpus_feeds import ABSENT, CORPUS
from tests.flat_pages import PAGES, FlatPage

SEED = CORPUS / "seed" / "000_b5597b34dc4d2461.txt"
FETCHED_MS = ms_from_rfc3339("2025-01-15T12:00:00Z")


def as_text(page: FlatPage) -> bytes:
    """Give *page* as plain text."""
    return page.text().encode()


def as_paragraphs(page: FlatPage) -> bytes:
    """Give *page* as HTML of paragraphs alone."""
    return "".join(f"<p>{escape(line)}</p>\n" for line in page.text().splitlines()).encode()


def as_wrapped_text(page: FlatPage) -> bytes:
    """Give *page* as text wrapped at 72 columns, with empty lines between its paragraphs."""
    paragraphs: list[str] = []
    for line in page.text().splitlines():
        rows = [""]
        for word in line.split():
            if len(rows[-1]) + len(word) > 72:
                rows.append("")
            rows[-1] = f"{rows[-1]} {word}".strip()
        paragraphs.append("\n".join(rows))
    return "\n\n".join(paragraphs).encode()


@pytest.mark.parametrize("form", [as_text, as_paragraphs, as_wrapped_text])
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.language)
def test_a_flat_page_is_parted_into_its_story_and_the_rest(page: FlatPage, form: object) -> None:
    """Every extractor measured keeps the headlines of other stories in the text of such a page."""
    assert callable(form)

    article = read_page(Page("", FETCHED_MS, form(page)))

    assert (article.text or "").split("\n\n") == list(page.body)
    assert article.title == page.title
    assert set(article.related) == page.related()
    assert article.language == page.language
    assert len(article.authors) == 1
    assert article.authors[0] in page.about[0]
    when = article.published or article.updated
    assert when is not None
    assert when.raw in page.about[1]


def seed(fetched_at: str | None) -> PageArticle:
    """Read the seed text."""
    if not SEED.exists():
        pytest.skip(ABSENT)
    fetched_ms = None if fetched_at is None else ms_from_rfc3339(fetched_at)
    return read_page(Page("", fetched_ms, SEED.read_bytes()))


def test_the_seed_is_read_as_its_readers_do() -> None:
    """The text that this project began with: ten paragraphs, a date line without a year, eight other headlines."""
    lines = SEED.read_text("utf-8").strip().splitlines() if SEED.exists() else []

    article = seed("2015-10-09T18:00:00Z")

    assert (article.text or "").split("\n\n") == lines[1:11]
    assert list(article.related) == lines[11:]
    assert article.language == "fr"
    assert article.title is None
    assert article.published is None
    assert article.updated is not None
    assert rfc3339(article.updated.at_ms) == "2015-10-09T16:54:00Z"
    assert article.updated.inferred == ("year", "zone")
    assert article.updated.raw == lines[0]


def test_a_year_that_nothing_tells_is_not_guessed() -> None:
    """A wrong date is worse than none; that it is unknown is said."""
    article = seed(None)

    assert article.updated is None
    assert article.published is None
    assert len(article.problems) == 1
    assert "without a year" in article.problems[0]
    assert SEED.read_text("utf-8").splitlines()[0] in article.problems[0]


@pytest.mark.parametrize(
    ("fetched_at", "expected"),
    [
        ("2016-10-08T00:00:00Z", "2015-10-09"),
        ("2016-10-09T10:00:00Z", "2016-10-09"),
        ("2017-01-01T00:00:00Z", "2016-10-09"),
    ],
)
def test_the_year_is_the_latest_that_has_been(fetched_at: str, expected: str) -> None:
    """The current year is wrong each January, and each time an old page is read."""
    article = seed(fetched_at)

    assert article.updated is not None
    assert rfc3339(article.updated.at_ms).startswith(expected)


def test_a_page_of_headlines_alone_has_no_text() -> None:
    """A front page must not pass for a story."""
    article = read_page(
        Page("", None, b"Storm closes the harbour\nMayor opens a new bridge\nTeachers vote for a strike\n")
    )

    assert article.text is None
    assert len(article.related) == 3
    assert article.problems == ("no text",)


def test_a_subheading_stays_in_its_story() -> None:
    """Short lines between paragraphs structure a text; only what speaks of other things is taken out."""
    body = [
        "The council met on Monday and spoke for three hours about the bridge and its long repair.",
        "What comes next",
    ]
    body += [
        "Engineers will inspect every pillar before the end of the month, the mayor told the meeting.",
        "It will cost nine million euros in all, more than twice the sum that was first planned for it.",
    ]

    article = read_page(Page("", None, "\n".join(body).encode()))

    assert (article.text or "").split("\n\n") == body


NOISE = {
    "fr": ("Tweeter", "Temps de lecture : 3 min", "Commentaires (12)", "Écouter l'article", "Crédits : AFP"),
    "en": ("3 min read", "Listen to this article", "12 comments", "Photo by Jane Doe/AP", "Copy link"),
    "de": ("Lesezeit: 3 Min.", "Artikel anhören", "12 Kommentare", "Anzeige", "Quelle: dpa"),
    "es": ("Tiempo de lectura: 3 min", "12 comentarios", "Publicidad", "Síguenos en Twitter", "Tuitear"),
    "it": ("Tempo di lettura: 3 minuti", "12 commenti", "Pubblicità", "Seguici su Twitter", "Fonte: Reuters"),
    "pt": ("Tempo de leitura: 3 min", "12 comentários", "Publicidade", "Siga-nos no Twitter", "Fonte: Reuters"),
    "nl": ("Leestijd: 3 minuten", "12 reacties", "Advertentie", "Volg ons op Twitter", "Bron: Reuters"),
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.language)
def test_lines_of_the_page_are_neither_text_nor_headlines(page: FlatPage) -> None:
    """Counts, calls and credits stand anywhere: before the story, within it and behind."""
    noise = NOISE[page.language]
    first, second, *rest = page.body
    lines = [
        noise[0],
        page.title,
        noise[1],
        first,
        noise[2],
        second,
        *page.behind[:2],
        *rest,
        *noise[3:],
        page.behind[2],
    ]

    article = read_page(Page("", FETCHED_MS, "\n".join(lines).encode()))

    assert (article.text or "").split("\n\n") == list(page.body)
    assert set(article.related) == set(page.behind)
    assert article.title == page.title
