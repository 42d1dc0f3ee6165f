"""HTML pages: the body of the article and nothing else, and what the page says of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.model import Page, PageArticle
from pipeline.stages.extract import read_page
from pipeline.wire import ms_from_rfc3339, rfc3339
from tests.pages import BODY, FRAME, HEAD, LINKED, PARAGRAPHS, STORY, URL


def read(html: str, url: str = URL) -> PageArticle:
    """Read *html* as a page fetched from *url*."""
    return read_page(Page(url, ms_from_rfc3339("2023-06-01T00:00:00Z"), html.encode()))


def test_the_body_is_the_text_and_nothing_else() -> None:
    """What a subscriber gets must need no cleaning."""
    article = read(STORY)

    assert (article.text or "").split("\n\n") == list(PARAGRAPHS)
    assert article.html == "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    assert article.complete
    assert article.problems == ()


def test_every_field_comes_from_its_best_witness() -> None:
    """JSON-LD knows the authors, the time and the picture; the page's own canonical address is plausible."""
    article = read(STORY)

    assert article.url == "https://www.coast.example/news/2023/05/04/harbour-museum-reopens"
    assert article.title == "Harbour museum to reopen after flood repairs"
    assert article.summary == "Two years after the storm."
    assert article.authors == ("Martha Gray", "John Roe", "Ann Poe")
    assert (article.language, article.language_source) == ("en", "page")
    assert article.published is not None
    assert (rfc3339(article.published.at_ms), article.published.source) == ("2023-05-04T08:15:00Z", "page:json-ld")
    assert article.updated is not None
    assert rfc3339(article.updated.at_ms) == "2023-05-04T10:00:00Z"
    assert article.image == "https://img.coast.example/museum.jpg"
    assert "Council approves new cycle lanes for the ring road" in article.related
    assert "Storm defences along the coast still unfinished" in article.related


def test_a_page_without_json_ld_is_read_by_what_it_shows() -> None:
    """Half of the pages of the corpora have none that is whole."""
    article = read(FRAME.format(head=HEAD, body=BODY))

    assert article.title == "Harbour museum to reopen after flood repairs"
    assert article.authors == ("Martha Gray",)
    assert article.published is not None
    assert (rfc3339(article.published.at_ms), article.published.source) == ("2023-05-04T08:15:00Z", "page:time")
    assert article.image == "https://www.coast.example/images/museum.jpg"


def test_a_page_with_nothing_but_its_address_has_the_day_of_its_address() -> None:
    """An address tells a day; it is the last witness to be heard."""
    article = read("<html><body>" + BODY + "</body></html>")

    assert article.published is not None
    assert (article.published.source, article.published.precision) == ("url", "day")
    assert rfc3339(article.published.at_ms) == "2023-05-04T00:00:00Z"


@pytest.mark.parametrize(
    "wrapper", ['<div class="promo">', '<section id="sidebar-main">', '<div class="comment-free">', "<form>"]
)
def test_a_story_that_stands_in_furniture_is_found(wrapper: str) -> None:
    """Class names lie: a mark counts only while it holds less than the rest of the page."""
    html = FRAME.replace('<div class="story">{body}</div>', wrapper + "{body}" + "</div></section></form>")

    article = read(html.format(head=HEAD, body=BODY))

    assert (article.text or "").split("\n\n")[: len(PARAGRAPHS)] == list(PARAGRAPHS)


def test_a_story_in_sections_is_found_whole() -> None:
    """Advertisements part a story into boxes of their own."""
    sections = "".join(
        f"<div class='w{n}'><div><p>{p}</p></div></div><div>Advertisement</div>" for n, p in enumerate(PARAGRAPHS)
    )

    article = read(FRAME.format(head=HEAD, body=sections))

    assert (article.text or "").split("\n\n") == list(PARAGRAPHS)


def test_paragraphs_that_line_breaks_part_are_paragraphs() -> None:
    """Old systems write no <p>."""
    article = read(FRAME.format(head=HEAD, body="<br><br>".join(PARAGRAPHS)))

    assert (article.text or "").split("\n\n") == list(PARAGRAPHS)


def test_lists_and_headings_of_a_story_are_kept() -> None:
    """They are text too, in their order."""
    body = f"<p>{PARAGRAPHS[0]}</p><h2>What is new</h2><ul><li>a lift</li><li>a café</li></ul><p>{PARAGRAPHS[1]}</p>"

    article = read(FRAME.format(head=HEAD, body=body))

    assert article.text == f"{PARAGRAPHS[0]}\n\nWhat is new\n\na lift\na café\n\n{PARAGRAPHS[1]}"
    assert "<h2>What is new</h2><ul><li>a lift</li><li>a café</li></ul>" in (article.html or "")


def test_a_witness_is_heard_where_the_page_holds_back() -> None:
    """Some pages draw their text by script, or hide it; JSON-LD has it."""
    said = "\\n\\n".join(PARAGRAPHS)
    linked = f'<script type="application/ld+json">{{"@type": "Article", "articleBody": "{said}"}}</script>'

    article = read(FRAME.format(head=HEAD + linked, body=f"<p>{PARAGRAPHS[0]}</p>"))

    assert (article.text or "").split("\n\n") == list(PARAGRAPHS)


def test_a_wall_is_named() -> None:
    """A subscriber must know that there is more."""
    walled = LINKED.replace('"inLanguage"', '"isAccessibleForFree": "False", "inLanguage"')

    article = read(FRAME.format(head=HEAD + walled, body=f"<p>{PARAGRAPHS[0]}</p>"))

    assert "paywall" in article.problems
    assert not article.complete


