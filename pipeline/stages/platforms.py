"""Knows where well-known platforms keep the feeds of a page, by the address alone.

Each rule is one form of address with the feeds that the platform serves for it, the most useful first. Platforms
whose pages link to their feeds themselves need no rule.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True)
class _Form:
    """Addresses whose host and path match *pattern* have the feeds *feeds*, each a template and what to call it."""

    platform: str
    pattern: re.Pattern[str]
    feeds: tuple[tuple[str, str], ...]


def _form(platform: str, pattern: str, *feeds: tuple[str, str]) -> _Form:
    return _Form(platform, re.compile(pattern), feeds)


_NAME = r"[\w.-]+"
_YOUTUBE = "https://www.youtube.com/feeds/videos.xml"
# Paths at the top of github.com that are no user's.
_GITHUB_OWN = r"(?!about|apps|collections|features|login|marketplace|orgs|search|settings|sponsors|topics|trending)"
_FORMS = (
    _form("YouTube", r"youtube\.com/channel/(UC[\w-]{22})(/\w+)?", (f"{_YOUTUBE}?channel_id={{0}}", "videos")),
    _form("YouTube", r"youtube\.com/user/([\w-]+)(/\w+)?", (f"{_YOUTUBE}?user={{0}}", "videos")),
    _form(
        "GitHub",
        rf"github\.com/{_GITHUB_OWN}({_NAME})/({_NAME})(?:/(?:releases|tags|issues|pulls|wiki|actions))?",
        ("https://github.com/{0}/{1}/releases.atom", "releases"),
        ("https://github.com/{0}/{1}/tags.atom", "tags"),
        ("https://github.com/{0}/{1}/commits.atom", "commits"),
    ),
    _form(
        "GitHub",
        rf"github\.com/{_GITHUB_OWN}({_NAME})/({_NAME})/(?:commits|tree)/(.+)",
        ("https://github.com/{0}/{1}/commits/{2}.atom", "commits of a branch"),
    ),
    _form("GitHub", rf"github\.com/{_GITHUB_OWN}({_NAME})", ("https://github.com/{0}.atom", "public activity")),
    _form("Reddit", r"reddit\.com/r/([\w+]+)", ("https://www.reddit.com/r/{0}/.rss", "posts")),
    _form(
        "Reddit",
        r"reddit\.com/r/([\w+]+)/(hot|new|top|rising|controversial)",
        ("https://www.reddit.com/r/{0}/{1}/.rss", "posts"),
    ),
    _form("Reddit", r"reddit\.com/u(?:ser)?/([\w-]+)", ("https://www.reddit.com/user/{0}/.rss", "posts")),
    _form("Bluesky", r"bsky\.app/profile/((?:did:)?[\w.:-]+)", ("https://bsky.app/profile/{0}/rss", "posts")),
    _form("Medium", r"medium\.com/(@[\w.-]+)", ("https://medium.com/feed/{0}", "stories")),
    _form("Stack Overflow", r"stackoverflow\.com/questions/tagged/([^/]+)", (
        "https://stackoverflow.com/feeds/tag/{0}", "questions")),
    _form("Vimeo", r"vimeo\.com/(?!categories|features|upload|watch|\d+$)([\w-]+)", (
        "https://vimeo.com/{0}/videos/rss", "videos")),
    _form("Substack", r"([\w-]+\.substack\.com)(?:/archive|/about)?", ("https://{0}/feed", "posts")),
    _form("Blogger", r"([\w-]+\.blogspot\.(?:com|[a-z]{2}|com\.[a-z]{2}))", (
        "https://{0}/feeds/posts/default", "posts")),
    _form("Tumblr", r"([\w-]+\.tumblr\.com)", ("https://{0}/rss", "posts")),
    _form("Hacker News", r"news\.ycombinator\.com(?:/news)?", ("https://news.ycombinator.com/rss", "front page")),
)  # fmt: skip
_MASTODON = re.compile(r"/(?:@|users/)(\w[\w.-]*)")


def platform_feeds(url: str) -> tuple[tuple[str, str], ...]:
    """The feeds of the page at *url* that its platform is known to serve: (address, what it is); none for others."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ()
    place = (parts.hostname or "").removeprefix("www.").removeprefix("m.").removeprefix("old.")
    playlist = parse_qs(parts.query).get("list", [""])[0]
    if place == "youtube.com" and parts.path == "/playlist" and re.fullmatch(r"[\w-]{10,64}", playlist):
        return ((f"{_YOUTUBE}?playlist_id={playlist}", "YouTube: playlist"),)
    address = place + parts.path.rstrip("/")
    for form in _FORMS:
        if match := form.pattern.fullmatch(address):
            return tuple(
                (template.format(*match.groups()), f"{form.platform}: {what}") for template, what in form.feeds
            )
    return ()


def account_feed(url: str) -> str | None:
    """The feed that a Mastodon-like server keeps for the account page *url*; None when *url* is not like one.

    Any host may run such a server, so the address is only worth a try.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    account = _MASTODON.fullmatch(parts.path.rstrip("/"))
    return f"{parts.scheme}://{parts.netloc}/@{account[1]}.rss" if account else None
