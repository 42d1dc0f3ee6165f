"""XML documents -> entries, by feedparser: this file is the border to it, and the only one that imports it.

Rules of this file: feedparser gets a stream of bytes, never a text or path it might open; it neither sanitises nor
rewrites HTML (that is `text.safe_html`'s work); it is not told the document's address, because it would melt it into
every guid that is not a URL, and ids must outlive a feed's address.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import feedparser

from pipeline.model import Entry, FeedDocument, Link, RawDate, Unreadable
from pipeline.stages.parse.cost import excess
from pipeline.stages.parse.limits import DEFAULT_LIMITS, ParseLimits
from pipeline.stages.parse.mending import MAX_ENTRIES

_HEADERS = {"content-type": "application/xml; charset=utf-8"}
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_TEXT_TYPES = (*_HTML_TYPES, "text/plain")
_IMAGE_ADDRESS = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:[?#]|$)", re.IGNORECASE)
_HTTP = ("http://", "https://")
_MODIFIED = re.compile(rb"<[A-Za-z]\w{0,20}:(updated|modified|lastBuildDate)\b")
_DC_DATE = re.compile(rb"<[A-Za-z]\w{0,20}:date\b")
_FEED_LIKE = re.compile(rb"<(?:[\w.-]{1,30}:)?(?:rss|rdf|feed|channel|item|entry|product)(?=[\s>/])", re.IGNORECASE)
_VOID_END = re.compile(r"</(?:area|br|col|embed|hr|img|input|link|meta|source|track|wbr)>")
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")

Raw = Mapping[str, Any]  # feedparser's own types are untyped: what is read from them is checked here


@dataclass(frozen=True, slots=True)
class _Dialect:
    """What one document means: the elements behind feedparser's two dates, and who wrote entries that name nobody."""

    published: str
    updated: str
    authors: tuple[str, ...] = ()


