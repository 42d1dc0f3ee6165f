"""The feed list in Redis, as operators change it: add, remove, pause, look at. Plain calls, for the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast

from redis import Redis
from redis.client import Pipeline

from pipeline import wire
from pipeline.adapters.keys import Keys
from pipeline.adapters.leases import LEASE_MS
from pipeline.adapters.removed_feeds import find_kept, let_expire, take_back
from pipeline.adapters.replies import as_counters, as_fields, as_weights
from pipeline.adapters.scripts import Value, call
from pipeline.adapters.transactions import transact
from pipeline.model import Feed, FeedState
from pipeline.state_fields import known_state

_CHUNK = 500


class FeedStore:
    """The feed list behind *client*; every change is one transaction, so nothing is ever half done."""

    def __init__(self, client: Redis, keys: Keys) -> None:
        self._client = client
        self._keys = keys

    def add(self, feeds: Sequence[Feed], *, due_ms: int = 0) -> list[Feed]:
        """Add those of *feeds* that are not on the list, due at *due_ms* (0 = at once); returns those added.

        What is on the list stays as it is: one that is paused there is not due, whatever is added. One that was
        removed within the week is known to have published what it did then.
        """
        added: list[Feed] = []
        for start in range(0, len(feeds), _CHUNK):
            added += self._add(feeds[start : start + _CHUNK], due_ms)
        return added

    def _add(self, feeds: Sequence[Feed], due_ms: int) -> list[Feed]:
        def put(pipe: Pipeline) -> None:
            records = cast("list[bytes | None]", pipe.hmget(self._keys.feeds, [feed.id for feed in feeds]))
            listed = [feed if text is None else _feed(text) for feed, text in zip(feeds, records, strict=True)]
            unlisted = [feed.id for feed, text in zip(feeds, records, strict=True) if text is None]
            kept = find_kept(pipe, self._keys, unlisted)
            pipe.multi()
            for feed in feeds:
                pipe.hsetnx(self._keys.feeds, feed.id, wire.feed_to_json(feed))
            due = {feed.id: due_ms for feed, known in zip(feeds, listed, strict=True) if not (known and known.paused)}
            if due:
                pipe.zadd(self._keys.due, due, nx=True)
            for each in kept:
                take_back(pipe, self._keys, each)

        results = cast("list[int]", transact(self._client, put, self._keys.feeds))
        return [feed for feed, was_new in zip(feeds, results, strict=False) if was_new]

    def remove(self, feed_id: str) -> bool:
        """Forget the feed with all that is kept for it; what it published stays. False if unknown.

        That it published this is remembered for another week (KEPT_SECONDS), should the feed be added again.
        A daemon or worker that is at it loses its lease or claim, and writes nothing more.
        """
        keys, mailbox = self._keys, self._keys.mailboxes(feed_id)

        def forget(pipe: Pipeline) -> None:
            waiting = cast("list[bytes]", pipe.lrange(mailbox, 0, -1))
            shards = cast("bytes | None", pipe.hget(keys.shards, feed_id))
            pipe.multi()
            pipe.hdel(keys.feeds, feed_id)
            for index in (keys.due, keys.backlog):
                pipe.zrem(index, feed_id)
            shared = (keys.leases, keys.claims, keys.health, keys.subscriptions, keys.rhythms, keys.plans, keys.zones)
            for holders in (*shared, keys.shards):
                pipe.hdel(holders, feed_id)
            let_expire(pipe, keys, feed_id, shards)
            pipe.delete(mailbox, keys.states(feed_id), keys.counts(feed_id), keys.latencies(feed_id))
            for document_id in waiting:
                pipe.delete(keys.documents(document_id.decode()))

        removed, *_ = cast("list[int]", transact(self._client, forget, mailbox, keys.shards))
        return bool(removed)

    def set_paused(self, feed_id: str, *, paused: bool) -> bool:
        """Pause or resume a feed; a resumed one is due at once. False if unknown."""

        def reschedule(pipe: Pipeline) -> None:
            pipe.hdel(self._keys.leases, feed_id)
            if paused:
                pipe.zrem(self._keys.due, feed_id)
            else:
                pipe.zadd(self._keys.due, {feed_id: 0}, nx=True)

        return self._change(feed_id, lambda feed: replace(feed, paused=paused), reschedule) is not None

    def set_weight(self, feed_id: str, weight: float | None) -> bool:
        """Say what the entries of a feed count, None for what its folder says. False if unknown."""
        return self.change(feed_id, lambda feed: replace(feed, weight=weight)) is not None

    def change(self, feed_id: str, change: Callable[[Feed], Feed]) -> Feed | None:
        """Let *change* say what a feed is from now on, and return that; None if it is unknown.

        *change* is asked again where another hand changed the list meanwhile.
        """
        return self._change(feed_id, change, lambda _: None)

    def _change(
        self, feed_id: str, change: Callable[[Feed], Feed], besides: Callable[[Pipeline], None]
    ) -> Feed | None:
        """Do as `change`, and what *besides* adds to the same transaction."""
        changed: list[Feed] = []

        def put(pipe: Pipeline) -> None:
            changed.clear()
            record = cast("bytes | None", pipe.hget(self._keys.feeds, feed_id))
            known = None if record is None else _feed(record)
            pipe.multi()
            if known is not None:
                changed.append(change(known))
                pipe.hset(self._keys.feeds, feed_id, wire.feed_to_json(changed[0]))
                besides(pipe)

        transact(self._client, put, self._keys.feeds)
        return changed[0] if changed else None

    def folder_weights(self) -> dict[str, float]:
        """What the entries of feeds count, by the path of their folder."""
        return as_weights(self._client.hgetall(self._keys.weights))

    def set_folder_weight(self, folder: str, weight: float | None) -> None:
        """Say what the entries of the feeds in *folder*, a path, count; None for what the folder around it says."""
        if weight is None:
            self._client.hdel(self._keys.weights, folder)
        else:
            self._client.hset(self._keys.weights, folder, repr(weight))

    def add_folder_weights(self, weights: Mapping[str, float]) -> None:
        """Note *weights* of folders that have none yet."""
        with self._client.pipeline(transaction=True) as pipe:
            for folder, weight in weights.items():
                pipe.hsetnx(self._keys.weights, folder, repr(weight))
            pipe.execute()

    def refresh(self, feed_ids: Iterable[str]) -> int:
        """Make the given feeds due at once; paused and unknown ones are left alone. Returns how many."""
        with self._client.pipeline(transaction=False) as pipe:
            for feed_id in feed_ids:
                pipe.zadd(self._keys.due, {feed_id: 0}, xx=True, ch=True)
            return sum(pipe.execute())

    def get(self, feed_id: str) -> Feed | None:
        """The feed with this id, or None; None too for one whose record is damaged, which can only be removed."""
        text = self._client.hget(self._keys.feeds, feed_id)
        return None if text is None else _feed(text)

    def is_damaged(self, feed_id: str) -> bool:
        """Whether there is a feed with this id of which nothing else can be read."""
        return self.get(feed_id) is None and bool(self._client.hexists(self._keys.feeds, feed_id))

    def all(self) -> Iterator[Feed]:
        """Every feed of the list, read in portions, without damaged ones: the daemon's log names these."""
        for _, text in self._client.hscan_iter(self._keys.feeds, count=_CHUNK):
            if (feed := _feed(text)) is not None:
                yield feed

    def state(self, feed_id: str) -> FeedState:
        """What is remembered of the feed."""
        return known_state(as_fields(self._client.hgetall(self._keys.states(feed_id))))

    def states(self, feed_ids: Sequence[str]) -> list[FeedState]:
        """What is remembered of many feeds, in their order."""
        states: list[FeedState] = []
        for start in range(0, len(feed_ids), _CHUNK):
            with self._client.pipeline(transaction=False) as pipe:
                for feed_id in feed_ids[start : start + _CHUNK]:
                    pipe.hgetall(self._keys.states(feed_id))
                states.extend(known_state(fields) for fields in pipe.execute())
        return states

    def due_ms(self, feed_id: str) -> int | None:
        """When the feed is polled next (or its lease ends); None when paused or unknown."""
        score = self._client.zscore(self._keys.due, feed_id)
        return None if score is None else int(float(score))

    def due_times(self, feed_ids: Sequence[str]) -> list[int | None]:
        """When many feeds are polled next, in their order; None for one that is paused or unknown."""
        times: list[int | None] = []
        for start in range(0, len(feed_ids), _CHUNK):
            scores = self._client.zmscore(self._keys.due, list(feed_ids[start : start + _CHUNK]))
            times.extend(None if score is None else int(float(score)) for score in scores)
        return times

    def forget_validators(self, feed_id: str) -> None:
        """Make the next poll of a feed unconditional: what its validators vouch for was not received whole."""
        self._client.hdel(self._keys.states(feed_id), "etag", "last_modified", "validators_url")

    def forget_document(self, feed_id: str) -> None:
        """Make the next poll of a feed bring its document, changed or not: what it shows has to be read once more."""
        self.forget_validators(feed_id)
        self._client.hdel(self._keys.states(feed_id), "body_digest")

    def forget_moves(self, feed_ids: Iterable[str]) -> None:
        """Let feeds that have moved be polled at their own addresses again; a poll under way settles nothing."""
        with self._client.pipeline(transaction=True) as pipe:
            for feed_id in feed_ids:
                pipe.hdel(self._keys.states(feed_id), "moved_to", "moved_ms", "moving_to", "moving_polls")
                pipe.hdel(self._keys.leases, feed_id)
            pipe.execute()

    def schedule(self) -> str | None:
        """The schedule settings (as text) that the due times were made with; None before the first."""
        known = self._client.get(self._keys.schedule)
        return known.decode("utf-8", "replace") if isinstance(known, bytes) else None

    def note_schedule(self, schedule: str) -> None:
        """Note the schedule settings (as text) that due times are made with from now on."""
        self._client.set(self._keys.schedule, schedule)

    def bring_forward(self, due_ms: Mapping[str, int]) -> int:
        """Make feeds (id → ms) due then at the latest. Returns how many moved.

        Those that are due earlier stay so, or are being polled, or removed.
        """
        wanted = list(due_ms.items())
        moved = 0
        for start in range(0, len(wanted), _CHUNK):
            tail: list[Value] = [part for pair in wanted[start : start + _CHUNK] for part in pair]
            keys, arguments = {"due": self._keys.due}, {"lease_ms": LEASE_MS}
            moved += int(call(self._client, "bring_forward", keys=keys, arguments=arguments, tail=tail))
        return moved

    def count(self) -> int:
        """How many feeds are on the list."""
        return int(self._client.hlen(self._keys.feeds))

    def counts(self, feed_id: str) -> dict[str, int]:
        """Item accounting of one feed, by counter."""
        return as_counters(self._client.hgetall(self._keys.counts(feed_id)))


def _feed(record: bytes | str) -> Feed | None:
    try:
        return wire.feed_from_json(record)
    except ValueError:
        return None
