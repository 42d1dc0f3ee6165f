"""Settings that bound each other: the stronger word wins, and what cannot be meant is refused."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loaded_settings import refusal, settings

from pipeline.errors import SettingsError


@pytest.mark.parametrize(
    ("toml", "environ", "expected"),
    [
        ("", {"INTERVAL_SECONDS": "0.5"}, (0.5, 0.5, 86400.0)),
        ("", {"INTERVAL_SECONDS": "100000"}, (60.0, 100000.0, 100000.0)),
        ("", {"MIN_INTERVAL_SECONDS": "1800"}, (1800.0, 1800.0, 86400.0)),
        ("", {"MAX_INTERVAL_SECONDS": "30"}, (30.0, 30.0, 30.0)),
        ("", {"MIN_INTERVAL_SECONDS": "100000"}, (100000.0, 100000.0, 100000.0)),
        ("[schedule]\nmin_interval_seconds = 60", {"INTERVAL_SECONDS": "2"}, (2.0, 2.0, 86400.0)),
        ("[schedule]\ninterval_seconds = 50", {"MAX_INTERVAL_SECONDS": "40"}, (40.0, 40.0, 40.0)),
        ("[schedule]\ninterval_seconds = 2", {"MIN_INTERVAL_SECONDS": "10"}, (10.0, 10.0, 86400.0)),
    ],
)
def test_the_weaker_of_two_contradicting_intervals_gives_way(
    toml: str, environ: dict[str, str], expected: tuple[float, float, float]
) -> None:
    """One word is enough to poll each half second; nobody has to know of the minimum first."""
    schedule = settings(toml, environ={f"NEWSWIRE_SCHEDULE__{key}": text for key, text in environ.items()}).schedule

    assert (schedule.min_interval_seconds, schedule.interval_seconds, schedule.max_interval_seconds) == expected


def test_an_interval_and_a_maximum_below_the_minimum_need_no_word_about_it() -> None:
    """Both come from one source and agree; only the default between them is in the way, and it gives way to both."""
    environ = {"NEWSWIRE_SCHEDULE__INTERVAL_SECONDS": "0.5", "NEWSWIRE_SCHEDULE__MAX_INTERVAL_SECONDS": "4"}

    schedule = settings(environ=environ).schedule

    assert (schedule.min_interval_seconds, schedule.interval_seconds, schedule.max_interval_seconds) == (0.5, 0.5, 4)


def test_an_interval_gives_way_to_both_of_its_bounds_though_they_contradict_each_other() -> None:
    """The minimum of the command line beats the maximum of the environment, and the default between them both."""
    environ = {"NEWSWIRE_SCHEDULE__MAX_INTERVAL_SECONDS": "1"}

    schedule = settings(environ=environ, overrides={"schedule.min_interval_seconds": 2.0}).schedule

    assert (schedule.min_interval_seconds, schedule.interval_seconds, schedule.max_interval_seconds) == (2, 2, 2)


def test_intervals_that_contradict_each_other_in_one_source_are_refused() -> None:
    """Nobody can know which of the two was meant."""
    message = refusal("[schedule]\ninterval_seconds = 30\nmin_interval_seconds = 40")

    assert message == (
        "file1: schedule.interval_seconds = 30.0 is below schedule.min_interval_seconds = 40.0: "
        "must be minimum <= interval <= maximum"
    )


_INTERVALS = st.dictionaries(
    st.sampled_from(["interval_seconds", "min_interval_seconds", "max_interval_seconds"]),
    st.floats(0.5, 2_678_400, allow_nan=False),
)


@given(file=_INTERVALS, environ=_INTERVALS, overrides=_INTERVALS)
def test_whatever_is_set_minimum_interval_and_maximum_are_in_order(
    file: dict[str, float], environ: dict[str, float], overrides: dict[str, float]
) -> None:
    """The schedule relies on it."""
    toml = "[schedule]\n" + "\n".join(f"{name} = {value!r}" for name, value in file.items())
    try:
        found = settings(
            toml,
            environ={f"NEWSWIRE_SCHEDULE__{name.upper()}": repr(value) for name, value in environ.items()},
            overrides={f"schedule.{name}": value for name, value in overrides.items()},
        ).schedule
    except SettingsError:
        return

    assert found.min_interval_seconds <= found.interval_seconds <= found.max_interval_seconds


@pytest.mark.parametrize(
    ("toml", "environ", "expected"),
    [
        ("[budget]\nrequests_per_day = 0", {}, (0.0, 0.0)),
        ("[budget]\nrequests_per_day = 5000", {}, (5000.0, 0.0)),
        ("[budget]\nrequests_per_feed_per_day = 24", {}, (0.0, 24.0)),
        ("[budget]\nrequests_per_day = 'unlimited'", {}, (math.inf, 0.0)),
        ("", {"REQUESTS_PER_DAY": "unlimited"}, (math.inf, 0.0)),
        ("[budget]\nrequests_per_day = 5000", {"REQUESTS_PER_FEED_PER_DAY": "24"}, (0.0, 24.0)),
        ("[budget]\nrequests_per_feed_per_day = 24", {"REQUESTS_PER_DAY": "unlimited"}, (math.inf, 0.0)),
        ("[budget]\nrequests_per_feed_per_day = 24", {"REQUESTS_PER_DAY": "0"}, (0.0, 24.0)),
    ],
)
def test_there_is_one_budget_and_the_stronger_word_sets_it(
    toml: str, environ: dict[str, str], expected: tuple[float, float]
) -> None:
    """Two budgets at once cannot both be kept; a variable is enough to try another one than the file's."""
    budget = settings(toml, environ={f"NEWSWIRE_BUDGET__{key}": text for key, text in environ.items()}).budget

    assert (budget.requests_per_day, budget.requests_per_feed_per_day) == expected


def test_two_budgets_of_one_source_are_refused() -> None:
    """Nobody can know which of the two was meant."""
    assert refusal("[budget]\nrequests_per_day = 'unlimited'\nrequests_per_feed_per_day = 24") == (
        "file1: budget.requests_per_day and budget.requests_per_feed_per_day are both set: a budget is either one "
        "for all feeds together or one for each; leave one of them out, or set it to 0"
    )


@pytest.mark.parametrize("wrong", ["'without end'", "inf", "nan", "-1", "true", "2e9"])
def test_a_budget_that_is_no_number_says_what_it_may_be(wrong: str) -> None:
    """Who looks for a way to have no bound finds the word in the error."""
    assert refusal(f"[budget]\nrequests_per_day = {wrong}").endswith(
        ": must be a number from 0 to 1000000000, or unlimited"
    )
