"""The index of sketches: which articles of the last days share words with one that has just come. Plain calls.

Its layout stands in `lua/post_sketches.lua`; what it costs, in `tests/benchmarks/bench_copies.py`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from redis import Redis

from pipeline.adapters.keys import Keys
from pipeline.adapters.scripts import Value, call
from pipeline.model import Candidate, Evidence, Sample, Sketch

_ARTICLES_PER_CALL = 16
"""One article holds the server for about 0.2 ms; the next client waits no longer than 4 ms."""
# Article id, story (zeros: its own), feed id; then of the samples of text and lead: whether whole, how many hashes.
_RECORD = struct.Struct(">16s16s8sBBBB")


@dataclass(frozen=True, slots=True)
class Posted:
    """Where an article stands in the index, and what was there before it."""

    generation: int
    number: int
    evidence: Evidence


class SketchIndex:
    """The sketches of the articles of the last *window_ms*, behind *client*.

    A shingle that *most_carriers* articles posted is not posted again; at most *candidates* articles are named.
    """

    def __init__(self, client: Redis, keys: Keys, *, window_ms: int, most_carriers: int, candidates: int) -> None:
        self._client = client
        self._keys = keys
        self._arguments: dict[str, Value] = {
            "window_ms": window_ms,
            "carriers": most_carriers,
            "candidates": candidates,
        }

    def post(self, feed_id: str, sketches: Sequence[tuple[str, Sketch]]) -> list[Posted | None]:
        """Post (article id, sketch) pairs of one feed in order; of each, what came before (None: an empty sketch).

        To post an article again changes nothing, and brings only what came before it the first time.
        """
        wanted = [(article_id, sketch) for article_id, sketch in sketches if sketch.hashes]
        answers = iter(self._post(feed_id, wanted))
        return [_posted(next(answers)) if sketch.hashes else None for _, sketch in sketches]

    def _post(self, feed_id: str, sketches: Sequence[tuple[str, Sketch]]) -> Iterator[list[Any]]:
        for start in range(0, len(sketches), _ARTICLES_PER_CALL):
            tail: list[Value] = []
            for article_id, sketch in sketches[start : start + _ARTICLES_PER_CALL]:
                tail += [struct.pack(f">{len(sketch.hashes)}I", *sketch.hashes), _record(article_id, feed_id, sketch)]
            yield from call(
                self._client,
                "post_sketches",
                keys={"sketches": self._keys.sketches},
                arguments=self._arguments,
                tail=tail,
            )

    def note_story(self, posted: Posted, story: str) -> None:
        """Note that the article *posted* belongs to *story* (the id of an article), for those that find it later."""
        call(
            self._client,
            "note_story",
            keys={"sketches": self._keys.sketches},
            arguments={"generation": posted.generation, "number": posted.number, "story": bytes.fromhex(story)},
        )


def _record(article_id: str, feed_id: str, sketch: Sketch) -> bytes:
    text, lead = sketch.text, sketch.lead
    sizes = (text.whole, len(text.values), lead.whole, len(lead.values))
    heads = [value >> 16 for value in (*text.values, *lead.values)]
    return _RECORD.pack(bytes.fromhex(article_id), b"", bytes.fromhex(feed_id), *sizes) + struct.pack(
        f">{len(heads)}H", *heads
    )


def _posted(answer: list[Any]) -> Posted:
    carriers, generation, number, *records = answer
    return Posted(int(generation), int(number), Evidence(tuple(carriers), tuple(map(_candidate, records))))


def _candidate(record: bytes) -> Candidate:
    article_id, story, feed_id, text_whole, text_size, lead_whole, lead_size = _RECORD.unpack_from(record)
    heads = struct.unpack_from(f">{text_size + lead_size}H", record, _RECORD.size)
    return Candidate(
        article_id=article_id.hex(),
        feed_id=feed_id.hex(),
        story=(story if any(story) else article_id).hex(),
        text=Sample(heads[:text_size], bool(text_whole)),
        lead=Sample(heads[text_size:], bool(lead_whole)),
    )
