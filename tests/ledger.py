"""The ledger of the whole pipe: what stands on the article stream, read as any outsider would read it."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import redis

from pipeline.adapters.connection import connect

STREAM = "{newswire}:articles"


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the stream: its fields, and the article's JSON decoded."""

    stream_id: str
    kind: str
    feed: str
    article: Mapping[str, Any]

    @property
    def title(self) -> str:
        """The article's title, "" for none."""
        return str(self.article["title"] or "")

    @property
    def fact(self) -> tuple[str, str]:
        """What was said: kind and title."""
        return self.kind, self.title


def published(url: str) -> list[Line]:
    """Read the whole stream of the Redis at *url*, oldest first."""
    client = connect(url)
    try:
        entries: Any = client.xrange(STREAM)
        return list(_lines(entries))
    finally:
        client.close()


def latest_titles(url: str) -> Counter[str]:
    """The title of each article on the stream of the Redis at *url*, in its last revision."""
    return Counter({str(line.article["id"]): line.title for line in published(url)}.values())


def repeated(lines: Iterable[Line]) -> list[tuple[str, int]]:
    """List the (article id, revision) pairs that stand on the stream more than once."""
    counts = Counter((str(line.article["id"]), int(line.article["revision"])) for line in lines)
    return [pair for pair, count in counts.items() if count > 1]


@dataclass(slots=True)
class Reader:
    """Reads the stream of the Redis at *url* live, in a thread of its own; a server that is away is waited for.

    `lines` grows; `seen_at` has the time (monotonic, seconds) at which each of them was read.
    """

    url: str
    lines: list[Line] = field(default_factory=list)
    seen_at: list[float] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Begin to read, from the beginning of the stream."""
        self._thread = threading.Thread(target=self._read, name="reader", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop reading."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(10)

    def _read(self) -> None:
        for line in follow(self.url, self._stop):
            self.lines.append(line)
            self.seen_at.append(time.monotonic())


def follow(url: str, stop: threading.Event) -> Iterator[Line]:
    """Read the stream of the Redis at *url* from its beginning, and go on until *stop*; waits for a lost server."""
    last = "0"
    client = connect(url)
    while not stop.is_set():
        try:
            answer: Any = client.xread({STREAM: last}, count=1000, block=200)
        except (redis.RedisError, OSError):
            with suppress(redis.RedisError, OSError):
                client.close()
            time.sleep(0.05)
            continue
        for line in _lines(_entries(answer)):
            last = line.stream_id
            yield line
    client.close()


def _entries(answer: Any) -> list[Any]:  # noqa: ANN401 - redis-py's answers have no type
    """Give the entries of the only stream of *answer*, under either version of the protocol."""
    if not answer:
        return []
    entries = next(iter(answer.values())) if isinstance(answer, dict) else answer[0][1]
    return list(entries[0]) if entries and isinstance(entries[0], list) else list(entries)


def _lines(entries: Iterable[tuple[bytes, Mapping[bytes, bytes]]]) -> Iterator[Line]:
    for stream_id, fields in entries:
        article = json.loads(fields[b"article"])
        assert (article["id"], article["kind"]) == (fields[b"id"].decode(), fields[b"kind"].decode())
        yield Line(stream_id.decode(), fields[b"kind"].decode(), fields[b"feed"].decode(), article)
