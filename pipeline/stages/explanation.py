"""Explains a feed in sentences: why it is polled when it is, how it does, and what became of its items."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline import wire
from pipeline.model import Feed, FeedHealth, FeedState
from pipeline.settings import Settings
from pipeline.stages.health import shown_health, what_to_do
from pipeline.stages.planning.budget import is_unlimited, polling_schedule
from pipeline.stages.planning.live import is_planned
from pipeline.stages.weights import UNSAID, Weight, weight_words

_FATES = ("new", "revised", "same", "near_duplicates", "rejected", "dead", "withdrawn")


def explanation(
    feed: Feed,
    state: FeedState,
    known: FeedHealth,
    *,
    due_ms: int | None,
    counts: Mapping[str, int],
    settings: Settings,
    now_ms: int,
    weight: Weight = UNSAID,
) -> dict[str, str]:
    """Explain *feed* as it is known at *now_ms*, one sentence or two for each question a person has."""
    health = shown_health(feed, known)
    since = "" if known.since_ms is None or feed.paused else f" since {wire.rfc3339(known.since_ms)}"
    why = f": {known.detail}" if known.detail else ""
    return {
        "health": f"{health}{since}{why}.",
        "what_to_do": what_to_do(health),
        "last_poll": _last_poll(state),
        "next_poll": _next_poll(feed, state, due_ms=due_ms, now_ms=now_ms),
        "why_then": _why_then(feed, state, settings, weight),
        "items": _items(counts),
    }


def _last_poll(state: FeedState) -> str:
    if state.polled_ms is None:
        return "Never polled so far."
    answer = f"HTTP {state.status}" if state.status is not None else "no answer"
    problem = f" ({state.problem})" if state.problem else ""
    changed = (
        "it has never brought a document"
        if state.changed_ms is None
        else f"the last changed document came {wire.rfc3339(state.changed_ms)}"
    )
    return f"{wire.rfc3339(state.polled_ms)}: {answer}{problem}; {changed}."


def _next_poll(feed: Feed, state: FeedState, *, due_ms: int | None, now_ms: int) -> str:
    if feed.paused:
        return "None while it is paused."
    if due_ms is None:
        return "None: it stands in no schedule; newswire feeds resume FEED puts it back."
    if due_ms <= now_ms:
        return "Now, as soon as a daemon runs." if state.polled_ms is None else "Now."
    return f"{wire.rfc3339(due_ms)}, in {_duration((due_ms - now_ms) / 1000)}."


def _why_then(feed: Feed, state: FeedState, settings: Settings, weight: Weight) -> str:
    if feed.paused:
        return "A paused feed is never due."
    schedule = polling_schedule(settings)
    seconds = feed.interval_seconds or schedule.interval_seconds
    whose = "schedule.interval_seconds"
    if feed.interval_seconds is not None:
        whose = "its own interval"
    elif is_unlimited(settings):
        whose = "schedule.min_interval_seconds, for budget.requests_per_day is unlimited"
    bounds = f"kept between {_duration(schedule.min_interval_seconds)} and {_duration(schedule.max_interval_seconds)}"
    rule = f"Every {_duration(seconds)} ({whose}), {bounds}"
    if state.failures:
        return f"{rule}; longer now, after {state.failures} failed polls in a row."
    if weight.value != 1 and not is_planned(feed, schedule):
        return f"{rule}; {weight_words(weight)}, changes nothing in that."
    return f"{rule}."


def _items(counts: Mapping[str, int]) -> str:
    entries = counts.get("entries", 0)
    fates = ", ".join(f"{counts[name]} {name.replace('_', ' ')}" for name in _FATES if counts.get(name))
    documents = counts.get("documents", 0)
    return f"{entries} entries in {documents} documents" + (f": {fates}." if fates else ".")


def _duration(seconds: float) -> str:
    """*seconds* as a person says it: two units at most."""
    if seconds < 1:
        return f"{seconds:g} s"
    days, rest = divmod(round(seconds), 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, left = divmod(rest, 60)
    parts = ((days, "d"), (hours, "h"), (minutes, "min"), (left, "s"))
    return " ".join([f"{count} {unit}" for count, unit in parts if count][:2])
