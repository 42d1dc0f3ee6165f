"""What publishers do to the identity of their articles, each case with the thread where somebody suffered from it.

A case is a feed in its successive states and what a reader has to be told of them: each article once as new, each
true edit once as revised, whatever happens to guids and addresses.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape

Told = tuple[tuple[str, str], ...]

MONDAY = "Mon, 05 Oct 2026 10:00:00 GMT"
TUESDAY = "Tue, 06 Oct 2026 10:00:00 GMT"
NEXT_WEEK = "Mon, 12 Oct 2026 10:00:00 GMT"
SITE = "https://example.org"


@dataclass(frozen=True, slots=True)
class Case:
    """A feed's *states*, what is *told* of it in order (kind, title), and the *thread* that reports the trap."""

    name: str
    thread: str
    states: tuple[str, ...]
    told: Told


def item(
    title: str = "The bridge opens again",
    *,
    guid: str | None = None,
    link: str | None = f"{SITE}/bridge",
    date: str | None = MONDAY,
    summary: str = "After two years of work the old bridge is open.",
    permalink: bool = False,
) -> str:
    """Write an RSS item; what is None is left out."""
    parts = [f"<title>{escape(title)}</title>", f"<description>{escape(summary)}</description>"]
    if guid is not None:
        parts.append(f'<guid isPermaLink="{str(permalink).lower()}">{escape(guid)}</guid>')
    if link is not None:
        parts.append(f"<link>{escape(link)}</link>")
    if date is not None:
        parts.append(f"<pubDate>{date}</pubDate>")
    return f"<item>{''.join(parts)}</item>"


def entry(title: str, guid: str, *, link: str = f"{SITE}/bridge") -> str:
    """Write an Atom entry."""
    return (
        f"<entry><id>{escape(guid)}</id><title>{escape(title)}</title><link href='{escape(link)}'/>"
        "<summary>After two years of work the old bridge is open.</summary>"
        "<updated>2026-10-05T10:00:00Z</updated></entry>"
    )


def tombstone(guid: str) -> str:
    """Write that the entry *guid* is taken back (RFC 6721)."""
    return f"<at:deleted-entry ref='{escape(guid)}' when='2026-10-06T10:00:00Z'/>"


def document(state: str) -> bytes:
    """Write the feed that shows *state*: RSS, or Atom where that is what it holds."""
    if "<entry>" in state or "<at:" in state:
        spaces = "xmlns='http://www.w3.org/2005/Atom' xmlns:at='http://purl.org/atompub/tombstones/1.0'"
        return f"<feed {spaces}><id>f</id><title>Paper</title>{state}</feed>".encode()
    return f"<rss version='2.0'><channel><title>Paper</title>{state}</channel></rss>".encode()


B = "The bridge opens again"
NEW = (("new", B),)
OTHER = item("The ferry stops for good", guid="ferry", link=f"{SITE}/ferry")
TWO = (("new", B), ("new", "The ferry stops for good"))


def once(name: str, thread: str, *states: str, told: Told = NEW) -> Case:
    """Make a case."""
    return Case(name, thread, states, told)


def numbered(count: int, text: str = "") -> str:
    """Write *count* items, each with *text* behind its summary."""
    return "".join(
        item(f"Report number {n} of the year", guid=f"r{n}", link=f"{SITE}/r{n}", summary=f"What happened {n}.{text}")
        for n in range(count)
    )


