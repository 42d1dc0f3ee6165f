"""Addresses: absolute as browsers read them, canonical as articles are known, feeds as operators type them."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import UsageError
from pipeline.stages.urls import absolute, canonical, feed_id, feed_url, host_of, without_dot_segments

BASE = "https://example.org/news/feed.xml?x=1"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/b?c=d#e", "https://a.example/b?c=d#e"),
        ("/a/b", "https://example.org/a/b"),
        ("a/b?c", "https://example.org/news/a/b?c"),
        ("../a", "https://example.org/a"),
        ("?page=2", "https://example.org/news/feed.xml?page=2"),
        ("//cdn.example/x.png", "https://cdn.example/x.png"),
        ("  https://a.example/b\n", "https://a.example/b"),
        ("https://a.exa\nmple/\tb", "https://a.example/b"),
        ("HTTP://a.example/B", "http://a.example/B"),
        ("http:/a.example/b", "http://a.example/b"),
        ("http:////a.example/b", "http://a.example/b"),
        ("https:\\\\a.example/b", "https://a.example/b"),
        ("www.a.example/b", "http://www.a.example/b"),
        ("https://a.example/a b", "https://a.example/a%20b"),
        ("https://a.example/été?q=ça", "https://a.example/%C3%A9t%C3%A9?q=%C3%A7a"),
        ("https://a.example/100%", "https://a.example/100%25"),
        ("https://a.example/%C3%A9", "https://a.example/%C3%A9"),
        ("https://a.example/?f[]=1", "https://a.example/?f[]=1"),
        ("https://müller.example/", "https://xn--mller-kva.example/"),
        ("https://user:secret@a.example:8443/", "https://user:secret@a.example:8443/"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        ("http://[::1]/a b", "http://[::1]/a%20b"),
        ('https://a.example/"><script>', "https://a.example/%22%3E%3Cscript%3E"),
    ],
)
def test_an_address_is_made_absolute(url: str, expected: str) -> None:
    """Feeds write addresses in every way that a browser forgives."""
    assert absolute(url, BASE) == expected


@given(
    st.lists(
        st.sampled_from(["/", "//", ".", "..", "a", "Bc", "d.html", ";p", "?q=1", "#e", ":", "%20", "&"]), max_size=6
    ),
    st.sampled_from(["", "/", "/news/", "/news/feed.xml", "/news//x", "/a/../b", "/a;b", "/?x=1", "/x#y", ":80/a"]),
)
def test_what_is_put_behind_its_base_is_what_joining_gives(pieces: list[str], path: str) -> None:
    """Most relative addresses of a page are joined without the standard library's way: it may not be seen."""
    for start in ("/", "#"):
        url, base = start + "".join(pieces), f"https://example.org{path}"

        assert absolute(url, base) == absolute(urljoin(base, url), None)


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "  \n ",
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        " JAVASCRIPT:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "mailto:a@b.example",
        "ftp://a.example/",
        "tag:example.org,2020:1",
        "http://",
        "https:///",
        "http://a b.example/",
        "http://a.example:99999/",
        "http://a.example:0/",
        "http://a.example:x/",
        "http://[::1/",
        "http://%00/",
        "http://\ud800.example/",
        "https://a.example/" + "x" * 9000,
    ],
)
def test_what_is_no_web_address_is_none(url: str | None) -> None:
    """A link that runs or leads nowhere is no link."""
    assert absolute(url, BASE) is None


def test_a_relative_address_without_base_is_none() -> None:
    """Nothing is guessed."""
    assert absolute("a/b", None) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTPS://Example.ORG:443/A/b", "https://example.org/A/b"),
        ("http://example.org:80", "http://example.org/"),
        ("http://example.org:8080/", "http://example.org:8080/"),
        ("https://example.org/a#part", "https://example.org/a"),
        ("https://example.org/#!/a", "https://example.org/#!/a"),
        ("https://example.org/a?", "https://example.org/a"),
        ("https://example.org/a?utm_source=rss&id=3&UTM_Medium=x", "https://example.org/a?id=3"),
        ("https://example.org/a?xtor=RSS-3208", "https://example.org/a"),
        ("https://example.org/a?at_medium=RSS&at_campaign=KARANGA", "https://example.org/a"),
        ("https://example.org/a?ns_mchannel=rss&ns_source=x", "https://example.org/a"),
        ("https://example.org/a?ftag=CAD590a51e", "https://example.org/a"),
        ("https://example.org/a?CMP=rss", "https://example.org/a"),
        ("https://example.org/a?fbclid=1&gclid=2&mc_cid=3&mc_eid=4", "https://example.org/a"),
        ("https://example.org/a?ref=rss", "https://example.org/a"),
        ("https://example.org/a?a=1&amp;b=2", "https://example.org/a?a=1&b=2"),
        ("https://example.org/%7euser/%c3%a9", "https://example.org/~user/%C3%A9"),
        ("https://example.org/a/../b/./c", "https://example.org/b/c"),
    ],
)
def test_spellings_of_one_address_merge(url: str, expected: str) -> None:
    """One article under two spellings would be two articles."""
    assert canonical(url) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/A", "https://example.org/a"),
        ("https://example.org/a?id=1", "https://example.org/a?id=2"),
        ("https://example.org/a?source=lemonde", "https://example.org/a?source=figaro"),
        ("https://example.org/a?ref=main", "https://example.org/a"),
        ("https://example.org/#!/a", "https://example.org/#!/b"),
        ("https://example.org/a/", "https://example.org/a"),
        ("https://example.org/a?x=1&y=2", "https://example.org/a?y=2&x=1"),
        ("https://www.example.org/a", "https://example.org/a"),
        ("http://example.org/a", "https://example.org/a"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
        ("https://example.org/a?p=", "https://example.org/a"),
    ],
)
def test_different_addresses_stay_apart(one: str, other: str) -> None:
    """A wrong merge loses an article, which is worse than a repeat."""
    assert canonical(one) != canonical(other)


