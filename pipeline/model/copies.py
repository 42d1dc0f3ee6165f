"""What tells that one article repeats another: its sketch, what the index knows of its words, and the link."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """The lowest hashes of some shingles, rising; `whole` says that these are all there are."""

    values: tuple[int, ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Sketch:
    """What an article is found and compared by: samples (of 32-bit hashes) of its whole text and of its beginning.

    That of an article with too few words is empty.
    """

    text: Sample = Sample()
    lead: Sample = Sample()

    @property
    def hashes(self) -> tuple[int, ...]:
        """Every hash of the samples, once."""
        return tuple(dict.fromkeys((*self.text.values, *self.lead.values)))


@dataclass(frozen=True, slots=True)
class Candidate:
    """An earlier article that shares shingles; of its samples only the upper 16 bits of each hash are kept."""

    article_id: str
    feed_id: str
    story: str
    text: Sample
    lead: Sample


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the index knows of a sketch: for each of its hashes how many earlier articles have it, and the likest."""

    carriers: tuple[int, ...] = ()
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class CopyOf:
    """The earlier article that one repeats, the story both belong to, and how much of the shorter one is shared."""

    article_id: str
    story: str
    similarity: float
