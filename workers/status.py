"""How the whole system stands right now: for `newswire status` and for the HTTP port."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass

from rq import Queue
from rq import Worker as RegisteredWorker

from pipeline.adapters.load import load_now
from pipeline.stages.backpressure import reason_to_wait
from pipeline.stages.health import HEALTHS, shown_health
from pipeline.stages.latency import latency_of
from workers.store import Store

ACCOUNTING = ("entries", "new", "revised", "same", "near_duplicates", "rejected", "dead")
"""What becomes of entries. What feeds took back (`withdrawn`) is no entry, and stands on the stream beside these."""


@dataclass(frozen=True, slots=True)
class Status:
    """Counts of what is there now; `accounting` and `polls` are sums since the store was made.

    `pages` wait to be fetched. `groups` are the consumer groups of the stream, each with the entries that it has not
    acknowledged. `gaps` are documents that showed nothing known of their feed. `waits` says why polling waits for the
    workers or for memory; None when it does not.
    """

    daemons: int
    workers: int
    feeds: dict[str, int]
    backlog: int
    pages: int
    waits: str | None
    queue: int
    stream: int
    groups: dict[str, int]
    polls: dict[str, int]
    accounting: dict[str, int]
    latency: dict[str, float | None]


def status_of(store: Store) -> Status:
    """Read the status; costs one pass over the feed list."""
    feeds = list(store.feeds.all())
    known = store.health.get_all([feed.id for feed in feeds])
    by_health = Counter(shown_health(feed, health) for feed, health in zip(feeds, known, strict=True))
    totals = store.articles.totals()
    queue = Queue(store.keys.queue, connection=store.client)
    return Status(
        daemons=sum(1 for _ in store.client.scan_iter(store.keys.daemons("*"), count=1000)),
        workers=RegisteredWorker.count(queue=queue),
        feeds={"total": len(feeds)} | {name: by_health[name] for name in HEALTHS},
        backlog=store.backlog.waiting(),
        pages=store.pages.waiting(),
        waits=reason_to_wait(
            load_now(store.client, store.keys), most_waiting=store.settings.workers.most_waiting, waits=False
        ),
        queue=queue.count,
        stream=store.articles.length(),
        groups={group.name: group.waiting for group in store.groups.all(now_ms=store.backlog.now_ms())},
        polls={name: totals.get(name, 0) for name in ("polled", "unchanged", "failed", "documents", "gaps")},
        latency=asdict(latency_of(store.rhythms.latencies())),
        accounting={name: totals.get(name, 0) for name in (*ACCOUNTING, "withdrawn")},
    )
