"""Gives values that leave a process their bytes, and reads them back: JSON for subscribers, fields for Redis hashes.

Rules of this file: the JSON of an article is the contract with subscribers (`newswire.article/1`): every field is
always there, in one order; a golden file holds it. Readers ignore fields they do not know and refuse with ValueError
what is not theirs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Literal

from pipeline.json_fields import Fields
from pipeline.model import (
    FULL_TEXTS,
    LEAST_WEIGHT,
    MOST_WEIGHT,
    Article,
    ArticleDate,
    ArticleKind,
    Attachment,
    Feed,
    FeedReference,
    Inferred,
    PageTask,
    Precision,
    RawDocument,
)

ARTICLE_SCHEMA = "newswire.article/1"
FEED_SCHEMA = "newswire.feed/1"
PAGE_TASK_SCHEMA = "newswire.page-task/1"

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)

LanguageSource = Literal["feed", "page", "detected"]

_KINDS: dict[str, ArticleKind] = {"new": "new", "revised": "revised", "withdrawn": "withdrawn"}
_PRECISIONS: dict[str, Precision] = {"second": "second", "minute": "minute", "day": "day"}
_INFERRED: dict[str, Inferred] = {"year": "year", "zone": "zone"}
_LANGUAGE_SOURCES: dict[str, LanguageSource] = {"feed": "feed", "page": "page", "detected": "detected"}

# Header values and problems may hold what is no text at all: it passes through instead of ending a poll.
_UTF8 = ("utf-8", "surrogatepass")


# --- Instants -----------------------------------------------------------------------------------------------------


def rfc3339(ms: int) -> str:
    """Write the instant *ms* (milliseconds since the epoch, years 1 to 9999) as RFC 3339 in UTC, ending in Z.

    Milliseconds are shown only when they are not zero. OverflowError for an instant outside those years.
    """
    instant = _EPOCH + timedelta(milliseconds=ms)
    precision = "milliseconds" if ms % 1000 else "seconds"
    return instant.replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def ms_from_rfc3339(text: str) -> int:
    """Read an RFC 3339 instant as milliseconds since the epoch, finer fractions cut; ValueError if it is none."""
    if _INSTANT.fullmatch(text) is None:
        raise ValueError(f"not an RFC 3339 instant: {text[:40]!r}")
    return (datetime.fromisoformat(text.upper()) - _EPOCH) // timedelta(milliseconds=1)


# --- Articles -----------------------------------------------------------------------------------------------------


def article_to_dict(article: Article) -> dict[str, object]:
    """Turn *article* into the contract's JSON object: every field, in its order, null or [] when not known."""
    return {
        "schema": ARTICLE_SCHEMA,
        "id": article.id,
        "revision": article.revision,
        "kind": article.kind,
        "changed": list(article.changed),
        "url": article.url,
        "source_url": article.source_url,
        "title": article.title,
        "summary": article.summary,
        "text": article.text,
        "html": article.html,
        "authors": list(article.authors),
        "categories": list(article.categories),
        "language": article.language,
        "language_source": article.language_source,
        "published": _date_to_dict(article.published),
        "updated": _date_to_dict(article.updated),
        "discovered_at": _shown_instant(article.discovered_ms),
        "accepted_at": _shown_instant(article.accepted_ms),
        "image": article.image,
        "attachments": [{"url": a.url, "type": a.type, "bytes": a.bytes} for a in article.attachments],
        "feed": _reference_to_dict(article.feed),
        "also_in": [_reference_to_dict(reference) for reference in article.also_in],
        "near_duplicate_of": article.near_duplicate_of,
        "story": article.story,
        "similarity": article.similarity,
        "related": list(article.related),
        "problems": list(article.problems),
    }


def article_to_json(article: Article) -> str:
    """Write *article* as compact JSON on one line, not ASCII-escaped: to be stored as UTF-8."""
    return _encode(article_to_dict(article))


def _shown_instant(ms: int | None) -> str | None:
    return None if ms is None else rfc3339(ms)


def _date_to_dict(when: ArticleDate | None) -> dict[str, object] | None:
    if when is None:
        return None
    return {
        "at": rfc3339(when.at_ms),
        "precision": when.precision,
        "source": when.source,
        "raw": when.raw,
        "inferred": list(when.inferred),
    }


def _reference_to_dict(reference: FeedReference) -> dict[str, object]:
    return {"id": reference.id, "url": reference.url or None, "title": reference.title}


def article_from_json(text: str | bytes) -> Article:
    """Read back the article that `article_to_json` wrote; fields this version does not know are ignored.

    ValueError, with what is wrong, if *text* is not an article of schema `newswire.article/1`.
    """
    value = Fields.read(text, ARTICLE_SCHEMA)
    return Article(
        id=value.text("id"),
        feed=_reference(value.inner("feed")),
        url=value.optional_text("url"),
        source_url=value.optional_text("source_url"),
        title=value.optional_text("title"),
        summary=value.optional_text("summary"),
        text=value.optional_text("text"),
        html=value.optional_text("html"),
        authors=value.texts("authors"),
        categories=value.texts("categories"),
        language=value.optional_text("language"),
        language_source=value.choice("language_source", _LANGUAGE_SOURCES),
        published=_date(value.optional_inner("published")),
        updated=_date(value.optional_inner("updated")),
        image=value.optional_text("image"),
        attachments=tuple(_attachment(item) for item in value.inners("attachments")),
        also_in=tuple(_reference(item) for item in value.inners("also_in")),
        near_duplicate_of=value.optional_text("near_duplicate_of"),
        story=value.optional_text("story"),
        similarity=value.optional_number("similarity"),
        related=value.texts("related"),
        problems=value.texts("problems"),
        kind=value.choice("kind", _KINDS) or "new",
        revision=value.whole("revision"),
        changed=value.texts("changed"),
        discovered_ms=_ms(value.optional_text("discovered_at")),
        accepted_ms=_ms(value.optional_text("accepted_at")),
    )


