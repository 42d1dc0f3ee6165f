"""Rows 7 and 9: what caching headers and the document itself ask for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from conformance.rows import LONGEST_SECONDS, Evidence, always, assert_polled_often, feed, row
from conformance.scripted import Reply, Request

_FRESH_SECONDS = 3
_CLOCK_SECONDS = 0.05
"""The store's clock counts whole milliseconds, and the origin notes a request a moment after it was sent."""


def _assert_left_alone(evidence: Evidence, seconds: float) -> None:
    gaps = evidence.gaps()
    assert gaps, "polled only once: a bound is no end"
    assert min(gaps) >= seconds - _CLOCK_SECONDS, gaps


@row(7, "max-age: no earlier poll", always(feed("max-age", "A"), Cache_Control="max-age=3"))
def max_age(evidence: Evidence) -> None:
    """What is fresh need not be asked for."""
    _assert_left_alone(evidence, _FRESH_SECONDS)


@row(7, "max-age counts less the Age", always(feed("max-age-and-age", "A"), Cache_Control="max-age=603", Age="600"))
def max_age_and_age(evidence: Evidence) -> None:
    """A cache on the way has used most of it up."""
    _assert_left_alone(evidence, _FRESH_SECONDS)
    assert min(evidence.gaps()) < LONGEST_SECONDS


@row(7, "s-maxage is not for us", always(feed("s-maxage", "A"), Cache_Control="s-maxage=600"))
def s_maxage(evidence: Evidence) -> None:
    """It is for shared caches."""
    assert_polled_often(evidence)


def _expires(_path: str, _earlier: int, _request: Request) -> Reply:
    clock = datetime(2001, 2, 3, tzinfo=UTC)  # a host's clock may say anything
    until = clock + timedelta(seconds=_FRESH_SECONDS)
    stamps = {"Date": format_datetime(clock, usegmt=True), "Expires": format_datetime(until, usegmt=True)}
    return Reply(body=feed("expires", "A"), headers=stamps)


@row(7, "Expires counts from the host's own Date", _expires)
def expires(evidence: Evidence) -> None:
    """Against our clock it would have been over for decades."""
    _assert_left_alone(evidence, _FRESH_SECONDS)
    assert min(evidence.gaps()) < LONGEST_SECONDS


def _fresh_304(_path: str, _earlier: int, request: Request) -> Reply:
    if request.is_conditional:
        return Reply(304, headers={"Cache-Control": "max-age=3"})
    return Reply(body=feed("max-age-of-304", "A"), headers={"ETag": '"1"'})


@row(7, "the max-age of a 304 counts as well", _fresh_304)
def max_age_of_304(evidence: Evidence) -> None:
    """A 304 renews what is stored."""
    first, *others = evidence.gaps()
    assert first < _FRESH_SECONDS, evidence.gaps()
    assert min(others) >= _FRESH_SECONDS - _CLOCK_SECONDS, others


@row(
    7,
    "a max-age of a year is cut to the longest interval",
    always(feed("max-age-of-a-year", "A"), Cache_Control="max-age=31536000"),
)
def max_age_of_a_year(evidence: Evidence) -> None:
    """One wrong header must not end a feed."""
    _assert_left_alone(evidence, LONGEST_SECONDS)


def _now_and_next() -> list[datetime]:
    now = datetime.now(UTC)
    return [now, now + timedelta(minutes=30)]


def _skip_hours() -> str:
    return "".join(f"<hour>{moment.hour}</hour>" for moment in _now_and_next())


def _skip_days() -> str:
    return "".join(f"<day>{moment:%A}</day>" for moment in _now_and_next())


def _sy(period: str, frequency: str) -> str:
    space = "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"
    return (
        f"<sy:updatePeriod {space}>{period}</sy:updatePeriod>"
        f"<sy:updateFrequency {space}>{frequency}</sy:updateFrequency>"
    )


@row(9, "ttl: no earlier poll, up to the longest interval", always(feed("ttl", "A", head="<ttl>60</ttl>")))
def ttl(evidence: Evidence) -> None:
    """The document says how long it stays as it is."""
    _assert_left_alone(evidence, LONGEST_SECONDS)


@row(9, "skipHours: no poll in them", always(feed("skip-hours", "A", head=f"<skipHours>{_skip_hours()}</skipHours>")))
def skip_hours(evidence: Evidence) -> None:
    """Nothing is published at night."""
    _assert_left_alone(evidence, LONGEST_SECONDS)


@row(9, "skipDays: no poll on them", always(feed("skip-days", "A", head=f"<skipDays>{_skip_days()}</skipDays>")))
def skip_days(evidence: Evidence) -> None:
    """Nothing is published on Sunday."""
    _assert_left_alone(evidence, LONGEST_SECONDS)


@row(9, "sy:updatePeriod and its frequency: no earlier poll", always(feed("sy", "A", head=_sy("hourly", "2"))))
def sy(evidence: Evidence) -> None:
    """The syndication module of RSS 1.0."""
    _assert_left_alone(evidence, LONGEST_SECONDS)


@row(9, "a ttl of nought or below says nothing", always(feed("ttl-below-nought", "A", head="<ttl>-60</ttl>")))
def ttl_below_nought(evidence: Evidence) -> None:
    """No busy loop, no silence."""
    assert_polled_often(evidence)


@row(
    9,
    "skipHours with all 24 hours says nothing",
    always(
        feed(
            "skip-all",
            "A",
            head="<skipHours>" + "".join(f"<hour>{hour}</hour>" for hour in range(24)) + "</skipHours>",
        )
    ),
)
def skip_all(evidence: Evidence) -> None:
    """It would silence the feed for ever."""
    assert_polled_often(evidence)


@row(9, "sy:updateFrequency 0 says nothing", always(feed("sy-zero", "A", head=_sy("never", "0"))))
def sy_zero(evidence: Evidence) -> None:
    """No division, no silence."""
    assert_polled_often(evidence)
