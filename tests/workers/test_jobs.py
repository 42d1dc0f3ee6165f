"""The flow of a worker when the store, the clock of its job or a record is at fault: no document pays for it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import NoReturn

import pytest
import redis
from documents import Item, atom, rss
from rq.timeouts import JobTimeoutException
from worker_desk import KEYS, laid_out, leave

from pipeline.adapters.articles import ArticleStore
from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.store_errors import StoreNotReady
from pipeline.model import Feed, Known
from pipeline.stages.seen_records import pack, unpack
from workers import jobs, publishing
from workers.desk import desk
from workers.time_limit import JobTimeLimit, OutOfTime

FEEDS = [Feed(f"{number:016x}", f"https://s{number}.example.org/feed") for number in range(1, 4)]


@pytest.fixture
def store(valkey_url: str, redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> Iterator[redis.Redis]:
    """Give a store with three feeds on the list, which the worker's code in this process works for."""
    with laid_out(monkeypatch, valkey_url, ARCHIVE__DAYS="0"):
        FeedStore(redis_client, KEYS).add(FEEDS)
        yield redis_client
        redis_client.flushall()


def show(store: redis.Redis, feed: Feed, *items: Item) -> str:
    """Leave a document of *feed* that shows *items* for the worker; returns its id."""
    return leave(store, feed, rss(items))


def titles(store: redis.Redis) -> list[str]:
    """The titles on the stream, in order."""
    return [json.loads(fields[b"article"])["title"] for _, fields in store.xrange(KEYS.articles)]


def process(*feeds: Feed) -> None:
    """Run one job for *feeds*."""
    jobs.process([feed.id for feed in feeds])


def _end_claims(store: redis.Redis) -> None:
    for feed, claim in store.hgetall(KEYS.claims).items():
        store.hset(KEYS.claims, feed, json.dumps({**json.loads(claim), "until": 0}))


def test_the_alarm_of_a_job_buries_nothing(store: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """It rings in whatever document the job has come to, which is as good as any other; RQ runs the job again."""
    show(store, FEEDS[0], Item("1", "One"))
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "read_document", _wait_for_ever)
        with pytest.raises(OutOfTime), JobTimeLimit(1, JobTimeoutException):
            process(FEEDS[0])
    _end_claims(store)

    process(FEEDS[0])

    assert (titles(store), store.xlen(KEYS.dead)) == (["One"], 0)


def test_a_batch_ends_between_two_documents(store: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that has worked for long leaves the rest to the next one, long before its alarm rings."""
    for number, feed in enumerate(FEEDS):
        show(store, feed, Item(str(number), f"Title {number}"))
    monkeypatch.setattr(jobs, "BATCH_SECONDS", 0.2)
    monkeypatch.setattr(jobs, "read_document", _slowly(jobs.read_document, seconds=0.15))

    process(*FEEDS)

    assert len(titles(store)) == 2
    process(*FEEDS)
    assert len(titles(store)) == 3


def test_what_the_store_refuses_is_no_attempt_of_the_document(
    store: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A memory that is full for an hour would else bury each healthy document that waits for it."""
    show(store, FEEDS[0], Item("1", "One"))
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "publish", _refuse)
        for _ in range(2 * jobs.MAX_ATTEMPTS):
            with pytest.raises(StoreNotReady):
                process(FEEDS[0])
            _end_claims(store)

    process(FEEDS[0])

    assert (titles(store), store.xlen(KEYS.dead)) == (["One"], 0)


