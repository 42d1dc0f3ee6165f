"""A store that died and came back without its last writes, as after a power cut or a fail-over.

Whoever was at work knows of writes that the store no longer has: nothing may be done on the strength of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
import redis.asyncio
from operators_valkey import Valkey
from worker_desk import KEYS, leave

from pipeline.adapters.articles import ArticleStore, FencedOff, Publication
from pipeline.adapters.backlog import Backlog, Claim
from pipeline.adapters.connection import connect, connect_async
from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.leases import LeaseStore
from pipeline.adapters.pages import PageStore
from pipeline.model import Feed, Tally

FEED = Feed(id="00000000000000aa", url="https://example.org/feed.xml")


@dataclass(frozen=True, slots=True)
class Forgetful:
    """A server that writes a log, and a connection to it."""

    server: Valkey
    client: redis.Redis

    def written_bytes(self) -> int:
        """How long its log is now: to here it can be rolled back."""
        return self.server.log.stat().st_size


@pytest.fixture
def forgetful(tmp_path: Path) -> Iterator[Forgetful]:
    """A server with one feed, of which one document waits; what it has answered stands in its log."""
    server = Valkey(tmp_path, "--appendonly", "yes", "--appendfsync", "always", "--save", "")
    with connect(server.url) as client:
        FeedStore(client, KEYS).add([FEED])
        leave(client, FEED, b"<feed/>")
        yield Forgetful(server, client)
    server.stop()


def _claim(backlog: Backlog) -> Claim:
    claim = backlog.claim(FEED.id, job_id="job")
    assert claim is not None
    return claim


def _publications(*numbers: int) -> list[Publication]:
    return [
        Publication(n.to_bytes(8, "big"), b"", b"record", "new", "new", f"{n:032x}", "fr", json=f'{{"n":{n}}}')
        for n in numbers
    ]


def test_a_document_is_not_closed_without_what_it_published(forgetful: Forgetful) -> None:
    """Its feed is asked with validators that vouch for it, so nothing would ever show its articles again."""
    backlog, articles = Backlog(forgetful.client, KEYS), ArticleStore(forgetful.client, KEYS)
    claim, before_bytes = _claim(backlog), forgetful.written_bytes()
    articles.publish(FEED.id, claim, publications=_publications(1, 2))
    assert forgetful.server.roll_back(before_bytes) > 0

    assert backlog.finish(claim, entries=2, rejected=0) is None

    again = _claim(backlog)
    articles.publish(FEED.id, again, publications=_publications(1, 2))
    assert articles.length() == 2
    assert backlog.finish(again, entries=2, rejected=0) == Tally(documents=1, entries=2, new=2)


def test_no_portion_of_a_document_is_published_where_one_before_it_is_gone(forgetful: Forgetful) -> None:
    """The last of them would stand at the close, and stand for all."""
    backlog, articles = Backlog(forgetful.client, KEYS), ArticleStore(forgetful.client, KEYS)
    claim, before_bytes = _claim(backlog), forgetful.written_bytes()
    articles.publish(FEED.id, claim, publications=_publications(1))
    assert forgetful.server.roll_back(before_bytes) > 0

    with pytest.raises(FencedOff):
        articles.publish(FEED.id, claim, publications=_publications(2))

    again = _claim(backlog)
    articles.publish(FEED.id, again, publications=_publications(1, 2))
    assert backlog.finish(again, entries=2, rejected=0) == Tally(documents=1, entries=2, new=2)


def test_a_document_that_was_published_in_part_before_is_closed_with_the_rest(forgetful: Forgetful) -> None:
    """What stood before the worker died stands: whoever comes next goes on from there."""
    backlog, articles = Backlog(forgetful.client, KEYS), ArticleStore(forgetful.client, KEYS)
    articles.publish(FEED.id, _claim(backlog), publications=_publications(1))
    before_bytes = forgetful.written_bytes()
    forgetful.client.set("gone", 1)
    assert forgetful.server.roll_back(before_bytes) > 0

    claim = _claim(backlog)
    articles.publish(FEED.id, claim, publications=_publications(2))

    assert backlog.finish(claim, entries=2, rejected=0) == Tally(documents=1, entries=2, new=2)


def test_a_number_of_portions_that_nobody_can_read_blocks_no_feed(forgetful: Forgetful) -> None:
    """A key that was damaged must not let a document be read again for ever."""
    backlog, articles = Backlog(forgetful.client, KEYS), ArticleStore(forgetful.client, KEYS)
    (document_id,) = backlog.document_ids()
    forgetful.client.hset(KEYS.documents(document_id), "accepted", b"\xff-1")

    claim = _claim(backlog)
    articles.publish(FEED.id, claim, publications=_publications(1))

    assert backlog.finish(claim, entries=1, rejected=0) == Tally(documents=1, entries=1, new=1)


async def test_a_token_that_was_forgotten_is_not_given_again(forgetful: Forgetful) -> None:
    """Who holds it from before would be taken for its new holder, and write what was true before."""
    asynchronous = connect_async(forgetful.server.url)
    leases, pages = LeaseStore(asynchronous, KEYS), PageStore(asynchronous, KEYS)
    forgetful.client.hset(f"{KEYS.pages}:article", mapping={"feed": FEED.id, "task": b"{}"})

    async def tokens() -> list[int]:
        forgetful.client.zadd(KEYS.due, {FEED.id: 0})
        forgetful.client.zadd(KEYS.pages, {"article": 0})
        (lease,) = (await leases.lease_due(limit=1)).leases
        await pages.lease(limit=1)
        page_token = forgetful.client.hget(KEYS.page_leases, "article")
        return [lease.token, int(page_token or 0), _claim(Backlog(forgetful.client, KEYS)).fence]

    before_bytes = forgetful.written_bytes()
    first = await tokens()
    assert forgetful.server.roll_back(before_bytes) > 0
    second = await tokens()
    await asynchronous.aclose()

    assert first == sorted(set(first))
    assert second == sorted(set(second))
    assert second[0] > first[-1]
