"""The daemon's side of the feed list: lease what is due, keep the leases, settle each poll. Awaited calls.

A lease is a promise with an end: a daemon that dies simply stops renewing, and its feeds come back by themselves.
Every write is fenced by the lease's token, so a daemon that was frozen past its lease changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from redis import ResponseError
from redis.asyncio import Redis

from pipeline import wire
from pipeline.adapters.batched_calls import BatchedCalls
from pipeline.adapters.health import change_health, health_from_record
from pipeline.adapters.keys import Keys
from pipeline.adapters.replies import as_weights
from pipeline.adapters.scripts import Value, call_async
from pipeline.model import Alert, FeedHealth, FeedState, Lease, RawDocument
from pipeline.state_fields import changed_fields, state_from_fields, state_to_fields

LEASE_MS = 15_000
"""How long a lease outlives its daemon: three missed renewals of 5 s; the bound on recovery after a kill."""
_MOST_WAITING = 100
"""Documents of a feed that may wait before it is polled again. More than its pages may be (64), for these come too
fast for the workers now and then, and must not put off its news."""
_ROW = 7
"""What `lease_feeds` says of each feed: id, token, feed, health, rhythm, plan, state."""
# Records that stay as they are from poll to poll are read once: read at each, they were a thirtieth of its cost.
# Each takes under a kilobyte; a daemon with more feeds reads the others anew.
_RECORDS_KEPT = 16_384
_feed_of = lru_cache(maxsize=_RECORDS_KEPT)(wire.feed_from_json)
_health_of = lru_cache(maxsize=_RECORDS_KEPT)(health_from_record)


@dataclass(frozen=True, slots=True)
class Damage:
    """What is kept of the feed with this id and cannot be read: the feed itself, or its state."""

    feed_id: str
    what: Literal["feed", "state"]


@dataclass(frozen=True, slots=True)
class Leased:
    """What one call of `lease_due` brought: the leases, the server's clock (ms) to go by, and when more is due.

    `account` is how the budget of requests stands, as text; None before it was first booked. `folder_weights` are
    what the entries of feeds count, by folder. Both are told of only where something was leased. A feed whose state
    is `damaged` is leased as one never polled; one that is damaged itself is not leased. Where the server's clock was
    found to be `set_back_ms` behind what it had shown, all waits were shortened by it, and no lease of before holds.
    """

    leases: tuple[Lease, ...]
    now_ms: int
    next_due_ms: int | None = None
    account: bytes | None = None
    folder_weights: Mapping[str, float] = field(default_factory=dict)
    damaged: tuple[Damage, ...] = ()
    set_back_ms: int = 0


class LeaseStore:
    """Leases of feeds behind *client*."""

    def __init__(self, client: Redis, keys: Keys) -> None:
        self._client = client
        self._keys = keys
        self._settling = BatchedCalls(self._settle)

    async def now_ms(self) -> int:
        """The server's clock: the one clock that all daemons share."""
        seconds, microseconds = await self._client.time()
        return int(seconds) * 1000 + int(microseconds) // 1000

    async def lease_due(self, *, limit: int, until_ms: int = 0) -> Leased:
        """Lease at most *limit* feeds that are due (by *until_ms* when that is not 0), soonest first.

        A state that cannot be read is deleted: it is told of once, and nothing of it outlives the poll. A feed of
        which `_MOST_WAITING` documents wait for a worker is looked at again later, unless *until_ms* is given.
        """
        keys = self._keys
        now_ms, next_due_ms, account, weights, set_back_ms, *rows = await call_async(
            self._client,
            "lease_feeds",
            keys={
                "due": keys.due,
                "leases": keys.leases,
                "tokens": keys.tokens,
                "feeds": keys.feeds,
                "health": keys.health,
                "rhythms": keys.rhythms,
                "plans": keys.plans,
                "account": keys.account,
                "states": keys.all_states,
                "weights": keys.weights,
                "backlog": keys.backlog,
                "mailboxes": keys.all_mailboxes,
                "clocks": keys.clocks,
            },
            arguments={"limit": limit, "lease_ms": LEASE_MS, "until_ms": until_ms, "most": _MOST_WAITING},
        )
        leases, damaged = _leases(rows)
        if forgotten := [keys.states(each.feed_id) for each in damaged if each.what == "state"]:
            await self._client.delete(*forgotten)
        return Leased(
            tuple(leases),
            int(now_ms),
            int(float(next_due_ms)) if next_due_ms else None,
            account or None,
            as_weights(dict(zip(weights[::2], weights[1::2], strict=True))),
            tuple(damaged),
            int(set_back_ms),
        )

    async def keep_plan(self, lease: Lease, plan: bytes) -> None:
        """Keep the *plan* of a feed; one that is lost in a crash is made again."""
        await self._client.hset(self._keys.plans, lease.feed.id, plan)

    async def renew(self, leases: Sequence[Lease]) -> set[str]:
        """Keep *leases* for another `LEASE_MS`; returns the ids of feeds whose lease was lost meanwhile."""
        return await self._set_end(leases, lease_ms=LEASE_MS)

    async def release(self, leases: Sequence[Lease]) -> None:
        """Give *leases* back unsettled: their feeds are due at once. Lost ones are left to their new holder."""
        await self._set_end(leases, lease_ms=0)

    async def _set_end(self, leases: Sequence[Lease], *, lease_ms: int) -> set[str]:
        if not leases:
            return set()
        tail: list[Value] = []
        for lease in leases:
            tail += [lease.feed.id, lease.token]
        lost = await call_async(
            self._client,
            "renew_leases",
            keys={"due": self._keys.due, "leases": self._keys.leases},
            arguments={"lease_ms": lease_ms},
            tail=tail,
        )
        return {feed.decode() for feed in lost}

    async def settle(self, lease: Lease, state: FeedState, *, due_ms: int, outcome: str) -> bool:
        """End a poll that brought nothing new (*outcome*: "unchanged" or "failed"); False if the lease was lost."""
        written: list[Value] = []
        deleted: list[Value] = []
        for name, value in changed_fields(lease.state, state).items():
            if value is None:
                deleted.append(name)
            else:
                written += (name, value)
        head = (lease.feed.id, lease.token, due_ms, outcome, len(written), len(deleted))
        return bool(await self._settling.call((*head, *written, *deleted)))

    async def _settle(self, values: Sequence[Value]) -> Sequence[Any]:
        """Settle the polls that *values* tell of in a row; the answer to each."""
        answers: Sequence[Any] = await call_async(
            self._client,
            "settle_feeds",
            keys={
                "due": self._keys.due,
                "leases": self._keys.leases,
                "states": self._keys.all_states,
                "totals": self._keys.totals,
                "counts": self._keys.all_counts,
            },
            arguments={},
            tail=values,
        )
        return answers

    async def ingest(self, lease: Lease, state: FeedState, document: RawDocument, *, due_ms: int) -> str | None:
        """End a poll that brought *document*: store it with the state, all or nothing; its id, or None if fenced."""
        document_id = f"{lease.feed.id}-{lease.token}"
        fields = _flat(state_to_fields(state))
        stored = await call_async(
            self._client,
            "ingest_document",
            keys={
                "due": self._keys.due,
                "leases": self._keys.leases,
                "state": self._keys.states(lease.feed.id),
                "totals": self._keys.totals,
                "counts": self._keys.counts(lease.feed.id),
                "document": self._keys.documents(document_id),
                "mailbox": self._keys.mailboxes(lease.feed.id),
                "backlog": self._keys.backlog,
            },
            arguments={
                "feed": lease.feed.id,
                "token": lease.token,
                "due_ms": due_ms,
                "id": document_id,
                "state_size": len(fields),
            },
            tail=[*fields, *_flat(wire.document_to_fields(document))],
        )
        return document_id if stored else None

    async def change_health(self, lease: Lease, judged: FeedHealth, alert: Alert | None) -> bool:
        """Remember the feed's health as *judged* and announce *alert*; False if a worker knew better meanwhile."""
        return await change_health(self._client, self._keys, lease.feed.id, lease.health, judged, alert)

    async def beat(self, daemon_id: str, *, started_ms: int) -> bool:
        """Say that this daemon lives; the sign fades by itself. Returns whether the last sign still stood."""
        last = await self._client.set(self._keys.daemons(daemon_id), str(started_ms), px=LEASE_MS, get=True)
        return last is not None

    async def farewell(self, daemon_id: str) -> None:
        """Take the sign of life away at once."""
        await self._client.delete(self._keys.daemons(daemon_id))


def _flat(fields: dict[bytes, bytes]) -> list[Value]:
    return [part for pair in fields.items() for part in pair]


def _leases(rows: Sequence[Any]) -> tuple[list[Lease], list[Damage]]:
    """The leases that the *rows* of `lease_feeds` tell of, without feeds that were removed meanwhile."""
    leases: list[Lease] = []
    damaged: list[Damage] = []
    for start in range(0, len(rows), _ROW):
        feed_id, token, record, health, rhythm, plan, fields = rows[start : start + _ROW]
        if not record:
            continue
        try:
            feed = _feed_of(record)
        except ValueError:
            damaged.append(Damage(feed_id.decode(), "feed"))
            continue
        state = _state(fields)
        if state is None:
            damaged.append(Damage(feed.id, "state"))
            state = FeedState()
        leases.append(Lease(feed, state, int(token), _health_of(health), rhythm or None, plan or None))
    return leases, damaged


def _state(fields: Sequence[bytes] | ResponseError) -> FeedState | None:
    """The state that *fields* tell of, names and values in turn; None if they cannot be read, or were no hash."""
    if isinstance(fields, ResponseError):
        return None
    try:
        return state_from_fields(dict(zip(fields[::2], fields[1::2], strict=True)))
    except ValueError:
        return None
