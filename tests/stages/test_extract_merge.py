"""What a page adds to the article of its feed, and what the pages of a site repeat."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import Article, ArticleDate, FeedReference, Page, PageArticle
from pipeline.stages.extract import SiteMemory, learnt, merge_page, packed, read_page, unpacked
from pipeline.stages.extract.boilerplate import MOST_LINES

FROM_FEED = Article(
    id="0" * 32,
    feed=FeedReference("1" * 16, "https://example.org/feed.xml"),
    url="https://example.org/story",
    title="The harbour museum reopens",
    summary="After two years of repairs.",
    authors=("Martha Gray",),
    language="en-GB",
    language_source="feed",
    published=ArticleDate(1_700_000_000_000, "second", "feed:pubDate", "as the feed has it"),
    problems=("summary only",),
)
PAGE = PageArticle(
    url="https://example.org/other",
    title="Museum reopens | The Coast",
    summary="Another summary.",
    text="The harbour museum will reopen next month. " * 20,
    html="<p>…</p>",
    authors=("Staff",),
    language="en",
    language_source="page",
    published=ArticleDate(1_700_000_300_000, "second", "page:json-ld", "as the page has it"),
    updated=ArticleDate(1_700_009_000_000, "second", "page:json-ld", "later"),
    image="https://example.org/image.jpg",
    related=("Rail fares to rise",),
    complete=True,
)


def test_a_page_gives_the_text_its_feed_held_back() -> None:
    """This is what pages are fetched for; what the feed said stays as it was."""
    merged = merge_page(FROM_FEED, PAGE)

    assert (merged.text, merged.html, merged.related) == (PAGE.text, PAGE.html, PAGE.related)
    assert (merged.image, merged.updated) == (PAGE.image, PAGE.updated)
    assert merged.problems == ()
    kept = ("id", "url", "title", "summary", "authors", "language", "language_source", "published")
    assert all(getattr(merged, name) == getattr(FROM_FEED, name) for name in kept)


def test_a_page_fills_what_its_feed_left_open() -> None:
    """A feed of bare links becomes a feed of articles."""
    bare = Article(id="0" * 32, feed=FROM_FEED.feed, problems=("no text",))

    merged = merge_page(bare, PAGE)

    filled = ("url", "title", "summary", "text", "authors", "language", "language_source", "published", "image")
    assert all(getattr(merged, name) == getattr(PAGE, name) for name in filled)
    assert merged.problems == ()


@pytest.mark.parametrize(
    "page",
    [
        PageArticle(problems=("no text",)),
        replace(PAGE, text="Subscribe to read on.", complete=False, problems=("paywall",)),
        replace(PAGE, text="The first two sentences. Only.", complete=True),
    ],
)
def test_a_page_that_says_less_replaces_nothing(page: PageArticle) -> None:
    """A wall must not take from readers the text that the feed gave them."""
    full = replace(FROM_FEED, text="The whole story, as the feed has it. " * 10, html="<p>whole</p>", problems=())

    merged = merge_page(full, page)

    assert (merged.text, merged.html) == (full.text, full.html)
    assert merged.problems == page.problems


def date(at_ms: int, **more: object) -> ArticleDate:
    """Give a date of the feed at *at_ms*."""
    return replace(ArticleDate(at_ms, "second", "feed", "raw"), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("of_feed", "taken"),
    [
        (date(1_699_920_000_000, precision="day"), "page"),
        (date(1_600_000_000_000, precision="day"), "feed"),
        (date(1_699_993_100_000, inferred=("zone",)), "page"),
        (date(1_690_000_000_000, inferred=("zone",)), "feed"),
        (date(1_700_000_000_000), "feed"),
        (None, "page"),
    ],
)
def test_a_date_gives_way_only_to_one_that_says_more(of_feed: ArticleDate | None, taken: str) -> None:
    """Feeds date the entry, pages sometimes the last change of a comma."""
    merged = merge_page(replace(FROM_FEED, published=of_feed), PAGE)

    assert merged.published == (PAGE.published if taken == "page" else of_feed)


def page_of(story: str) -> Page:
    """Give a page of one site: its *story*, and the line that the site puts under each."""
    paragraphs = "".join(
        f"<p>{story} number {n}, told at a length that nobody takes for a headline.</p>" for n in range(4)
    )
    slogan = "<p>The Coast has told the truth about this shore and its people every morning since 1884.</p>"
    return Page("", None, f"<h1>{story}</h1><div>{paragraphs}{slogan}</div>".encode())


def test_a_line_on_several_pages_of_a_site_is_no_part_of_its_stories() -> None:
    """No rule can know a site's own slogan; its other pages do."""
    stories = ["The bridge", "The harbour", "The mayor", "The storm"]
    memory = SiteMemory()
    texts = []
    for story in stories:
        article = read_page(page_of(story), memory=memory)
        texts.append(article.text or "")
        memory = learnt(memory, (read_page(page_of(story)).text or "").split("\n\n"))

    assert ["every morning since 1884" in text for text in texts] == [True, True, True, False]
    assert all(f"{story} number 3" in text for story, text in zip(stories, texts, strict=True))


def test_a_site_that_never_repeats_itself_is_remembered_in_bounded_space() -> None:
    """A worker holds the memory of thousands of sites."""
    memory = learnt(SiteMemory(), ["A line that stands on every page"])
    for page in range(30):
        memory = learnt(
            memory, ["A line that stands on every page", *(f"line {line} of page {page}" for line in range(200))]
        )

    assert len(memory.counts) == MOST_LINES
    assert memory.repeats("A  line that stands on every PAGE")
    assert not memory.repeats("line 199 of page 29")


@given(st.lists(st.lists(st.text(min_size=12, max_size=40), max_size=5), max_size=5))
def test_a_memory_survives_its_bytes(pages: list[list[str]]) -> None:
    """It is kept between workers; what another version cut short must still be read."""
    memory = SiteMemory()
    for lines in pages:
        memory = learnt(memory, lines)

    assert unpacked(packed(memory)) == memory
    assert unpacked(packed(memory) + b"cut") == memory
