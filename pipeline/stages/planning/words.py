"""Says in words, and in a line of blocks, when a feed posts."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.stages.planning.forecast import expected
from pipeline.stages.planning.rhythm import Rhythm
from pipeline.stages.planning.visibility import lag_shares

_BLOCKS = "▁▂▃▄▅▆▇█"
_MINUTES_OF_A_DAY = 1440
# A minute of the hour with this many times its share is worth a word.
_MARKED = 3.0
_SURE = 0.9
# The first entry of a first document only says since when it looks back.
_LEAST_ENTRIES = 0.5
# Three hours with this many times their share are worth a word.
_BUSIEST = 1.3


def posting_words(rhythm: Rhythm | None, *, now_seconds: float) -> str:
    """Say when the feed of *rhythm* posts: how much, at which hours (UTC) and minutes, and how late it shows.

    None is the rhythm of a feed that has brought no entry.
    """
    if rhythm is None or sum(rhythm.week) < _LEAST_ENTRIES:
        return "Nothing is known yet of when it posts: it has brought hardly any entry with a time of its own."
    forecast = expected(rhythm, now_seconds=now_seconds)
    day = [sum(forecast.hourly[hour::24]) for hour in range(24)]
    per_day = forecast.rate * _MINUTES_OF_A_DAY
    amount = f"{per_day:.0f} entries a day" if per_day >= 2 else f"{per_day * 7:.2g} entries a week"
    lately = f", {forecast.surge:.2g} times as many as in the weeks before" if forecast.surge > 1 else ""
    hours = f"{_blocks(day)} from 00 to 24 h UTC{_hour_words(day)}"
    minutes = f"{_minute_words(rhythm)}{_appointment_words(forecast.appointments)}"
    return f"About {amount}{lately}: {hours}{minutes}; {_lag_words(rhythm)}."


def _hour_words(day: list[float]) -> str:
    """Name the three hours in a row that see most, if they see much more than others."""
    around = [day[hour] + day[(hour + 1) % 24] + day[(hour + 2) % 24] for hour in range(24)]
    best = max(range(24), key=lambda hour: around[hour])
    if around[best] < _BUSIEST * sum(day) / 8:
        return ", all of them alike"
    return f", most from {best:02d} to {(best + 3) % 24:02d} h"


def _minute_words(rhythm: Rhythm) -> str:
    total = sum(rhythm.minutes)
    if total < 20:
        return ""
    marked = [minute for minute, count in enumerate(rhythm.minutes) if count * 60 > _MARKED * total]
    if not marked:
        return ""
    share = sum(rhythm.minutes[minute] for minute in marked) / total
    named = ", ".join(f":{minute:02d}" for minute in marked[:6])
    return f"; {share:.0%} at {named}"


def _appointment_words(appointments: Mapping[int, float]) -> str:
    """Name the minutes of the day at which something is timed to appear."""
    named = ", ".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in sorted(appointments))
    return f"; again and again at {named}" if named else ""


def _lag_words(rhythm: Rhythm) -> str:
    shares = lag_shares(rhythm.visibility)
    if sum(rhythm.visibility.asked) < 10:
        return "how long they take to show is not known yet"
    shown = 0.0
    for minute, share in enumerate(shares):
        shown += share
        if shown >= _SURE:
            return f"nine of ten show within {minute + 1} min"
    return f"some take longer than {len(shares)} min to show"


def _blocks(values: list[float]) -> str:
    most = max(values)
    return "".join(_BLOCKS[min(int(value / most * len(_BLOCKS)), len(_BLOCKS) - 1)] for value in values)
