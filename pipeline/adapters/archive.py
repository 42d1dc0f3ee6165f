"""Raw documents of the last days on disk, so that what was read wrongly can be read again.

On disk, because they are many (a thousand busy feeds bring a gigabyte a day) and the memory of Redis is dear. A
document is one file, `<day>/<fetched ms>-<feed>-<digest>`: a line of JSON, then the body as it came, or compressed
with Zstandard when it came bare. A disk that is full or read-only costs the archive, never the news. All times are by
the clock that comes in as `now_ms`, the store's: that of the disk may be years from it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

from backports import zstd

from pipeline.errors import ArchiveError
from pipeline.model import RawDocument

_VERSION = 1
_FAST = 1
_PRUNE_MS = 600_000
_PRUNED = "pruned"
_DAY_MS = 86_400_000
_UNFINISHED = ".part"
_UNFINISHED_MS = 3_600_000
"""What was not finished for so long is nobody's any more: its worker was killed."""


@dataclass(frozen=True, slots=True)
class Archive:
    """The documents under *folder*: of the last *days*, and of at most *most_bytes*; of 0 days there are none."""

    folder: Path
    days: int
    most_bytes: int

    def keep(self, document: RawDocument, *, now_ms: int) -> None:
        """Keep *document*, fetched at *now_ms* unless it says otherwise; raises OSError when the disk does not."""
        if not self.days:
            return
        fetched_ms = now_ms if document.fetched_ms is None else document.fetched_ms
        digest = blake2b(document.body, digest_size=8).hexdigest()
        day = self.folder / datetime.fromtimestamp(fetched_ms / 1000, UTC).date().isoformat()
        day.mkdir(parents=True, exist_ok=True)
        name = f"{document.feed_id}-{digest}"
        unfinished = day / f"{now_ms:013d}-{name}{_UNFINISHED}"
        try:
            unfinished.write_bytes(_to_bytes(document, fetched_ms))
            unfinished.replace(day / f"{fetched_ms:013d}-{name}")
        finally:  # above all when the disk is full
            self._prune_now_and_then(now_ms)

    def since(self, since_ms: int, *, feed_id: str | None = None) -> list[Path]:
        """List the documents fetched at *since_ms* or later, of all feeds or of one, oldest first.

        Raises ArchiveError when the folder cannot be read.
        """
        finished = (path for path in self._files() if path.suffix != _UNFINISHED)
        try:
            names = [path for path in finished if _ms(path) >= since_ms]
        except OSError as error:
            raise ArchiveError(f"{error.filename}: the archive cannot be read: {error.strerror}") from None
        return sorted(path for path in names if feed_id is None or path.name[14:].startswith(f"{feed_id}-"))

    def prune(self, now_ms: int) -> int:
        """Drop what is too old or was left unfinished, and then the oldest of what is too much; returns how many."""
        total = dropped = 0
        for path in sorted(self._files(), reverse=True):
            total += _size(path)
            kept_ms = _UNFINISHED_MS if path.suffix == _UNFINISHED else self.days * _DAY_MS
            if _ms(path) < now_ms - kept_ms or total > self.most_bytes:
                path.unlink(missing_ok=True)
                dropped += 1
        for day in self._days():
            if not any(day.iterdir()):
                day.rmdir()
        return dropped

    def _prune_now_and_then(self, now_ms: int) -> None:
        """Prune when nobody has for ten minutes: a mark on the disk, for each job is a process of its own."""
        mark = self.folder / _PRUNED
        try:
            fresh = abs(now_ms - mark.stat().st_mtime_ns // 1_000_000) < _PRUNE_MS
        except FileNotFoundError:
            fresh = False
        if not fresh:
            mark.touch()
            os.utime(mark, ns=(now_ms * 1_000_000, now_ms * 1_000_000))
            self.prune(now_ms)

    def _days(self) -> list[Path]:
        return [path for path in self.folder.iterdir() if path.is_dir()] if self.folder.exists() else []

    def _files(self) -> Iterator[Path]:
        for day in self._days():
            yield from (path for path in day.iterdir() if path.name[:13].isdecimal())


def read_archived(path: Path) -> RawDocument:
    """Read the document in the file *path*; raises OSError, or ValueError for a file that is none, naming it."""
    try:
        return _from_bytes(path.read_bytes())
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError, zstd.ZstdError) as error:
        raise ValueError(f"{path}: cannot be read: {error}") from None


def _from_bytes(data: bytes) -> RawDocument:
    head, separator, body = data.partition(b"\n")
    facts = json.loads(head) if separator else None
    if not isinstance(facts, dict) or facts.get("version") != _VERSION:
        raise ValueError("not a document of this version")
    return RawDocument(
        feed_id=str(facts["feed"]),
        url=str(facts["url"]),
        fetched_ms=int(facts["fetched_ms"]),
        body=zstd.decompress(body) if facts["packed"] else body,
        content_encoding=str(facts["content_encoding"]),
        content_type=str(facts["content_type"]),
        is_delta=bool(facts["is_delta"]),
        replayed=True,
    )


def _to_bytes(document: RawDocument, fetched_ms: int) -> bytes:
    is_bare = not document.content_encoding
    facts = {
        "version": _VERSION,
        "feed": document.feed_id,
        "url": document.url,
        "fetched_ms": fetched_ms,
        "content_encoding": document.content_encoding,
        "content_type": document.content_type,
        "is_delta": document.is_delta,
        "packed": is_bare,
    }
    return json.dumps(facts).encode() + b"\n" + (zstd.compress(document.body, _FAST) if is_bare else document.body)


def _ms(path: Path) -> int:
    """When the document in *path* was fetched; of an unfinished one, when it was begun."""
    return int(path.name[:13])


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # another worker dropped it
        return 0
