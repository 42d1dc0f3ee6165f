"""Raw documents on their way to the workers: RQ carries the work, the backlog remembers it. Plain calls.

RQ loses jobs in several ways (a worker killed between two commands, a job hash that cannot be read, a default
recovery of ten minutes and more). So a job is only a hint to look into some feeds' mailboxes; the documents, their
order and who works on them stand in our own keys. What is not finished in time is handed out again, whatever
became of its job.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from redis import Redis
from redis.exceptions import ResponseError
from rq import Queue, Retry
from rq.serializers import JSONSerializer

from pipeline import wire
from pipeline.adapters.keys import RQ_QUEUE_PREFIX, Keys
from pipeline.adapters.replies import as_fields, as_names
from pipeline.adapters.scripts import call
from pipeline.model import RawDocument, Tally

JOB_FUNCTION = "workers.jobs.process"
DISPATCH_LEASE_MS = 30_000
"""A job not begun by then is handed out again; with the claim below it bounds recovery well under 60 s."""
CLAIM_LEASE_MS = 25_000
"""A claim outlives its worker by this long at most; a live worker renews it every 5 s."""
JOB_TIMEOUT_SECONDS = 180
FEEDS_PER_JOB = 32
"""Group commit: a job costs RQ about 15 ms whatever it holds; 32 small documents bring that under 0.5 ms each."""
DEAD_DOCUMENTS = 1_000
DEAD_BYTES = 64 * 1024 * 1024
"""Without it one feed of unreadable documents of 10 MiB could fill the store, and polling would wait for ever."""


@dataclass(slots=True)
class Claim:
    """One document claimed by one job: its *fence* must be shown with every write, *attempts* counts from 1.

    *accepted* grows with each portion of it that the store accepted, and is shown with the next one and at the close:
    a store that died in between may have forgotten one (its log is synced once a second, a replica lags behind).
    """

    document: RawDocument
    fence: int
    attempts: int
    accepted: int = 0


class Backlog:
    """The documents that wait behind *client*, and the RQ queue that calls for workers."""

    def __init__(self, client: Redis, keys: Keys) -> None:
        self._client = client
        self._keys = keys
        self._queue = Queue(keys.queue, connection=client, serializer=JSONSerializer)

    def dispatch(self, *, jobs_waiting: int) -> int:
        """Hand waiting feeds to RQ until *jobs_waiting* jobs stand in its queue; returns how many feeds went.

        Feeds that wait together travel as one job; a lonely one travels at once. The queue is kept short, so what
        waits stays in the backlog, where it is not lost and costs no job.
        """
        dispatched = 0
        free = jobs_waiting - int(self._client.llen(RQ_QUEUE_PREFIX + self._keys.queue))
        waiting = int(self._client.zcard(self._keys.backlog))
        for _ in range(free):
            share = max(1, min(FEEDS_PER_JOB, -(-waiting // jobs_waiting)))
            feeds = call(
                self._client,
                "dispatch_backlog",
                keys={"backlog": self._keys.backlog},
                arguments={"limit": share, "lease_ms": DISPATCH_LEASE_MS},
            )
            if not feeds:
                break
            known = [feed.decode() for feed in feeds if feed.isascii()]
            if len(known) < len(feeds):  # no feed of ours has such an id, and no job could name it
                self._client.zrem(self._keys.backlog, *[feed for feed in feeds if not feed.isascii()])
            if known:
                self._enqueue(known)
            dispatched += len(known)
        return dispatched

    def _enqueue(self, feed_ids: list[str]) -> None:
        self._queue.enqueue(
            JOB_FUNCTION,
            args=(feed_ids,),
            description=f"{len(feed_ids)} feeds",
            job_timeout=JOB_TIMEOUT_SECONDS,
            result_ttl=0,
            failure_ttl=3_600,
            retry=Retry(max=2),
        )

    def suspects_last(self, feed_ids: Sequence[str]) -> list[str]:
        """Give *feed_ids* in their order, but those last whose document was begun before and never closed.

        One of these may have killed its worker: were it read in its turn, all behind it would wait for its attempts.
        """
        claims = self._client.hmget(self._keys.claims, list(feed_ids)) if feed_ids else []
        order = sorted(zip(map(_attempts, claims), range(len(feed_ids)), strict=True))
        return [feed_ids[place] for _, place in order]

    def claim(self, feed_id: str, *, job_id: str) -> Claim | None:
        """Claim the feed's oldest document for this job; None when none waits or another job is at it.

        A document whose body is gone (somebody deleted it) is buried at once: it must not block those behind it.
        """
        while (answer := self._claim(feed_id, job_id)) is not None:
            document_id, fence, attempts = answer
            fields = self._fields(document_id)
            accepted = _accepted_portions(fields)
            try:
                return Claim(wire.document_from_fields(document_id, fields), fence, attempts, accepted)
            except ValueError as damage:
                ghost = RawDocument(feed_id, "", None, b"", id=document_id)
                self.bury(Claim(ghost, fence, attempts, accepted), reason=str(damage))
        return None

    def _fields(self, document_id: str) -> Mapping[bytes, bytes]:
        """The fields of a document; what stands in its place and has none is removed."""
        name = self._keys.documents(document_id)
        try:
            return as_fields(self._client.hgetall(name))
        except ResponseError as error:
            if not str(error).startswith("WRONGTYPE"):
                raise
            self._client.delete(name)
            return {}

    def _claim(self, feed_id: str, job_id: str) -> tuple[str, int, int] | None:
        answer = call(
            self._client,
            "claim_document",
            keys={
                "backlog": self._keys.backlog,
                "claims": self._keys.claims,
                "mailbox": self._keys.mailboxes(feed_id),
                "tokens": self._keys.tokens,
            },
            arguments={"feed": feed_id, "job": job_id, "lease_ms": CLAIM_LEASE_MS, "call": uuid4().hex},
        )
        if not answer:
            return None
        return answer[0].decode(), int(answer[1]), int(answer[2])

    def give_back(self, claim: Claim) -> None:
        """Let the attempt of *claim* not count: the store ended it, not the document. It stands until its end."""
        call(
            self._client,
            "give_back_attempt",
            keys={"claims": self._keys.claims},
            arguments={"feed": claim.document.feed_id, "fence": claim.fence},
        )

    def renew(self, feed_ids: Sequence[str], *, job_id: str) -> int:
        """Keep what this job holds or has yet to come to; returns how many feeds were kept."""
        return int(
            call(
                self._client,
                "renew_claims",
                keys={"backlog": self._keys.backlog, "claims": self._keys.claims},
                arguments={"job": job_id, "lease_ms": CLAIM_LEASE_MS},
                tail=list(feed_ids),
            )
        )

    def finish(
        self,
        claim: Claim,
        *,
        entries: int,
        rejected: int,
        items: bytes = b"",
        is_cut: bool = False,
        backfill: bytes = b"",
    ) -> Tally | None:
        """Close a processed document and count its entries; None if it is to be read again.

        The claim was lost then (another worker reads it), or the store died and forgot what it had accepted of it.
        Sent again because the answer was lost, it changes nothing and gives the same answer.

        *items* is kept for the feed's next document: which of its items need not be read again. A document that is
        the feed's whole window (no difference, no replay, and not *is_cut*) and shows nothing known is a gap.
        *backfill* is the older page to fetch next, after a gap or an older page.
        """
        document = claim.document
        is_part = is_cut or document.is_delta or document.replayed
        window = "page" if document.page_task else "older" if document.backfill else "" if is_part else "whole"
        return self._close(claim, entries=entries, rejected=rejected, items=items, window=window, backfill=backfill)

    def items(self, feed_id: str) -> bytes:
        """What `finish` kept of the feed's last document; b"" for nothing."""
        kept = self._client.get(self._keys.items(feed_id))
        return kept if isinstance(kept, bytes) else b""

    def bury(self, claim: Claim, *, reason: str) -> Tally | None:
        """Close a document that cannot be processed: it goes to the dead with *reason* and payload."""
        return self._close(claim, entries=0, rejected=0, reason=reason)

    def _close(
        self,
        claim: Claim,
        *,
        entries: int,
        rejected: int,
        reason: str = "",
        items: bytes = b"",
        window: str = "",
        backfill: bytes = b"",
    ) -> Tally | None:
        feed_id, document_id = claim.document.feed_id, claim.document.id
        answer = call(
            self._client,
            "finish_document",
            keys=self._closing_keys(feed_id, document_id, claim.fence),
            arguments={
                "feed": feed_id,
                "fence": claim.fence,
                "id": document_id,
                "entries": entries,
                "rejected": rejected,
                "reason": reason,
                "attempts": claim.attempts,
                "dead_size": DEAD_DOCUMENTS,
                "dead_bytes": DEAD_BYTES,
                "items": items,
                "window": window,
                "backfill": backfill,
                "accepted": claim.accepted,
            },
        )
        if not answer:
            return None
        return Tally(1, *map(int, answer))

    def _closing_keys(self, feed_id: str, document_id: str, fence: int) -> dict[str, str]:
        return {
            "backlog": self._keys.backlog,
            "claims": self._keys.claims,
            "mailbox": self._keys.mailboxes(feed_id),
            "document": self._keys.documents(document_id),
            "totals": self._keys.totals,
            "counts": self._keys.counts(feed_id),
            "dead": self._keys.dead,
            "items": self._keys.items(feed_id),
            "seen": self._keys.seen(feed_id),
            "backfills": self._keys.backfills,
            "backfill_leases": self._keys.backfill_leases,
            "shards": self._keys.shards,
            "finished": self._keys.finished(fence),
        }

    def now_ms(self) -> int:
        """The server's clock: the one clock that daemons and workers share, whatever those of their machines say."""
        seconds, microseconds = self._client.time()
        return int(seconds) * 1000 + int(microseconds) // 1000

    def waiting(self) -> int:
        """How many feeds have documents waiting or in work."""
        return int(self._client.zcard(self._keys.backlog))

    def backfilling(self) -> int:
        """How many feeds have older pages to be fetched."""
        return int(self._client.zcard(self._keys.backfills))

    def document_ids(self) -> list[str]:
        """The documents that wait or are in work, feed by feed, oldest first."""
        feeds = as_names(self._client.zrange(self._keys.backlog, 0, -1))
        with self._client.pipeline(transaction=False) as pipe:
            for feed_id in feeds:
                pipe.lrange(self._keys.mailboxes(feed_id), 0, -1)
            return [document.decode() for mailbox in pipe.execute() for document in mailbox]

    def unfinished(self, document_ids: Sequence[str]) -> list[str]:
        """Those of *document_ids* that are not closed yet."""
        with self._client.pipeline(transaction=False) as pipe:
            for document_id in document_ids:
                pipe.exists(self._keys.documents(document_id))
            return [each for each, there in zip(document_ids, pipe.execute(), strict=True) if there]


def _accepted_portions(fields: Mapping[bytes, bytes]) -> int:
    """How many portions of the document of *fields* stand accepted; 0 where nobody can read how many."""
    accepted = fields.get(b"accepted", b"")
    return int(accepted) if accepted.isdigit() else 0


def _attempts(claim: bytes | str | None) -> int:
    """How often the document of a claim was begun; of one that nobody can read as if it never was."""
    try:
        return int(json.loads(claim)["attempts"]) if claim else 0
    except (ValueError, TypeError, KeyError):
        return 0
