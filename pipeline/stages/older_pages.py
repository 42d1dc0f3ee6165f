"""Decides how the older pages of a feed are walked back after a gap (RFC 5005 sections 3 and 4).

Rules of this file: the walk ends where something is met that was known before the gap, at a page that was read
already, or after twenty pages: nobody can make us walk for ever. Archives (`prev-archive`) go before pages (`next`),
because they do not move while they are walked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from html import unescape
from urllib.parse import urldefrag

from pipeline.model import Backfill, NoResponse, RawDocument, Response
from pipeline.stages.discovery import link_headers
from pipeline.stages.document_head import without_comments
from pipeline.stages.page_answers import FINAL_KINDS, PASSING
from pipeline.stages.retry_after import retry_after_ms
from pipeline.stages.urls import absolute

MOST_PAGES = 20
"""Of ten entries each, that is 200 articles after one gap: more was lost for another reason than a long night."""
MOST_ATTEMPTS = 4
_FIRST_WAIT_MS = 60_000
_LONGEST_WAIT_MS = 24 * 3_600_000
_RELATIONS = ("prev-archive", "next")
_LINK = re.compile(rb"<(?:[\w.-]{1,32}:)?link\b([^<>]{1,2000})>")
_ATTRIBUTE = re.compile(rb"([\w:-]{1,32})\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_ITEM = re.compile(rb"<((?:[\w.-]{1,32}:)?(?:item|entry))[\s>/]")
_NEXT_URL = re.compile(rb'"next_url"\s{0,20}:\s{0,20}("(?:[^"\\]|\\.){1,2000}")')


# --- Where the older entries are ----------------------------------------------------------------------------------


def links_of_feed(document: bytes, base: str) -> dict[str, str]:
    """The first link of each relation that *document*, UTF-8 or a beginning of it, has of its own, not of an item.

    Atom and RSS have them before the first item or, rarely, after the last one.
    """
    return _first_of_each(_links(_outside_items(document)), base)


def older_in_headers(response: Response) -> str:
    """The address of the older entries that the Link headers of *response* name (RFC 8288); "" for none."""
    named: dict[str, str] = {}
    for url, parameters in link_headers(response):
        for relation in parameters.get("rel", "").lower().split():
            named.setdefault(relation, url)
    return _older(named)


def older_in_document(document: bytes, base: str) -> str:
    """The address of the older entries that *document* (UTF-8) names; "" for none.

    For JSON Feed that is `next_url`.
    """
    if document[:1] == b"{":
        found = _NEXT_URL.search(document)
        return (absolute(_json_text(found[1]), base) or "") if found else ""
    return _older(links_of_feed(document, base))


def _older(named: Mapping[str, str]) -> str:
    return next((named[relation] for relation in _RELATIONS if relation in named), "")


def _json_text(literal: bytes) -> str:
    try:
        text = json.loads(literal)
    except ValueError:
        return ""
    return text if isinstance(text, str) else ""


def _outside_items(document: bytes) -> bytes:
    item = _ITEM.search(document)
    if item is None:
        return without_comments(document)
    tail = document.rfind(b"</" + item[1] + b">")
    return without_comments(document[: item.start()]) + (without_comments(document[tail:]) if tail >= 0 else b"")


def _links(text: bytes) -> Iterable[dict[bytes, bytes]]:
    for match in _LINK.finditer(text):
        yield {name.lower(): double or single for name, double, single in _ATTRIBUTE.findall(match[1])}


def _first_of_each(links: Iterable[Mapping[bytes, bytes]], base: str) -> dict[str, str]:
    named: dict[str, str] = {}
    for attributes in links:
        url = absolute(unescape(attributes.get(b"href", b"").decode("utf-8", "replace")), base)
        for relation in attributes.get(b"rel", b"").decode("latin-1").lower().split():
            if url is not None:
                named.setdefault(relation, url)
    return named


# --- The walk -----------------------------------------------------------------------------------------------------


def next_step(document: RawDocument, older_url: str, *, feed_url: str, since_ms: int) -> Backfill | None:
    """The step after *document*, whose older entries are at *older_url*; None where the walk ends.

    *since_ms* is when the first article after the gap was discovered, if the walk begins with this document.
    """
    page = unpack(document.backfill) if document.backfill else None
    walked = page or Backfill(feed_url, MOST_PAGES + 1, since_ms)
    visited = (*walked.visited, *map(_place, (walked.url, document.url)))
    if not older_url or _place(older_url) in visited or walked.pages_left <= 1:
        return None
    return replace(walked, url=older_url, pages_left=walked.pages_left - 1, visited=tuple(dict.fromkeys(visited)))


def _place(url: str) -> str:
    return urldefrag(url).url


def pack(backfill: Backfill) -> bytes:
    """Write *backfill* as compact JSON. `finish_document.lua` reads `since_ms` in it."""
    value = {
        "url": backfill.url,
        "pages_left": backfill.pages_left,
        "since_ms": backfill.since_ms,
        "visited": list(backfill.visited),
    }
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def unpack(task: bytes) -> Backfill | None:
    """Read back what `pack` wrote; None if *task* is something else."""
    try:
        value = json.loads(task)
        return Backfill(str(value["url"]), int(value["pages_left"]), int(value["since_ms"]), tuple(value["visited"]))
    except (ValueError, TypeError, KeyError):
        return None


# --- What came of a page ------------------------------------------------------------------------------------------


def wait_or_reason(answer: Response | NoResponse, *, attempts: int, now_ms: int) -> int | str | None:
    """None when *answer* brought the page; ms to wait before it is asked for again; or why it never will be.

    *attempts* counts how often it was asked for, from 1. A host that passes its troubles off is asked four times.
    """
    passes, wait_ms, reason = True, 0, ""
    match answer:
        case NoResponse(kind, detail):
            passes, reason = kind not in FINAL_KINDS, f"{kind}: {detail}"
        case Response(status=200, body=body) if body:
            return None
        case Response():
            passes, wait_ms = answer.status in PASSING, retry_after_ms(answer, now_ms=now_ms) or 0
            reason = f"HTTP {answer.status}"
    if not passes or attempts >= MOST_ATTEMPTS:
        return reason
    return min(max(_FIRST_WAIT_MS << 2 * (attempts - 1), wait_ms), _LONGEST_WAIT_MS)
