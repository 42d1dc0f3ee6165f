"""The price of a request follows the budget, whatever feeds come, go and post."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.planning.price import FIRST_PRICE, Account, booked

DAY = 86_400.0
BUDGET = 1000.0


def after(days: int, *, appetite: float, really: float = 1.0, account: Account | None = None) -> Account:
    """Return the account after *days* in which *really* as many requests were made as the appetite announces."""
    account = account or Account(0.0)
    for _ in range(24 * days):
        made = really * appetite / sqrt(account.price) / 24
        now = account.at_seconds + DAY / 24
        account = booked(account, now_seconds=now, requests=made, requests_per_day=BUDGET, appetite=appetite)
    return account


def pace(account: Account, *, appetite: float, really: float = 1.0) -> float:
    """Return the requests a day that are made at the account's price."""
    return really * appetite / sqrt(account.price)


@pytest.mark.parametrize("really", [0.7, 1.0, 1.3])
@pytest.mark.parametrize("appetite", [2e3, 5e4, 1e7])
def test_the_budget_is_kept_even_if_rhythms_announce_too_much_or_too_little(appetite: float, really: float) -> None:
    """Nobody turns a knob: what is wrong in the announcement is learnt."""
    account = after(90, appetite=appetite, really=really)

    assert pace(account, appetite=appetite, really=really) == pytest.approx(BUDGET, rel=0.02)


@pytest.mark.parametrize("really", [0.7, 1.0, 1.3])
def test_a_short_list_booked_each_minute_keeps_its_budget(really: float) -> None:
    """Most minutes bring no request, some a whole one: clipped, they cost half as many requests again."""
    account, made, appetite, minute = Account(0.0, price=1800.0), 0.0, 1000.0, DAY / 1440
    for _ in range(60 * 1440):
        before, made = int(made), made + really * appetite / sqrt(account.price) / 1440
        account = booked(
            account,
            now_seconds=account.at_seconds + minute,
            requests=int(made) - before,
            requests_per_day=24,
            appetite=appetite,
        )

    assert pace(account, appetite=appetite, really=really) == pytest.approx(24, rel=0.02)


def test_a_daemon_that_was_down_and_feeds_just_added_teach_little() -> None:
    """After a week's absence, or an import of a thousand feeds, the pace is still about that of the budget."""
    account = after(30, appetite=1e4)
    back = booked(
        account, now_seconds=account.at_seconds + 7 * DAY, requests=0, requests_per_day=BUDGET, appetite=1e4
    )
    assert back.realised > 0.7
    minutes_later = account.at_seconds + 60
    flooded = booked(account, now_seconds=minutes_later, requests=1000, requests_per_day=BUDGET, appetite=1e4)
    assert flooded.realised < 1.1


def test_twice_the_feeds_at_the_same_budget_cost_four_times_the_price() -> None:
    """The price answers at once, within the hour in which the feeds were added."""
    before = after(30, appetite=1e4)
    grown = after(30, appetite=2e4)

    assert grown.price == pytest.approx(4 * before.price, rel=0.02)


def test_a_debt_is_repaid_slowly_and_never_at_more_than_half_the_pace() -> None:
    """A price that jumps polls badly all week to keep a budget by the hour."""
    indebted = Account(0.0, price=100.0, debt=100 * BUDGET)
    next_hour = booked(indebted, now_seconds=3600.0, requests=40, requests_per_day=BUDGET, appetite=1e4)

    assert next_hour.debt <= 2 * BUDGET
    assert pace(next_hour, appetite=1e4) >= BUDGET / 2


def test_without_feeds_or_budget_the_price_stays() -> None:
    """An empty list must not leave a price behind that the first feed is never polled at."""
    assert booked(Account(0.0), now_seconds=DAY, requests=0, requests_per_day=0, appetite=0).price == FIRST_PRICE


@given(
    at=st.floats(0, 4e9),
    now=st.floats(0, 4e9),
    requests=st.floats(0, 1e9),
    budget=st.floats(0, 1e9),
    appetite=st.floats(0, 1e12),
    price=st.floats(1e-3, 1e15),
    debt=st.floats(-1e9, 1e9),
)
def test_no_clock_and_no_count_makes_the_price_unusable(
    at: float, now: float, requests: float, budget: float, appetite: float, price: float, debt: float
) -> None:
    """Clocks jump, and counters are reset."""
    account = booked(
        Account(at, price, debt), now_seconds=now, requests=requests, requests_per_day=budget, appetite=appetite
    )

    assert 0 < account.price < float("inf")
    assert 0 < account.realised < 100