_KEY = "the survey in brendanlong/lion-reader#1535"
_EDIT = "miniflux/v2#3120"
_MOVE = "miniflux/v2#797"
SAME_ARTICLE = (
    once("guid goes to https", "NetNewsWire#324", item(guid="http://example.org/a1"),
         item(guid="https://example.org/a1")),
    once("guid gets www", _KEY, item(guid="http://example.org/a1"), item(guid="http://www.example.org/a1")),
    once("guid gets tracking", _KEY, item(guid=f"{SITE}/a1"), item(guid=f"{SITE}/a1?utm_source=rss&utm_medium=feed")),
    once("guid gets a closing slash", _KEY, item(guid=f"{SITE}/a1"), item(guid=f"{SITE}/a1/")),
    once("guid rotates at every request", "NewsBlur#1470", item(guid="x-91"), item(guid="x-92"), item(guid="x-93")),
    once("guid is a number that is counted anew", _MOVE, item(guid="17"), item(guid="100017")),
    once("isPermaLink flips", "miniflux/v2#2358", item(guid=f"{SITE}/a1", permalink=True), item(guid=f"{SITE}/a1")),
    once("guid and slug carry the headline", "miniflux/v2#2358",
         item("The bridge opens", guid=f"{SITE}/the-bridge-opens", link=f"{SITE}/a1"),
         item("The bridge opens at last", guid=f"{SITE}/the-bridge-opens-at-last", link=f"{SITE}/a1"),
         told=(("new", "The bridge opens"), ("revised", "The bridge opens at last"))),
    once("slug renamed, the guid with it", "NetNewsWire#3286",
         item(guid=f"{SITE}/2026/bridge", link=f"{SITE}/2026/bridge"),
         item(guid=f"{SITE}/2026/bridge-open", link=f"{SITE}/2026/bridge-open")),
    once("guids move with the address", _MOVE, item(guid=f"{SITE}/p/1", link=f"{SITE}/p/1"),
         item(guid=f"{SITE}/posts/1", link=f"{SITE}/posts/1")),
    once("site moves to another host", "commafeed#935", item(guid=f"{SITE}/p/1", link=f"{SITE}/p/1"),
         item(guid="https://new.example.net/p/1", link="https://new.example.net/p/1")),
    once("blog moves host, ids by number", _MOVE, item(guid=f"{SITE}/?p=123", link=f"{SITE}/2026/bridge"),
         item(guid="https://new.example.net/?p=123", link="https://new.example.net/2026/bridge")),
    once("no guid, a token in the link", "l0ng-ai/papr#103", item(link=f"{SITE}/bridge?token=a81"),
         item(link=f"{SITE}/bridge?token=b92"), item(link=f"{SITE}/bridge?token=c03")),
    once("no guid and no date, a token in the link", "l0ng-ai/papr#103", item(link=f"{SITE}/bridge?t=1", date=None),
         item(link=f"{SITE}/bridge?t=2", date=None)),
    once("no guid, the link goes to https", "NetNewsWire#324", item(link="http://example.org/bridge"),
         item(link="https://example.org/bridge")),
    once("no guid, the link gets tracking", _KEY, item(link=f"{SITE}/bridge"),
         item(link=f"{SITE}/bridge?xtor=RSS-1")),
    once("the link becomes its AMP twin", _KEY, item(link=f"{SITE}/bridge"), item(link=f"{SITE}/bridge/amp")),
    once("the link goes to the mobile site", _KEY, item(link="https://www.example.org/b"),
         item(link="https://m.example.org/b")),
    once("a guid appears where there was none", _EDIT, item(), item(guid="a1")),
    once("the guid is dropped", _EDIT, item(guid="a1"), item()),
    once("leaves and comes back", "feedbin/support#405", item(guid="a1"), OTHER, item(guid="a1"), told=TWO),
    once("reposted after a week under its guid", "nextcloud/news#1908", item(guid="a1"),
         item(guid="a1", date=NEXT_WEEK)),
    once("only the order changes", _EDIT, item(guid="a1") + OTHER, OTHER + item(guid="a1"), told=TWO),
    once("shown twice in one document", "miniflux/v2#4197", item(guid="a1") + item(guid="a1"), item(guid="a1")),
    once("its namesake leaves", "miniflux/v2#4197",
         item(guid="g") + item("The ferry stops for good", guid="g", link=f"{SITE}/ferry"), item(guid="g"), told=TWO),
    once("a namesake comes", "NewsBlur#1470", item(guid="g"),
         item(guid="g") + item("The ferry stops for good", guid="g", link=f"{SITE}/ferry"), told=TWO),
)  # fmt: skip
"""The same article, though its key changes."""

