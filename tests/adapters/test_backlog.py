"""The backlog: documents wait in order, are worked on by one job at a time, and survive whatever loses a job."""

from __future__ import annotations

import pytest
import redis
import redis.asyncio
from rq import Queue
from rq.serializers import JSONSerializer

from pipeline.adapters.backlog import Backlog, Claim
from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.keys import Keys
from pipeline.model import Feed, Tally

KEYS = Keys("newswire")
FEED = Feed(id="00000000000000aa", url="https://example.org/feed.xml")


def _claim(backlog: Backlog, job_id: str = "job") -> Claim:
    claim = backlog.claim(FEED.id, job_id=job_id)
    assert claim is not None
    return claim


def _expire_claims(client: redis.Redis) -> None:
    """Let every lease in the backlog be over, as if its holder had died half a minute ago."""
    client.zadd(KEYS.backlog, {FEED.id: 1})
    text = client.hget(KEYS.claims, FEED.id)
    if text is not None:
        client.hset(KEYS.claims, FEED.id, text.replace(b'"until":', b'"until":0,"was":'))  # type: ignore[union-attr]


def test_documents_of_a_feed_are_processed_in_order(redis_client: redis.Redis, documents: list[str]) -> None:
    """An older state processed after a newer one would publish a revision that never was."""
    backlog = Backlog(redis_client, KEYS)

    first = _claim(backlog)
    backlog.finish(first, entries=0, rejected=0)
    second = _claim(backlog)
    backlog.finish(second, entries=0, rejected=0)

    assert [first.document.id, second.document.id] == documents
    assert [first.document.body, second.document.body] == [b"<one/>", b"<two/>"]
    assert backlog.claim(FEED.id, job_id="job") is None
    assert backlog.waiting() == 0


def test_a_feed_is_worked_on_by_one_job_at_a_time(redis_client: redis.Redis, documents: list[str]) -> None:
    """Two workers on one feed would race for the order of its revisions."""
    backlog = Backlog(redis_client, KEYS)
    claim = _claim(backlog)

    assert backlog.claim(FEED.id, job_id="another") is None

    backlog.finish(claim, entries=0, rejected=0)
    backlog.finish(_claim(backlog, "another"), entries=0, rejected=0)
    assert documents


def test_what_a_dead_worker_held_goes_to_another(redis_client: redis.Redis, documents: list[str]) -> None:
    """A kill at any point must not lose the document, and the dead worker, should it wake, must not write."""
    backlog = Backlog(redis_client, KEYS)
    dead = _claim(backlog, "dead")
    _expire_claims(redis_client)

    successor = _claim(backlog, "successor")

    assert successor.document.id == dead.document.id == documents[0]
    assert successor.attempts == 2
    assert backlog.finish(dead, entries=9, rejected=0) is None
    assert backlog.finish(successor, entries=3, rejected=1) == Tally(documents=1, entries=3, same=2, rejected=1)
    backlog.finish(_claim(backlog, "successor"), entries=0, rejected=0)


@pytest.mark.parametrize("reason", ["", "not a feed"])
def test_a_document_closed_twice_by_a_lost_answer_counts_once_and_answers_the_same(
    redis_client: redis.Redis, documents: list[str], reason: str
) -> None:
    """A connection that breaks after the command ran makes the client send it again; a gap must still be told of."""
    backlog = Backlog(redis_client, KEYS)
    claim = _claim(backlog)

    def close() -> Tally | None:
        if reason:
            return backlog.bury(claim, reason=reason)
        return backlog.finish(claim, entries=3, rejected=1)

    first, counted = close(), redis_client.hgetall(KEYS.totals)
    again = close()

    assert first == again is not None
    assert redis_client.hgetall(KEYS.totals) == counted
    assert redis_client.xlen(KEYS.dead) == bool(reason)
    assert redis_client.lrange(KEYS.mailboxes(FEED.id), 0, -1) == [documents[1].encode()]
    assert 0 < redis_client.pttl(KEYS.finished(claim.fence)) <= 60_000
    backlog.finish(_claim(backlog), entries=0, rejected=0)


def test_what_was_begun_before_is_read_last(redis_client: redis.Redis, documents: list[str]) -> None:
    """One document that kills its workers must not hold up those that travel with it, attempt after attempt."""
    backlog = Backlog(redis_client, KEYS)
    batch = [FEED.id, "00000000000000bb", "00000000000000cc"]

    before = backlog.suspects_last(batch)
    _claim(backlog, "a job whose worker dies")
    after = backlog.suspects_last(batch)
    for _ in documents:
        backlog.finish(_claim(backlog, "a job whose worker dies"), entries=0, rejected=0)

    assert before == batch
    assert after == [*batch[1:], FEED.id]
    assert backlog.suspects_last(batch) == batch
    assert backlog.suspects_last([]) == []


def test_the_same_job_run_again_takes_its_claim_over(redis_client: redis.Redis, documents: list[str]) -> None:
    """RQ runs a job again at once when its child was killed; waiting for the claim to end would waste time."""
    backlog = Backlog(redis_client, KEYS)
    first_run = _claim(backlog)

    second_run = _claim(backlog)

    assert second_run.attempts == 2
    assert backlog.finish(first_run, entries=0, rejected=0) is None
    for _ in documents:
        assert backlog.finish(_claim(backlog), entries=0, rejected=0) is not None


