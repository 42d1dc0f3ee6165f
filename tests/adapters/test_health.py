"""Where the health of feeds is kept, and who hears of a change."""

from __future__ import annotations

from dataclasses import replace

import pytest
import redis

from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.health import ALERTS_KEPT, HealthStore, health_from_record, health_to_record
from pipeline.adapters.keys import Keys
from pipeline.model import NEVER_JUDGED, Alert, Feed, FeedHealth

KEYS = Keys("newswire")
FEED = Feed("00000000000000aa", "https://example.org/feed")
ILL = FeedHealth("html", 1_000, "an HTML page, not a feed", "html", "an HTML page, not a feed", 5, "https://é/")
ALERT = Alert(FEED.id, FEED.url, "ok", "html", 1_000, "caf\ud800", "Look.")


@pytest.mark.parametrize("health", [NEVER_JUDGED, ILL, replace(ILL, newest_ms=None, moved_to=None)])
def test_a_record_is_read_as_it_was_written(health: FeedHealth) -> None:
    """Records outlive the process that wrote them; and writing is what compare-and-set compares."""
    assert health_from_record(health_to_record(health)) == health


@pytest.mark.parametrize(
    "record",
    [
        *(b"", b"nonsense", b"[1]", b"{}", b"7", b"\xff"),
        b'["fine",1,"",null,"",null,null]',
        b'["ok","soon","",null,"",null,null]',
        b'["ok",1,[],null,"",null,null]',
    ],
)
def test_a_damaged_record_is_a_fresh_beginning(record: bytes) -> None:
    """One bad record must not stop the polls of its feed."""
    assert health_from_record(record) == NEVER_JUDGED


def test_a_change_is_kept_and_announced_once(redis_client: redis.Redis) -> None:
    """Two judges that saw the same make one change; the later one learns that it came too late."""
    FeedStore(redis_client, KEYS).add([FEED])
    store = HealthStore(redis_client, KEYS)

    assert store.change(FEED.id, NEVER_JUDGED, ILL, ALERT)
    assert not store.change(FEED.id, NEVER_JUDGED, ILL, ALERT)

    ((_, fields),) = redis_client.xrange(KEYS.alerts)
    assert store.get(FEED.id) == ILL
    assert (fields[b"feed"], fields[b"from"], fields[b"to"]) == (FEED.id.encode(), b"ok", b"html")
    assert (fields[b"since"], fields[b"what_to_do"]) == (b"1970-01-01T00:00:01Z", b"Look.")


def test_a_removed_feed_is_forgotten_and_stays_so(redis_client: redis.Redis) -> None:
    """A worker may still be at its document."""
    feeds, store = FeedStore(redis_client, KEYS), HealthStore(redis_client, KEYS)
    feeds.add([FEED])
    store.change(FEED.id, NEVER_JUDGED, ILL, None)
    feeds.remove(FEED.id)

    assert not store.change(FEED.id, NEVER_JUDGED, ILL, ALERT)
    assert redis_client.exists(KEYS.health, KEYS.alerts) == 0


def test_the_stream_of_alerts_has_a_bound(redis_client: redis.Redis) -> None:
    """A feed that comes and goes for a year must not fill the memory."""
    FeedStore(redis_client, KEYS).add([FEED])
    store = HealthStore(redis_client, KEYS)
    with redis_client.pipeline(transaction=False) as pipe:
        for _ in range(ALERTS_KEPT + 500):
            pipe.xadd(KEYS.alerts, {"feed": FEED.id})
        pipe.execute()

    store.change(FEED.id, NEVER_JUDGED, ILL, ALERT)

    assert redis_client.xlen(KEYS.alerts) < ALERTS_KEPT + 200
