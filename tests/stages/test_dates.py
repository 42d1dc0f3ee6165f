"""Dates of feeds: what is read, what it is read as, and what must be refused."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.dates import read_date

SECOND, MINUTE, DAY = "second", "minute", "day"
FETCHED_MS = 1_444_402_440_000  # 2015-10-09T14:54:00Z

READ = [
    # RFC 822 and RFC 2822
    ("Fri, 09 Oct 2015 14:54:00 GMT", "2015-10-09T14:54:00Z", SECOND, True),
    ("Fri, 9 Oct 2015 16:54:00 +0200", "2015-10-09T14:54:00Z", SECOND, True),
    ("Fri, 09 Oct 2015 14:54 GMT", "2015-10-09T14:54:00Z", MINUTE, True),
    ("09 Oct 2015 14:54:00 -0000", "2015-10-09T14:54:00Z", SECOND, True),
    ("Fri, 09 Oct 15 14:54:00 UT", "2015-10-09T14:54:00Z", SECOND, True),
    ("01 Jan 94 00:00:00 Z", "1994-01-01T00:00:00Z", SECOND, True),
    ("Fri,09 Oct 2015 14:54:00 GMT", "2015-10-09T14:54:00Z", SECOND, True),
    ("  Fri,\n 09  Oct 2015\t14:54:00 GMT ", "2015-10-09T14:54:00Z", SECOND, True),
    ("fri, 09 oct 2015 14:54:00 gmt", "2015-10-09T14:54:00Z", SECOND, True),
    ("Friday, 09-Oct-15 14:54:00 GMT", "2015-10-09T14:54:00Z", SECOND, True),
    ("Пт, 09 Oct 2015 16:54:00 +0300", "2015-10-09T13:54:00Z", SECOND, True),
    ("Fri Oct  9 14:54:00 2015", "2015-10-09T14:54:00Z", SECOND, False),
    ("Fri Oct 09 10:54:00 -0400 2015", "2015-10-09T14:54:00Z", SECOND, True),
    ("Fri Oct 09 2015 16:54:00 GMT+0200 (CEST)", "2015-10-09T14:54:00Z", SECOND, True),
    ("09/Oct/2015:14:54:00 +0000", "2015-10-09T14:54:00Z", SECOND, True),
    # named zones, and zones said twice
    ("Fri, 09 Oct 2015 10:54:00 EDT", "2015-10-09T14:54:00Z", SECOND, True),
    ("Fri, 09 Oct 2015 07:54:00 PDT", "2015-10-09T14:54:00Z", SECOND, True),
    ("Fri, 09 Oct 2015 16:54:00 CEST", "2015-10-09T14:54:00Z", SECOND, True),
    ("Fri, 09 Oct 2015 16:54:00 MESZ", "2015-10-09T14:54:00Z", SECOND, True),
    ("Fri, 09 Oct 2015 15:54:00 BST", "2015-10-09T14:54:00Z", SECOND, True),
    ("Fri, 09 Oct 2015 23:54:00 JST", "2015-10-09T14:54:00Z", SECOND, True),
    ("Fri, 09 Oct 2015 17:54:00 MSK", "2015-10-09T14:54:00Z", SECOND, True),
    ("Fri, 09 Oct 2015 16:54:00 +0200 CEST", "2015-10-09T14:54:00Z", SECOND, True),
    ("Fri, 09 Oct 2015 16:54:00 (CEST)", "2015-10-09T14:54:00Z", SECOND, True),
    ("Fri, 09 Oct 2015 20:24:00 +0530 IST", "2015-10-09T14:54:00Z", SECOND, True),
    ("2015-10-09 16:54:00 GMT+2", "2015-10-09T14:54:00Z", SECOND, True),
    ("2015-10-09 16:54:00 UTC+02:00", "2015-10-09T14:54:00Z", SECOND, True),
    ("Fri, 09 Oct 2015 16:54:00 +02:00", "2015-10-09T14:54:00Z", SECOND, True),
    ("Fri, 09 Oct 2015 16:54:00 +2:00", "2015-10-09T14:54:00Z", SECOND, True),
    ("Fri, 09 Oct 2015 12:54:00 \u22120200", "2015-10-09T14:54:00Z", SECOND, True),
    # RFC 3339 and ISO 8601
    ("2015-10-09T14:54:00Z", "2015-10-09T14:54:00Z", SECOND, True),
    ("2015-10-09t14:54:00z", "2015-10-09T14:54:00Z", SECOND, True),
    ("2015-10-09T16:54:00+02:00", "2015-10-09T14:54:00Z", SECOND, True),
    ("2015-10-09T16:54:00+0200", "2015-10-09T14:54:00Z", SECOND, True),
    ("2015-10-09T16:54:00+02", "2015-10-09T14:54:00Z", SECOND, True),
    ("2015-10-09T16:54:00+02:00[Europe/Paris]", "2015-10-09T14:54:00Z", SECOND, True),
    ("2015-10-09 14:54:00 UTC", "2015-10-09T14:54:00Z", SECOND, True),
    ("2015-10-09T14:54Z", "2015-10-09T14:54:00Z", MINUTE, True),
    ("2015-10-09T14:54:00.25Z", "2015-10-09T14:54:00.250Z", SECOND, True),
    ("2015-10-09T14:54:00,250Z", "2015-10-09T14:54:00.250Z", SECOND, True),
    ("2015-10-09T14:54:00.123999999999Z", "2015-10-09T14:54:00.123Z", SECOND, True),
    ("20151009T145400Z", "2015-10-09T14:54:00Z", SECOND, True),
    ("20151009T1454Z", "2015-10-09T14:54:00Z", MINUTE, True),
    ("20151009145400", "2015-10-09T14:54:00Z", SECOND, False),
    ("2015-10-09T24:00:00Z", "2015-10-10T00:00:00Z", SECOND, True),
    ("2015-12-31T24:00Z", "2016-01-01T00:00:00Z", MINUTE, True),
    ("2015-06-30T23:59:60Z", "2015-07-01T00:00:00Z", SECOND, True),
    ("1444402440", "2015-10-09T14:54:00Z", SECOND, True),
    ("1444402440250", "2015-10-09T14:54:00.250Z", SECOND, True),
    # no zone said, or one that means several
    ("2015-10-09 14:54:00", "2015-10-09T14:54:00Z", SECOND, False),
    ("Fri, 09 Oct 2015 14:54:00", "2015-10-09T14:54:00Z", SECOND, False),
    ("Fri, 09 Oct 2015 14:54:00 IST", "2015-10-09T14:54:00Z", SECOND, False),
    ("Fri, 09 Oct 2015 14:54:00 A", "2015-10-09T14:54:00Z", SECOND, False),
    ("2015-10-09 14:54 Europe/Paris", "2015-10-09T12:54:00Z", MINUTE, True),
    # a day without a time is the day as written
    ("2015-10-09", "2015-10-09T00:00:00Z", DAY, False),
    ("2015/10/09", "2015-10-09T00:00:00Z", DAY, False),
    ("2015.10.9", "2015-10-09T00:00:00Z", DAY, False),
    ("20151009", "2015-10-09T00:00:00Z", DAY, False),
    ("2015-Oct-09", "2015-10-09T00:00:00Z", DAY, False),
    ("2015-10-09Z", "2015-10-09T00:00:00Z", DAY, True),
    ("2015-10-09-05:00", "2015-10-09T00:00:00Z", DAY, False),
    ("9 October 2015", "2015-10-09T00:00:00Z", DAY, False),
    ("October 9th, 2015", "2015-10-09T00:00:00Z", DAY, False),
    ("31/12/2015", "2015-12-31T00:00:00Z", DAY, False),
    ("12.31.2015", "2015-12-31T00:00:00Z", DAY, False),
    ("09/09/2015", "2015-09-09T00:00:00Z", DAY, False),
    # twelve hours
    ("October 9, 2015 2:54 PM UTC", "2015-10-09T14:54:00Z", MINUTE, True),
    ("Oct 9, 2015, 12:05:00 a.m. EDT", "2015-10-09T04:05:00Z", SECOND, True),
    ("Fri, 09 Oct 2015 14:54:00 PM GMT", "2015-10-09T14:54:00Z", SECOND, True),
    ("Fri, 09 Oct 2015 12:00 PM GMT", "2015-10-09T12:00:00Z", MINUTE, True),
    # other languages
    ("ven., 09 oct. 2015 16:54:00 +0200", "2015-10-09T14:54:00Z", SECOND, True),
    ("vendredi 9 octobre 2015 à 16h54", "2015-10-09T16:54:00Z", MINUTE, False),
    ("1er août 2015", "2015-08-01T00:00:00Z", DAY, False),
    ("9 fe\u0301vr. 2015 14:54 GMT", "2015-02-09T14:54:00Z", MINUTE, True),
    ("9 DÉCEMBRE 2015", "2015-12-09T00:00:00Z", DAY, False),
    ("Freitag, 9. Oktober 2015, 16:54 Uhr", "2015-10-09T16:54:00Z", MINUTE, False),
    ("Mo., 09 März 2015 14:54:00 +0100", "2015-03-09T13:54:00Z", SECOND, True),
    ("viernes, 9 de octubre de 2015 14:54 GMT", "2015-10-09T14:54:00Z", MINUTE, True),
    ("sáb, 10 ene 2015 14:54:00 +0100", "2015-01-10T13:54:00Z", SECOND, True),
    ("venerdì 9 ottobre 2015 alle 16:54", "2015-10-09T16:54:00Z", MINUTE, False),
    ("sexta-feira, 9 de outubro de 2015 14:54:00 -0300", "2015-10-09T17:54:00Z", SECOND, True),
    ("vr, 09 okt 2015 16:54:00 +0200", "2015-10-09T14:54:00Z", SECOND, True),
    ("9 maart 2015 om 16:54", "2015-03-09T16:54:00Z", MINUTE, False),
]

REFUSED = [
    *(
        "",
        " ",
        "null",
        "None",
        "0",
        "N/A",
        "{{ item.date }}",
        "%a, %d %b %Y %H:%M:%S %z",
        "Invalid Date",
        "yesterday",
    ),
    *("1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 +0000", "0000000000", "0000000000000"),
    *("-0001-11-30T00:00:00+00:00", "Sun, 30 Nov -0001 00:00:00 +0000", "0001-01-01T00:00:00Z"),
    *("0000-00-00 00:00:00", "2015-02-29", "Fri, 31 Feb 2015 14:54:00 GMT", "2015-13-01", "2015-10-32", "2015-00-10"),
    *("2015-10-09T25:00:00Z", "2015-10-09T24:00:01Z", "2015-10-09T14:60:00Z", "2015-10-09T14:54:61Z"),
    *("2015-10-09T14:54:00+15:00", "2015-10-09T14:54:00-13:00", "2015-10-09T14:54:00+02:60"),
    *("2015-10-09T14:54:00 02:00", "Fri, 09 Oct 2015 14:54:00 +0100 GMT", "Fri, 09 Oct 2015 14:54:00 EST -0400"),
    *("Mon, 09 Oct 2015 14:54:00 GMT", "lundi 9 octobre 2015 à 16h54"),
    *("09/10/2015", "09.10.2015 14:54", "10-09-2015", "09/10/15", "15-10-09", "31/12/15"),
    *("2037-12-31T23:59:59Z", "2100-01-01", "Fri, 09 Oct 2115 14:54:00 GMT", "9999999999"),
    *(
        "9 Oct",
        "9 Oct 14:54",
        "9 oct 14h54",
        "9 octobre à 14:54",
        "Oct 9 14:54:00 GMT",
        "Oct 2015",
        "2015",
        "2015-10",
    ),
    *("2015-10-09T14", "9 jui 2015", "Until 9 Oct 2015", "Fri, 09 Oct 2015 14:54:00 AM GMT", "9 Oct 2015 0:30 PM"),
    *("2015-10-09T14:54:00Z 2015-10-10T14:54:00Z", "2015-10-09 and more", "Fri, 09 Foo 2015 14:54:00 GMT"),
    *("\u0662\u0660\u0661\u0665-10-09", "14444024\u0664\u0660", "2015-10-09T14:54:00Z" + " " * 100),
]


@pytest.mark.parametrize(("raw", "instant", "precision", "zone_said"), READ)
def test_a_date_is_read_as_written(raw: str, instant: str, precision: str, zone_said: bool) -> None:
    """Readers sort by these instants: each form seen in feeds has one right answer."""
    found = read_date(raw, source="feed:pubDate")

    assert found is not None
    assert datetime.fromtimestamp(found.at_ms / 1000, UTC) == datetime.fromisoformat(instant)
    assert found.precision == precision
    assert found.inferred == (() if zone_said else ("zone",))


@pytest.mark.parametrize("raw", REFUSED)
def test_what_is_no_date_or_two_dates_is_refused(raw: str) -> None:
    """A wrong date on an article is worse than none: no guess, no template text, no placeholder of a database."""
    assert read_date(raw, source="feed:pubDate", fetched_ms=FETCHED_MS) is None


@pytest.mark.parametrize(
    ("raw", "fetched_ms", "accepted"),
    [
        ("1990-01-01T00:00:00Z", FETCHED_MS, True),
        ("1989-12-31T23:59:59Z", FETCHED_MS, False),
        ("2015-10-10T16:54:00Z", FETCHED_MS, True),
        ("2015-10-10T16:54:01Z", FETCHED_MS, False),
        ("2100-01-01T00:00:00Z", None, True),
        ("2100-01-01T00:00:01Z", None, False),
    ],
)
def test_only_the_plausible_window_is_accepted(raw: str, fetched_ms: int | None, accepted: bool) -> None:
    """The year 2037 and the epoch are placeholders: an article can be neither older than feeds nor of next week."""
    assert (read_date(raw, source="feed:pubDate", fetched_ms=fetched_ms) is not None) is accepted


def test_the_source_and_the_text_travel_with_the_date() -> None:
    """Provenance lets a subscriber judge a date; control characters of the source do not reach the article."""
    found = read_date(" Fri,\n\t09 Oct 2015 14:54:00 GMT", source="feed:dc:date")

    assert found is not None
    assert (found.source, found.raw) == ("feed:dc:date", "Fri, 09 Oct 2015 14:54:00 GMT")


@given(st.text(max_size=120))
def test_any_text_gives_a_date_or_none(raw: str) -> None:
    """Feeds hold anything: bad input is a value, never an exception."""
    found = read_date(raw, source="feed:pubDate")

    assert found is None or found.at_ms >= 0


@given(st.text(alphabet="0123456789-+:.,/ TZhFriOctGMTAPam()[]年é", max_size=60))
def test_anything_made_of_the_parts_of_dates_gives_a_date_or_none(raw: str) -> None:
    """Arbitrary text seldom looks like a date: this text does, and reaches the arithmetic."""
    read_date(raw, source="feed:pubDate")


_ZONES = st.integers(-720, 840).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_INSTANTS = st.datetimes(datetime(1990, 1, 2), datetime(2099, 12, 30), timezones=_ZONES)  # noqa: DTZ001 - zones are drawn


@given(_INSTANTS, st.sampled_from(["T", "t", " "]))
def test_every_rfc_3339_instant_is_read_exactly(instant: datetime, separator: str) -> None:
    """Atom allows no other form (RFC 4287 section 3.3): each of its instants is read to the millisecond."""
    found = read_date(instant.isoformat(separator), source="feed:updated")

    assert found is not None
    assert found.at_ms == (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    assert found.inferred == ()


@given(_INSTANTS)
def test_every_rfc_2822_instant_is_read_exactly(instant: datetime) -> None:
    """RSS allows no other form: what the standard library writes is read to the second."""
    found = read_date(format_datetime(instant), source="feed:pubDate")

    assert found is not None
    assert found.at_ms == int(instant.replace(microsecond=0).timestamp()) * 1000


@pytest.mark.parametrize("part", ["1", "a", " ", "1 ", "a ", "1:", "1-", "(", "Fri, ", "09 Oct 2015 "])
def test_the_worst_text_costs_no_more_than_a_few_dates(part: str) -> None:
    """A hostile feed cannot buy time: a text of 100 characters is read in far less than 5 ms."""
    raw = (part * 100)[:99] + "!"
    begun = time.process_time()
    for _ in range(20):
        read_date(raw, source="feed:pubDate")

    assert time.process_time() - begun < 0.1