_WEATHER = "Weather report for today"
OTHER_ARTICLES = (
    once("the same guid on all items", "NewsBlur#1470",
         item(guid="g") + item("The ferry stops for good", guid="g", link=f"{SITE}/ferry"), told=TWO),
    once("no guid, and all link to the home page", "miniflux/v2#4197",
         item(link=SITE) + item("The ferry stops for good", link=SITE), told=TWO),
    once("a daily report under one address", "mediacloud: its title constraint of 2022, dropped",
         item(_WEATHER, guid="w1", link=f"{SITE}/weather"),
         item(_WEATHER, guid="w2", link=f"{SITE}/weather", date=TUESDAY),
         told=(("new", _WEATHER), ("new", _WEATHER))),
    once("a bulletin of the same title every day", "mediacloud: its title constraint of 2022, dropped",
         item(_WEATHER, guid="w1", link=f"{SITE}/w1"), item(_WEATHER, guid="w2", link=f"{SITE}/w2", date=TUESDAY),
         told=(("new", _WEATHER), ("new", _WEATHER))),
    once("reposted after a week under another guid", "nextcloud/news#1908",
         item(guid="a1", link=f"{SITE}/a1"), item(guid="a2", link=f"{SITE}/a2", date=NEXT_WEEK), told=(*NEW, *NEW)),
    once("a live page with another story on it", "NetNewsWire#582",
         item("Storm nears the coast", guid="l1", link=f"{SITE}/live"),
         item("Storm has passed", guid="l2", link=f"{SITE}/live", date=TUESDAY),
         told=(("new", "Storm nears the coast"), ("new", "Storm has passed"))),
    once("entries of one page, told by fragments", "miniflux/v2#4197",
         item("First entry of the ticker", guid=f"{SITE}/live#1", link=f"{SITE}/live"),
         item("Second entry of the ticker", guid=f"{SITE}/live#2", link=f"{SITE}/live", date=TUESDAY),
         told=(("new", "First entry of the ticker"), ("new", "Second entry of the ticker"))),
    once("two articles of one title stand side by side", "miniflux/v2#3120",
         item(guid="a1", link=f"{SITE}/a1") + item(guid="a2", link=f"{SITE}/a2"), told=(*NEW, *NEW)),
    once("untitled notes", "miniflux/v2#4197",
         item("", guid="n1", link=f"{SITE}/n1", summary="One."),
         item("", guid="n2", link=f"{SITE}/n2", summary="Two."),
         told=(("new", ""), ("new", ""))),
    once("a routed page for each article", "research: `#!` routes stay",
         item(link=f"{SITE}/app#!/a1"), item("The ferry stops for good", link=f"{SITE}/app#!/a2"), told=TWO),
)  # fmt: skip
"""Other articles, though they look alike."""

