"""A site for the tests of full text: a feed of summaries, and the pages of its stories with a frame around each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from xml.sax.saxutils import escape

from origin import Origin

_WORDS = [
    "harbour",
    "council",
    "winter",
    "river",
    "evening",
    "report",
    "school",
    "market",
    "bridge",
    "doctor",
    "village",
    "minister",
    "garden",
    "engine",
    "answer",
    "window",
    "autumn",
    "library",
    "teacher",
    "station",
    "kitchen",
    "picture",
    "forest",
    "letter",
    "captain",
    "brother",
    "factory",
    "island",
    "journey",
    "history",
    "meeting",
    "morning",
    "neighbour",
    "office",
    "painter",
    "question",
    "railway",
    "season",
    "theatre",
    "valley",
    "weather",
    "writer",
    "yellow",
    "ancient",
    "broken",
    "careful",
    "distant",
    "empty",
    "famous",
    "gentle",
    "heavy",
]
HTML = {"Content-Type": "text/html; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Story:
    """A story of the site, told by its *name*, which is also the path of its page."""

    name: str
    title: str
    summary: str = "A short summary of what the page tells at length."
    content: str = ""


def feed(origin: Origin, stories: Iterable[Story]) -> bytes:
    """Give an RSS document whose items link to the pages at *origin*."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{story.name}</guid><title>{escape(story.title)}</title>"
        f"<link>{origin.url(f'/{story.name}')}</link><description>{escape(story.summary)}</description>"
        + (f"<content:encoded>{escape(story.content)}</content:encoded>" if story.content else "")
        + "<pubDate>Mon, 05 Oct 2026 10:00:00 GMT</pubDate></item>"
        for story in stories
    )
    head = "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><title>Site</title>"
    return f"{head}{items}</channel></rss>".encode()


def paragraphs(name: str, *, words: str = "") -> list[str]:
    """Give the paragraphs of the story *name*, like those of no other; *words* stand in each."""
    chance = Random(name)
    return [
        f"{' '.join(chance.choices(_WORDS, k=30)).capitalize()}, with {words or 'details'} of {name}, part {number}."
        for number in range(6)
    ]


def page(name: str, title: str, *, words: str = "", extra: str = "") -> bytes:
    """Give the page of the story *name*, with what a site puts around it."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs(name, words=words))
    return (
        f"<!doctype html><html lang='en'><head><title>{title} | Site</title></head><body>"
        f"<nav><ul><li><a href='/'>Home</a></li><li><a href='/news'>News</a></li></ul></nav>"
        f"<main><article><h1>{title}</h1>{body}{extra}</article></main>"
        f"<footer><p>© Site. All rights reserved.</p></footer></body></html>"
    ).encode()


def serve_page(origin: Origin, story: Story, *, words: str = "") -> None:
    """Serve the page of *story*."""
    origin.serve(f"/{story.name}", page(story.name, story.title, words=words), headers=HTML)
