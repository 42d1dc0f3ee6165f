"""Remembers when a feed's entries appeared: counts by hour of the week and by minute of the hour, slowly forgotten.

Rules of this file: an old entry is never touched. Each new one weighs twice as much as one `HALF_LIFE_SECONDS` older
(forward decay: Cormode, Shkapenyuk, Srivastava, Xu, "Forward decay", ICDE 2009), so that forgetting costs nothing
and rounding cannot freeze it. Hours are UTC; when the clocks of the feed's country change, the whole week is turned
by an hour as soon as the entries say so.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.stages.planning.appointments import MINUTES_OF_DAY, Appointments, moved, scaled, with_minutes
from pipeline.stages.planning.exposure import (
    BATCH_SECONDS,
    HALF_LIFE_SECONDS,
    HOURS,
    SURGE_HALF_LIFE_SECONDS,
    leftovers,
    watched_hours,
)
from pipeline.stages.planning.visibility import NOTHING_SEEN, Visibility, with_poll

MINUTES = 60

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0
# The epoch was a Thursday; hour 0 of the week is Monday 00:00 UTC.
_THURSDAY_HOURS = 72
# A date this much before the poll that did not show the entry yet is not when the entry appeared.
_LONGEST_LAG_SECONDS = 2 * _HOUR
_CLOCK_ERROR_SECONDS = 120.0
# Beyond this the weight of an entry counts as the same: keeps powers of two finite for absurd dates.
_OLDEST_SECONDS = 400 * _DAY
# From this many dated entries on, one time of the day for nearly all of them says that only the day is known.
_ENOUGH_TO_JUDGE = 5
_SAME_SHARE = 0.75
# Evidence (natural logarithm) before the week is turned: one false alarm in thousands of entries.
_TURNED_BEYOND = 8.0


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is remembered of one feed.

    `week` (168 hours from Monday 00:00 UTC), `minutes` (60) and `appointments` (some of the day's 1440) are decayed
    counts that weigh 1 for an entry of `reference_seconds`; `since_seconds` is when watching began: the oldest entry
    of the first document. `earlier` and `later` are the evidence that the feed's clock moved by an hour, in nats.
    `squares` tells batches: the decayed sum of squares of how many entries came within each quarter of an hour.
    `window` is how many entries the last document showed that brought any, 0 where that is not known. `recent` counts
    the entries that are forgotten fast, by `SURGE_HALF_LIFE_SECONDS`.
    """

    reference_seconds: float
    since_seconds: float
    week: tuple[float, ...] = (0.0,) * HOURS
    minutes: tuple[float, ...] = (0.0,) * MINUTES
    visibility: Visibility = NOTHING_SEEN
    earlier: float = 0.0
    later: float = 0.0
    appointments: Appointments = ()
    squares: float = 0.0
    window: int = 0
    recent: float = 0.0


def begun(published: Sequence[float | None], *, now_seconds: float, shown: int = 0) -> Rhythm:
    """Return the rhythm that the first document of a feed, seen at *now_seconds*, already tells.

    It showed *shown* entries, 0 where that is not known. *published* are their dates in seconds, None where there is
    none; dates in the future tell nothing. The oldest entry only says since when the document looks back, once
    leftovers are put aside.
    """
    dates = sorted(date for date in published if date is not None and date <= now_seconds)
    if not dates:
        return Rhythm(now_seconds, now_seconds, window=shown)
    dates = dates[leftovers(dates, now_seconds) :]
    rhythm = Rhythm(now_seconds, max(dates[0], now_seconds - _OLDEST_SECONDS), window=shown)
    if _only_days(dates):
        return _counted(rhythm, [(date - date % _DAY, _DAY) for date in dates[1:]], [])
    return _counted(rhythm, [(date, 0.0) for date in dates[1:]], dates[1:])


