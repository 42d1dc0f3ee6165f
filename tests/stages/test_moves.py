"""At which address a feed is asked: its own, or the one that it has moved to for good."""

from __future__ import annotations

import pytest
from asking import SETTINGS

from pipeline.model import Feed, FeedState, Lease, NoResponse, Outcome, Redirect, Response
from pipeline.stages.moves import addresses, can_be_read
from pipeline.stages.response import read

OLD, NEW, OTHER = "http://old.example/feed", "http://new.example/feed", "http://other.example/feed"
NOW_MS = 1_790_000_000_000
WEEK_MS = 7 * 24 * 3600 * 1000
FEED = Feed("0" * 16, OLD)
MOVED = FeedState(body_digest="d1", is_feed=True, moved_to=NEW, moved_ms=NOW_MS)
CONFIRMATIONS = SETTINGS.move_confirmations


def answer(*hops: tuple[int, str], asked: str = OLD, body: bytes = b"<rss >", status: int = 200) -> Response:
    """Make the answer to *asked* after *hops*, (status, address)."""
    addresses_ = [asked, *(address for _, address in hops)]
    redirects = tuple(Redirect(status, start, end) for (status, end), start in zip(hops, addresses_, strict=False))
    return Response(addresses_[-1], status, (), body, "d1", redirects)


def after(*responses: Response | NoResponse, state: FeedState = FeedState(), now_ms: int = NOW_MS) -> Outcome:  # noqa: B008 - frozen
    """Judge polls that brought *responses*, one after another; the last outcome."""
    for response in responses:
        lease = Lease(FEED, state, token=1)
        outcome = read(lease, response, settings=SETTINGS, asked_ms=now_ms, now_ms=now_ms)
        state = outcome.state
    return outcome


def asked(state: FeedState, *, now_ms: int = NOW_MS) -> tuple[str, ...]:
    """Give the addresses that are asked."""
    return addresses(FEED, state, asked_ms=now_ms)


@pytest.mark.parametrize("status", [301, 308])
def test_a_permanent_redirect_is_kept_after_so_many_polls_in_a_row(status: int) -> None:
    """One wrong redirect during somebody's maintenance must not lose a feed."""
    poll = answer((status, NEW))

    before, moved = after(*[poll] * (CONFIRMATIONS - 1)), after(*[poll] * CONFIRMATIONS)

    assert asked(before.state) == (OLD,)
    assert asked(moved.state) == (NEW,)


@pytest.mark.parametrize(
    "hops",
    [
        [(302, NEW)],
        [(303, NEW)],
        [(307, NEW)],
        [(302, OTHER), (301, NEW)],
        [(301, "http://user:secret@new.example/feed")],
        [(301, "http://new.example/" + "x" * 2048)],
        [],
    ],
)
def test_no_other_redirect_is_ever_kept(hops: list[tuple[int, str]]) -> None:
    """A temporary redirect says that the feed's own address stays; what hides behind one was never permanent."""
    assert asked(after(*[answer(*hops)] * 99).state) == (OLD,)


def test_only_the_leading_permanent_part_of_a_chain_is_kept() -> None:
    """Behind the first temporary hop the host wants to be free to change its mind."""
    poll = answer((301, NEW), (308, OTHER), (302, "http://cdn.example/"), (301, "http://deep.example/"))

    assert asked(after(*[poll] * CONFIRMATIONS).state) == (OTHER,)


def test_a_redirect_to_a_page_is_never_kept() -> None:
    """Sites that close send every address to their front page, for good."""
    assert asked(after(*[answer((301, NEW), body=b"<!doctype html><html>")] * 99).state) == (OLD,)


@pytest.mark.parametrize(
    ("between", "is_moved"),
    [
        (answer((301, OTHER)), False),
        (answer(), False),
        (NoResponse("timeout", "x"), True),
        (answer(status=503), True),
    ],
    ids=["another target", "no redirect", "no answer", "an error"],
)
def test_the_polls_that_confirm_a_move_agree(between: Response | NoResponse, is_moved: bool) -> None:
    """A target that changes from poll to poll is no move; a failure says nothing for or against."""
    polls = [answer((301, NEW))] * (CONFIRMATIONS - 1)

    assert asked(after(*polls, between, answer((301, NEW))).state) == ((NEW,) if is_moved else (OLD,))


def test_a_moved_feed_keeps_its_id_and_what_is_known() -> None:
    """Its articles were published under that id: a new one would publish them all again."""
    state = after(*[answer((301, NEW))] * CONFIRMATIONS).state

    assert (state.body_digest, state.changed_ms, state.failures) == ("d1", NOW_MS, 0)


def test_a_moved_feed_is_asked_at_its_own_address_once_a_week() -> None:
    """A mistake that was kept must not be for ever; the new address comes second, so no poll is lost by it."""
    assert asked(MOVED, now_ms=NOW_MS + WEEK_MS - 1) == (NEW,)
    assert asked(MOVED, now_ms=NOW_MS + WEEK_MS) == (OLD, NEW)


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (answer((301, NEW)), NEW),
        (answer((301, NEW), (302, OTHER)), NEW),
        (answer(asked=NEW), NEW),
        (answer(), OLD),
        (answer((302, NEW)), OLD),
        (answer((301, OTHER)), OLD),
    ],
    ids=["still there", "and on", "only the new one answers", "back", "back, and away for a while", "elsewhere"],
)
def test_the_weekly_look_confirms_or_undoes_the_move(response: Response, expected: str) -> None:
    """The feed's own address has the last word as long as it answers."""
    later_ms = NOW_MS + WEEK_MS

    state = after(response, state=MOVED, now_ms=later_ms).state

    assert asked(state, now_ms=later_ms) == (expected,)


def test_a_new_address_that_goes_on_failing_is_given_up() -> None:
    """A move to a host that has ended as well: the feed's own address may lead elsewhere by now."""
    failure = answer(asked=NEW, status=404)

    assert asked(after(failure, failure, state=MOVED).state) == (NEW,)
    assert asked(after(failure, failure, failure, state=MOVED).state) == (OLD,)


def test_a_new_address_that_is_gone_is_given_up_at_once() -> None:
    """A 410 is looked at again in a week: then at the address that was added."""
    assert asked(after(answer(asked=NEW, status=410), state=MOVED).state) == (OLD,)


def test_a_moved_feed_moves_on_and_back() -> None:
    """Each further move is confirmed as the first was; one back to the feed's own address ends them."""
    onward = after(*[answer((301, OTHER), asked=NEW)] * CONFIRMATIONS, state=MOVED)
    home = after(*[answer((301, OLD), asked=NEW)] * CONFIRMATIONS, state=MOVED)

    assert asked(onward.state) == (OTHER,)
    assert home.state == home.state._replace(moved_to=None, moved_ms=None, moving_to=None)


@pytest.mark.parametrize(("status", "readable"), [(200, True), (304, True), (226, True), (404, False), (503, False)])
def test_the_second_address_is_asked_when_the_first_says_nothing(status: int, readable: bool) -> None:
    """The old address of a moved feed is often dead: that is no failure of the feed."""
    assert can_be_read(answer(status=status)) is readable
    assert not can_be_read(NoResponse("dns", "no such host"))
