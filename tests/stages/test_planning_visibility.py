"""How late entries show, learnt from polls that did not show them yet; and how far counts are believed."""

from __future__ import annotations

import pytest

from pipeline.stages.planning.forecast import expected
from pipeline.stages.planning.rhythm import Rhythm
from pipeline.stages.planning.shrinkage import shrunk
from pipeline.stages.planning.visibility import AGES, Visibility, lag_shares, with_poll

HOUR, DAY = 3600.0, 86_400.0


def test_the_lag_of_a_feed_is_learnt_from_polls_that_did_not_show_an_entry_yet() -> None:
    """Polling two minutes after the hour finds nothing if the feed takes three."""
    seen = Visibility()
    for poll in range(200):
        date = poll * HOUR
        for previous, now in ((date + 90, date + 150), (date + 150, date + 210)):
            published = [date] if now > date + 180 else []
            seen = with_poll(seen, published, previous_seconds=previous, now_seconds=now)

    shares = lag_shares(seen)
    assert sum(shares) == pytest.approx(1)
    assert shares[3] > 0.8
    assert min(shares) >= 0


def test_what_shows_later_than_polls_tell_apart_has_no_minute() -> None:
    """Some desks date a text when they begin it and show it half an hour later: its minute says nothing then."""
    seen = Visibility()
    for poll in range(400):
        date = poll * HOUR
        seen = with_poll(seen, [date], previous_seconds=date + 60 * (poll % AGES), now_seconds=date + 1800)

    assert sum(lag_shares(seen)) < 0.15
    begun_at_nought = Rhythm(0.0, -30 * DAY, week=(5.0,) * 168, minutes=(800.0, *[0.0] * 59), visibility=seen)
    (stops, *_), *_ = expected(begun_at_nought, now_seconds=0.0).stops
    assert stops.before[-1] == pytest.approx(60)
    assert stops.before[stops.minutes.index(30)] == pytest.approx(30, abs=5)


def test_polls_that_always_see_an_entry_at_two_minutes_say_so_of_the_first_minute_too() -> None:
    """Who never asks sooner never sees that it would have been shown: every timed entry then waits for nothing."""
    met = (0.0, 0.0, 60.0, *(0.0,) * 13)

    assert lag_shares(Visibility(met, met))[0] > 0.8
    assert 0.5 < lag_shares(Visibility())[0] < 0.7


def test_entries_that_were_hidden_at_two_minutes_are_not_expected_at_one() -> None:
    """What is assumed of the ages that were not asked follows those that were, in both directions."""
    asked, shown = (0.0, 0.0, 60.0, *(0.0,) * 13), (0.0, 0.0, 12.0, *(0.0,) * 13)

    assert lag_shares(Visibility(asked, shown))[0] < 0.2


def test_few_counts_are_believed_little_and_many_are_believed() -> None:
    """Three entries at nine o'clock are no habit; three hundred are."""
    even = [1.0] * 24
    few, many = ([float(size) if hour == 9 else 0.0 for hour in range(24)] for size in (1, 300))

    assert shrunk([0.0] * 24, even) == even
    assert 1 < shrunk(few, even)[9] < 10
    assert shrunk(many, even)[9] > 23
    assert sum(shrunk(many, even)) == pytest.approx(24)


def test_what_was_never_looked_at_stays_as_expected() -> None:
    """Nobody was there at night: that nothing was seen then says nothing."""
    looked = [2.0] * 12 + [0.0] * 12
    counts = [20.0] * 12 + [0.0] * 12

    assert shrunk(counts, [1.0] * 24, looked) == pytest.approx([1.0] * 24, rel=0.01)