def learned(
    rhythm: Rhythm, published: Sequence[float | None], *, previous_seconds: float, now_seconds: float, shown: int = 0
) -> Rhythm:
    """Return *rhythm* with the entries that a poll at *now_seconds* saw for the first time, of *shown* in all.

    One whose date is not `believed`, or None, appeared at some moment between the two polls, each equally likely: so
    even a feed whose dates are missing or wrong teaches its hours, though not its minutes.
    """
    if not published:
        return rhythm
    previous = min(previous_seconds, now_seconds)
    dated = believed(published, previous_seconds=previous, now_seconds=now_seconds)
    span = min(now_seconds - previous, _DAY)
    undated = [(now_seconds - span, span)] * (len(published) - len(dated))
    rhythm = _turned(_rescaled(rhythm, now_seconds), dated)
    visibility = with_poll(rhythm.visibility, dated, previous_seconds=previous, now_seconds=now_seconds)
    spans = [_appeared(date, previous, now_seconds) for date in dated]
    counted = _counted(rhythm, [*spans, *undated], dated)
    return replace(counted, visibility=visibility, window=shown or rhythm.window)


def believed(published: Sequence[float | None], *, previous_seconds: float, now_seconds: float) -> list[float]:
    """Return those dates of entries *published* that may be when they appeared, none of them later than now.

    They lie between the poll before (*previous_seconds*, less two hours for entries that show late) and now.
    """
    earliest, latest = previous_seconds - _LONGEST_LAG_SECONDS, now_seconds + _CLOCK_ERROR_SECONDS
    return [min(date, now_seconds) for date in published if date is not None and earliest <= date <= latest]


def rate_per_minute(rhythm: Rhythm, *, now_seconds: float) -> float:
    """Return the expected entries per minute: the mean of a gamma distribution after a Poisson number of entries.

    `(n + 1/4) / (T + 1 / (4 r))`: n the decayed count, T the decayed minutes watched, r the rate that is assumed of a
    feed of which nothing is known (4 entries a day), weighing as much as a quarter of an entry.
    """
    growth = HALF_LIFE_SECONDS / math.log(2)
    watched = growth * (_weight(rhythm, now_seconds) - _weight(rhythm, min(rhythm.since_seconds, now_seconds)))
    least = _HOUR * _weight(rhythm, now_seconds)
    unknown_rate = 4 / 1440
    return (sum(rhythm.week) + 0.25) / (max(watched, least) / _MINUTE + 0.25 / unknown_rate)


def recent_count(rhythm: Rhythm, *, now_seconds: float) -> float:
    """Return the count of entries, each weighing half of one that came `SURGE_HALF_LIFE_SECONDS` later."""
    return rhythm.recent / _weight(rhythm, now_seconds, SURGE_HALF_LIFE_SECONDS)


def watched_week(rhythm: Rhythm, *, now_seconds: float) -> list[float]:
    """Return how much each hour of the week was watched until now; the mean is 1."""
    since = min(rhythm.since_seconds, now_seconds)
    return watched_hours(since, now_seconds, first_hour=hour_of_week(since))


def batch_size(rhythm: Rhythm, *, rate: float) -> float:
    """Return how many entries come at a time, and so are one piece of evidence between them; at least 1.

    The dispersion of a compound Poisson process, `E[k^2] / E[k]` (McCullagh, Nelder, "Generalized Linear Models",
    1989, section 6.2), less the company that chance gives at *rate* per minute, and twice that in busy hours.
    """
    total = sum(rhythm.minutes)
    by_chance = 2 * rate * BATCH_SECONDS / _MINUTE
    return max(rhythm.squares / total - by_chance, 1.0) if total > 0 else 1.0


