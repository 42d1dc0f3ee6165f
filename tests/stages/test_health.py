"""How a feed does, told from what the host answered and from what its document was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.model import (
    NEVER_JUDGED,
    Article,
    ArticleDate,
    Feed,
    FeedHealth,
    FeedReference,
    FeedState,
    Fresh,
    Gone,
    NoResponse,
    Outcome,
    RawDocument,
    Reading,
    Redirect,
    Refused,
    Response,
    Unchanged,
    Unreadable,
)
from pipeline.stages.health import HEALTHS, after_poll, after_reading, alert_of, shown_health, what_to_do

DAY_MS = 86_400_000
NOW_MS = 1_000 * DAY_MS
FEED = Feed("00000000000000aa", "https://example.org/feed")
WELL = FeedHealth("ok", NOW_MS - DAY_MS, document="feed", newest_ms=NOW_MS - DAY_MS)
ANSWER = Response("https://example.org/feed", 304, (), b"", "")
HTML = b"<!doctype html><html><head><title>Not here</title>"


def article(published_ms: int | None) -> Article:
    """Make an article published then, or undated."""
    date = None if published_ms is None else ArticleDate(published_ms, "second", "feed:pubDate", "raw")
    return Article("1", FeedReference(FEED.id, FEED.url), published=date)


def refused(failures: int, response: Response | NoResponse) -> tuple[Outcome, Response | NoResponse]:
    """A poll that failed for the *failures*-th time in a row."""
    return Refused(FeedState(failures=failures, problem="the problem"), "the problem"), response


def status(code: int) -> Response:
    """A response with no more than a status."""
    return replace(ANSWER, status=code)


def read(known: FeedHealth, *articles: Article) -> FeedHealth:
    """What a worker makes of a document with these articles."""
    return after_reading(known, Reading(results=articles), b"", now_ms=NOW_MS)


@pytest.mark.parametrize(
    ("polled", "health"),
    [
        (refused(1, NoResponse("timeout", "")), "ok"),
        (refused(2, status(503)), "ok"),
        (refused(3, NoResponse("timeout", "")), "unreachable"),
        (refused(3, NoResponse("dns", "")), "unreachable"),
        (refused(3, status(503)), "unreachable"),
        (refused(3, status(429)), "unreachable"),
        (refused(3, status(404)), "broken"),
        (refused(3, NoResponse("too-large", "")), "broken"),
        (refused(1, replace(status(403), headers=(("cf-mitigated", b"challenge"),))), "bot-wall"),
        (refused(1, replace(status(403), refusal=b"<html><title>Just a moment...</title>")), "bot-wall"),
        ((Gone(FeedState(problem="HTTP 410")), status(410)), "gone"),
        ((Unchanged(FeedState(), "status"), ANSWER), "ok"),
    ],
)
def test_a_poll_tells_how_a_feed_does(polled: tuple[Outcome, Response | NoResponse], health: str) -> None:
    """A hiccup is not worth waking anybody; what a host says plainly is believed at once."""
    judged = after_poll(WELL, *polled, now_ms=NOW_MS)

    assert judged.health == health
    assert judged.since_ms == (WELL.since_ms if health == "ok" else NOW_MS)


def test_a_feed_that_never_worked_is_called_by_its_fault_at_once() -> None:
    """Whoever mistyped an address learns it from the first poll."""
    assert after_poll(NEVER_JUDGED, *refused(1, NoResponse("dns", "")), now_ms=NOW_MS).health == "unreachable"
    assert after_poll(NEVER_JUDGED, *refused(1, status(404)), now_ms=NOW_MS).health == "broken"


def test_since_is_the_beginning_of_the_trouble_and_not_its_last_sight() -> None:
    """Three weeks of silence are another thing than three minutes."""
    first = after_poll(WELL, *refused(3, status(500)), now_ms=NOW_MS)
    later = after_poll(first, *refused(9, NoResponse("dns", "")), now_ms=NOW_MS + DAY_MS)

    assert (later.health, later.since_ms) == ("unreachable", NOW_MS)


@pytest.mark.parametrize(
    ("page", "health"),
    [
        (HTML, "html"),
        (b"<html><title>Just a moment...</title>", "bot-wall"),
        (b"\x89PNG", "unreadable"),
        (b"this article explains _cf_chl_opt", "unreadable"),
    ],
)
def test_a_document_that_is_no_feed_says_what_it_is(page: bytes, health: str) -> None:
    """A web page, a challenge and a broken file each want something else done."""
    judged = after_reading(WELL, Unreadable("not a feed"), page, now_ms=NOW_MS)

    assert judged.health == ("broken" if health == "unreadable" else health)
    assert after_poll(judged, Unchanged(FeedState(), "status"), ANSWER, now_ms=NOW_MS).health == judged.health


def test_a_feed_is_well_again_only_when_its_document_is_one() -> None:
    """A new document may be the same web page once more."""
    ill = after_reading(WELL, Unreadable("not a feed"), HTML, now_ms=NOW_MS)
    fresh = Fresh(FeedState(), RawDocument(FEED.id, FEED.url, NOW_MS, b"x"))

    assert after_poll(ill, fresh, status(200), now_ms=NOW_MS).health == "html"
    assert read(ill, article(NOW_MS)).health == "ok"


def test_time_alone_makes_a_feed_quiet_then_stale() -> None:
    """A feed that answers for ever with the same old items is no fault of the network."""
    known = read(NEVER_JUDGED, article(NOW_MS))

    def later(days: int) -> str:
        return after_poll(known, Unchanged(FeedState(), "status"), ANSWER, now_ms=NOW_MS + days * DAY_MS).health

    assert [later(days) for days in (29, 30, 364, 365)] == ["ok", "quiet", "quiet", "stale"]


def test_the_newest_item_counts_wherever_it_stands_and_never_lies_ahead() -> None:
    """Feeds show old items too, and some date their items next year."""
    assert read(NEVER_JUDGED, article(NOW_MS - 400 * DAY_MS)).health == "stale"
    assert read(NEVER_JUDGED, article(NOW_MS - 400 * DAY_MS), article(NOW_MS - DAY_MS)).health == "ok"
    assert read(NEVER_JUDGED, article(NOW_MS + 900 * DAY_MS)).newest_ms == NOW_MS
    assert read(NEVER_JUDGED, article(None)).newest_ms == NOW_MS
    assert read(WELL).newest_ms == WELL.newest_ms, "a document in which nothing is new says nothing of its news"


def test_a_permanent_redirect_makes_a_feed_moved_and_a_temporary_one_does_not() -> None:
    """Only the leading permanent part of a chain is the feed's new address."""
    new, cache = "https://example.org/new", "https://cache.example.org/x"
    hops = (Redirect(301, FEED.url, new), Redirect(302, new, cache))

    moved = after_poll(WELL, Unchanged(FeedState(), "digest"), replace(ANSWER, redirects=hops), now_ms=NOW_MS)
    stays = after_poll(WELL, Unchanged(FeedState(), "digest"), replace(ANSWER, redirects=hops[1:]), now_ms=NOW_MS)

    assert (moved.health, moved.moved_to) == ("moved", new)
    assert stays.health == "ok"


def test_a_change_is_announced_once_with_what_to_do() -> None:
    """Alerts are for people: one for each change, in words."""
    ill = after_poll(WELL, *refused(3, status(404)), now_ms=NOW_MS)

    alert = alert_of(FEED, WELL, ill)

    assert alert is not None
    assert (alert.before, alert.after, alert.since_ms, alert.why) == ("ok", "broken", NOW_MS, "the problem")
    assert alert.what_to_do == what_to_do("broken")
    assert alert_of(FEED, ill, replace(ill, detail="another")) is None
    assert alert_of(FEED, NEVER_JUDGED, replace(WELL, health="quiet")) is None
    assert alert_of(FEED, NEVER_JUDGED, WELL) is None, "a list of 20,000 feeds must not ring 20,000 times"


def test_every_health_has_words() -> None:
    """A name without advice leaves the operator alone."""
    assert all(what_to_do(health) for health in HEALTHS)
    assert shown_health(replace(FEED, paused=True), WELL) == "paused"
