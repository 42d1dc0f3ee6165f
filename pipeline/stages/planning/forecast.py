"""Expects entries: how many will show in each hour ahead, and at which minutes of the hour it is worth to poll."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from pipeline.stages.planning.rhythm import HOURS, MINUTES, Rhythm, rate_per_minute
from pipeline.stages.planning.shrinkage import shrunk
from pipeline.stages.planning.visibility import lag_shares

HOURS_AHEAD = 24
"""The hours to plan, and nine more so that the last polls of the plan do not look into a void."""
_STOPS = ((10, 6), (6, 10), (3, 20))
"""By fineness: how many stops stand behind peaks of the hour, and how many minutes the others stand apart."""
_EVEN_DAY = (1.0,) * 24
_EVEN_WEEK = (1.0,) * 7
_EVEN_HOUR = (1.0,) * MINUTES


@dataclass(frozen=True, slots=True)
class Stops:
    """Where polls may stand in an hour.

    `minutes`, 1 to 60, are their times; `before` is for each the share of the hour's entries, times 60, that show
    before it; `moments` the same with each entry times the minute it shows at.
    """

    minutes: tuple[int, ...]
    before: tuple[float, ...]
    moments: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is expected of a feed.

    `hourly` are entries per minute for each of 168 hours of the week, `rate` is their mean; `stops` are where polls
    may stand, from fine to coarse.
    """

    rate: float
    hourly: tuple[float, ...]
    stops: tuple[Stops, ...]


def expected(rhythm: Rhythm, *, now_seconds: float) -> Forecast:
    """Return what *rhythm* lets expect: rate x hour of the week x minute of the hour.

    The week is drawn towards days x hours of the day, these towards an even profile, the minutes towards an even
    hour; then the minutes are moved by the time entries take to show.
    """
    rate = rate_per_minute(rhythm, now_seconds=now_seconds)
    day = shrunk([sum(rhythm.week[hour::24]) for hour in range(24)], _EVEN_DAY)
    days = shrunk([sum(rhythm.week[begin : begin + 24]) for begin in range(0, HOURS, 24)], _EVEN_WEEK)
    week = shrunk(rhythm.week, [by_day * by_hour for by_day in days for by_hour in day])
    minutes = _shown(shrunk(rhythm.minutes, _EVEN_HOUR), lag_shares(rhythm.visibility))
    return Forecast(rate, tuple([rate * share for share in week]), _stops(minutes))


def _shown(minutes: list[float], lags: tuple[float, ...]) -> tuple[float, ...]:
    """Return the profile of the hour as entries show: *minutes* as they are dated, moved by *lags*."""
    shown = [0.0] * MINUTES
    for lag, share in enumerate(lags):
        if share > 1e-4:  # less than that moves nothing that a poll could feel
            moved = minutes[-lag:] + minutes[:-lag] if lag else minutes
            shown = [before + share * here for before, here in zip(shown, moved, strict=True)]
    return tuple(shown)


def _stops(minutes: tuple[float, ...]) -> tuple[Stops, ...]:
    """Return where polls may stand: after the minutes behind which least follows, and evenly between.

    Twenty stops an hour instead of sixty plan three times as fast; measured, the delay is the same.
    """
    sums = [0.0, *accumulate(minutes)]
    moments = [0.0, *accumulate([share * (minute + 0.5) for minute, share in enumerate(minutes)])]
    steepest = sorted(range(MINUTES), key=lambda minute: minutes[(minute + 1) % MINUTES] - minutes[minute])
    found = []
    for peaks, apart in _STOPS:
        at = sorted({minute + 1 for minute in steepest[:peaks]} | set(range(apart, MINUTES + 1, apart)))
        found.append(Stops(tuple(at), tuple([sums[stop] for stop in at]), tuple([moments[stop] for stop in at])))
    return tuple(found)
