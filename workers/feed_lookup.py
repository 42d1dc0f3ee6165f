"""Find feeds of the list as people name them, and all that is known of one."""

from __future__ import annotations

from pipeline import wire
from pipeline.errors import FeedListError, UsageError
from pipeline.model import Feed, FeedHealth, FeedState
from pipeline.stages.health import shown_health, what_to_do
from pipeline.stages.urls import feed_id
from pipeline.stages.weights import Weight
from workers.store import Store


def in_order(store: Store) -> list[Feed]:
    """Every feed of the list, by folder, then by name."""
    return sorted(store.feeds.all(), key=lambda feed: (feed.folder or "", feed.title or feed.url))


def find_feed(store: Store, name: str) -> Feed:
    """The feed that *name* means, its address or id; FeedListError when it is not on the list."""
    found = store.feeds.get(name)
    if found is None:
        try:
            found = store.feeds.get(feed_id(name))
        except UsageError:
            found = None
    if found is None:
        raise FeedListError(f"{name!r} is not on the feed list; newswire feeds list shows what is")
    return found


def summary(feed: Feed, state: FeedState, known: FeedHealth, weight: Weight) -> dict[str, object]:
    """What `feeds list --json` says of one feed."""
    health = shown_health(feed, known)
    return {
        "id": feed.id,
        "url": feed.url,
        "title": feed.title,
        "folder": feed.folder,
        "weight": weight.value,
        "weight_of": weight.said_by,
        "health": health,
        "since": None if known.since_ms is None or feed.paused else wire.rfc3339(known.since_ms),
        "why": known.detail or None,
        "what_to_do": what_to_do(health),
        "problem": state.problem,
        "status": state.status,
        "failures": state.failures,
        "last_polled": None if state.polled_ms is None else wire.rfc3339(state.polled_ms),
        "last_changed": None if state.changed_ms is None else wire.rfc3339(state.changed_ms),
        "newest_item": None if known.newest_ms is None else wire.rfc3339(known.newest_ms),
    }
