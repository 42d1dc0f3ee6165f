"""Entries to articles: what the feed says, cleaned, and never more than it says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import Article, ArticleDate, Attachment, Entry, FeedReference, Link, RawDate, Rejected
from pipeline.stages.identity import article_id
from pipeline.stages.normalize import Origin, language_tag, normalize
from pipeline.stages.people import author_name

FEED = FeedReference("0123456789abcdef", "https://example.org/feed.xml", "Example")
FETCHED_MS = 1_444_402_440_000  # 2015-10-09T14:54:00Z
ENTRY = Entry(guid="1", link="https://example.org/news/1", title_html="Title")
replace = Entry._replace


def article_of(entry: Entry, *, feed_language: str | None = None, fetched_ms: int | None = FETCHED_MS) -> Article:
    """Normalize *entry*, which must become an article."""
    outcome = normalize(entry, key="k", origin=Origin(FEED, FEED.url, feed_language, fetched_ms))
    assert isinstance(outcome, Article), outcome
    return outcome


def test_an_entry_becomes_an_article() -> None:
    """Every field that a feed can fill is filled from it."""
    entry = Entry(
        guid="1",
        link=" /news/1?utm_source=rss&id=7#top ",
        title_html="Le <i>titre</i>",
        summary_html="Un r&eacute;sum&eacute;",
        content_html='<p>Un</p><p>Deux <a href="deux">x</a></p>',
        authors=("noreply@example.org (Ann Onyme)", "Bob", "Bob "),
        categories=("Monde", "", "Monde", "Arts &amp; Lettres"),
        language="fr_fr",
        published=RawDate("Fri, 09 Oct 2015 14:54:00 GMT", "pubDate"),
        updated=RawDate("2015-10-09T14:54:30Z", "updated"),
        image="/i.jpg",
        enclosures=(Link("/a.mp3", "enclosure", "audio/mpeg", 12), Link("javascript:x", "enclosure")),
    )

    assert article_of(entry) == Article(
        id=article_id(FEED.id, "k"),
        feed=FEED,
        url="https://example.org/news/1?id=7",
        source_url="/news/1?utm_source=rss&id=7#top",
        title="Le titre",
        summary="Un résumé",
        text="Un\n\nDeux x",
        html='<p>Un</p><p>Deux <a href="https://example.org/news/deux" rel="noopener noreferrer">x</a></p>',
        authors=("Ann Onyme", "Bob"),
        categories=("Monde", "Arts & Lettres"),
        language="fr-FR",
        language_source="feed",
        published=ArticleDate(FETCHED_MS, "second", "feed:pubDate", "Fri, 09 Oct 2015 14:54:00 GMT"),
        updated=ArticleDate(FETCHED_MS + 30_000, "second", "feed:updated", "2015-10-09T14:54:30Z"),
        image="https://example.org/i.jpg",
        attachments=(Attachment("https://example.org/a.mp3", "audio/mpeg", 12),),
    )


def test_a_summary_alone_is_no_full_text() -> None:
    """A teaser passed off as the text would end up in archives as the article."""
    article = article_of(replace(ENTRY, summary_html="<p>Teaser</p>"))

    assert (article.summary, article.text, article.html) == ("Teaser", None, "<p>Teaser</p>")
    assert article.problems == ("summary only",)


def test_a_full_text_without_summary_gets_none() -> None:
    """A summary is never invented."""
    article = article_of(replace(ENTRY, content_html="<p>Text</p>"))

    assert (article.summary, article.text, article.problems) == (None, "Text", ())


@pytest.mark.parametrize(
    "entry",
    [
        Entry(),
        Entry(guid="1"),
        Entry(link="javascript:alert(1)"),
        Entry(title_html="<img src=x>", summary_html=" &nbsp; "),
        Entry(guid="1", enclosures=(Link("https://example.org/a.mp3", "enclosure"),)),
    ],
)
def test_an_entry_with_nothing_to_show_is_rejected(entry: Entry) -> None:
    """A reader cannot do anything with it; the reason is kept for the operator."""
    outcome = normalize(entry, key="the key", origin=Origin(FEED, FEED.url))

    assert outcome == Rejected("nothing to show: no title, link or text", which="the key")


@pytest.mark.parametrize(
    "entry",
    [Entry(title_html="x"), Entry(link="https://example.org/1"), Entry(summary_html="x"), Entry(content_html="x")],
)
def test_any_one_of_title_link_and_text_is_enough(entry: Entry) -> None:
    """Notes have no title, headlines no text."""
    article_of(entry)


def test_a_date_that_is_none_is_named_as_a_problem() -> None:
    """Unknown is null; what stood there is kept, cut to a line."""
    article = article_of(replace(ENTRY, published=RawDate("yesterday\n" + "x" * 200, "pubDate"), content_html="x"))

    assert article.published is None
    (problem,) = article.problems
    assert problem.startswith('published date not understood: "yesterday')
    assert len(problem) < 120


def test_a_date_after_the_fetch_is_not_believed() -> None:
    """A feed cannot have published tomorrow's news yesterday; without a fetch time there is nothing to compare."""
    entry = replace(ENTRY, published=RawDate("2016-01-01T00:00:00Z", "published"))

    assert article_of(entry).published is None
    assert article_of(entry, fetched_ms=None).published is not None


