"""Expects entries: how many will show in each hour ahead, and at which minutes of the hour it is worth to poll."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from pipeline.stages.planning.appointments import certain
from pipeline.stages.planning.exposure import HOURS
from pipeline.stages.planning.rhythm import MINUTES, Rhythm, batch_size, rate_per_minute, watched_week
from pipeline.stages.planning.shrinkage import shrunk
from pipeline.stages.planning.surge import surge
from pipeline.stages.planning.visibility import lag_shares

HOURS_AHEAD = 24
"""The hours to plan, and six more so that the last polls of the plan do not look into a void."""
_STOPS = ((10, 6), (6, 10), (3, 20))
"""By fineness: how many stops stand behind peaks of the hour, and how many minutes the others stand apart."""
# An appointment's share is what it is of its hour's entries and this many more.
_DOUBT = 1.0
_EVEN_WEEK = (1.0,) * 7
# What an hour of the day is expected to be before it is met: as the two on either side, and a little as any hour: as
# if each of the four had met an entry of a quarter of its weight.
_NEIGHBOURS = ((-2, 0.2), (-1, 0.3), (1, 0.3), (2, 0.2))
_ANY_HOUR = 0.25
_WEEKDAYS, _WEEKEND = range(5), range(5, 7)
# People choose round minutes, and which of them to choose is a habit of the feed: these are expected to be alike.
_ALIKE = ((0,), (30,), (15, 45), (5, 10, 20, 25, 35, 40, 50, 55))
_ALIKE_AS = tuple(
    next((number for number, members in enumerate(_ALIKE) if minute in members), len(_ALIKE))
    for minute in range(MINUTES)
)


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

    `hourly` are entries per minute for each of 168 hours of the week, `rate` is their mean; `stops` are for each of
    24 hours of the day where polls may stand, from fine to coarse; `appointments` the minutes of the day at which
    something is timed to appear, and which share of the entries of their hour that is; `surge` how many times as many
    entries that is as in the weeks before.
    """

    rate: float
    hourly: tuple[float, ...]
    stops: tuple[tuple[Stops, ...], ...]
    appointments: Mapping[int, float] = field(default_factory=dict)
    surge: float = 1.0