@given(st.text(alphabet="aA/.%?&=;:#!@[]+ é~0_-<\\utm", max_size=40))
def test_canonical_is_idempotent(tail: str) -> None:
    """What is canonical stays as it is."""
    url = absolute(f"https://Example.org/{tail}", None)

    assert url is None or canonical(canonical(url)) == canonical(url)


@given(st.text(max_size=60), st.one_of(st.none(), st.text(max_size=30)))
def test_any_text_is_an_address_or_none(text: str, base: str | None) -> None:
    """Whatever a feed writes, the result is ASCII, http(s) and stable."""
    url = absolute(text, base)

    if url is not None:
        assert url.isascii()
        assert url.startswith(("http://", "https://"))
        assert absolute(url, None) == url
        assert host_of(url)
        canonical(url)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("https://Example.org/Feed.xml", "https://example.org/Feed.xml"),
        (" http://example.org ", "http://example.org/"),
        ("http://example.org:80/rss?utm_source=x#top", "http://example.org/rss?utm_source=x"),
        ("feed://example.org/rss", "http://example.org/rss"),
        ("feed:https://example.org/rss", "https://example.org/rss"),
        ("feed://https://example.org/rss", "https://example.org/rss"),
        ("feed:example.org/rss", "http://example.org/rss"),
        ("example.org", "https://example.org/"),
        ("news.example.org:8443/rss", "https://news.example.org:8443/rss"),
        ("localhost:8000/rss", "https://localhost:8000/rss"),
        ("127.0.0.1:8000/rss", "https://127.0.0.1:8000/rss"),
        ("http://127.0.0.1:8000/rss", "http://127.0.0.1:8000/rss"),
        ("http://intranet/rss", "http://intranet/rss"),
        ("müller.example/rss", "https://xn--mller-kva.example/rss"),
    ],
)
def test_what_an_operator_types_becomes_a_feed_address(typed: str, expected: str) -> None:
    """People paste addresses from browsers, readers and paper."""
    assert feed_url(typed) == expected
    assert feed_url(expected) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "not a url",
        "ftp://x",
        "http://",
        "http://exa mple/",
        "",
        "hello",
        "mailto:a@b.example",
        "http://:80/",
        "a..b",
        "feed:",
    ],
)
def test_what_is_no_address_is_refused_in_one_line(typed: str) -> None:
    """The operator learns which text was meant and why it is refused."""
    with pytest.raises(UsageError) as refusal:
        feed_url(typed)

    assert f'"{typed}"' in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_feed_id_is_the_same_for_every_spelling() -> None:
    """One feed added twice is one feed; the value is pinned because ids are stored."""
    assert feed_id("https://example.org/feed.xml") == feed_id(" HTTPS://EXAMPLE.org:443/feed.xml#top ")
    assert feed_id("https://example.org/feed.xml") == "d8814dbab259514e"


@pytest.mark.parametrize(
    ("url", "host"), [("https://Example.org:8080/x", "example.org"), ("nothing", ""), ("http://[::1/", "")]
)
def test_the_host_of_an_address_is_its_name_alone(url: str, host: str) -> None:
    """Politeness counts requests by this name."""
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("path", "followed"),
    [
        ("/a/b", "/a/b"), ("/a/./b", "/a/b"), ("/a/../b", "/b"), ("/a/..", "/"), ("/a/.", "/a/"), ("/..", "/"),
        ("/../../a", "/a"), ("/a/b/c/./../../g", "/a/g"), ("/a/.well-known", "/a/.well-known"), ("/a//../b", "/a/b"),
        ("", ""),
    ],
)  # fmt: skip
def test_dots_of_a_path_are_followed(path: str, followed: str) -> None:
    """Templates join paths carelessly: `/news/../news/a` is `/news/a` to every browser (RFC 3986 section 5.2.4)."""
    assert without_dot_segments(path) == followed