_LIVE = f"{SITE}/live/storm"
_MORNING = "Morning briefing"
_UPDATE = "UPDATE: The bridge opens again"
FURTHER = (
    once("the guid changes its case", "FreshRSS#5151", item(guid="Story-A1"), item(guid="story-a1")),
    once("the guid is 0", "NewsBlur#1470",
         item(guid="0") + item("The ferry stops for good", guid="0", link=f"{SITE}/ferry"),
         item("The ferry stops for good", guid="0", link=f"{SITE}/ferry") + item(guid="0"), told=TWO),
    once("the same guid on all items, one after the other", "NewsBlur#1470",
         item(guid="g"), item("The ferry stops for good", guid="g", link=f"{SITE}/ferry", date=TUESDAY),
         told=TWO),
    once("guids rotate on a feed without dates", "NewsBlur#1470", item(guid="x-91", date=None),
         item(guid="x-92", date=None)),
    once("guids rotate for all items, and one is new", "NewsBlur#1470",
         item(guid="s1-1") + item("The ferry stops for good", guid="s1-2", link=f"{SITE}/ferry"),
         item("Third story of the day", guid="s2-0", link=f"{SITE}/third", date=TUESDAY) + item(guid="s2-1")
         + item("The ferry stops for good", guid="s2-2", link=f"{SITE}/ferry"),
         told=(*TWO, ("new", "Third story of the day"))),
    once("the guid carries a session", _KEY, item(guid=f"{SITE}/a1;jsessionid=AB12"),
         item(guid=f"{SITE}/a1;jsessionid=CD34")),
    once("the guid has white space around it", "miniflux/v2#4197", item(guid="a1"), item(guid="\n  a1 ")),
    once("headline, guid and slug change with the day", "miniflux/v2#2358",
         item("The bridge opens", guid=f"{SITE}/1234-the-bridge-opens", link=f"{SITE}/1234-the-bridge-opens"),
         item("The bridge opens at last", guid=f"{SITE}/1234-the-bridge-opens-at-last",
              link=f"{SITE}/1234-the-bridge-opens-at-last"),
         told=(("new", "The bridge opens"), ("revised", "The bridge opens at last"))),
    once("host and scheme move at once", "commafeed#935", item(guid="http://www.example.org/p/1", link="http://www.example.org/p/1"),
         item(guid="https://news.example.org/p/1", link="https://news.example.org/p/1")),
    once("the link becomes the mobile AMP twin", _KEY, item(link="https://www.example.org/b.html"),
         item(link="https://m.example.org/b.amp.html")),
    once("the link goes through a redirector", _KEY, item(link=f"{SITE}/bridge"),
         item(link="https://www.google.com/url?url=https%3A%2F%2Fexample.org%2Fbridge")),
    once("two items, one link, other guids", "miniflux/v2#4197",
         item(guid="a1") + item("Second part of the report", guid="a2"),
         item("Second part of the report", guid="a2") + item(guid="a1"),
         told=(*NEW, ("new", "Second part of the report"))),
    once("a live blog that renames itself", "NetNewsWire#582",
         item("Storm nears the coast", guid="s", link=_LIVE), item("Storm makes landfall", guid="s", link=_LIVE),
         item("Storm has passed", guid="s", link=_LIVE),
         told=(("new", "Storm nears the coast"), ("revised", "Storm makes landfall"),
               ("revised", "Storm has passed"))),
    once("a live blog whose guid moves with each entry, one date", "NetNewsWire#582",
         item("Storm nears the coast", guid="l1", link=_LIVE), item("Storm makes landfall", guid="l2", link=_LIVE),
         told=(("new", "Storm nears the coast"), ("revised", "Storm makes landfall"))),
    once("a daily column without guids", "mediacloud: its title constraint of 2022, dropped",
         item(_MORNING, link=f"{SITE}/2026/10/05/briefing", summary="The bridge."),
         item(_MORNING, link=f"{SITE}/2026/10/06/briefing", date=TUESDAY, summary="The ferry."),
         told=(("new", _MORNING), ("new", _MORNING))),
    once("a daily column without dates", "mediacloud: its title constraint of 2022, dropped",
         item(_MORNING, guid="b1", link=f"{SITE}/b1", date=None, summary="The bridge."),
         item(_MORNING, guid="b2", link=f"{SITE}/b2", date=None, summary="The ferry."),
         told=(("new", _MORNING), ("new", _MORNING))),
    once("numbers in the query tell articles apart", "commoncrawl/news-crawl#58",
         item(link=f"{SITE}/story.php?id=1"),
         item("The ferry stops for good", link=f"{SITE}/story.php?id=2", date=TUESDAY), told=TWO),
    once("UPDATE: before the title", "feedbin/support#416", item(guid="a1"), item(_UPDATE, guid="a1"),
         told=(*NEW, ("revised", _UPDATE))),
    once("UPDATE: before the title, under another guid", "miniflux/v2#3120",
         item(guid="a1"), item(_UPDATE, guid="a2"),
         told=(*NEW, ("revised", _UPDATE))),
    once("empty titles, one address", "miniflux/v2#4197",
         item("", guid="n1", link=_LIVE, summary="One."),
         item("", guid="n2", link=_LIVE, summary="Two.", date=TUESDAY), told=(("new", ""), ("new", ""))),
    once("neither guid nor link", "miniflux/v2#4197", item(link=None), item(link=None)),
    once("neither guid nor link, and the text is edited", "miniflux/v2#3120", item(link=None),
         item(link=None, summary="After three years of work the old bridge is open."), told=(*NEW, ("revised", B))),
    once("one article in two categories, two guids", "miniflux/v2#4535",
         item(guid="politics-1") + item(guid="local-1"), told=NEW),
    once("three states in turn are three edits", "FreshRSS#798",
         item(guid="a1"), item(guid="a1", summary="It opens."),
         item(guid="a1", summary="It opens today."), told=(*NEW, ("revised", B), ("revised", B))),
    once("a counter of comments in the text", "FreshRSS#798",
         item(guid="a1", summary="The bridge is open. 3 comments"),
         item(guid="a1", summary="The bridge is open. 17 comments")),
    once("a relative time in the text", "FreshRSS#798",
         item(guid="a1", summary="2 hours ago - The bridge is open."),
         item(guid="a1", summary="3 hours ago - The bridge is open.")),
    once("tracking in a link of the text", "FreshRSS#798",
         item(guid="a1", summary='Work on <a href="https://example.org/b?utm_source=a">the bridge</a> is over.'),
         item(guid="a1", summary='Work on <a href="https://example.org/b?utm_source=b">the bridge</a> is over.')),
    once("a number that is no counter", "FreshRSS#798",
         item(guid="a1", summary="The crash cost 3 lives."), item(guid="a1", summary="The crash cost 4 lives."),
         told=(*NEW, ("revised", B))),
    once("a stamp of updating in the text", "newspipe#27",
         item(guid="a1", summary="The bridge is open.<br>Updated: 5 Oct 2026 10:30"),
         item(guid="a1", summary="The bridge is open.<br>Updated: 5 Oct 2026 11:45")),
    once("an advert comes between the lines", "feedbin/support#405",
         item(guid="a1", summary="<p>The bridge is open.</p><p>The mayor came.</p>"),
         item(guid="a1", summary="<p>The bridge is open.</p><p>Advertisement</p><p>The mayor came.</p>")),
    once("taken back, then shown again", "RFC 6721", entry(B, "urn:a1"), tombstone("urn:a1"), entry(B, "urn:a1"),
         told=(*NEW, ("withdrawn", ""), ("revised", B))),
)  # fmt: skip
"""Further traps of the same threads, written without a look at the rules."""