@pytest.mark.parametrize(
    ("entry_language", "feed_language", "expected"),
    [("fr", "en", "fr"), (None, "en-us", "en-US"), ("nonsense!", "en", "en"), (None, None, None), (None, "x", None)],
)
def test_the_language_of_the_entry_wins_over_that_of_the_feed(
    entry_language: str | None, feed_language: str | None, expected: str | None
) -> None:
    """Feeds in several languages say so entry by entry."""
    article = article_of(replace(ENTRY, language=entry_language), feed_language=feed_language)

    assert article.language == expected
    assert article.language_source == ("feed" if expected else None)


@pytest.mark.parametrize(
    ("raw", "tag"),
    [
        ("fr", "fr"),
        ("FR", "fr"),
        ("en-gb", "en-GB"),
        ("en-uk", "en-GB"),
        ("fr_FR", "fr-FR"),
        ("fr_FR.UTF-8", "fr-FR"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("eng", "en"),
        ("fil", "fil"),
        (" pt-BR ", "pt-BR"),
        ("de-DE-1996", "de-DE"),
        ("English", None),
        ("und", None),
        ("", None),
        (None, None),
        ("e", None),
        ("<b>", None),
        ("en us", None),
    ],
)
def test_a_language_becomes_a_tag_or_unknown(raw: str | None, tag: str | None) -> None:
    """Subscribers filter by this field: one language, one spelling."""
    assert language_tag(raw) == tag


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Ann Onyme", "Ann Onyme"),
        ("noreply@blogger.com (Ann Onyme)", "Ann Onyme"),
        ("ann@example.org (Ann)", "Ann"),
        ("Ann Onyme <ann@example.org>", "Ann Onyme"),
        ('"Ann" <ann@example.org>', "Ann"),
        ("Ann Onyme (ann@news.museum)", "Ann Onyme"),
        ('Dwayne "The Rock"', 'Dwayne "The Rock"'),
        ('"', '"'),
        ("noreply@example.org", ""),
        ("no-reply@example.org", ""),
        ("ann@example.org", "ann@example.org"),
        ("  Ann\n Onyme ", "Ann Onyme"),
        ("Fran&ccedil;ois", "François"),
        ("<a href='/ann'>Ann</a>", "Ann"),
    ],
)
def test_an_author_is_a_name(raw: str, name: str) -> None:
    """RSS asks for a mail address where readers want a name."""
    assert author_name(raw) == name


def test_addresses_in_the_text_are_read_against_the_base_the_feed_names() -> None:
    """`xml:base` wins over the entry's own page."""
    entry = replace(ENTRY, link="1.html", base_url="/blog/", content_html='<img src="i.png">')

    article = article_of(entry)

    assert article.url == "https://example.org/blog/1.html"
    assert article.html == '<img src="https://example.org/blog/i.png">'


MARKUP = st.one_of(st.none(), st.text(max_size=30))


@given(
    st.builds(
        Entry,
        guid=MARKUP,
        link=MARKUP,
        title_html=MARKUP,
        summary_html=MARKUP,
        content_html=MARKUP,
        authors=st.lists(st.text(max_size=20), max_size=3).map(tuple),
        categories=st.lists(st.text(max_size=20), max_size=3).map(tuple),
        language=MARKUP,
        published=st.one_of(st.none(), st.builds(RawDate, st.text(max_size=30), st.just("pubDate"))),
        image=MARKUP,
        base_url=MARKUP,
    )
)
def test_any_entry_is_an_article_or_rejected(entry: Entry) -> None:
    """Normalizing never raises, and what it gives can be written as UTF-8."""
    outcome = normalize(entry, key="k", origin=Origin(FEED, FEED.url))

    if isinstance(outcome, Article):
        for text in (outcome.title, outcome.summary, outcome.text, outcome.html, outcome.url, outcome.source_url):
            (text or "").encode()