def test_feeds_that_wait_together_travel_as_one_job(redis_client: redis.Redis) -> None:
    """A job costs RQ about 15 ms whatever it holds; many documents must share it."""
    backlog = Backlog(redis_client, KEYS)
    redis_client.zadd(KEYS.backlog, {f"{n:016x}": n for n in range(100)})

    dispatched = backlog.dispatch(jobs_waiting=8)

    queue = Queue(KEYS.queue, connection=redis_client, serializer=JSONSerializer)
    sizes = [len(job.args[0]) for job in queue.jobs]
    assert dispatched == sum(sizes) == 100
    assert len(sizes) == 8
    assert backlog.dispatch(jobs_waiting=8) == 0, "the queue is kept short"
    redis_client.flushall()


def test_an_id_that_is_none_holds_up_no_feed(redis_client: redis.Redis, documents: list[str]) -> None:
    """Another hand wrote to the backlog: the dispatcher goes on, and is not met by it again."""
    redis_client.zadd(KEYS.backlog, {b"\xff\xfe": 0})
    backlog = Backlog(redis_client, KEYS)

    assert backlog.dispatch(jobs_waiting=8) == 1
    assert backlog.waiting() == 1
    assert documents
    redis_client.flushall()


def test_what_rq_loses_is_dispatched_again(redis_client: redis.Redis, documents: list[str]) -> None:
    """RQ loses a job whose worker dies between two commands; the document must come back by itself."""
    backlog = Backlog(redis_client, KEYS)
    assert backlog.dispatch(jobs_waiting=8) == 1
    Queue(KEYS.queue, connection=redis_client).empty()

    assert backlog.dispatch(jobs_waiting=8) == 0, "its lease still runs"
    _expire_claims(redis_client)

    assert backlog.dispatch(jobs_waiting=8) == 1
    assert documents
    redis_client.flushall()


def test_a_living_job_keeps_its_claim_and_what_it_has_yet_to_come_to(
    redis_client: redis.Redis, documents: list[str]
) -> None:
    """A long job must not be taken for a dead one."""
    backlog = Backlog(redis_client, KEYS)
    claim = _claim(backlog)
    redis_client.zadd(KEYS.backlog, {"ff": backlog.now_ms() + 1_000})
    _expire_claims(redis_client)

    assert backlog.renew([FEED.id, "ff", "removed"], job_id="job") == 2

    assert backlog.claim(FEED.id, job_id="another") is None
    assert backlog.renew([FEED.id], job_id="another") == 0
    assert backlog.finish(claim, entries=0, rejected=0) is not None
    assert documents
    redis_client.flushall()


def test_what_arrives_behind_a_job_waits_for_the_next_one(redis_client: redis.Redis, documents: list[str]) -> None:
    """A job may be at its other feeds for a minute; put off at each heartbeat, the news would wait for its end."""
    backlog = Backlog(redis_client, KEYS)
    for _ in documents:
        backlog.finish(_claim(backlog), entries=0, rejected=0)
    arrived_ms = backlog.now_ms()
    redis_client.zadd(KEYS.backlog, {FEED.id: arrived_ms})

    assert backlog.renew([FEED.id], job_id="job") == 0

    assert redis_client.zscore(KEYS.backlog, FEED.id) == arrived_ms
    assert backlog.dispatch(jobs_waiting=8) == 1
    redis_client.flushall()


def test_a_removed_feed_takes_its_waiting_documents_along(redis_client: redis.Redis, documents: list[str]) -> None:
    """What nobody will ever claim must not stay for ever, and the worker that is at it must not write any more."""
    backlog = Backlog(redis_client, KEYS)
    claim = _claim(backlog)

    FeedStore(redis_client, KEYS).remove(FEED.id)

    assert backlog.finish(claim, entries=1, rejected=0) is None
    assert backlog.claim(FEED.id, job_id="another") is None
    assert set(redis_client.scan_iter()) == {name.encode() for name in (KEYS.tokens, KEYS.clocks, KEYS.totals)}
    assert documents


def test_a_document_whose_body_is_gone_does_not_block_the_next(
    redis_client: redis.Redis, documents: list[str]
) -> None:
    """Somebody deletes a key by hand; the feed must go on, and the loss must be on record."""
    backlog = Backlog(redis_client, KEYS)
    redis_client.delete(KEYS.documents(documents[0]))

    claim = _claim(backlog)

    assert claim.document.id == documents[1]
    ((_, dead),) = redis_client.xrange(KEYS.dead)
    assert dead[b"id"] == documents[0].encode()
    backlog.finish(claim, entries=0, rejected=0)


def test_a_buried_document_keeps_its_payload_and_reason(redis_client: redis.Redis, documents: list[str]) -> None:
    """What could not be processed must be there to look at and to play again."""
    backlog = Backlog(redis_client, KEYS)

    tally = backlog.bury(_claim(backlog), reason="not a feed")

    assert tally == Tally(documents=1, dead=1)
    ((_, fields),) = redis_client.xrange(KEYS.dead)  # type: ignore[misc]
    assert fields[b"reason"] == b"not a feed"
    assert fields[b"id"] == documents[0].encode()
    assert fields[b"body"] == b"<one/>"
    backlog.finish(_claim(backlog), entries=0, rejected=0)
