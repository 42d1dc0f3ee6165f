"""Publishing: an article stands on the stream once, whoever offers it again, and is trimmed behind its readers."""

from __future__ import annotations

import pytest
import redis

from pipeline.adapters.articles import ArticleStore, Conflict, FencedOff, Publication, Published
from pipeline.adapters.backlog import Backlog, Claim
from pipeline.adapters.keys import Keys
from pipeline.model import Tally

KEYS = Keys("newswire")
FEED_ID = "00000000000000aa"


def _claim(backlog: Backlog) -> Claim:
    claim = backlog.claim(FEED_ID, job_id="job")
    assert claim is not None
    return claim


def _publication(n: int, *, expected: bytes = b"", record: bytes = b"r1") -> Publication:
    return Publication(n.to_bytes(8, "big"), expected, record, "new", "new", f"{n:032x}", "fr", json=f'{{"n":{n}}}')


def test_an_article_is_published_once_however_often_it_is_offered(
    redis_client: redis.Redis, documents: list[str]
) -> None:
    """A document processed again after a crash must not repeat what it published."""
    backlog, articles = Backlog(redis_client, KEYS), ArticleStore(redis_client, KEYS)
    claim = _claim(backlog)
    publications = [_publication(n) for n in range(450)]

    fates = articles.publish(FEED_ID, claim, publications=publications)
    again = articles.publish(FEED_ID, claim, publications=publications)

    assert all(isinstance(fate, Published) for fate in fates)
    assert again == [Conflict()] * 450
    assert articles.length() == 450
    assert backlog.finish(claim, entries=450, rejected=0) == Tally(documents=1, entries=450, new=450)
    backlog.finish(_claim(backlog), entries=0, rejected=0)
    assert documents


def test_a_publication_reaches_stream_and_channel_as_promised(
    redis_client: redis.Redis, documents: list[str]
) -> None:
    """Subscribers rely on the stream's fields and on the channel's message, stream id and JSON."""
    backlog, articles = Backlog(redis_client, KEYS), ArticleStore(redis_client, KEYS)
    claim = _claim(backlog)
    listener = redis_client.pubsub()
    listener.subscribe(KEYS.articles)
    listener.get_message(timeout=5)

    (fate,) = articles.publish(FEED_ID, claim, publications=[_publication(7)])

    ((stream_id, fields),) = redis_client.xrange(KEYS.articles)  # type: ignore[misc]
    assert fate == Published(stream_id.decode())
    assert fields == {
        b"article": b'{"n":7}',
        b"id": b"%032x" % 7,
        b"kind": b"new",
        b"feed": FEED_ID.encode(),
        b"language": b"fr",
    }
    message = listener.get_message(timeout=5)
    assert message is not None
    assert message["data"] == stream_id + b' {"n":7}'
    listener.close()
    assert documents
    redis_client.flushall()


def test_a_worker_without_the_claim_publishes_nothing(redis_client: redis.Redis, documents: list[str]) -> None:
    """A worker frozen past its claim wakes with an older state of the feed in its hands."""
    backlog, articles = Backlog(redis_client, KEYS), ArticleStore(redis_client, KEYS)
    frozen = _claim(backlog)
    _claim(backlog)

    with pytest.raises(FencedOff):
        articles.publish(FEED_ID, frozen, publications=[_publication(1)])

    assert articles.length() == 0
    assert documents
    redis_client.flushall()


def test_the_stream_is_trimmed_only_behind_its_readers(redis_client: redis.Redis, documents: list[str]) -> None:
    """A slow consumer group must find what it has not read, however old."""
    articles = ArticleStore(redis_client, KEYS)
    for n in range(300):
        redis_client.xadd(KEYS.articles, {"n": n}, id=f"{n + 1}-0")
    redis_client.xgroup_create(KEYS.articles, "slow", id="0")
    redis_client.xreadgroup("slow", "c", {KEYS.articles: ">"}, count=250)
    redis_client.xack(KEYS.articles, "slow", *[f"{n + 1}-0" for n in range(200)])

    articles.trim(before_ms=10_000)

    assert redis_client.xrange(KEYS.articles, "201-0", "201-0"), "pending: still needed"
    redis_client.xack(KEYS.articles, "slow", *[f"{n + 1}-0" for n in range(250)])
    redis_client.xgroup_setid(KEYS.articles, "slow", "300-0")
    articles.trim(before_ms=10_000)
    assert articles.length() < 150
    assert documents
    redis_client.flushall()


@pytest.mark.parametrize(("kept", "is_cut", "gaps"), [(0, False, 1), (1, False, 0), (0, True, 0)])
def test_a_window_that_shows_nothing_known_is_a_gap(
    redis_client: redis.Redis, documents: list[str], kept: int, is_cut: bool, gaps: int
) -> None:
    """What a feed showed between two polls may be lost: said once, and not of a document that was cut."""
    backlog, articles = Backlog(redis_client, KEYS), ArticleStore(redis_client, KEYS)
    first, second = [_publication(n) for n in range(3)], [_publication(n) for n in range(3, 6)]
    claim = _claim(backlog)
    articles.publish(FEED_ID, claim, publications=first)
    before = backlog.finish(claim, entries=3, rejected=0)

    claim = _claim(backlog)
    articles.publish(FEED_ID, claim, publications=second)
    after = backlog.finish(claim, entries=3 + kept, rejected=0, is_cut=is_cut)

    assert (before and before.gaps, after and after.gaps) == (0, gaps)
    assert documents
