"""The desk of a worker in the process of a test, and the documents that a daemon would have left for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import time

import pytest
import redis

from pipeline import wire
from pipeline.adapters.keys import Keys
from pipeline.model import Feed, RawDocument
from workers import lifecycle
from workers.desk import desk

KEYS = Keys("newswire")


@contextmanager
def laid_out(monkeypatch: pytest.MonkeyPatch, url: str, **settings: str) -> Iterator[None]:
    """While the block lasts, the worker's code in this process works on the store at *url*, by *settings*.

    These are named as in the environment, without what all of them begin with.
    """
    monkeypatch.setenv("NEWSWIRE_REDIS_URL", url)
    for name, value in settings.items():
        monkeypatch.setenv(f"NEWSWIRE_{name}", value)
    _forget()
    yield
    _forget()


def _forget() -> None:
    desk.cache_clear()
    lifecycle.settings_of_this_process.cache_clear()


def leave(client: redis.Redis, feed: Feed, body: bytes) -> str:
    """Leave *body* as a document of *feed* for the worker, behind those that wait; returns its id."""
    now_ms = round(time() * 1000)
    document_id = f"{feed.id}-{client.incr(KEYS.tokens)}"
    document = RawDocument(feed.id, feed.url, now_ms, body, content_type="text/xml")
    client.hset(KEYS.documents(document_id), mapping=wire.document_to_fields(document))
    client.rpush(KEYS.mailboxes(feed.id), document_id)
    client.zadd(KEYS.backlog, {feed.id: now_ms}, nx=True)
    return document_id
