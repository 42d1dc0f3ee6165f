"""The planner as a policy for a simulator of polling: it remembers many feeds, and keeps one budget for them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.stages.planning.planner import Bounds, Moment, Plan, hurried, next_poll
from pipeline.stages.planning.price import Account, booked
from pipeline.stages.planning.rhythm import Rhythm, begun, learned

_BOUNDS = Bounds(300.0, 86_400.0)
_BOOKED_EVERY_SECONDS = 3600.0
# A feed whose poll is overdue by this much is no longer there.
_GONE_AFTER_SECONDS = 60.0


class PollResult(Protocol):
    """What a poll brought: entries `new` (dates or None), `known` ones, `size` in all; times in seconds."""

    @property
    def source(self) -> str:
        """The feed."""

    @property
    def t(self) -> float:
        """When the response came."""

    @property
    def prev_t(self) -> float | None:
        """When the poll before was, None at the first."""

    @property
    def new(self) -> Sequence[float | None]:
        """When the entries never seen before were published."""

    @property
    def size(self) -> int:
        """How many entries the document shows."""

    @property
    def ttl(self) -> float:
        """How long the document asks not to be asked for again, in seconds."""


@dataclass(slots=True)
class _Followed:
    rhythm: Rhythm | None = None
    plan: Plan | None = None
    due_seconds: float = 0.0


class SimulatorPolicy:
    """Decides after each poll when a feed is due again; *budget* is requests per day, in the mean of all feeds.

    *weights* are what the entries of some feeds count where those of others count 1.
    """

    k0 = 24.0

    def __init__(self, budget: float = k0, *, weights: Mapping[str, float] | None = None) -> None:
        self._budget = budget
        self._weights = weights or {}
        self._feeds: dict[str, _Followed] = {}
        self._account = Account(0.0)
        self._requests = 0

    def start(self, source: str, now: float) -> float:
        """Begin to follow *source*; its first poll is due at once."""
        self._feeds[source] = _Followed(due_seconds=now)
        return now

    def observe(self, result: PollResult) -> float:
        """Learn from a poll and return when the next one is due."""
        feed, now = self._feeds[result.source], result.t
        self._requests += 1
        self._book(now)
        if feed.rhythm is None or result.prev_t is None:
            feed.rhythm = begun(result.new, now_seconds=now, shown=result.size)
        else:
            feed.rhythm = learned(
                feed.rhythm, result.new, previous_seconds=result.prev_t, now_seconds=now, shown=result.size
            )
        moment = Moment(now, self._account.price, now + result.ttl)
        weight = self._weights.get(result.source, 1.0)
        planned = next_poll(feed.plan, feed.rhythm, moment, bounds=_BOUNDS, weight=weight)
        feed.plan, due = planned.plan, planned.due_seconds
        if result.prev_t is not None:
            soon = hurried(feed.rhythm, result.new, previous_seconds=result.prev_t, now_seconds=now)
            due = due if soon is None else min(due, max(soon, now + _BOUNDS.shortest_seconds))
        feed.due_seconds = max(due, now + result.ttl)
        return feed.due_seconds

    def _book(self, now: float) -> None:
        """Once an hour, let the price follow the budget."""
        if not self._account.at_seconds:
            self._account = Account(now)
        if now < self._account.at_seconds + _BOOKED_EVERY_SECONDS:
            return
        followed = [
            feed for feed in self._feeds.values() if feed.rhythm and feed.due_seconds > now - _GONE_AFTER_SECONDS
        ]
        self._account = booked(
            self._account,
            now_seconds=now,
            requests=self._requests,
            requests_per_day=self._budget * len(followed),
            appetite=sum(feed.plan.appetite for feed in followed if feed.plan),
        )
        self._requests = 0