def test_a_claim_whose_answer_was_lost_is_found_again(store: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client sends it again; were that another attempt, two lost answers would count as two dead workers."""
    show(store, FEEDS[0], Item("1", "One"))
    monkeypatch.setattr(redis.Redis, "evalsha", _sent_twice(redis.Redis.evalsha))

    claim = desk().backlog.claim(FEEDS[0].id, job_id="job")

    assert claim is not None
    assert (claim.attempts, claim.fence) == (1, int(store.get(KEYS.tokens)))


def test_a_record_that_nobody_can_read_costs_only_its_article(store: redis.Redis) -> None:
    """It may be of a version to come: its article stays as it was told, all others of its document are told."""
    show(store, FEEDS[0], Item("1", "One"), Item("2", "Two"))
    process(FEEDS[0])
    ((name, record), *_) = store.hgetall(KEYS.seen(FEEDS[0].id)).items()
    store.hset(KEYS.seen(FEEDS[0].id), name, b"\xff" + record)
    store.delete(KEYS.items(FEEDS[0].id))

    show(store, FEEDS[0], Item("1", "One"), Item("2", "Two"), Item("3", "Three"))
    process(FEEDS[0])

    assert (titles(store), store.xlen(KEYS.dead)) == (["One", "Two", "Three"], 0)
    assert ArticleStore(store, KEYS).totals()["same"] == 2


@pytest.mark.parametrize("claim", [b"{", b"5", b"{}", b"\xff"])
def test_a_claim_that_nobody_can_read_is_none(store: redis.Redis, claim: bytes) -> None:
    """It would end the job of 31 other feeds, and block its own for ever."""
    for number, feed in enumerate(FEEDS):
        show(store, feed, Item(str(number), f"Title {number}"))
    store.hset(KEYS.claims, FEEDS[1].id, claim)

    process(*FEEDS)

    assert sorted(titles(store)) == ["Title 0", "Title 1", "Title 2"]


def test_what_stands_in_the_place_of_a_document_does_not_block_its_feed(store: redis.Redis) -> None:
    """Somebody wrote to the key: it is buried as any document that is gone, and the next one comes."""
    first = show(store, FEEDS[0], Item("1", "One"))
    show(store, FEEDS[0], Item("2", "Two"))
    store.delete(KEYS.documents(first))
    store.set(KEYS.documents(first), "x")

    process(FEEDS[0])

    assert (titles(store), store.xlen(KEYS.dead)) == (["Two"], 1)


def test_a_key_that_the_store_cannot_use_costs_only_its_feed(store: redis.Redis) -> None:
    """The other feeds of the job are read at once; this one is logged and tried again."""
    for number, feed in enumerate(FEEDS):
        show(store, feed, Item(str(number), f"Title {number}"))
    store.set(KEYS.seen(FEEDS[0].id), "x")

    process(*FEEDS)

    assert titles(store) == ["Title 1", "Title 2"]
    store.delete(KEYS.seen(FEEDS[0].id))
    _end_claims(store)
    process(*FEEDS)
    assert titles(store)[2:] == ["Title 0"]


def test_a_withdrawal_that_meets_another_change_is_judged_again(
    store: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another feed of the site may be named in the article at that moment; it is taken back all the same."""
    gone = (
        b"<deleted-entry xmlns='http://purl.org/atompub/tombstones/1.0' ref='1' when='2026-11-02T00:00:00Z'/></feed>"
    )
    leave(store, FEEDS[0], atom([Item("1", "One")]))
    process(FEEDS[0])
    leave(store, FEEDS[0], atom([Item("2", "Two")]).replace(b"</feed>", gone))
    monkeypatch.setattr(publishing, "withdraw", _after_a_change(store, publishing.withdraw))

    process(FEEDS[0])

    assert [fields[b"kind"] for _, fields in store.xrange(KEYS.articles)] == [b"new", b"new", b"withdrawn"]
    totals = ArticleStore(store, KEYS).totals()
    assert [totals[name] for name in ("entries", "new", "withdrawn")] == [2, 2, 1]


def _wait_for_ever(*_: object, **__: object) -> NoReturn:
    """Read a document as a stage would that survives whatever one of its items breaks."""
    while True:
        with suppress(Exception):
            time.sleep(0.01)


def _slowly(read: Callable[..., object], *, seconds: float) -> Callable[..., object]:
    def reading(*document: object, **named: object) -> object:
        time.sleep(seconds)
        return read(*document, **named)

    return reading


def _refuse(*_: object) -> NoReturn:
    raise StoreNotReady("the memory of the store is full")


def _sent_twice(send: Callable[..., object]) -> Callable[..., object]:
    def sending(client: redis.Redis, *words: object) -> object:
        answer = send(client, *words)
        assert send(client, *words) == answer
        return answer

    return sending


def _after_a_change(store: redis.Redis, withdraw: Callable[..., object]) -> Callable[..., object]:
    """Give a `withdraw` before whose first verdict is written down another hand changes what is remembered."""
    seen = KEYS.seen(FEEDS[0].id)

    def withdrawing(known: Known, *rest: object, **named: object) -> object:
        if known.revision == 1:
            name = next(name for name, record in store.hgetall(seen).items() if unpack(record) == known)
            store.hset(seen, name, pack(replace(known, revision=2)))
        return withdraw(known, *rest, **named)

    return withdrawing
