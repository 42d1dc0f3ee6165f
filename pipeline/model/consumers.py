"""The consumer groups that read the article stream, and how each keeps up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

GroupHealth = Literal["ok", "slow", "dead"]


@dataclass(frozen=True, slots=True)
class ConsumerGroup:
    """A consumer group: how many entries it has not acknowledged, and when the oldest of these was published.

    `oldest_ms` is None when all are acknowledged; `asked_ms` is when a consumer of it last asked for anything, None
    when it has no consumer.
    """

    name: str
    waiting: int
    oldest_ms: int | None
    asked_ms: int | None


@dataclass(frozen=True, slots=True)
class GroupAlert:
    """A change of how a consumer group keeps up, as operators hear of it."""

    group: str
    before: GroupHealth
    after: GroupHealth
    at_ms: int
    why: str
    what_to_do: str