def _ms(instant: str | None) -> int | None:
    return None if instant is None else ms_from_rfc3339(instant)


def _date(value: Fields | None) -> ArticleDate | None:
    if value is None:
        return None
    inferred = (_INFERRED.get(name) for name in value.texts("inferred"))
    return ArticleDate(
        at_ms=ms_from_rfc3339(value.text("at")),
        precision=value.choice("precision", _PRECISIONS) or "second",
        source=value.text("source"),
        raw=value.text("raw"),
        inferred=tuple(name for name in inferred if name is not None),
    )


def _reference(value: Fields) -> FeedReference:
    return FeedReference(
        id=value.text("id"), url=value.optional_text("url") or "", title=value.optional_text("title")
    )


def _attachment(value: Fields) -> Attachment:
    return Attachment(url=value.text("url"), type=value.optional_text("type"), bytes=value.optional_whole("bytes"))


# --- Pages to be fetched ------------------------------------------------------------------------------------------


def page_task_to_bytes(task: PageTask) -> bytes:
    """Write *task* as compact JSON in UTF-8."""
    value = {"schema": PAGE_TASK_SCHEMA, "url": task.url, "until_ms": task.until_ms}
    return _encode({**value, "article": article_to_dict(task.article)}).encode(*_UTF8)


def page_task_from_bytes(data: bytes) -> PageTask:
    """Read back the task that `page_task_to_bytes` wrote; ValueError if *data* is none."""
    value = Fields.read(data.decode(*_UTF8), PAGE_TASK_SCHEMA)
    article = article_from_json(_encode(value.inner("article").values))
    return PageTask(value.text("url"), article, value.optional_whole("until_ms"))


# --- Feeds --------------------------------------------------------------------------------------------------------


def feed_to_json(feed: Feed) -> str:
    """Write *feed* as compact JSON on one line."""
    return _encode({"schema": FEED_SCHEMA, **asdict(feed)})


def feed_from_json(text: str | bytes) -> Feed:
    """Read back the feed that `feed_to_json` wrote; ValueError if *text* is none."""
    value = Fields.read(text, FEED_SCHEMA)
    return Feed(
        id=value.text("id"),
        url=value.text("url"),
        title=value.optional_text("title"),
        folder=value.optional_text("folder"),
        interval_seconds=value.optional_number("interval_seconds"),
        paused=value.truth("paused"),
        added_ms=value.whole("added_ms"),
        full_text=value.choice("full_text", FULL_TEXTS),
        weight=value.optional_number_between("weight", LEAST_WEIGHT, MOST_WEIGHT),
    )


# --- What Redis holds in hashes -----------------------------------------------------------------------------------


def document_to_fields(document: RawDocument) -> dict[bytes, bytes]:
    """Turn *document* into the fields of a Redis hash: all but its id, which names the hash, and `replayed`."""
    return {
        b"feed_id": document.feed_id.encode(*_UTF8),
        b"url": document.url.encode(*_UTF8),
        b"fetched_ms": b"" if document.fetched_ms is None else b"%d" % document.fetched_ms,
        b"body": document.body,
        b"content_encoding": document.content_encoding.encode(*_UTF8),
        b"content_type": document.content_type.encode(*_UTF8),
        **({b"is_delta": b"1"} if document.is_delta else {}),
        **({} if document.previous_ms is None else {b"previous_ms": b"%d" % document.previous_ms}),
        **({b"page_task": document.page_task} if document.page_task else {}),
        **({b"problem": document.problem.encode(*_UTF8)} if document.problem else {}),
        **({b"older_url": document.older_url.encode(*_UTF8)} if document.older_url else {}),
        **({b"backfill": document.backfill} if document.backfill else {}),
    }


def document_from_fields(document_id: str, fields: Mapping[bytes, bytes]) -> RawDocument:
    """Read the document *document_id* held by the *fields* of a Redis hash; others of its fields are ignored.

    ValueError if the hash lacks a field, as one that has ended meanwhile does.
    """
    try:
        return RawDocument(
            id=document_id,
            feed_id=fields[b"feed_id"].decode(*_UTF8),
            url=fields[b"url"].decode(*_UTF8),
            fetched_ms=_whole(fields[b"fetched_ms"] or None),
            body=fields[b"body"],
            content_encoding=fields[b"content_encoding"].decode(*_UTF8),
            content_type=fields[b"content_type"].decode(*_UTF8),
            replayed=b"replayed" in fields,
            is_delta=b"is_delta" in fields,
            previous_ms=_whole(fields.get(b"previous_ms")),
            page_task=fields.get(b"page_task", b""),
            problem=fields.get(b"problem", b"").decode(*_UTF8),
            older_url=fields.get(b"older_url", b"").decode(*_UTF8),
            backfill=fields.get(b"backfill", b""),
        )
    except KeyError as missing:
        raise ValueError(f"document {document_id} lacks its field {missing}") from None


def _whole(data: bytes | None) -> int | None:
    return None if data is None else int(data)
