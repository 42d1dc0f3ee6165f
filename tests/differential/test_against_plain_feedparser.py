"""Every feed of the corpus: our entries against those of feedparser as its users call it, nothing mended before.

`test_against_feedparser` holds every field to the letter against feedparser on mended bytes; here the reference owes
nothing to us: its own decoding, its sanitiser, its dates. Texts are compared as they read. Where we mean to differ,
`RULES` says for all feeds why and how it is told; what is left is in `OURS_IS_RIGHT`, checked by hand. A difference
that is gone must leave the table.
"""

from __future__ import annotations

import html
import io
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import feedparser
import pytest

from pipeline.model import Entry, FeedDocument, RawDocument
from pipeline.stages.encoding import GZIP_MAGIC, unpack
from pipeline.stages.parse import read_feed
from pipeline.stages.text import plain_text
from tests.corpus_feeds import ABSENT, CORPUS, LIMIT_BYTES, all_feeds

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason=ABSENT)

Said = str | tuple[str, ...] | None
Raw = Mapping[str, Any]

_WIDE = "feedparser knows UTF-16 only by a byte order mark or a declaration"
_UNSEEN = "feedparser shows what browsers do not: what stands in <template>, and in <iframe> for browsers without it"
_BINARY = "what is neither text nor markup is no text of an article (RFC 4287 section 4.1.3.3)"
_OF_TWO = "of several contents, one in HTML goes before one in plain text"
OURS_IS_RIGHT: dict[str, tuple[set[str], str]] = {
    "feeds/FeedKit/Ampersand.xml": (
        {"id", "text"},
        "UTF-8 with one bad byte; a bare & in an address is no reference",
    ),
    "feeds/FeedReader/Rss20RomaToday.xml": ({"text"}, "HTML reads &nbsp without its semicolon as a space"),
    "feeds/NetNewsWire/4fsodonline.atom": ({"text"}, "<iframe/> is a start tag in HTML: what follows is not seen"),
    "feeds/fastfeedparser/0346e81559b251eb.xml.gz": ({"text"}, _UNSEEN),
    "feeds/fastfeedparser/4ff3ebfb6b00e813.xml": ({"text"}, _UNSEEN),
    "feeds/fastfeedparser/5a96f363a5cd333d.xml.gz": ({"text"}, _UNSEEN),
    "feeds/fastfeedparser/7bff4ff7441c8c55.xml.gz": (
        {"text"},
        "an address without its closing quote takes the words",
    ),
    "feeds/fastfeedparser/osm-pl.xml": ({"number"}, "cut inside the eighth item, which is not whole"),
    "feeds/feedjira/DuplicateContentAtomFeed.xml": (
        {"feed title"},
        "feedparser loses it to text behind the document",
    ),
    "feeds/picoFeed/planete-jquery.xml": ({"text"}, "feedparser's loose parser cuts the content at a bare &"),
    "feeds/rss-parser/itunes-missing-image.rss": ({"categories"}, "feedparser leaves &amp; in an attribute"),
    "feeds/rss-parser/reddit-home.rss": (
        {"id"},
        "feedparser lets the xml:base of one element hold for those behind it",
    ),
    "feeds-edge/atom/content_text_other.xml": ({"text"}, _BINARY),
    "feeds-edge/fastfeedparser/malformed_rss_namespaced.xml": ({"number"}, "feedparser finds no entry at all"),
    "feeds-edge/reader/full.atom": ({"text"}, _OF_TWO),
    "feeds-edge/reader/relative.atom": ({"text"}, _OF_TWO),
    "feeds-edge/reader/relative.rss": ({"text"}, _OF_TWO),
    "feeds-edge/simplepie/feed-utf16be.xml": ({"number"}, _WIDE),
    "feeds-edge/simplepie/feed-utf16le.xml": ({"number"}, _WIDE),
    "feeds-edge/syndication/atom10_entry_content.xml": ({"text"}, _BINARY),
    "conformance/testdata/parser/atom/atom10_feed_entry_content_base64.xml": ({"text"}, _BINARY),
    "conformance/testdata/parser/atom/atom10_feed_entry_content_base64_escaped_markup.xml": ({"text"}, _BINARY),
    "conformance/testdata/parser/atom/issue_275_extensions_and_source.xml": ({"text"}, _BINARY),
    "conformance/testdata/parser/rss/issue_320_legacy_entity_prefix.xml": (
        {"feed title"},
        "&copy without its semicolon is no reference where a parameter goes on behind it",
    ),
    "conformance/testdata/translator/rss/feed_link_-_rss_channel_atom_link_alternate.xml": (
        {"feed link"},
        "an atom:link to the page says where it is",
    ),
}


def _inherited_author(ours: Said, theirs: Said, _entry: Raw, feed: Raw) -> bool:
    """RFC 4287 section 4.2.1: an entry that names no author has those of its feed."""
    return not theirs and ours == _authors(feed)


def _written_author(ours: Said, _theirs: Said, entry: Raw, _feed: Raw) -> bool:
    """Ours is as written ("mail@example.org (Name)") and read later; feedparser takes the name out."""
    return ours == (entry.get("author"),)


def _original_link(ours: Said, _theirs: Said, entry: Raw, _feed: Raw) -> bool:
    """The page is what stood behind FeedBurner's redirect, not the redirect."""
    return ours == entry.get("feedburner_origlink")