_EDITED = item("The bridge opens again at last", guid="a1")
REVISIONS = (
    once("a title is edited", _EDIT, item(guid="a1"), _EDITED,
         told=(*NEW, ("revised", "The bridge opens again at last"))),
    once("an edit is taken back", "FreshRSS#798", item(guid="a1"), _EDITED, item(guid="a1"),
         told=(*NEW, ("revised", "The bridge opens again at last"), ("revised", B))),
    once("two caches that disagree", "research: A-B-A from balanced caches", *([item(guid="a1"), _EDITED] * 4),
         told=(*NEW, ("revised", "The bridge opens again at last"), ("revised", B))),
    once("only white space changes", "FreshRSS#798", item(guid="a1"),
         item(guid="a1", summary="After two  years of work\nthe old bridge is open.")),
    once("only the date is bumped", "newspipe#27", item(guid="a1"), item(guid="a1", date=TUESDAY)),
    once("only tracking in the link changes", "FreshRSS#798", item(guid="a1", link=f"{SITE}/bridge?utm_source=a"),
         item(guid="a1", link=f"{SITE}/bridge?utm_source=b")),
    once("a feed touches all it shows", "FreshRSS#5151", numbered(50), numbered(50, " Share this."),
         told=(*((("new", f"Report number {n} of the year")) for n in range(50)),
               *((("revised", f"Report number {n} of the year")) for n in range(30)))),
    once("an entry is taken back", "RFC 6721", entry(B, "urn:a1"), tombstone("urn:a1"), tombstone("urn:a1"),
         told=(*NEW, ("withdrawn", ""))),
    once("what was never shown is taken back", "RFC 6721",
         entry(B, "urn:a1"), entry(B, "urn:a1") + tombstone("urn:a2")),
)  # fmt: skip
"""What is a revision and what is none."""

CASES: tuple[Case, ...] = (*SAME_ARTICLE, *OTHER_ARTICLES, *FURTHER, *REVISIONS)
