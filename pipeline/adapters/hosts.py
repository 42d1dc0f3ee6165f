"""What all daemons together know of the hosts they ask: turns, pauses, pace. Awaited calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from redis.asyncio import Redis

from pipeline.adapters.keys import Keys
from pipeline.adapters.scripts import Value, call_async
from pipeline.model import UNKNOWN_HOST, HostState, Lease

Leased = Literal["feeds", "pages", "backfills"]

_KEPT_MS = 3_600_000
"""A host is remembered for this long after it was last heard of, and as long as it asked to be left alone."""
_SAME = ("", "", "", "")


@dataclass(frozen=True, slots=True)
class Turn:
    """Whether the feed of a lease may go to its host now (else it was given back until its turn), and its host."""

    goes: bool
    host: HostState


@dataclass(frozen=True, slots=True)
class Departure:
    """The end of a feed's request to the host *scope*, or of its wait for one; how that was and is to be asked."""

    scope: str
    feed_id: str
    before: HostState
    after: HostState


class HostStore:
    """The hosts behind *client*: *gap_ms* and *concurrency* are the limits of each, *run_ms* bounds a request.

    The leases are those of feeds, of article pages or of older pages, as *leased* says: all wait for the same turns.
    """

    def __init__(
        self, client: Redis, keys: Keys, *, gap_ms: int, concurrency: int, run_ms: int, leased: Leased = "feeds"
    ) -> None:
        self._client = client
        self._keys = keys
        self._leased = {
            "feeds": (keys.due, keys.leases),
            "pages": (keys.pages, keys.page_leases),
            "backfills": (keys.backfills, keys.backfill_leases),
        }[leased]
        self._arguments: dict[str, Value] = {"gap_ms": gap_ms, "concurrency": concurrency, "run_ms": run_ms}

    async def take_turns(self, wanted: Sequence[tuple[str, Lease]]) -> list[Turn]:
        """Let the feeds of *wanted*, pairs of host scope and lease, go as far as their hosts allow; in order."""
        if not wanted:
            return []
        tail: list[Value] = []
        for scope, lease in wanted:
            tail += [scope, lease.feed.id, lease.token]
        answers = await call_async(
            self._client,
            "take_turns",
            keys={"due": self._leased[0], "leases": self._leased[1], "hosts": self._keys.hosts},
            arguments=self._arguments,
            tail=tail,
        )
        return [Turn(bool(goes), _host(told)) for goes, *told in answers]

    async def leave(self, departures: Sequence[Departure], *, now_ms: int) -> None:
        """Say that *departures* neither ask nor wait any more, and how their hosts are to be asked from now on."""
        tail: list[Value] = []
        for each in departures:
            tail += [each.scope, each.feed_id]
            if each.after == each.before:
                tail += _SAME
            else:
                after = each.after
                kept_ms = max(after.closed_until_ms - now_ms, 0) + _KEPT_MS
                tail += [after.closed_until_ms, after.gap_ms, after.latency_ms, kept_ms]
        await call_async(self._client, "leave_hosts", keys={"hosts": self._keys.hosts}, arguments={}, tail=tail)


def _host(told: Sequence[bytes]) -> HostState:
    """The host that `take_turns` has *told* of: closed, gap and latency."""
    return HostState(*(int(value or 0) for value in told)) if any(told) else UNKNOWN_HOST
