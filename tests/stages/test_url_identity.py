"""Addresses of one article and of two: what must merge, what must not, which canonical of a page is believed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.url_identity import believed_canonical, identity_key, resolved
from pipeline.stages.url_wrappers import unwrapped
from pipeline.stages.urls import absolute

ONE = "https://www.example.org/news/a-story"
MERGE = [
    *((ONE, f"{ONE}{tail}") for tail in (
        "/", "#comments", "?", "?utm_source=rss", "?utm_medium=x&utm_campaign=y", "?xtor=RSS-1", "?at_medium=RSS",
        "?fbclid=a", "?gclid=b", "?CMP=rss", "?ref=rss", "/amp", "/amp/", "?amp=1", "?amp", "?outputType=amp",
        "/index.html", "/index.php", "?source=rss", "?igshid=1", "?mc_cid=1&mc_eid=2", "?yclid=3", "?ns_mchannel=rss",
        "?ftag=CAD", "?msclkid=1", "?amp=true", "?_ga=1.2", "?smid=tw", "?ocid=socialflow", "?twclid=2",
    )),
    *((ONE, f"{front}example.org/news/a-story") for front in (
        "http://", "https://", "http://www.", "https://m.", "https://amp.", "https://mobile.", "HTTPS://WWW.",
    )),
    (ONE, "https://www.example.org:443/news/a-story"), (ONE, "http://www.example.org:80/news/a-story"),
    (ONE, "https://www.example.org./news/a-story"), (ONE, "https://www.example.org/news/./a-story"),
    (ONE, "https://www.example.org/x/../news/a-story"), (ONE, "https://www.example.org/news/%61-story"),
    (ONE, "https://www-example-org.cdn.ampproject.org/c/s/www.example.org/news/a-story"),
    (ONE, "https://www-example-org.cdn.ampproject.org/v/s/www.example.org/news/a-story/amp"),
    (ONE, "https://www.google.com/amp/s/www.example.org/news/a-story"),
    (ONE, "https://www.google.com/url?rct=j&sa=t&url=https://www.example.org/news/a-story&ct=ga"),
    (ONE, "https://www.google.com/url?q=https%3A%2F%2Fwww.example.org%2Fnews%2Fa-story&sa=D"),
    (ONE, "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.example.org%2Fnews%2Fa-story%3Ffbclid%3Dx&h=A"),
    (ONE, "https://duckduckgo.com/l/?uddg=https%3A%2F%2Fwww.example.org%2Fnews%2Fa-story&rut=1"),
    (ONE, "https://www.youtube.com/redirect?event=v&q=https%3A%2F%2Fwww.example.org%2Fnews%2Fa-story"),
    (ONE, "https://vk.com/away.php?to=https%3A%2F%2Fwww.example.org%2Fnews%2Fa-story"),
    (ONE, "https://out.reddit.com/?url=https%3A%2F%2Fwww.example.org%2Fnews%2Fa-story"),
    (ONE, "https://www.linkedin.com/redir/redirect?url=https%3A%2F%2Fwww.example.org%2Fnews%2Fa-story"),
    (f"{ONE}?a=1&b=2", f"{ONE}?b=2&a=1"), (f"{ONE}?a=1&b=2", f"{ONE}?b=2&utm_source=x&a=1"),
    (f"{ONE}?a=1&b=2", f"{ONE}?a=1&amp;b=2"), (f"{ONE}?id=3", "http://example.org/news/a-story?id=3#top"),
    ("https://example.org/%c3%a9t%c3%a9", "https://example.org/%C3%A9t%C3%A9"),
    ("https://example.org/~ann/", "https://example.org/%7Eann"), ("https://example.org", "http://www.example.org/"),
    ("https://example.org/a.html", "https://example.org/a.amp.html"),
    ("https://example.org/#!/a", "http://example.org/#!/a"),
    ("https://xn--mller-kva.example/a", "https://XN--MLLER-KVA.example/a"), ("http://[::1]/a", "http://[::1]:80/a/"),
]  # fmt: skip

APART = [
    ("https://forum.golem.de/a", "https://forugolem.de/a"),
    *((f"{ONE}?{name}=1", f"{ONE}?{name}=2") for name in (
        "id", "p", "page", "article", "story", "v", "q", "t", "date", "lang", "sid", "storyid", "news_id", "item",
    )),
    *((ONE, f"https://www.example.org/{path}") for path in (
        "news/a-story-2", "news/A-story", "news", "sport/a-story", "news/a-story/2", "news/a-story.pdf", "a-story",
        "amp", "news/a-story/comments", "news/a-story/print", "news/a%2Fstory", "news//a-story", "en/news/a-story",
    )),
    (ONE, "https://www.example.com/news/a-story"), (ONE, "https://blog.example.org/news/a-story"),
    (ONE, "https://www.example.org:8080/news/a-story"), (f"{ONE}?ref=main", ONE),
    (f"{ONE}?source=lemonde", f"{ONE}?source=figaro"), ("https://example.org/#!/a", "https://example.org/#!/b"),
    ("https://example.org/#/a", "https://example.org/#/b"),
    ("https://example.org/a?x=1&x=2", "https://example.org/a?x=1"),
    ("https://google.com/url?q=cats", "https://google.com/url?q=dogs"), ("https://m.example/a", "https://www.example/a"),
    ("https://youtube.com/watch?v=a", "https://youtube.com/watch?v=b"),
    ("https://example.org/camp", "https://example.org/c"),
    ("https://example.org/a?p=", "https://example.org/a"), ("https://example.org/a?amp=2", "https://example.org/a"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), MERGE)
def test_one_article_has_one_key(one: str, other: str) -> None:
    """However a reader was led there, it is the same article, and shown once."""
    assert identity_key(one) == identity_key(other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_two_articles_have_two_keys(one: str, other: str) -> None:
    """A wrong merge loses an article, which is worse than a repeat."""
    assert identity_key(one) != identity_key(other)


@pytest.mark.parametrize(
    ("claimed", "believed"),
    [
        ("https://example.org/news/a-story", "https://example.org/news/a-story"),
        ("/news/a-story?utm_source=x", "https://www.example.org/news/a-story"),
        ("https://other.example/news/a-story", None),
        ("https://www.example.org/", None),
        ("javascript:1", None),
        (None, None),
    ],
)
def test_the_canonical_of_a_page_is_believed_only_if_it_can_be(claimed: str | None, believed: str | None) -> None:
    """Templates that name the home page on every page would merge a whole site into one article."""
    assert believed_canonical(f"{ONE}/amp", claimed) == believed


@given(st.text(max_size=60))
def test_any_address_has_a_key_and_leads_somewhere(tail: str) -> None:
    """Feeds write anything: an address that cannot be read is its own key."""
    for host in ("example.org", "www.google.com/url?q=", "x.cdn.ampproject.org/c/"):
        url = absolute(f"https://{host}/{tail}", None) or tail
        assert identity_key(unwrapped(url)) == identity_key(url)
        believed_canonical(ONE, tail)


@pytest.mark.parametrize(
    ("asked", "answered", "named", "address"),
    [
        ("https://short.example/x", "https://news.org/a/story?utm_source=s", None, "https://news.org/a/story"),
        ("https://short.example/x", "https://amp.news.org/a", "https://news.org/a", "https://news.org/a"),
        ("https://news.org/a", "https://www.news.org/a", None, None),
        ("http://m.news.co.uk/a", "https://www.news.co.uk/b", None, None),
        ("https://short.example/x", "https://news.org/", None, None),
        ("https://short.example/x", "https://short.example/x", None, None),
    ],
)
def test_a_redirector_is_told_by_where_it_leads(
    asked: str, answered: str, named: str | None, address: str | None
) -> None:
    """A site that moves readers within itself keeps its link; a link that ends at a home page lost its article."""
    assert resolved(asked, answered, named) == address


@pytest.mark.parametrize(
    "path",
    ["/a/b.html", "/a/", "/a/index.html", "/a/amp", "/a/b.amp.html", "/a/Default.aspx", "/campus/x.y", "/a/b.amp"],
)
def test_a_plain_address_has_the_key_of_its_tracked_form(path: str) -> None:
    """Plain addresses take a short way to their key; a link with tracking takes the long one and must meet it."""
    plain = identity_key(f"https://www.example.org{path}")
    assert plain == identity_key(f"HTTP://WWW.EXAMPLE.org:80{path}?utm_source=rss#top")
