"""What we agreed with a hub about one feed (W3C WebSub)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PushState = Literal["wanted", "requested", "active"]


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription to *topic* at *hub*; only who knows `token` finds its callback, `secret` signs what is pushed.

    `next_ms` is when to ask the hub (again), `attempts` how often it was asked in a row without agreeing.
    `lease_until_ms` ends the agreement. `credit` counts pushes since the last poll that found news the hub had not
    pushed; from `needed` on the hub is relied on.
    """

    hub: str
    topic: str
    token: str
    secret: str
    state: PushState = "wanted"
    next_ms: int = 0
    attempts: int = 0
    lease_until_ms: int = 0
    credit: int = 0
    needed: int = 1
