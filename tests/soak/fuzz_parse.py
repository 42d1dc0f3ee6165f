"""Feed the reader what a fuzzer makes of feeds, until something raises, hangs or says an impossible thing.

Needs `atheris` (PyPI), which is no dependency of the project:

    python tests/soak/fuzz_parse.py -max_total_time=300 CORPUS-FOLDER

With no folder it starts from the feeds of the tests. What it finds is left in the working directory as `crash-*`.
"""

from __future__ import annotations

import sys

import atheris
import paths  # noqa: F401 - puts the source on the path

with atheris.instrument_imports(include=["pipeline.stages"]):
    from pipeline.model import Article, FeedDocument, Reading
    from pipeline.stages.parse import read_feed
    from pipeline.stages.reading import read_document

from tests.feeds import LIMIT, URL, document

_TYPES = ("", "text/xml; charset=iso-8859-1", "application/json", "text/html; charset=windows-1251")


def one_input(data: bytes) -> None:
    """Read *data*, whose first byte chooses the content type, whole and without its end."""
    if not data:
        return
    content_type = _TYPES[data[0] % len(_TYPES)]
    body = data[1:]
    raw = document(body, content_type)
    reading = read_document(raw, feed_id="0" * 16, feed_url=URL, feed_title=None, limit_bytes=LIMIT)
    if isinstance(reading, Reading):
        for result in reading.results:
            if isinstance(result, Article):
                for text in (result.title, result.summary, result.text, result.html):
                    (text or "").encode()
    cut = read_feed(document(body[: len(body) // 2], content_type), limit_bytes=LIMIT)
    if isinstance(cut, FeedDocument) and len(cut.entries) > len(body):
        raise AssertionError("more entries than bytes")


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