def _no_address(ours: Said, theirs: Said, _entry: Raw, _feed: Raw) -> bool:
    """An id that is no address leads nowhere; feedparser shows it as the link where there is none."""
    return ours is None and not str(theirs).lower().startswith(("http://", "https://"))


def _first_page(ours: Said, _theirs: Said, entry: Raw, _feed: Raw) -> bool:
    """Of several links to pages, feedparser takes the last; the first is the article's own."""
    pages = [link.get("href") for link in entry.get("links", ()) if link.get("rel") == "alternate"]
    return bool(pages) and ours == pages[0]


def _lone_dc_date(ours: Said, theirs: Said, _entry: Raw, _feed: Raw) -> bool:
    """A lone dc:date of RSS is when the item was published; feedparser calls it updated."""
    return ours is None or theirs is None


def _media_file(ours: Said, theirs: Said, _entry: Raw, _feed: Raw) -> bool:
    """Sound and pictures in motion of Media RSS are files of the article, too."""
    return set(theirs or ()) < set(ours or ())


RULES: Mapping[str, tuple[Callable[[Said, Said, Raw, Raw], bool], ...]] = {
    "authors": (_inherited_author, _written_author),
    "link": (_original_link, _no_address, _first_page),
    "published": (_lone_dc_date,),
    "updated": (_lone_dc_date,),
    "enclosures": (_media_file,),
}


def by_feedparser(raw: RawDocument) -> Raw:
    """Parse *raw* as feedparser does when nothing is said."""
    body = unpack(raw.body, "gzip" if raw.body.startswith(GZIP_MAGIC) else "", limit_bytes=LIMIT_BYTES)
    assert isinstance(body, bytes)
    headers = {"content-type": raw.content_type} if raw.content_type else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parsed: Raw = feedparser.parse(io.BytesIO(body), response_headers=headers)
    return parsed


def _reads(markup: object) -> str | None:
    return " ".join(plain_text(markup).split()) or None if isinstance(markup, str) else None


def _reads_as_said(detail: Raw) -> str | None:
    """What a text construct of feedparser reads as: plain text is no HTML."""
    value = detail.get("value")
    is_plain = detail.get("type") == "text/plain" and isinstance(value, str)
    return _reads(html.escape(value, quote=False) if is_plain else value)


def _longest(texts: Iterable[str | None]) -> str | None:
    return max((text for text in texts if text), key=len, default=None)


def _authors(raw: Raw) -> tuple[str, ...]:
    return tuple(name for one in raw.get("authors", ()) if (name := one.get("name") or one.get("email")))


def ours(entry: Entry) -> dict[str, Said]:
    """What we read of an entry."""
    return {
        "id": entry.guid,
        "link": entry.link,
        "title": _reads(entry.title_html),
        "text": _longest((_reads(entry.summary_html), _reads(entry.content_html))),
        "published": entry.published.raw if entry.published else None,
        "updated": entry.updated.raw if entry.updated else None,
        "authors": entry.authors,
        "categories": entry.categories,
        "enclosures": tuple(sorted({link.url for link in entry.enclosures})),
    }


def theirs(raw: Raw) -> dict[str, Said]:
    """What feedparser read of it."""
    said = dict(raw.items())  # a plain one: feedparser's own answers for keys that are not there
    tags, links = said.get("tags", ()), said.get("links", ())
    enclosed = {link.get("href") or link.get("url") for link in links if link.get("rel") == "enclosure"}
    return {
        "id": said.get("id") or None,
        "link": said.get("link") or None,
        "title": _reads_as_said(said.get("title_detail", {})),
        "text": _longest(map(_reads_as_said, (said.get("summary_detail", {}), *said.get("content", ())))),
        "published": (said.get("published") or said.get("created") or "").strip() or None,
        "updated": (said.get("updated") or "").strip() or None,
        "authors": _authors(said),
        "categories": tuple(term for tag in tags if (term := tag.get("label") or tag.get("term"))),
        "enclosures": tuple(sorted(enclosed - {None, ""})),
    }


def differing(document: FeedDocument, parsed: Raw) -> Iterator[str]:
    """Yield the names of what differs and no rule explains."""
    entries, feed = parsed["entries"], parsed["feed"]
    if len(document.entries) != len(entries):
        yield "number"
        return
    for entry, raw in zip(document.entries, entries, strict=True):
        one, other = ours(entry), theirs(raw)
        for name, said in one.items():
            if said != other[name] and not any(rule(said, other[name], raw, feed) for rule in RULES.get(name, ())):
                yield name
    if _reads(document.title) != _reads_as_said(feed.get("title_detail", {})):
        yield "feed title"
    if document.link != (feed.get("link") or None):
        yield "feed link"
    if document.language != (feed.get("language") or None):
        yield "feed language"


def test_every_feed_of_the_corpus_says_what_plain_feedparser_reads_in_it() -> None:
    """Users come from feedparser: what they do not find again is a fault, unless it was one of feedparser's."""
    differences = {}
    for name, raw in all_feeds():
        document, parsed = read_feed(raw, limit_bytes=LIMIT_BYTES), by_feedparser(raw)
        if not isinstance(document, FeedDocument):
            assert not parsed["entries"], name
        elif found := set(differing(document, parsed)):
            differences[name] = found

    assert differences == {name: fields for name, (fields, _) in OURS_IS_RIGHT.items()}