def expected(rhythm: Rhythm, *, now_seconds: float) -> Forecast:
    """Return what *rhythm* lets expect: rate (of late, if that is a surge) x hour of the week x minute of the hour.

    The week is drawn towards days x hours of the day, these hours towards their neighbours, the minutes towards what
    minutes as round as they are; then the minutes are moved by the time entries take to show. Appointments stand in
    their hours beside that. Entries that come in batches are so much less evidence, and hours that were never
    watched are none.
    """
    rate = rate_per_minute(rhythm, now_seconds=now_seconds)
    batch = batch_size(rhythm, rate=rate)
    by_hour_of_week = [count / batch for count in rhythm.week]
    counts = _by_hour(by_hour_of_week)
    watched = watched_week(rhythm, now_seconds=now_seconds)
    minutes, timed = _minutes_and_timed(rhythm, counts, batch)
    untimed = list(counts)
    for minute, count in timed.items():  # an appointment says nothing of the hours beside it
        untimed[minute // 60] = max(untimed[minute // 60] - count, 0.0)
    day_watched = _by_hour(watched, 1 / 7)
    day = shrunk(counts, _like_neighbours(untimed, day_watched, batch), day_watched)
    days = _days(by_hour_of_week, watched, day)
    weekday, weekend = (_hours_of(part, by_hour_of_week, watched, day) for part in (_WEEKDAYS, _WEEKEND))
    habit = [
        by_day * by_hour
        for number, by_day in enumerate(days)
        for by_hour in (weekday if number in _WEEKDAYS else weekend)
    ]
    scale = HOURS / sum(habit)
    week = shrunk(by_hour_of_week, [share * scale for share in habit], watched)
    shares = {minute: count / (max(counts[minute // 60], count) + _DOUBT) for minute, count in timed.items()}
    stops = _stops_by_hour(minutes, shares, lag_shares(rhythm.visibility))
    times = surge(rhythm, now_seconds=now_seconds, week=week)
    rate *= times
    return Forecast(rate * sum(week) / HOURS, tuple([rate * share for share in week]), stops, shares, times)


def _minutes_and_timed(rhythm: Rhythm, day: Sequence[float], batch: float) -> tuple[list[float], dict[int, float]]:
    """Return the profile of the hour without appointments, and these, as `certain` does.

    *day* are the counts of 24 hours, and *batch* how many entries are one piece of evidence.
    """
    counts = [count / batch for count in rhythm.minutes]
    minutes = _minutes(counts)
    timed = certain(rhythm.appointments, day=day, hour=minutes)
    if timed:  # what is an appointment says nothing of that minute in other hours
        for minute, count in timed.items():
            counts[minute % MINUTES] = max(counts[minute % MINUTES] - count, 0.0)
        minutes = _minutes(counts)
    return minutes, timed


def _like_neighbours(counts: Sequence[float], watched: Sequence[float], batch: float) -> list[float]:
    """Return what each hour of the day is expected to be by *counts* of its neighbours alone, as they were *watched*.

    Without the hour's own count, for what it is drawn towards must not be itself (Besag, "Statistical analysis of
    non-lattice data", The Statistician 1975). The mean of a gamma distribution, so that neighbours that were hardly
    watched say little, and those that never were nothing; a *batch* of entries often lasts from one hour into the
    next, and makes no neighbours of them.
    """
    total = sum(counts)
    if total <= 0:
        return [1.0] * len(counts)
    mean, any_hour = total / sum(watched), _ANY_HOUR * batch
    rates = []
    for hour in range(24):
        met = sum([part * counts[(hour + apart) % 24] for apart, part in _NEIGHBOURS])
        seen = sum([part * watched[(hour + apart) % 24] for apart, part in _NEIGHBOURS])
        rates.append((met + any_hour) / (seen * mean + any_hour))
    scale = 24 / sum(rates)
    return [rate * scale for rate in rates]


def _hours_of(
    part: Sequence[int], counts: Sequence[float], watched: Sequence[float], day: list[float]
) -> list[float]:
    """Return the hours of those days of the week that are *part*, from *counts* and *watched* by hour of the week."""
    met = [sum([counts[24 * number + hour] for number in part]) for hour in range(24)]
    seen = [sum([watched[24 * number + hour] for number in part]) / len(part) for hour in range(24)]
    return shrunk(met, day, seen)


def _minutes(counts: Sequence[float]) -> list[float]:
    """Return the profile of the hour from *counts*, drawn towards what minutes alike share."""
    groups, sizes = [0.0] * (len(_ALIKE) + 1), [0] * (len(_ALIKE) + 1)
    for count, group in zip(counts, _ALIKE_AS, strict=True):
        groups[group] += count
        sizes[group] += 1
    expected_shares = [size * len(sizes) / MINUTES for size in sizes]
    by_group = shrunk(groups, expected_shares)
    scale = MINUTES / len(sizes)
    profile = [by_group[group] / sizes[group] * scale for group in _ALIKE_AS]
    whole = sum(profile) / MINUTES
    return shrunk(counts, [share / whole for share in profile])


def _days(counts: Sequence[float], watched: Sequence[float], day: Sequence[float]) -> list[float]:
    """Return the profile of the days of the week, from *counts* and *watched* by hour of the week.

    Two hours of a night are not the twelfth part of a day: each hour was watched for what it is worth by *day*. And
    hours of one day are no independent witnesses, so of a day of which only a part was watched that part counts.
    """
    worth = [seen * day[hour % 24] / 24 for hour, seen in enumerate(watched)]
    parts = [part / 24 for part in _by_day([float(seen > 0) for seen in watched])]
    seen = [part * of_day for part, of_day in zip(parts, _by_day(worth), strict=True)]
    met = [part * count for part, count in zip(parts, _by_day(counts), strict=True)]
    scale = len(seen) / sum(seen)
    return shrunk(met, _EVEN_WEEK, [scale * of_day for of_day in seen])


def _by_hour(week: Sequence[float], scale: float = 1.0) -> list[float]:
    return [sum(week[hour::24]) * scale for hour in range(24)]


def _by_day(week: Sequence[float], scale: float = 1.0) -> list[float]:
    return [sum(week[begin : begin + 24]) * scale for begin in range(0, HOURS, 24)]


def _stops_by_hour(
    minutes: Sequence[float], appointments: Mapping[int, float], lags: Sequence[float]
) -> tuple[tuple[Stops, ...], ...]:
    """Return where polls may stand in each hour of the day: by *minutes*, and by *appointments* where there are any.

    Both are moved by *lags*; what an appointment would show in the next hour only counts at the end of its own.
    """
    plain = _shown(minutes, lags)
    hours: dict[int, list[float]] = {}
    for minute, share in appointments.items():
        here = hours.setdefault(minute // 60, [0.0] * MINUTES)
        for lag, part in enumerate(lags):
            here[min(minute % 60 + lag, MINUTES - 1)] += MINUTES * share * part
    stops = [_stops(plain)] * 24
    for hour, here in hours.items():
        rest = max(1.0 - sum(here) / MINUTES, 0.0)
        stops[hour] = _stops([rest * share + timed for share, timed in zip(plain, here, strict=True)])
    return tuple(stops)


def _shown(minutes: Sequence[float], lags: Sequence[float]) -> tuple[float, ...]:
    """Return the profile of the hour as entries show: *minutes* as they are dated, moved by *lags*.

    What shows later than these tell may show at any minute.
    """
    felt = {lag: share for lag, share in enumerate(lags) if share > 1e-4}  # less moves nothing that a poll could feel
    shown = [max(1.0 - sum(felt.values()), 0.0)] * MINUTES
    for lag, share in felt.items():
        moved = [*minutes[-lag:], *minutes[:-lag]] if lag else minutes
        shown = [before + share * here for before, here in zip(shown, moved, strict=True)]
    return tuple(shown)


def _stops(minutes: Sequence[float]) -> tuple[Stops, ...]:
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