def hour_of_week(seconds: float) -> int:
    """Return the hour of the week of an instant, 0 (Monday 00:00 UTC) to 167."""
    return (int(seconds // _HOUR) + _THURSDAY_HOURS) % HOURS


def _appeared(date: float, previous: float, now_seconds: float) -> tuple[float, float]:
    """Return when, from which instant and how long, an entry of *date* may have appeared that two polls enclose.

    One that the poll at *previous* did not show, though its date was past, appeared after that poll: within as long
    again as it had waited by then, for who waits an hour for its desk does not wait a minute more.
    """
    waited = max(previous - date, 0.0)
    return max(date, previous), min(waited, now_seconds - previous)


def _weight(rhythm: Rhythm, seconds: float, half_life_seconds: float = HALF_LIFE_SECONDS) -> float:
    age = max(seconds - rhythm.reference_seconds, -_OLDEST_SECONDS)
    return float(2.0 ** min(age / half_life_seconds, 60.0))


def _counted(rhythm: Rhythm, spans: Sequence[tuple[float, float]], dated: Sequence[float]) -> Rhythm:
    """Add entries: *spans* (begin, length in seconds) to the week, *dated* instants to the minutes."""
    week, minutes = list(rhythm.week), list(rhythm.minutes)
    for begin, length in spans:
        weight = _weight(rhythm, begin)
        parts = int(length // _HOUR) + 1
        for part in range(parts):
            week[hour_of_week(begin + (part + 0.5) * length / parts)] += weight / parts
    for date in dated:
        minutes[int(date // _MINUTE) % MINUTES] += _weight(rhythm, date)
    # Entries of one minute are one batch, and no habit: what counts is the days it was met on.
    met = [
        (minute % MINUTES_OF_DAY, _weight(rhythm, minute * _MINUTE))
        for minute in sorted({int(date // _MINUTE) for date in dated})
    ]
    appointments = with_minutes(rhythm.appointments, met)
    batches = Counter(int(date // BATCH_SECONDS) for date in dated)
    squares = rhythm.squares + sum(
        _weight(rhythm, batch * BATCH_SECONDS) * count**2 for batch, count in batches.items()
    )
    recent = rhythm.recent + sum(_weight(rhythm, begin, SURGE_HALF_LIFE_SECONDS) for begin, _ in spans)
    return replace(
        rhythm, week=tuple(week), minutes=tuple(minutes), appointments=appointments, squares=squares, recent=recent
    )


def _rescaled(rhythm: Rhythm, now_seconds: float) -> Rhythm:
    """Move the reference to now once entries weigh twice what they did, so that the counts stay small."""
    weight = _weight(rhythm, now_seconds)
    if weight < 2.0:
        return rhythm
    return replace(
        rhythm,
        reference_seconds=now_seconds,
        week=tuple(count / weight for count in rhythm.week),
        minutes=tuple(count / weight for count in rhythm.minutes),
        visibility=rhythm.visibility.scaled(1 / weight),
        appointments=scaled(rhythm.appointments, 1 / weight),
        squares=rhythm.squares / weight,
        recent=recent_count(rhythm, now_seconds=now_seconds),
    )


def _only_days(dates: Sequence[float]) -> bool:
    """Say whether nearly all of *dates* of several days share one time of the day, as `2026-05-01T00:00:00` do."""
    most = max(Counter(date % _DAY for date in dates).values())
    days = len({date // _DAY for date in dates})
    return len(dates) >= _ENOUGH_TO_JUDGE and days > 1 and most >= _SAME_SHARE * len(dates)


def _turned(rhythm: Rhythm, dated: Sequence[float]) -> Rhythm:
    """Turn the week by an hour where *dated* entries fit so much better: summer time began or ended there.

    Page's cumulative sum test ("Continuous inspection schemes", Biometrika 1954) on the hours of the day, moved by
    one hour either way; the entries of one hour of one poll, which may be one batch, count once.
    """
    if not dated:
        return rhythm
    hours = [sum(rhythm.week[hour::24]) for hour in range(24)]
    floor = 0.5 + 0.02 * sum(hours)
    earlier, later = rhythm.earlier, rhythm.later
    for hour in {int(date // _HOUR) % 24 for date in dated}:
        here = math.log(hours[hour] + floor)
        earlier = max(0.0, earlier + math.log(hours[(hour + 1) % 24] + floor) - here)
        later = max(0.0, later + math.log(hours[(hour - 1) % 24] + floor) - here)
    if max(earlier, later) < _TURNED_BEYOND:
        return replace(rhythm, earlier=earlier, later=later)
    week, turn = rhythm.week, -1 if earlier > later else 1
    week = week[-turn:] + week[:-turn]
    return replace(rhythm, week=week, earlier=0.0, later=0.0, appointments=moved(rhythm.appointments, turn))
