"""A feed explained to a person."""

from __future__ import annotations

from dataclasses import replace

from pipeline.adapters.shipped import default_settings_text
from pipeline.model import Feed, FeedHealth, FeedState
from pipeline.settings import Settings, load
from pipeline.stages.explanation import explanation
from pipeline.stages.weights import Weight

FEED = Feed("00000000000000aa", "https://example.org/feed", interval_seconds=90)
STATE = FeedState(polled_ms=1_000_000, changed_ms=900_000, failures=2, status=503, problem="HTTP 503")
SHIPPED = ("shipped", default_settings_text())
SETTINGS = load(toml_texts=[SHIPPED], environ={}, overrides={"schedule.kind": "fixed"})


def explained(feed: Feed, state: FeedState, due_ms: int | None, settings: Settings = SETTINGS) -> dict[str, str]:
    """Explain at 2,000 seconds after the epoch."""
    health, counts = (
        FeedHealth("ok", 0, document="feed"),
        {"documents": 2, "entries": 9, "new": 5, "same": 4, "withdrawn": 1},
    )
    return explanation(feed, state, health, due_ms=due_ms, counts=counts, settings=settings, now_ms=2_000_000)


def test_a_feed_is_explained_in_sentences() -> None:
    """Why then and not earlier is what operators ask first."""
    said = explained(FEED, STATE, 5_661_000)

    assert said["next_poll"] == "1970-01-01T01:34:21Z, in 1 h 1 min."
    assert said["why_then"] == (
        "Every 1 min 30 s (its own interval), kept between 1 min and 1 d; longer now, after 2 failed polls in a row."
    )
    assert said["last_poll"].startswith("1970-01-01T00:16:40Z: HTTP 503 (HTTP 503); the last changed document")
    assert said["items"] == "9 entries in 2 documents: 5 new, 4 same, 1 withdrawn."
    assert said["health"] == "ok since 1970-01-01T00:00:00Z."


def test_a_feed_without_a_past_or_a_future_is_explained_too() -> None:
    """New, paused and lost feeds are what people ask about."""
    assert explained(FEED, FeedState(), 0)["next_poll"] == "Now, as soon as a daemon runs."
    assert explained(FEED, FeedState(), 0)["last_poll"] == "Never polled so far."
    assert explained(replace(FEED, paused=True), STATE, None)["next_poll"] == "None while it is paused."
    assert "resume" in explained(FEED, STATE, None)["next_poll"]


def test_without_a_budget_the_shortest_interval_is_named_with_its_reason() -> None:
    """Who set the budget to unlimited and finds a poll a minute reads that the two belong together."""
    unlimited = load(toml_texts=[SHIPPED], environ={}, overrides={"budget.requests_per_day": "unlimited"})
    feed, state = replace(FEED, interval_seconds=None), STATE._replace(failures=0)

    assert explained(feed, state, 0, unlimited)["why_then"] == (
        "Every 1 min (schedule.min_interval_seconds, for budget.requests_per_day is unlimited), kept between 1 min "
        "and 1 d."
    )
    assert explained(FEED, state, 0, unlimited)["why_then"].startswith("Every 1 min 30 s (its own interval), ")


def test_a_weight_that_changes_nothing_is_said_to() -> None:
    """A fixed interval knows no weight; who gave one looks for what it did."""
    state, health = STATE._replace(failures=0), FeedHealth("ok", 0)

    said = explanation(
        FEED, state, health, due_ms=0, counts={}, settings=SETTINGS, now_ms=0, weight=Weight(3.0, "feed")
    )

    assert said["why_then"].endswith("; its own weight, 3, changes nothing in that.")
