"""Decides how many requests a day the feeds may cost, and what follows from that for schedule and price.

An operator sets one number for all feeds together, one for each feed, or none: then it is as many as the fixed
interval would make. An unlimited number leaves nothing to plan: every feed is polled at the shortest interval.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf

from pipeline.settings import ScheduleSettings, Settings
from pipeline.stages.planning.price import LOWEST_PRICE, first_price

_DAY_SECONDS = 86_400.0


def is_unlimited(settings: Settings) -> bool:
    """Say whether requests are as good as free: only bounds, hosts and documents keep them apart."""
    return settings.schedule.kind == "adaptive" and settings.budget.requests_per_day == inf


def requests_per_day(settings: Settings, *, feeds: int) -> float:
    """Return the requests a day that *feeds* feeds, those now followed, may cost in all; `inf` for no bound."""
    return settings.budget.requests_per_day or feeds * _each(settings)


def polling_schedule(settings: Settings) -> ScheduleSettings:
    """Return the schedule to poll by: the one that is set, or the shortest interval where requests are free."""
    schedule = settings.schedule
    if not is_unlimited(settings):
        return schedule
    return replace(schedule, kind="fixed", interval_seconds=schedule.min_interval_seconds)


def mean_schedule(settings: Settings, *, feeds: int) -> ScheduleSettings:
    """Return the schedule of fixed intervals that spends what *feeds* feeds may: what plans are in the mean."""
    schedule = polling_schedule(settings)
    if schedule.kind == "fixed" or not feeds:
        return schedule
    seconds = _DAY_SECONDS * feeds / requests_per_day(settings, feeds=feeds)
    return replace(
        schedule, interval_seconds=min(max(seconds, schedule.min_interval_seconds), schedule.max_interval_seconds)
    )


def opening_price(settings: Settings) -> float:
    """Return the price of a request, in entry-seconds, to begin with.

    A budget for all feeds together says nothing of one feed before the feeds are counted, which is done at once.
    """
    return LOWEST_PRICE if is_unlimited(settings) else first_price(_DAY_SECONDS / _each(settings))


def _each(settings: Settings) -> float:
    return settings.budget.requests_per_feed_per_day or _DAY_SECONDS / settings.schedule.interval_seconds
