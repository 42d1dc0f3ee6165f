"""What the settings of the budget mean for a list of feeds."""

from __future__ import annotations

from math import inf

import pytest

from pipeline.adapters.shipped import default_settings_text
from pipeline.settings import Settings, load
from pipeline.stages.planning.budget import mean_schedule, opening_price, polling_schedule, requests_per_day
from pipeline.stages.planning.price import LOWEST_PRICE, Account, booked, first_price


def settings(**overrides: object) -> Settings:
    """Return the shipped settings with *overrides*, `__` for `.`."""
    named = {name.replace("__", "."): value for name, value in overrides.items()}
    return load(toml_texts=[("shipped", default_settings_text())], environ={}, overrides=named)


@pytest.mark.parametrize(
    ("set_to", "of_ten", "of_twenty"),
    [
        ({}, 960, 1920),
        ({"schedule__interval_seconds": 3600}, 240, 480),
        ({"budget__requests_per_feed_per_day": 12}, 120, 240),
        ({"budget__requests_per_day": 500}, 500, 500),
        ({"budget__requests_per_day": "unlimited"}, inf, inf),
    ],
    ids=["interval", "long interval", "of each feed", "of all feeds", "unlimited"],
)
def test_the_budget_grows_with_the_list_unless_it_is_one_for_all(
    set_to: dict[str, object], of_ten: float, of_twenty: float
) -> None:
    """Who adds feeds must know whether that makes the others slower."""
    found = settings(**set_to)

    assert requests_per_day(found, feeds=10) == pytest.approx(of_ten)
    assert requests_per_day(found, feeds=20) == pytest.approx(of_twenty)


def test_an_unlimited_budget_is_one_poll_in_the_shortest_interval() -> None:
    """As fresh as the hosts allow: there is nothing to plan, and the bounds still hold."""
    unlimited = settings(budget__requests_per_day="unlimited", schedule__min_interval_seconds=90)

    schedule = polling_schedule(unlimited)

    assert (schedule.kind, schedule.interval_seconds, schedule.max_interval_seconds) == ("fixed", 90, 86_400)
    assert mean_schedule(unlimited, feeds=7) == schedule
    assert opening_price(unlimited) == LOWEST_PRICE


def test_a_fixed_schedule_knows_no_budget() -> None:
    """Who asks for one poll in an interval gets that, whatever stands in another section."""
    fixed = settings(schedule__kind="fixed", budget__requests_per_day="unlimited")

    assert polling_schedule(fixed) == mean_schedule(fixed, feeds=3) == fixed.schedule


def test_the_mean_interval_is_what_the_budget_pays_for_within_the_bounds() -> None:
    """Feeds are brought forward to it when the budget was raised; a poll too early would be impolite."""
    assert mean_schedule(settings(), feeds=10).interval_seconds == 900
    assert mean_schedule(settings(budget__requests_per_day=240), feeds=10).interval_seconds == 3600
    assert mean_schedule(settings(budget__requests_per_day=1e9), feeds=10).interval_seconds == 60
    assert mean_schedule(settings(budget__requests_per_day=1), feeds=10).interval_seconds == 86_400


def test_the_first_price_is_that_of_the_budget_of_one_feed() -> None:
    """The first day is planned with it: at the price of another interval the budget would be missed."""
    assert opening_price(settings(budget__requests_per_feed_per_day=24)) == first_price(3600)
    assert opening_price(settings()) == first_price(900)


def test_what_is_free_owes_nothing_and_an_end_of_that_is_felt_at_once() -> None:
    """A month of polls without a bound must not be repaid by silence."""
    account = Account(0.0, debt=50.0)
    for hour in range(1, 25):
        account = booked(account, now_seconds=hour * 3600.0, requests=6000, requests_per_day=inf, appetite=1e4)
    bounded = booked(account, now_seconds=90_000.0, requests=6000, requests_per_day=1000.0, appetite=1e4)

    assert (account.price, account.debt) == (LOWEST_PRICE, 0.0)
    assert 1e4 / bounded.price**0.5 > 500
    assert 1e4 / bounded.price**0.5 < 1500
