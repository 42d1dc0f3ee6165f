"""The shapes in which articles stand on pages: lists of sections, interviews, line breaks for paragraphs, walls.

Every page here is written for these tests; each shape lost a part of its text somewhere, or took in the page's.
"""

from __future__ import annotations

import json

import pytest

from pipeline.model import Page
from pipeline.stages.extract import read_page

TITLE = "Harbour museum to reopen after flood repairs"
STORY = (
    "The harbour museum will reopen to visitors next month after two years of repairs, its trustees said.",
    "Water rose to a metre and a half in the lower galleries during the storm of 2021 and ruined the old wiring.",
    "“We had to take out every floorboard and dry it by hand,” said the director, who has run the museum since 2012.",
    "The repairs cost 2.3 million pounds, most by insurers and by an appeal that drew 11,000 gifts.",
    "Entry will be free for the first week, and schools can book guided tours of the restored ships from Monday.",
)
PARAGRAPHS = "".join(f"<p>{paragraph}</p>" for paragraph in STORY)
COMMENT = "<div class=comment><b>Bob22</b><p>I went there as a child with my grandfather, we loved it.</p></div>"
OTHER = (
    "<article><h1>Ferry company orders two ships</h1><p>The ferry company ordered two electric ships.</p></article>"
)
OTHERS = "".join(f"<li><a href=/{place}>Another headline of the week</a></li>" for place in range(3))
SECTIONS = (
    ("Cafe Anker", "Best buns in town, open all night."),
    ("Cafe Baltic", "Strong tea and a good fire."),
    ("Cafe Cod", "Fish soup at noon, queue early."),
    ("Cafe Dune", "Dogs are welcome."),
    ("Cafe Ebb", "Bring cash."),
)
LIST = "".join(f"<h2>{name}</h2><p>{text}</p>" for name, text in SECTIONS)
QUESTIONS = ("What was the worst day?", "Who paid?", "How was the floor saved?")
INTERVIEW = "".join(
    f"<dt>{question}</dt><dd>{answer}</dd>" for question, answer in zip(QUESTIONS, STORY[1:4], strict=True)
)
ASKED = INTERVIEW.replace("dt>", "p>").replace("dd>", "p>")
PRICES = "<ul><li>Adults: twelve pounds</li><li>Children: Six pounds</li></ul>"
JSON_LD = json.dumps({"@type": "NewsArticle", "headline": TITLE, "articleBody": "\n\n".join(STORY)})

SHAPES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "short sections": (f"<article><p>{STORY[0]}</p>{LIST}</article>", tuple(sum(SECTIONS, (STORY[0],))), ()),
    "questions": (f"<article><dl>{INTERVIEW}</dl></article>", (*QUESTIONS, *STORY[1:4]), ()),
    "a question first": (f"<article>{ASKED}</article>", (*QUESTIONS, *STORY[1:4]), ()),
    "a list at the end": (
        f"<article>{PARAGRAPHS}<p>Prices from Monday:</p>{PRICES}</article>",
        (*STORY, "Six pounds"),
        (),
    ),
    "line breaks": (f"<div id=main><div>{'<br><br>'.join(STORY)}</div></div>", STORY, ()),
    "divisions": (f"<div>{''.join(f'<div>{paragraph}</div>' for paragraph in STORY)}</div>", STORY, ()),
    "comments": (
        f"<article>{PARAGRAPHS}<section id=comments>{COMMENT * 3}</section></article>",
        STORY,
        ("Bob22", "child"),
    ),
    "stories inside": (
        f"<article><p>{STORY[0]}</p><div class=related><ul>{OTHERS}</ul></div>{PARAGRAPHS}</article>",
        STORY,
        ("Another headline",),
    ),
    "next story": (f"<main><article>{PARAGRAPHS}</article>{OTHER}</main>", STORY, ("electric",)),
    "data alone": (
        f"<div id=app>Loading…</div><script type=application/ld+json>{JSON_LD}</script>",
        STORY,
        ("Loading",),
    ),
    "template": (
        f"<article><template><p>{STORY[4]} Never shown.</p></template>{PARAGRAPHS}</article>",
        STORY,
        ("Never",),
    ),
}

WALLS = (
    "Subscribe to continue reading this story and all others.",
    "La suite de cet article est réservée aux abonnés.",
    "Il vous reste 75.5% de cet article à lire.",
    "Dieser Artikel ist exklusiv für Abonnenten unserer Zeitung.",
    "Contenido exclusivo para suscriptores de nuestro diario.",
    "Contenuto riservato agli abbonati del nostro giornale.",
    "Conteúdo exclusivo para assinantes do nosso jornal.",
    "Dit artikel is alleen voor abonnees van onze krant.",
)


def page(body: str) -> Page:
    """Make a page of *body* with the furniture of a small newspaper around it."""
    html = (
        f"<!doctype html><html lang=en><head><title>{TITLE} - Coast Weekly</title></head><body>"
        f"<nav><a href=/>Home</a> <a href=/news>News</a></nav><h1>{TITLE}</h1>{body}"
        "<footer><p>© 2026 Coast Weekly. All rights reserved.</p></footer></body></html>"
    )
    return Page("https://example.org/news/museum", None, html.encode())


@pytest.mark.parametrize("shape", SHAPES)
def test_an_article_is_read_in_the_shape_it_stands_in(shape: str) -> None:
    """No text is lost for its form, and nothing of the page comes with it."""
    body, wanted, unwanted = SHAPES[shape]

    text = read_page(page(body)).text or ""

    assert [part for part in wanted if part not in text] == []
    assert [part for part in (*unwanted, "All rights reserved") if part in text] == []


@pytest.mark.parametrize("wall", WALLS)
def test_where_a_page_stops_for_readers_is_no_text_and_said(wall: str) -> None:
    """A subscriber must not take a beginning for the whole, nor read the call to pay as its last sentence."""
    article = read_page(page(f"<article><p>{STORY[0]}</p><p>{STORY[1]}</p><p>{wall}</p></article>"))

    assert article.text == "\n\n".join(STORY[:2])
    assert "paywall" in article.problems


def test_people_who_subscribe_in_a_story_stay_in_it() -> None:
    """Only the beginning of a block tells a wall."""
    said = "She was already a member when the club asked all readers to subscribe to continue its work on the coast."

    assert said in (read_page(page(f"<article>{PARAGRAPHS}<p>{said}</p></article>")).text or "")
