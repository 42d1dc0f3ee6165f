"""What is to be fetched beside the feeds themselves, as the daemon takes it: by lease, like feeds. Awaited calls.

That are pages of articles (`pages.py`) and older pages of feeds (`backfills.py`). What is killed on the way leaves a
lease that ends by itself, and is fetched again; it is handed on once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

from redis.asyncio import Redis

from pipeline import wire
from pipeline.adapters.keys import Keys
from pipeline.adapters.leases import LEASE_MS
from pipeline.adapters.scripts import Value, call_async
from pipeline.model import RawDocument

_MOST_WAITING = 64
_FULL_PAUSE_MS = 5_000


class FetchLease(Protocol):
    """The right to fetch what a task asks for until the lease ends; the token is its fence."""

    @property
    def name(self) -> str:
        """Names the task among its kind."""

    @property
    def feed_id(self) -> str:
        """The feed that what comes belongs to."""

    @property
    def token(self) -> int:
        """The fencing token."""


L = TypeVar("L", bound=FetchLease)


@dataclass(frozen=True, slots=True)
class TaskKeys:
    """Where tasks of a kind stand: those due, which is also the prefix of the tasks, and the tokens of their leases.

    *field* is that of the document by which workers know what it is.
    """

    due: str
    leases: str
    field: Literal["page_task", "backfill"]


class FetchTasks(ABC, Generic[L]):
    """The tasks of one kind behind *client*."""

    def __init__(self, client: Redis, keys: Keys, own: TaskKeys) -> None:
        self._client = client
        self._keys = keys
        self._own = own

    @abstractmethod
    def _lease_of(self, name: str, token: int, feed_id: str, task: bytes, attempts: int | None) -> L:
        """Give the lease of a *task*, as it stands, tried so many times before; None: nobody can read how many."""

    @abstractmethod
    def _document_id(self, lease: L) -> str:
        """Name the document that is handed on under *lease*."""

    async def lease(self, *, limit: int) -> tuple[list[L], int]:
        """Lease at most *limit* tasks that are due, and give the server's clock (ms).

        Those whose feed is gone are forgotten.
        """
        answer = await call_async(
            self._client,
            "lease_due",
            keys={
                "due": self._own.due,
                "leases": self._own.leases,
                "tokens": self._keys.tokens,
                "clocks": self._keys.clocks,
            },
            arguments={"limit": limit, "lease_ms": LEASE_MS, "until_ms": 0},
        )
        tokens = {name.decode(): int(token) for name, token in zip(answer[2::2], answer[3::2], strict=True)}
        return (await self._leases(tokens) if tokens else []), int(answer[0])

    async def _leases(self, tokens: dict[str, int]) -> list[L]:
        async with self._client.pipeline(transaction=False) as pipe:
            for name in tokens:
                pipe.hmget(self._task(name), "feed", "task", "attempts")
            rows = await pipe.execute()
        known = await self._client.hmget(self._keys.feeds, [feed or b"" for feed, _, _ in rows])
        leases, gone = [], []
        for (name, token), (feed, task, attempts), there in zip(tokens.items(), rows, known, strict=True):
            if feed is None or task is None or there is None:
                gone.append(name)
            else:
                leases.append(self._lease_of(name, token, feed.decode(), task, _number(attempts)))
        await self._drop(gone)
        return leases

    async def _drop(self, names: Sequence[str]) -> None:
        """Forget tasks."""
        if not names:
            return
        async with self._client.pipeline(transaction=True) as pipe:
            pipe.zrem(self._own.due, *names)
            pipe.hdel(self._own.leases, *names)
            pipe.delete(*map(self._task, names))
            await pipe.execute()

    async def count_attempts(self, leases: Sequence[L]) -> None:
        """Note that what *leases* are for is asked for now, before it is: a crash counts, too."""
        if leases:
            await call_async(
                self._client,
                "count_attempts",
                keys={"tasks": self._own.due, "leases": self._own.leases},
                arguments={},
                tail=_names_and_tokens(leases),
            )

    async def deliver(self, lease: L, page: RawDocument) -> str:
        """Hand *page* to the workers and end the task; the fate in a word (see deliver_page.lua)."""
        document_id, fields = self._document_id(lease), wire.document_to_fields(page)
        answer = await call_async(
            self._client,
            "deliver_page",
            keys={
                "tasks": self._own.due,
                "leases": self._own.leases,
                "feeds": self._keys.feeds,
                "document": self._keys.documents(document_id),
                "mailbox": self._keys.mailboxes(lease.feed_id),
                "backlog": self._keys.backlog,
            },
            arguments={
                "name": lease.name,
                "token": lease.token,
                "feed": lease.feed_id,
                "id": document_id,
                "most": _MOST_WAITING,
                "pause_ms": _FULL_PAUSE_MS,
                "field": self._own.field,
            },
            tail=[part for pair in fields.items() for part in pair],
        )
        return str(answer.decode())

    async def renew(self, leases: Sequence[L]) -> None:
        """Keep *leases* for another `LEASE_MS`."""
        await self._end_in(leases, ms=LEASE_MS)

    async def release(self, leases: Sequence[L], *, after_ms: int = 0) -> None:
        """Give *leases* back: what they are for is due again *after_ms* from now."""
        await self._end_in(leases, ms=after_ms)

    async def _end_in(self, leases: Sequence[L], *, ms: int) -> None:
        if leases:
            await call_async(
                self._client,
                "renew_leases",
                keys={"due": self._own.due, "leases": self._own.leases},
                arguments={"lease_ms": ms},
                tail=_names_and_tokens(leases),
            )

    def _task(self, name: str) -> str:
        return f"{self._own.due}:{name}"


def _names_and_tokens(leases: Sequence[FetchLease]) -> list[Value]:
    return [value for lease in leases for value in (lease.name, lease.token)]


def _number(attempts: bytes | None) -> int | None:
    try:
        return int(attempts or 0)
    except ValueError:
        return None
