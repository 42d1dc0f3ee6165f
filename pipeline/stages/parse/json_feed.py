"""JSON Feed 1.0 and 1.1 -> entries (jsonfeed.org/version/1.1).

Rules of this file: the document is never decoded as a whole, but item by item, so a broken item costs no other, a cut
document gives its whole items, and what is held at once is one item. Values of the wrong type are as good as absent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

from pipeline.model import Entry, FeedDocument, Link, RawDate, Unreadable
from pipeline.stages.parse.json_scan import Broken, Ended, Scan, Written
from pipeline.stages.parse.mending import MAX_ENTRIES

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]+")
_SURROGATES = re.compile("[\ud800-\udfff]")
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_VERSION = "jsonfeed.org/version/"
_HEAD = frozenset({"version", "title", "home_page_url", "language", "author", "authors"})
_HEAD_CHARACTERS = 65_536
_MOST_PROBLEMS = 20  # of one document: who reads more has seen what is wrong with it

Raw = Mapping[str, Any]


def is_json(text: str) -> bool:
    """Whether the document *text* is JSON, as far as its start tells."""
    return text[:_HEAD_CHARACTERS].lstrip("\ufeff \t\r\n\0").startswith(("{", "[", "//", "/*"))


def parse_json(text: str, problems: tuple[str, ...] = ()) -> FeedDocument | Unreadable:
    """Read the JSON Feed *text*; *problems* is what was mended before.

    Unreadable is what is no object of that form. An item that cannot be read is a problem that says which.
    """
    scan = Scan(text)
    head: dict[str, Any] = {}
    items: list[tuple[int, Raw]] | None = None
    found: list[str] = []
    if not scan.enter("{"):
        return Unreadable("JSON, but not a JSON Feed")
    for key in scan.members():
        if key == "items" and items is None and scan.enter("["):
            items = list(_items(scan, found))
        elif key in _HEAD:
            value = scan.value()
            head |= {} if isinstance(value, Broken | Ended) else {key: value}
        else:
            scan.skip()
    if items is None and _VERSION not in (_text(head, "version") or ""):
        return Unreadable(scan.stopped or "JSON, but not a JSON Feed")
    entries = tuple(_converted(items or (), _authors(head), found))
    return FeedDocument(
        title=_html(head, "title"),
        language=_text(head, "language"),
        link=_address(head, "home_page_url"),
        entries=entries,
        problems=(*problems, *([scan.stopped] if scan.stopped else []), *_shortened(found)),
        incomplete=scan.cut,
        path="json",
    )


def _items(scan: Scan, problems: list[str]) -> Iterator[tuple[int, Raw]]:
    """Yield the items of the array that *scan* stands in, each with its number, as many as are read."""
    read = 0
    for number in scan.elements():
        if read >= MAX_ENTRIES:
            scan.skip()
            continue
        match scan.value():
            case Broken(reason):
                problems.append(f"item {number} could not be read: {reason}")
            case Ended():
                break
            case dict() as item:
                read += 1
                yield number, item
            case _:
                problems.append(f"item {number} is not an object: left out")
    left_out = scan.elements_seen - MAX_ENTRIES
    if read >= MAX_ENTRIES and left_out > 0:
        problems.append(f"{left_out} entries behind the first {MAX_ENTRIES} were left out")


def _converted(items: Iterable[tuple[int, Raw]], authors: tuple[str, ...], problems: list[str]) -> Iterable[Entry]:
    for number, item in items:
        try:
            yield _entry(item, authors)
        except (TypeError, ValueError, RecursionError) as error:
            problems.append(f"item {number} could not be read: {type(error).__name__}: {error}"[:200])


def _entry(item: Raw, authors: tuple[str, ...]) -> Entry:
    """Give what *item* says; *authors* of the feed speak for an item that names none (version 1.1, `authors`)."""
    guid = _identifier(item.get("id"))
    content = _text(item, "content_html") or _html(item, "content_text")
    summary = _html(item, "summary")
    # `url` is the item's own page, `external_url` the one it is about: a link blog may give only that.
    link = _address(item, "url") or _address(item, "external_url")
    return Entry(
        guid=guid,
        link=link or (guid if guid and guid.startswith(("http://", "https://")) else None),
        title_html=_html(item, "title"),
        summary_html=None if summary == content else summary,
        content_html=content,
        authors=_authors(item) or authors,
        categories=_tags(item.get("tags")),
        language=_text(item, "language"),
        published=_date(item, "date_published"),
        updated=_date(item, "date_modified"),
        image=_address(item, "image") or _address(item, "banner_image"),
        enclosures=tuple(_enclosures(item)),
    )


def _identifier(value: object) -> str | None:
    """Give an id as text, whatever its type ("a reader should coerce it to a string"); a number as written."""
    if value is None or value == "":
        return None
    written = value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)
    return _cleaned(written) or None


def _authors(raw: Raw) -> tuple[str, ...]:
    """Name the authors: `authors` of version 1.1 before `author` of 1.0; some feeds give plain names."""
    several = raw.get("authors")
    listed = several if isinstance(several, list) else [several]
    for people in (listed, [raw.get("author")]):
        named = (person.get("name") if isinstance(person, dict) else person for person in people)
        texts = (name for name in named if isinstance(name, str) and not isinstance(name, Written) and name.strip())
        if names := tuple(escape(_cleaned(name), quote=False) for name in texts):
            return names
    return ()


def _tags(value: object) -> tuple[str, ...]:
    tags = value if isinstance(value, list) else [value]
    return tuple(escape(_cleaned(tag), quote=False) for tag in tags if isinstance(tag, str) and tag.strip())


def _date(item: Raw, key: str) -> RawDate | None:
    written = _text(item, key)
    return RawDate(written, key) if written else None


def _enclosures(item: Raw) -> Iterable[Link]:
    attachments = item.get("attachments")
    seen: set[str] = set()
    for attachment in attachments if isinstance(attachments, list) else ():
        url = _address(attachment, "url") if isinstance(attachment, dict) else None
        if url and url not in seen:
            seen.add(url)
            size = _count(attachment.get("size_in_bytes"))
            yield Link(url=url, rel="enclosure", type=_text(attachment, "mime_type"), bytes=size)


def _count(value: object) -> int | None:
    digits = value.strip() if isinstance(value, str) else ""
    return int(digits) or None if digits.isascii() and digits.isdigit() and len(digits) < 16 else None


def _html(raw: Raw, key: str) -> str | None:
    """Give the plain text at *key* as HTML: escaped, its blank lines as breaks."""
    text = _text(raw, key)
    return _BLANK_LINE.sub("<br><br>", escape(text, quote=False)) if text else None


def _address(raw: Raw, key: str) -> str | None:
    return None if isinstance(raw.get(key), Written) else _text(raw, key)


def _text(raw: Raw, key: str) -> str | None:
    value = raw.get(key)
    return _cleaned(value) if isinstance(value, str) and value.strip() else None


def _cleaned(text: str) -> str:
    """*text* without the characters that JSON can name and no text may hold."""
    if text.isascii() and text.isprintable():
        return str(text)
    return _SURROGATES.sub("\ufffd", _FORBIDDEN.sub("", text))


def _shortened(problems: list[str]) -> Iterable[str]:
    yield from problems[:_MOST_PROBLEMS]
    if len(problems) > _MOST_PROBLEMS:
        yield f"and {len(problems) - _MOST_PROBLEMS} problems more"