def parse_with_feedparser(
    document: bytes, problems: tuple[str, ...] = (), limits: ParseLimits = DEFAULT_LIMITS
) -> FeedDocument | Unreadable | None:
    """Parse the feed in *document* (mended UTF-8 without declaration), None when feedparser sees none in it.

    *problems* is what was mended before; an entry that cannot be converted becomes one more and costs no other.
    Unreadable is what was built to cost, as *limits* say.
    """
    if not _FEED_LIKE.search(document):
        return None
    too_much = excess(document.decode("utf-8", "replace"), document, limits)
    if too_much:
        return Unreadable(too_much)
    try:
        parsed: Raw = feedparser.parse(
            io.BytesIO(document), response_headers=dict(_HEADERS), sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # noqa: BLE001 - a parser that fails on outside bytes may fail in any way
        return Unreadable(f"the parser failed: {type(error).__name__}")
    raw_entries: list[Raw] = parsed["entries"]
    version = _text(parsed, "version") or ""
    if not raw_entries and not version:
        return None
    found = [*problems, *_not_well_formed(parsed)]
    if len(raw_entries) > MAX_ENTRIES:
        found.append(f"{len(raw_entries) - MAX_ENTRIES} entries behind the first {MAX_ENTRIES} were left out")
    feed: Raw = parsed["feed"]
    entries = tuple(_converted(raw_entries[:MAX_ENTRIES], _dialect(version, document, feed), found))
    return FeedDocument(
        title=_html(feed, "title"),
        language=_text(feed, "language"),
        link=_text(feed, "link"),
        entries=entries,
        problems=tuple(found),
        path="feedparser",
    )


def _not_well_formed(parsed: Raw) -> Iterable[str]:
    if parsed.get("bozo"):
        lines = str(parsed.get("bozo_exception") or "no reason given").splitlines()
        yield f"not well-formed XML: {lines[0].removeprefix('<unknown>:')[:200]}"


def _dialect(version: str, document: bytes, feed: Raw) -> _Dialect:
    if version in ("atom03", "atom02", "atom01"):
        return _Dialect("issued", "modified", _authors(feed))
    if version.startswith("atom"):
        return _Dialect("published", "updated", _authors(feed))  # RFC 4287 section 4.2.1
    modified = _MODIFIED.search(document)
    if modified is None and _DC_DATE.search(document):
        return _Dialect("pubDate", "dc:date")
    return _Dialect("pubDate", modified[1].decode() if modified else "updated")


def _converted(raw_entries: Iterable[Raw], dialect: _Dialect, problems: list[str]) -> Iterable[Entry]:
    for position, raw in enumerate(raw_entries, start=1):
        try:
            yield _entry(raw, dialect)
        except (TypeError, ValueError, AttributeError, LookupError) as error:
            problems.append(f"entry {position} could not be read: {type(error).__name__}: {error}")


def _entry(raw: Raw, dialect: _Dialect) -> Entry:
    content = _content(raw)
    repeated = content is not None and _text(raw, "summary") == _text(content, "value")
    published, updated = _dates(raw, dialect)
    return Entry(
        guid=_text(raw, "id"),
        link=_link(raw),
        title_html=_html(raw, "title"),
        summary_html=None if repeated else _html(raw, "summary"),
        content_html=_markup(content, "value") if content else None,
        authors=_authors(raw) or dialect.authors,
        categories=tuple(term for tag in _maps(raw, "tags") if (term := _text(tag, "label") or _text(tag, "term"))),
        language=_said_of_text(raw, content, "language"),
        published=published,
        updated=updated,
        image=_image(raw),
        enclosures=tuple(_enclosures(raw)),
        base_url=_said_of_text(raw, content, "base"),
    )


def _dates(raw: Raw, dialect: _Dialect) -> tuple[RawDate | None, RawDate | None]:
    """When an entry was published and updated; a lone dc:date is when it was published."""
    first = _text(raw, "published")
    published = RawDate(first, dialect.published) if first else None
    # `get` would warn and answer with `published` when there is no `updated`.
    last = dict.get(raw, "updated") if isinstance(raw, dict) else None
    updated = RawDate(last, dialect.updated) if isinstance(last, str) and last.strip() else None
    if updated and updated.element == "dc:date":
        return published or updated, None
    created = _text(raw, "created")
    return published or (RawDate(created, "created") if created else None), updated


def _link(raw: Raw) -> str | None:
    """Find the address of the entry's page: what stood behind a FeedBurner redirect, else the first link to HTML."""
    original = _text(raw, "feedburner_origlink")
    if original and original.startswith(_HTTP):
        return original
    for link in _maps(raw, "links"):
        href = _text(link, "href")
        if href and link.get("rel") == "alternate" and str(link.get("type") or "text/html") in _HTML_TYPES:
            return href
    link_text = _text(raw, "link")
    # feedparser fills the link from a guid that only claims to be an address.
    return None if link_text == _text(raw, "id") and not (link_text or "").lower().startswith(_HTTP) else link_text


def _content(raw: Raw) -> Raw | None:
    """Choose the longest content of an entry, HTML before plain text."""
    readable = [detail for detail in _maps(raw, "content") if _type(detail) in _TEXT_TYPES and _text(detail, "value")]
    return max(readable, key=lambda one: (_type(one) in _HTML_TYPES, len(one["value"])), default=None)


def _html(raw: Raw, key: str) -> str | None:
    detail = raw.get(f"{key}_detail")
    value = _text(raw, key)
    if value is None or not isinstance(detail, Mapping):
        return value
    return _markup({"type": detail.get("type"), "value": value}, "value")


def _markup(detail: Raw, key: str) -> str | None:
    """Give a text construct as HTML: plain text is escaped, and its blank lines become breaks."""
    value = _text(detail, key)
    if value is None or _type(detail) != "text/plain":
        return _VOID_END.sub("", value) if value and _type(detail) == "application/xhtml+xml" else value
    return _BLANK_LINE.sub("<br><br>", html.escape(value, quote=False))


def _type(detail: Raw) -> str:
    return str(detail.get("type") or "text/html").partition(";")[0].strip().lower()


def _said_of_text(raw: Raw, content: Raw | None, key: str) -> str | None:
    """Give what `xml:lang` or `xml:base` say of the entry: of its content first, which they are there for."""
    said = _text(content, key) if content else None
    details = (raw.get("summary_detail"), raw.get("title_detail"))
    inherited = (_text(detail, key) for detail in details if isinstance(detail, Mapping))
    return said or (_text(raw, key) if key == "language" else None) or next((one for one in inherited if one), None)


def _authors(raw: Raw) -> tuple[str, ...]:
    """Name the authors; a lone one as written, for feedparser cuts mail addresses with long top-level domains."""
    authors = _maps(raw, "authors")
    written = _text(raw, "author") or ""
    if "@" in written and len(authors) == 1 and written != f"{authors[0].get('name')} ({authors[0].get('email')})":
        return (written,)
    return tuple(name for author in authors if (name := _text(author, "name") or _text(author, "email")))


def _image(raw: Raw) -> str | None:
    """Choose the largest image of Media RSS, else its thumbnail, the iTunes image or an enclosed image."""
    pictures = [media for media in _maps(raw, "media_content") if _is_image(media)]
    best = max(pictures, key=lambda media: _number(media.get("width")) or 0, default=None)
    image = raw.get("image")
    candidates = (
        best and _text(best, "url"),
        *(_text(thumbnail, "url") for thumbnail in _maps(raw, "media_thumbnail")),
        _text(image, "href") if isinstance(image, Mapping) else None,
        *(link.url for link in _enclosures(raw) if (link.type or "").startswith("image/")),
    )
    return next((address for address in candidates if address), None)


def _is_image(media: Raw) -> bool:
    kind = str(media.get("medium") or media.get("type") or "").lower()
    return kind.startswith("image") if kind else bool(_IMAGE_ADDRESS.search(str(media.get("url") or "")))


def _enclosures(raw: Raw) -> Iterable[Link]:
    """List the files of an entry: enclosures, then the sound and pictures in motion of Media RSS, each once."""
    seen: set[str] = set()
    media = (one for one in _maps(raw, "media_content") if str(one.get("type")).startswith(("audio/", "video/")))
    enclosed = (link for link in _maps(raw, "links") if link.get("rel") == "enclosure")
    for file in (*enclosed, *media):
        url = _text(file, "href") or _text(file, "url")
        if url and url not in seen:
            seen.add(url)
            size = _number(file.get("length")) or _number(file.get("filesize"))
            yield Link(url=url, rel="enclosure", type=_text(file, "type"), bytes=size or None)


def _maps(raw: Raw, key: str) -> list[Raw]:
    """List the mappings at *key*; feedparser puts other things there when a feed is odd."""
    value = raw.get(key)
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _text(raw: Raw, key: str) -> str | None:
    value = raw.get(key)
    return value if isinstance(value, str) and value.strip() else None


def _number(value: object) -> int | None:
    """Read a count as feeds write it: "1234"; None for anything else."""
    digits = value.strip() if isinstance(value, str) else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None
