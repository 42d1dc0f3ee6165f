"""robots.txt as RFC 9309 reads it, section by section, in examples of our own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.robots import (
    ALLOW_ALL,
    DISALLOW_ALL,
    MAX_BYTES,
    from_bytes,
    is_allowed,
    robots_of,
    robots_url,
    to_bytes,
)

US = "newswire/0.1 (+https://newswire.invalid/bot)"


def allows(text: str | bytes, path: str, *, user_agent: str = US) -> bool:
    """Whether a host with this robots.txt lets us fetch *path*."""
    body = text if isinstance(text, bytes) else text.encode()
    return is_allowed(robots_of(200, body, user_agent=user_agent), f"https://example.org{path}")


GROUPS = """
Sitemap: https://example.org/sitemap.xml
Disallow: /before-any-group
User-Agent: *
Disallow: /everybody

USER-AGENT : otherbot
user-agent: NewsWire/2.0
Crawl-delay: 5
disallow: /ours # with a remark
User-agent: newswire
Sitemap: https://example.org/another.xml
Disallow: /ours-too
Allow: /ours/but-this
User-agent: newswire-images
Disallow: /images
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/ours", False),
        ("/ours/deeper?x=1", False),
        ("/ours-too", False),
        ("/ours/but-this", True),
        ("/everybody", True),
        ("/before-any-group", True),
        ("/images", True),
        ("/", True),
        ("/robots.txt", True),
    ],
)
def test_all_groups_that_name_us_count_and_no_other(path: str, *, allowed: bool) -> None:
    """Section 2.2.1: the product token in any case, groups of one name together, everybody's only without one."""
    assert allows(GROUPS, path) is allowed


def test_who_is_not_named_keeps_everybodys_rules() -> None:
    """And without such a group there are no rules at all."""
    assert not allows(GROUPS, "/everybody", user_agent="unnamed/1.0")
    assert allows("User-agent: otherbot\nDisallow: /", "/x")


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        # Section 2.2.2: the most specific match, that is the longest, decides.
        ("Disallow: /a/\nAllow: /a/public/", "/a/public/1", True),
        ("Allow: /a/public/\nDisallow: /a/", "/a/private", False),
        ("Disallow: /page\nAllow: /page", "/page", True),
        ("Allow: /\nDisallow: /x", "/x", False),
        ("Disallow:", "/x", True),
        ("Disallow: x", "/x", True),
        # Section 2.2.3: special characters.
        ("Disallow: /*.php$", "/a/b.php", False),
        ("Disallow: /*.php$", "/a/b.php?x", True),
        ("Disallow: /*.php", "/a/b.php?x", False),
        ("Disallow: /a*b*c", "/a-b-c-d", False),
        ("Disallow: /a*b*c", "/a-c-b", True),
        ("Disallow: /exact$", "/exact", False),
        ("Disallow: /exact$", "/exactly", True),
        ("Disallow: /*?session=", "/p?session=1", False),
        ("Disallow: *secret", "/a/secret", False),
        ("Disallow: /*a$", "/a", False),
        ("Disallow: /aa*a$", "/aa", True),
        ("Disallow: /**", "/x", False),
        # Section 2.2.2: octets are compared, however they were written.
        ("Disallow: /caf\u00e9", "/caf%C3%A9/x", False),
        ("Disallow: /caf%c3%a9", "/caf%C3%A9/x", False),
        ("Disallow: /%7euser", "/~user", False),
        ("Disallow: /a%2Fb", "/a/b", True),
        ("Disallow: /a%2fb", "/a%2Fb", False),
        ("Disallow: /file-%2A.html", "/file-*.html", False),
        ("Disallow: /file-%2A.html", "/file-x.html", True),
        ("Disallow: /price-%24", "/price-$1", False),
        ("Disallow: /a$b", "/a$b", False),
    ],
)
def test_the_longest_matching_rule_decides(rules: str, path: str, *, allowed: bool) -> None:
    """Hosts write the exception beside the rule, in any order and spelling."""
    assert allows(f"User-agent: *\n{rules}\n", path) is allowed


@pytest.mark.parametrize(
    ("status", "robots"),
    [
        (404, ALLOW_ALL),
        (401, ALLOW_ALL),
        (429, ALLOW_ALL),
        (500, DISALLOW_ALL),
        (503, DISALLOW_ALL),
        (None, DISALLOW_ALL),
    ],
)
def test_a_missing_file_allows_and_a_host_in_trouble_does_not(status: int | None, robots: object) -> None:
    """Sections 2.3.1.3 and 2.3.1.4: who cannot say what he wants is left in peace."""
    assert robots_of(status, b"User-agent: *\nDisallow: /x", user_agent=US) == robots


def test_a_host_in_trouble_allows_its_robots_file_alone() -> None:
    """Or nobody could ever learn that the trouble is over."""
    assert not is_allowed(DISALLOW_ALL, "https://example.org/")
    assert is_allowed(DISALLOW_ALL, "https://example.org/robots.txt")


@pytest.mark.parametrize("line_end", [b"\n", b"\r", b"\r\n"])
def test_lines_end_as_any_system_ends_them(line_end: bytes) -> None:
    """And a byte order mark before the first is no letter of it."""
    lines = [
        b"\xef\xbb\xbfUser-agent: *",
        b"",
        b"Disallow: /x",
        b"<html>",
        b"Disallow /y",
        b"\xff\xfe: z",
        b"Disallow: /z\x0b\x1c",
    ]

    assert not allows(line_end.join(lines), "/x")
    assert allows(line_end.join(lines), "/y")


def test_what_is_beyond_the_bound_is_not_read_and_half_a_line_is_none() -> None:
    """Section 2.5: a bound of 500 KiB; a rule cut in the middle would forbid what nobody forbade."""
    head = b"User-agent: *\nDisallow: /within\n"
    cut = b"\nDisallow: /a/long/path\nDisallow: /beyond\n"
    body = head + b"#" * (MAX_BYTES - len(head) - len(b"\nDisallow: /a")) + cut

    assert not allows(body, "/within")
    assert allows(body, "/another")
    assert allows(body, "/beyond")


def test_a_hostile_pattern_is_matched_in_time() -> None:
    """Many stars make a regular expression take years."""
    rules = "Disallow: /" + "a*" * 2_000 + "b$"

    assert allows(f"User-agent: *\n{rules}\n", "/" + "a" * 8_000)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://Example.org/a?b", "https://example.org/robots.txt"),
        ("http://user:x@example.org:8080/a", "http://example.org:8080/robots.txt"),
        ("ftp://example.org/", None),
        ("https://[", None),
    ],
)
def test_each_origin_speaks_for_itself(url: str, address: str | None) -> None:
    """Section 2.3: scheme, host and port together."""
    assert robots_url(url) == address


@given(st.binary(max_size=300), st.text(max_size=60))
def test_any_file_is_read_and_kept_without_loss(body: bytes, path: str) -> None:
    """What is cached must decide as what was read, whatever it was."""
    robots = robots_of(200, b"User-agent: *\nDisallow: /x\n" + body, user_agent=US)

    assert from_bytes(to_bytes(robots)) == robots
    is_allowed(robots, "https://example.org/" + path)
