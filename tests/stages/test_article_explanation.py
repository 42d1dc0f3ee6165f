"""An article explained to a person who doubts what was told of it."""

from __future__ import annotations

from dataclasses import replace

from pipeline.model import Article, Feed, FeedReference, Known
from pipeline.stages.aliases import EVIDENCE, Aliases, Carrier
from pipeline.stages.article_explanation import article_explanation
from pipeline.stages.digests import DIGESTS_BYTES, digests_of

FEED = Feed("00000000000000aa", "https://example.org/feed", interval_seconds=90)
ARTICLE = Article(
    "f" * 32,
    FeedReference(FEED.id, FEED.url),
    title="The bridge opens again",
    summary="It is open. 3 comments",
    revision=2,
    kind="revised",
    changed=("title",),
)
KNOWN = Known(2, 1_000, 0, digests_of(ARTICLE))
ALIASES = Aliases(b"name-001", address=b"addr", title=b"titl", moment=b"when")


def explained(article: Article, known: Known, carrier: Carrier | None = None) -> dict[str, str]:
    """Explain *article* without a page."""
    return article_explanation([article], known, FEED, page=None, mode="never", page_waits=False, carrier=carrier)


def test_it_is_told_which_alias_matched() -> None:
    """Whoever sees one article where the feed had two guids wants to know why they are one."""
    proof = EVIDENCE.index("its address and date")

    assert explained(ARTICLE, KNOWN)["identity"] == "Known by its own key (its guid, else its link) alone."
    assert explained(ARTICLE, KNOWN, Carrier(ARTICLE.id, ALIASES, 0))["identity"] == (
        "Known by its own key; under another it is recognised by any of: its address, title and date; its address "
        "and date; its title and date."
    )
    assert explained(ARTICLE, KNOWN, Carrier(ARTICLE.id, ALIASES, 0, proof))["identity"] == (
        "Shown under another key than at first, and recognised by its address and date."
    )


def test_it_is_told_what_the_hash_left_out() -> None:
    """An edit that was not told has to be an edit of what is not compared."""
    assert '"3 comments"' in explained(ARTICLE, KNOWN)["not_compared"]
    plain = replace(ARTICLE, summary="It is open.")
    assert "no counter" in explained(plain, replace(KNOWN, digests=digests_of(plain)))["not_compared"]


def test_flapping_is_told_with_the_next_time() -> None:
    """Two caches that disagree look like lost edits to those who watch one of them."""
    said = explained(ARTICLE, replace(KNOWN, returns=3))["flapping"]

    assert said.startswith("It went back 3 times to what it had said before")
    assert "told 4 days after its last revision" in said
    assert "flapping" not in explained(ARTICLE, KNOWN)


def test_what_a_flood_held_back_is_told() -> None:
    """The bound on a flood of edits hides something; here it is said."""
    now = replace(ARTICLE, summary="It is open. Share this.")

    assert "edit flood" in explained(ARTICLE, replace(KNOWN, digests=digests_of(now)))["held_back"]
    assert "held_back" not in explained(ARTICLE, KNOWN)


def test_a_withdrawal_is_told_with_its_reason() -> None:
    """A feed that takes an article back and a page that is gone are two things."""
    gone = Article(ARTICLE.id, ARTICLE.feed, kind="withdrawn", revision=3)
    known = Known(3, 1_000, 0, bytes(DIGESTS_BYTES))

    assert explained(gone, known)["withdrawn"] == "Its feed took it back (a tombstone, RFC 6721)."
    gone = replace(gone, problems=("page not fetched: HTTP 410",))
    assert explained(gone, known)["withdrawn"] == "Its page was read and is gone (HTTP 410)."
