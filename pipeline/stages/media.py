"""The picture and the files of an entry, from all the places they stand in, each once."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.model import Attachment, Entry, Link
from pipeline.stages.text import clean
from pipeline.stages.urls import absolute

_IMAGE = re.compile(r'<img(?=[^>]* src="(https?://[^"]+)")([^>]*)>')
_SMALL = re.compile(r' (?:width|height)="(?:[0-9]|[1-3][0-9]|4[0-8])(?:px)?"')  # pixels: emoji and buttons
# Pictures that are about no article: emoji, smileys, avatars, buttons, counters of readers.
_NO_PICTURE = re.compile(
    r"/emojis?/|twemoji|/smil(?:ies|eys?)/|wp-smiley|//(?:[a-z0-9-]+\.)*gravatar\.com/|/avatars?/"
    r"|/(?:pixel|spacer|blank|1x1)\.(?:gif|png)|feeds\.feedburner\.com/~|feedsportal\.com/|/share[-_]?(?:icons?|buttons?)|\.svg(?:$|\?)",
    re.IGNORECASE,
)


def picture(entry: Entry, html: str | None, base: str) -> str | None:
    """Give the address of the picture of *entry*: what the feed names, else the first real one in its safe *html*.

    What the feed names is read against *base*.
    """
    return absolute(entry.image, base) or (first_picture(html) if html and "<img" in html else None)


def first_picture(html: str) -> str | None:
    """Give the address of the first picture in safe *html* that is more than an emoji, a button or a counter."""
    for image in _IMAGE.finditer(html):
        if not (_SMALL.search(image[2]) or _NO_PICTURE.search(image[1])):
            return image[1].replace("&amp;", "&")
    return None


def attachments(links: Iterable[Link], base: str) -> tuple[Attachment, ...]:
    """Give the files that *links* name, read against *base*, each once with all that is said of it."""
    found: dict[str, Attachment] = {}
    for link in links:
        url = absolute(link.url, base)
        if url is None:
            continue
        known = found.get(url, Attachment(url=url))
        kind = known.type or clean(link.type or "") or None
        found[url] = Attachment(url=url, type=kind, bytes=known.bytes or link.bytes)
    return tuple(found.values())
