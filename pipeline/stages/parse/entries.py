"""The draft of an item -> its Entry: which of the things said count.

Rules of this file: the same choices as of feedparser's result in `with_feedparser`, made on what the elements said.
"""

from __future__ import annotations

import html
import re

from pipeline.model import Entry, Link, RawDate
from pipeline.stages.parse.constructs import PLAIN, TEXT_KINDS
from pipeline.stages.parse.draft import Author, Draft, Tag, Text

_HTTP = ("http://", "https://")
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_EMAIL = re.compile(
    r"[a-zA-Z0-9_.+-]+@(?:\[[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.|(?:[a-zA-Z0-9-]+\.)+)"
    r"(?:[a-zA-Z]{2,24}|[0-9]{1,3})\]?(?:\?subject=\S+)?"
)
_MOST_CHARACTERS_OF_A_NAME = 500
_IMAGE_ADDRESS = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:[?#]|$)", re.IGNORECASE)


def entry_of(draft: Draft) -> Entry:
    """Make the entry that *draft* is."""
    content = _content(draft.contents) if draft.contents else None
    summary = None
    if content is None or draft.summary != content[1]:
        summary = as_html(draft.summary, draft.summary_from)
    language, base_url = draft.language, None
    if draft.is_scoped:
        language, base_url = _said_of_text(draft, content)
    published, updated = _dates(draft) if draft.dates else (None, None)
    enclosures = _enclosures(draft) if draft.enclosures or draft.media else ()
    # By position: to name the thirteen would cost as much as to fill them.
    return Entry(
        _said(draft.guid),
        draft.page if draft.page and not draft.original_link else _link(draft),
        as_html(draft.title, draft.title_from),
        summary,
        as_html(content[1], content) if content else None,
        names_of(draft.authors) if draft.authors else (),
        _categories(draft.tags) if draft.tags else (),
        language or None,
        published,
        updated,
        _image(draft, enclosures) if draft.media or draft.thumbnails or draft.image or enclosures else None,
        enclosures,
        base_url,
    )


def _categories(tags: list[Tag]) -> tuple[str, ...]:
    shown = [label if label and not label.isspace() else term for term, _, label in tags]
    return tuple([one for one in shown if one and not one.isspace()])


def as_html(value: str | None, said_by: Text | None) -> str | None:
    """Give *value*, the text of *said_by*, as HTML: plain text is escaped, and its blank lines become breaks."""
    if not value or value.isspace():
        return None
    if said_by is None or said_by[0] != PLAIN:
        return value
    if "&" in value or "<" in value or ">" in value:
        value = html.escape(value, quote=False)
    return _BLANK_LINE.sub("<br><br>", value) if "\n" in value else value


def names_of(authors: list[Author]) -> tuple[str, ...]:
    """Name the *authors*; a lone one as written, for a mail address may be part of the name."""
    if not authors:
        return ()
    if len(authors) == 1:
        written, name, email = authors[0]
        is_written = not name and not email
        if is_written and "@" not in written:
            return (written,) if written else ()
        if not email and name and "@" not in name and not name.isspace():
            return (name,)
        name, email = _name_and_email(authors[0])
        if not is_written:
            written = f"{name} ({email})" if name and email else name or email
        if "@" in written and written != f"{name} ({email})":
            return (written,)
    pairs = map(_name_and_email, authors)
    return tuple(shown for name, email in pairs if (shown := _said(name) or _said(email)))


def _name_and_email(author: Author) -> tuple[str, str]:
    written, name, email = author
    if name or email:
        return name, email
    name = written
    if "@" not in name or len(name) > _MOST_CHARACTERS_OF_A_NAME:
        return name, ""
    found = _EMAIL.search(name)
    if found is None:
        return name, ""
    for cruft in (found[0], "()", "<>", "&lt;&gt;"):
        name = name.replace(cruft, "")
    return name.strip().removeprefix("(").removesuffix(")").strip(), found[0]


def _said(text: str | None) -> str | None:
    return text if text and not text.isspace() else None


def _said_of_text(draft: Draft, content: Text | None) -> tuple[str | None, str | None]:
    """Give the language and the base of the entry: of its content first, then of its other texts."""
    scopes = [text[2] for text in (content, draft.summary_from, draft.title_from) if text]
    base = next((scope.base for scope in scopes if _said(scope.base)), None)
    languages = [scope.language.replace("_", "-") for scope in scopes if _said(scope.language) and scope.language]
    if content and languages and content[2].language:
        return languages[0], base
    return _said(draft.language) or next(iter(languages), None), base


def _content(contents: list[Text]) -> Text | None:
    """Choose the longest content of an entry, HTML before plain text; what is neither is not read."""
    readable = [text for text in contents if text[0] in TEXT_KINDS and text[1] and not text[1].isspace()]
    if len(readable) < 2:
        return readable[0] if readable else None
    return max(readable, key=lambda text: (text[0] != PLAIN, len(text[1])))


def _dates(draft: Draft) -> tuple[RawDate | None, RawDate | None]:
    """When an entry was published and updated; a lone dc:date of RSS is when it was published."""
    published, updated = draft.dates.get("published"), draft.dates.get("updated")
    if updated and not draft.dialect.is_atom and updated.element == "dc:date":
        return published or updated, None
    return published or draft.dates.get("created"), updated


def _link(draft: Draft) -> str | None:
    """Find the address of the entry's page: what stood behind a FeedBurner redirect, else the first link to HTML."""
    original = draft.original_link
    if original and original.startswith(_HTTP):
        return original
    if draft.page:
        return draft.page
    link = _said(draft.link)
    # A guid is the link only where it looks like one.
    return None if link == _said(draft.guid) and not (link or "").lower().startswith(_HTTP) else link


def _image(draft: Draft, enclosures: tuple[Link, ...]) -> str | None:
    """Choose the largest image of Media RSS, else its thumbnail, the iTunes image or an enclosed image."""
    address, widest = None, -1
    for media in draft.media:
        width = _number(media.get("width")) or 0
        if width > widest and _is_image(media):
            address, widest = _said(media.get("url")), width
    if address:
        return address
    for thumbnail in draft.thumbnails:
        if address := _said(thumbnail.get("url")):
            return address
    if address := _said(draft.image):
        return address
    return next((link.url for link in enclosures if (link.type or "").startswith("image/")), None)


def _is_image(media: dict[str, str]) -> bool:
    kind = (media.get("medium") or media.get("type") or "").lower()
    return kind.startswith("image") if kind else bool(_IMAGE_ADDRESS.search(media.get("url") or ""))


def _enclosures(draft: Draft) -> tuple[Link, ...]:
    """List the files of an entry: enclosures, then the sound and pictures in motion of Media RSS, each once."""
    media = [one for one in draft.media if one.get("type", "").startswith(("audio/", "video/"))]
    found: dict[str, Link] = {}
    for file in (*draft.enclosures, *media):
        url = _said(file.get("href")) or _said(file.get("url"))
        if url and url not in found:
            size = _number(file.get("length")) or _number(file.get("filesize"))
            found[url] = Link(url=url, rel="enclosure", type=_said(file.get("type")), bytes=size or None)
    return tuple(found.values())


def _number(text: str | None) -> int | None:
    """Read a count as feeds write it: "1234"; None for anything else."""
    if not text:
        return None
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None
