"""An edit flood: bounded, and nothing of it forgotten."""

from __future__ import annotations

from pipeline.model import Article, FeedReference, Known, Revised, Same, Verdict
from pipeline.stages.revisions import MOST_AT_ONCE, within_flood

FEED = FeedReference("0" * 16, "https://example.org/feed")


def _revised(number: int) -> Verdict:
    article = Article(id=f"{number:032x}", feed=FEED, kind="revised", revision=2)
    return Revised(article, Known(2, 0, 0, bytes([number % 256]) * 48))


def test_a_feed_that_touches_all_it_shows_tells_of_the_first_only() -> None:
    """A new line in every text is no news; what is held back is remembered, so that the next edit is told."""
    bounded = within_flood([_revised(number) for number in range(50)])

    assert [isinstance(each, Revised) for each in bounded] == [True] * MOST_AT_ONCE + [False] * 20
    last = bounded[-1]
    assert isinstance(last, Same)
    assert last.known == Known(1, 0, 0, bytes([49]) * 48)


def test_many_edits_of_a_large_feed_are_all_told() -> None:
    """Forty edits among two hundred articles are a busy day, not a flood."""
    verdicts = [_revised(number) for number in range(40)] + [Same(f"{number:032x}") for number in range(160)]

    assert within_flood(verdicts) == verdicts
