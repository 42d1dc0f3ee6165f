"""What the daemon asks the planner: by the plan where there is one, by the fixed interval where there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from posting import MONDAY, desk

from pipeline.model import Feed, FeedState, Fresh, Gone, Hints, Lease, RawDocument, Refused, Unchanged
from pipeline.settings import ScheduleSettings
from pipeline.stages.planning.accounting import Book, book_from_json, book_to_json, rebooked
from pipeline.stages.planning.live import answer_weight, decided
from pipeline.stages.planning.packing import plan_from_bytes, rhythm_to_bytes
from pipeline.stages.planning.planner import Plan
from pipeline.stages.planning.price import Account
from pipeline.stages.planning.reasons import plan_words
from pipeline.stages.planning.rhythm import begun
from pipeline.stages.planning.sooner import hurried_due_ms
from pipeline.stages.planning.words import posting_words
from pipeline.stages.schedule import next_due_ms
from pipeline.stages.weights import Weight

NOW_MS = int(MONDAY + 28 * 86_400) * 1000 + 8 * 3_600_000
SETTINGS = ScheduleSettings(
    kind="adaptive", interval_seconds=900, min_interval_seconds=60, max_interval_seconds=86_400
)
RHYTHM = begun(desk("live", per_day=30, minutes=(0,)).published, now_seconds=NOW_MS / 1000)
FEED = Feed("00000000000000aa", "https://news.example/feed")
LEASE = Lease(FEED, FeedState(), 1, rhythm=rhythm_to_bytes(RHYTHM, now_seconds=NOW_MS / 1000))
UNCHANGED = Unchanged(FeedState(), "status")
PRICE = 1800.0


def test_a_feed_with_a_rhythm_is_polled_by_its_plan() -> None:
    """The plan is kept, and the next poll needs no new one."""
    first = decided(LEASE, UNCHANGED, settings=SETTINGS, price=PRICE, now_ms=NOW_MS)
    assert first.plan
    plan, lease = plan_from_bytes(first.plan), replace(LEASE, plan=first.plan)
    second = decided(lease, UNCHANGED, settings=SETTINGS, price=PRICE, now_ms=first.due_ms)
    third = decided(lease, UNCHANGED, settings=SETTINGS, price=PRICE, now_ms=second.due_ms)

    assert plan
    assert (second.plan, third.plan) == (None, None)
    assert 0 <= second.due_ms / 1000 - plan.polls[0] < 10
    assert 0 <= third.due_ms / 1000 - plan.polls[1] < 10


@pytest.mark.parametrize(
    ("lease", "settings"),
    [
        (replace(LEASE, rhythm=None), SETTINGS),
        (replace(LEASE, rhythm=b"\x63 of a later version"), SETTINGS),
        (replace(LEASE, feed=replace(FEED, interval_seconds=600)), SETTINGS),
        (LEASE, replace(SETTINGS, kind="fixed")),
        (LEASE, replace(SETTINGS, interval_seconds=1.0, min_interval_seconds=0.5)),
    ],
    ids=["not read yet", "unknown version", "its own interval", "fixed", "too short for minutes"],
)
def test_without_a_plan_the_interval_holds(lease: Lease, settings: ScheduleSettings) -> None:
    """Whatever is missing, a feed is polled as it always was."""
    decision = decided(lease, UNCHANGED, settings=settings, price=PRICE, now_ms=NOW_MS)

    assert decision.due_ms == next_due_ms(lease.feed, UNCHANGED, settings=settings, now_ms=NOW_MS)
    assert decision.plan is None


@pytest.mark.parametrize(
    ("soon_minutes", "state", "feed", "expected_minutes"),
    [
        (30, FeedState(), FEED, 30),
        (0, FeedState(), FEED, 1),
        (30, FeedState(fresh_until_ms=NOW_MS + 45 * 60_000), FEED, 45),
        (30, FeedState(hints=Hints(ttl_ms=40 * 60_000), polled_ms=NOW_MS), FEED, 40),
        (30, FeedState(), replace(FEED, interval_seconds=7200), None),
    ],
    ids=["as wanted", "the shortest interval", "max-age", "ttl", "its own interval"],
)
def test_a_feed_is_brought_forward_as_far_as_all_allow(
    soon_minutes: float, state: FeedState, feed: Feed, expected_minutes: float | None
) -> None:
    """However urgent it seems: host, document and operator have the last word."""
    soon_ms = NOW_MS + round(soon_minutes * 60_000)

    due_ms = hurried_due_ms(feed, state, soon_ms, polled_ms=NOW_MS, settings=SETTINGS)

    assert (None if due_ms is None else (due_ms - NOW_MS) / 60_000) == expected_minutes


def test_a_feed_that_fails_is_left_to_the_back_off() -> None:
    """A plan knows when entries come, not when a server recovers."""
    for outcome in (Refused(FeedState(failures=3), "HTTP 503"), Gone(FeedState(status=410))):
        decision = decided(LEASE, outcome, settings=SETTINGS, price=PRICE, now_ms=NOW_MS)

        assert decision.due_ms == next_due_ms(FEED, outcome, settings=SETTINGS, now_ms=NOW_MS)


@pytest.mark.parametrize(
    "state",
    [
        FeedState(fresh_until_ms=NOW_MS + 5 * 3_600_000),
        FeedState(hints=Hints(ttl_ms=5 * 3_600_000)),
        FeedState(wait_until_ms=NOW_MS + 5 * 3_600_000),
    ],
    ids=["max-age", "ttl", "Retry-After"],
)
def test_what_the_host_asks_for_wins_over_the_plan(state: FeedState) -> None:
    """At a price of nearly nothing the plan would come back within a minute."""
    document = RawDocument(FEED.id, FEED.url, NOW_MS, b"<rss/>")
    free = decided(LEASE, UNCHANGED, settings=SETTINGS, price=0.001, now_ms=NOW_MS)
    patient = decided(LEASE, Fresh(state, document), settings=SETTINGS, price=0.001, now_ms=NOW_MS)

    assert free.due_ms < NOW_MS + 3_600_000
    assert patient.due_ms >= NOW_MS + 5 * 3_600_000


def test_a_feed_that_is_sent_in_full_each_time_is_polled_less() -> None:
    """A host that can say "not modified" in a line is a cheap one to ask."""
    polled = {}
    for name, state in {
        "etag": FeedState(etag=b'"1"'),
        "date": FeedState(last_modified=b"Thu, 01 Jan 2026 00:00:00 GMT"),
        "none": FeedState(),
    }.items():
        made = decided(LEASE, Unchanged(state, "status"), settings=SETTINGS, price=PRICE, now_ms=NOW_MS).plan
        plan = plan_from_bytes(made or b"")
        assert plan
        polled[name] = sum(poll < NOW_MS / 1000 + 6 * 3600 for poll in plan.polls)

    assert polled["etag"] == polled["date"]
    assert 0.5 * polled["etag"] < polled["none"] < 0.9 * polled["etag"]


def test_the_first_plan_of_a_feed_is_looked_at_again_after_one_interval() -> None:
    """On a new system the price is a guess; a feed that sleeps on it for hours would not hear of a better one."""
    first = decided(LEASE, UNCHANGED, settings=SETTINGS, price=1e9, now_ms=NOW_MS)
    second = decided(replace(LEASE, plan=first.plan), UNCHANGED, settings=SETTINGS, price=1e9, now_ms=first.due_ms)

    assert first.due_ms - NOW_MS <= 910_000
    assert second.due_ms - first.due_ms > 3_600_000


def test_the_bounds_of_the_operator_hold_for_plans_too() -> None:
    """Neither a price of nothing nor one beyond all means."""
    settings = replace(SETTINGS, min_interval_seconds=600, max_interval_seconds=3600)
    for price in (1e-3, 1e12):
        decision = decided(LEASE, UNCHANGED, settings=settings, price=price, now_ms=NOW_MS)

        assert 600_000 <= decision.due_ms - NOW_MS <= 3_610_000


def test_the_account_is_read_as_it_was_written() -> None:
    """Every daemon goes by the same price; one that cannot be read is begun anew."""
    book = Book(Account(MONDAY), 7)
    later = rebooked(book, now_seconds=MONDAY + 3600, requests=11, requests_per_day=100, appetite=5000)

    assert book_from_json(book_to_json(later).encode()) == later
    assert later.account.price != book.account.price
    assert rebooked(later, now_seconds=MONDAY + 3600, requests=0, requests_per_day=100, appetite=5000).requests == 0
    damaged = (None, b"", b"[]", b"{", b'{"version": 2}', book_to_json(Book(Account(1.0, price=-1.0), 0)).encode())
    assert [book_from_json(text) for text in damaged] == [None] * 6


def test_the_posting_of_a_feed_is_told_in_words() -> None:
    """Whoever asks why a feed is quiet sees that nobody posts at night."""
    words = posting_words(RHYTHM, now_seconds=NOW_MS / 1000)
    decision = decided(LEASE, UNCHANGED, settings=SETTINGS, price=PRICE, now_ms=NOW_MS)
    plan = plan_from_bytes(decision.plan or b"")

    assert words.startswith("About 2")
    assert "▁▁▁▁▁▁" in words
    assert "% at :00" in words
    assert "not known yet" in words
    assert plan
    told = plan_words(
        plan,
        due_seconds=plan.polls[1] + 2,
        interval_seconds=SETTINGS.interval_seconds,
        is_pushed=False,
        weight=Weight(),
        answers=answer_weight(FeedState()),
    )
    assert "(60 entry-minutes); " in told
    assert told.endswith('never a short "not modified": for that it is polled 0.71 times as often.')


@pytest.mark.parametrize(
    ("dates", "known"),
    [([], False), ([None, None], False), ([MONDAY], False), ([MONDAY, MONDAY + 3600, MONDAY + 9000], True)],
    ids=["no entries", "no dates", "one date", "some"],
)
def test_of_a_feed_that_showed_nothing_nothing_is_told(dates: list[float | None], *, known: bool) -> None:
    """Blocks of equal height and "0.0 entries a week" pretend to know."""
    words = posting_words(begun(dates, now_seconds=MONDAY + 86_400), now_seconds=MONDAY + 86_400)

    assert posting_words(None, now_seconds=MONDAY).startswith("Nothing is known yet")
    assert words.startswith("About") is known
    assert words.startswith("Nothing is known yet") is not known


def test_hours_that_are_alike_are_told_so() -> None:
    """The first of equal hours is not the busiest."""
    even = begun(desk("even", per_day=48, hours=(0, 24), weekend=1).published, now_seconds=NOW_MS / 1000)

    assert "from 00 to 24 h UTC, all of them alike;" in posting_words(even, now_seconds=NOW_MS / 1000)
    assert ", most from " in posting_words(RHYTHM, now_seconds=NOW_MS / 1000)


@pytest.mark.parametrize(
    ("due", "is_pushed", "said"),
    [
        (1005.0, False, "Planned by its posting: "),
        (1005.0, True, "Planned by its posting: "),
        (900.0, False, "Its plan by its posting is a first one"),
        (900.0, True, "Its hub pushes what is new"),
        (9000.0, False, "Its plan by its posting is used up"),
        (1500.0, False, "Sooner than its plan by its posting says: it is being polled, or was brought forward"),
        (200.0, False, "Sooner than its plan by its posting says: it is being polled, or was brought forward"),
    ],
)
def test_the_reason_for_the_next_poll_is_the_true_one(due: float, said: str, *, is_pushed: bool) -> None:
    """A sentence about an interval that is not what decided sends people to the wrong setting."""
    plan = Plan(0.0, PRICE, 1.0, (1000.0, 2000.0))

    told = plan_words(
        plan, due_seconds=due, interval_seconds=300.0, is_pushed=is_pushed, weight=Weight(), answers=1.0
    )

    assert told.startswith(said)


def test_a_weight_is_told_in_words() -> None:
    """Whoever wonders why a feed is polled so often reads of the weight, and whose it is."""
    state = FeedState(etag=b'"1"')
    outcome = Unchanged(state, "status")
    decision = decided(LEASE, outcome, settings=SETTINGS, price=PRICE, now_ms=NOW_MS, weight=4.0)
    plan = plan_from_bytes(decision.plan or b"")
    assert plan

    told = plan_words(
        plan,
        due_seconds=plan.polls[1] + 2,
        interval_seconds=SETTINGS.interval_seconds,
        is_pushed=False,
        weight=Weight(4.0, "folder News"),
        answers=answer_weight(state),
    )

    assert "(7.5 entry-minutes)" in told
    assert told.endswith(" By the weight of its folder News, 4, it is polled 2 times as often as it would be.")


def test_a_weight_of_the_operator_and_the_cost_of_answers_multiply() -> None:
    """Twice the weight of entries makes good for answers that cost twice as much."""
    plans = []
    for state, weight in ((FeedState(etag=b'"1"'), 1.0), (FeedState(), 2.0)):
        outcome = Unchanged(state, "status")
        made = decided(LEASE, outcome, settings=SETTINGS, price=PRICE, now_ms=NOW_MS, weight=weight)
        plans.append(made.plan)

    assert plans[0] == plans[1]


def test_a_daily_briefing_is_told_in_words() -> None:
    """Whoever asks why a feed is polled at 06:31 every day reads of 06:30."""
    briefings = [MONDAY + day * 86_400 + 6.5 * 3600 for day in range(28)]
    others = desk("briefed", per_day=6, hours=(0, 24)).published
    words = posting_words(begun(sorted([*briefings, *others]), now_seconds=NOW_MS / 1000), now_seconds=NOW_MS / 1000)

    assert "again and again at 06:30;" in words
