"""Learns how long after its date an entry shows in the feed: the chance to see it at the age of 0, 1, ... minutes.

Each poll says of each entry either "shown at this age" or "not shown yet at this age" (current status data): the
share of polls that showed it, made to rise with age by pooling neighbours (Ayer, Brunk, Ewing, Reid, Silverman, "An
empirical distribution function for sampling with incomplete information", 1955), is the distribution of the lag.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

AGES = 16
"""Minutes of age that are told apart."""
# What is assumed of ages that were hardly met: half of what is left shows every so many minutes, and how likely that
# is before anything is known. Weighs as three polls.
_HALF_LIVES_MINUTES = (1 / 8, 1 / 4, 1 / 2, 1.0, 2.0, 4.0)
_LIKELY = (1, 2, 4, 8, 2, 1)
_CURVES = tuple(
    (*(1 - 0.5 ** ((age + 1) / half_life) for age in range(AGES - 1)), 1.0) for half_life in _HALF_LIVES_MINUTES
)
_ASSUMED_WEIGHT = 3.0
# A feed is no clockwork: one poll in fifty tells something else than its curve says.
_SURPRISE = 0.02
_LOGS = tuple(
    tuple((log(max(share, _SURPRISE)), log(max(1 - share, _SURPRISE))) for share in curve) for curve in _CURVES
)


@dataclass(frozen=True, slots=True)
class Visibility:
    """Polls that met an entry at each age in minutes (`asked`), and those of them that showed it (`shown`)."""

    asked: tuple[float, ...] = (0.0,) * AGES
    shown: tuple[float, ...] = (0.0,) * AGES

    def scaled(self, factor: float) -> Visibility:
        """Return the same with all counts times *factor*."""
        return Visibility(
            tuple(count * factor for count in self.asked), tuple(count * factor for count in self.shown)
        )


NOTHING_SEEN = Visibility()


def with_poll(
    visibility: Visibility, published: Sequence[float], *, previous_seconds: float, now_seconds: float
) -> Visibility:
    """Return *visibility* with what a poll at *now_seconds* says of entries *published* then and seen first now.

    They were shown now; those already published at *previous_seconds* were not shown then.
    """
    asked, shown = list(visibility.asked), list(visibility.shown)
    for date in published:
        age = int((now_seconds - date) // 60)
        if 0 <= age < AGES:
            asked[age] += 1
            shown[age] += 1
        age = int((previous_seconds - date) // 60)
        if 0 <= age < AGES:
            asked[age] += 1
    return Visibility(tuple(asked), tuple(shown))


def lag_shares(visibility: Visibility) -> tuple[float, ...]:
    """Return the share of entries that show within the 1st, 2nd, ... minute after their date.

    They sum to 1 but for what shows later than that: of some feeds, whose dates are when a text was begun, most.
    """
    groups: list[tuple[float, float, int]] = []
    for assumed, asked, shown in zip(_assumed(visibility), visibility.asked, visibility.shown, strict=True):
        weight = asked + _ASSUMED_WEIGHT
        group = ((shown + _ASSUMED_WEIGHT * assumed) / weight, weight, 1)
        while groups and groups[-1][0] > group[0]:
            value, before, size = groups.pop()
            both = before + group[1]
            group = ((value * before + group[0] * group[1]) / both, both, size + group[2])
        groups.append(group)
    by_age = [value for value, _, size in groups for _ in range(size)]
    return tuple(value - before for value, before in zip(by_age, [0.0, *by_age], strict=False))


def _assumed(visibility: Visibility) -> tuple[float, ...]:
    """Return the chance to see an entry at each age, if all ages follow one curve: the mean of all curves.

    Each counts in proportion to its likelihood. Polls that come two minutes after each entry and always see it say
    nothing of the first minute by themselves; that half of the entries should wait for the second, they rule out.
    """
    likelihoods = [
        sum(
            [
                shown * log_shown + (asked - shown) * log_hidden
                for (log_shown, log_hidden), asked, shown in zip(
                    logs, visibility.asked, visibility.shown, strict=True
                )
                if asked
            ]
        )
        for logs in _LOGS
    ]
    best = max(likelihoods)
    weights = [before * exp(likelihood - best) for before, likelihood in zip(_LIKELY, likelihoods, strict=True)]
    whole = sum(weights)
    return tuple([sum(map(float.__mul__, weights, at_age)) / whole for at_age in zip(*_CURVES, strict=True)])