@pytest.mark.parametrize(
    ("claim", "taken"),
    [
        ("https://www.coast.example/news/2023/05/04/museum", True),
        ("/news/2023/05/04/harbour", True),
        ("https://m.coast.example/news/2023/05/harbour-museum-reopens", True),
        ("https://www.coast.example/", False),
        ("https://www.coast.example/news", False),
        ("https://agency.example/news/2023/05/04/harbour-museum-reopens", False),
        ("javascript:alert(1)", False),
    ],
)
def test_a_canonical_address_counts_where_it_is_plausible(claim: str, taken: bool) -> None:
    """Sites point all their pages at the front page, or at whom they copied from."""
    html = STORY.replace(
        'rel="canonical" href="https://www.coast.example/news/2023/05/04/harbour-museum-reopens"',
        f'rel="canonical" href="{claim}"',
    )

    article = read(html)

    assert (article.url != URL.partition("?")[0]) is taken


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252", "utf-16"])
def test_a_page_is_read_in_its_own_characters(charset: str) -> None:
    """The header, the page and the bytes may each say another."""
    html = FRAME.format(
        head=f'<meta charset="{charset}">',
        body="<p>Le café est fermé, dit-on « à jamais », près de la forêt où l'été s'achève.</p>" * 3,
    )

    article = read_page(Page("", None, html.encode(charset)))

    assert "« à jamais », près de la forêt où l'été" in (article.text or "")


def test_a_front_page_is_no_article() -> None:
    """Teasers make no story, however many there are."""
    teasers = "".join(
        f"<li><a href='/{n}'><h3>Council approves new cycle lanes, part {n}</h3><p>And what it said.</p></a></li>"
        for n in range(30)
    )

    article = read(
        f"<html><head><title>The Coast</title></head><body><ul>{teasers}</ul></body></html>",
        "https://www.coast.example/",
    )

    assert article.text is None
    assert not article.complete
    assert len(article.related) == 30


def test_a_card_that_is_a_link_is_no_paragraph() -> None:
    """Teasers wrap a headline and a sentence in one link; each block of it is linked text."""
    card = "<a href='/x'><h3>Council approves lanes</h3><p>The ring road gets its lanes this autumn.</p></a>"

    article = read(FRAME.format(head=HEAD, body=BODY + card))

    assert (article.text or "").split("\n\n") == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "line",
    [
        "Martha Gray is a senior reporter at The Coast. She has covered the harbour since 2009.",
        "Reporting by Martha Gray; editing by John Roe",
        "Sign up for our newsletter and never miss a tide.",
        "Suivez-nous sur Facebook et Instagram",
        "Lesen Sie auch: Der Hafen von morgen",
        "© 2023 The Coast. All rights reserved.",
        "Foto: Coastal Press / dpa",
    ],
)
def test_a_line_about_the_page_is_no_part_of_its_story(line: str) -> None:
    """They stand in the same box as the story, in the same paragraphs."""
    article = read(FRAME.format(head=HEAD, body=BODY + f"<p>{line}</p>"))

    assert (article.text or "").split("\n\n") == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "line",
    [
        "Follow the river for a mile and you will see the old mill, said the guide, who knows every stone of it.",
        "Published in 1998, the novel that made her name is set in the harbour and its narrow streets.",
        "Most popular among visitors is the lifeboat, which saved forty lives in the winter of 1953.",
        "Copyright law protects the drawings for another twenty years, the museum's lawyer told the meeting.",
        "Sigue en prisión el hombre que robó la campana en la noche del domingo, dijo la policía.",
        "Mehr von ihm erwartet der Trainer erst im Frühjahr, wenn das Knie wieder ganz gesund ist.",
    ],
)
def test_a_sentence_that_begins_like_a_call_is_part_of_the_story(line: str) -> None:
    """A rule that eats sentences is worse than the furniture it removes."""
    article = read(FRAME.format(head=HEAD, body=f"<p>{line}</p>{BODY}"))

    assert (article.text or "").split("\n\n") == [line, *PARAGRAPHS]


def test_a_page_that_holds_its_text_twice_tells_it_once() -> None:
    """For wide windows and for narrow ones; style sheets hide either."""
    article = read(FRAME.format(head=HEAD, body=f"<div class='wide'>{BODY}</div><div class='narrow'>{BODY}</div>"))

    assert (article.text or "").split("\n\n") == list(PARAGRAPHS)


def test_an_anchor_is_no_link() -> None:
    """Old pages open <a name=top> and never close it: all their text would be that of one link."""
    article = read(FRAME.format(head=HEAD, body=f'<a name="top">{BODY}'))

    assert (article.text or "").split("\n\n") == list(PARAGRAPHS)


def test_what_is_marked_as_the_body_is_no_furniture() -> None:
    """Long comments, unmarked, must not make a short story in a box called "promo" go unseen."""
    comments = "".join(
        f"<p>Comment {n} goes on about the old ferry at great length, as they all do here.</p>" for n in range(30)
    )
    body = f'<div class="promo"><div itemprop="articleBody">{BODY}</div></div>'

    article = read(FRAME.format(head=HEAD, body=body).replace("</article>", f"</article><div>{comments}</div>"))

    assert (article.text or "").split("\n\n")[: len(PARAGRAPHS)] == list(PARAGRAPHS)


def test_an_element_of_the_sites_own_does_not_break_a_line() -> None:
    """Custom elements stand in sentences, for prices and people."""
    broken = f"<p>{PARAGRAPHS[0].replace('Thursday', '<x-day>Thursday</x-day>')}</p>"

    article = read(FRAME.format(head=HEAD, body=broken + f"<p>{PARAGRAPHS[1]}</p>"))

    assert (article.text or "").split("\n\n") == list(PARAGRAPHS[:2])


def test_reading_twice_gives_the_same() -> None:
    """Workers repeat jobs."""
    page = Page(URL, None, STORY.encode())

    assert read_page(page) == read_page(replace(page))
