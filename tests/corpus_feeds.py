"""The feeds of the corpus as they were fetched, for tests that hold our reading against another."""

from __future__ import annotations

import gzip
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path

from pipeline.model import RawDocument

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
ABSENT = "../shared/corpus is absent"
LIMIT_BYTES = 10 * 1024 * 1024
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_CONTENT_TYPE = re.compile(rb"^content-type:[ \t]*(.*?)\r?$", re.IGNORECASE | re.MULTILINE)


def document(body: bytes, content_type: str = "") -> RawDocument:
    """Give *body* as a fetched document."""
    return RawDocument("0" * 16, "https://example.org/feed.xml", None, body, content_type=content_type)


def captured(folder: str) -> Iterator[tuple[str, RawDocument]]:
    """Yield the XML feeds under *folder* of the corpus by name."""
    root = CORPUS / folder
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        if ".expected" in path.name or ".json" in path.suffixes or path.suffix == ".jsonc":
            continue
        body = path.read_bytes()
        if body.startswith(b"\x1f\x8b"):
            body = gzip.decompress(body)
        content_type = ""
        if body.startswith(b"HTTP/"):
            head, body = _HEAD_END.split(body, maxsplit=1)
            named = _CONTENT_TYPE.search(head)
            content_type = named[1].decode() if named else ""
        yield f"{folder}/{path.relative_to(root).as_posix()}", document(body, content_type)


def conformance() -> Iterator[tuple[str, RawDocument]]:
    """Yield the XML documents of the conformance tests by name."""
    with tarfile.open(CORPUS / "conformance" / "gofeed-testdata.tar.gz") as archive:
        for member in archive:
            file = archive.extractfile(member) if member.name.endswith(".xml") else None
            if file is not None:
                yield f"conformance/{member.name}", document(file.read())


def all_feeds() -> Iterator[tuple[str, RawDocument]]:
    """Yield every XML feed of the corpus by name."""
    yield from captured("feeds")
    yield from captured("feeds-edge")
    yield from conformance()
