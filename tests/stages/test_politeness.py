"""How gently a host is asked: as it says, slower when it suffers, at the usual pace again when it has recovered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import UNKNOWN_HOST, HostState, NoResponse, Response
from pipeline.stages.politeness import after_answer
from pipeline.stages.politeness_scope import Scope, politeness_scope

NOW = 1_800_000_000_000


def _after(
    state: HostState, status: int = 304, *headers: tuple[str, bytes], took_ms: int = 80, concurrency: int = 2
) -> HostState:
    answer = Response("https://example.org/feed", status, headers, b"", "")
    return after_answer(state, answer, took_ms=took_ms, now_ms=NOW, concurrency=concurrency)


def test_a_host_at_ease_is_not_remembered() -> None:
    """Most hosts are: to remember them would cost a write a poll."""
    assert _after(UNKNOWN_HOST) == UNKNOWN_HOST


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_names_a_pause_gets_it_for_all_its_feeds(status: int) -> None:
    """A thousand feeds of one platform that each find out for themselves are a thousand requests to a tired host."""
    after = _after(UNKNOWN_HOST, status, ("retry-after", b"120"))

    assert after.closed_until_ms == NOW + 120_000
    assert after.gap_ms == 1_000


def test_a_host_that_is_overloaded_without_a_word_is_asked_ever_slower() -> None:
    """Back-off by doubling, to a bound: the one thing that certainly helps."""
    state, gaps = UNKNOWN_HOST, []
    for _ in range(12):
        state = _after(state, 429)
        gaps.append(state.gap_ms)

    assert gaps[:4] == [1_000, 2_000, 4_000, 8_000]
    assert gaps[-1] == 600_000
    assert state.closed_until_ms == NOW + 600_000


def test_a_host_that_has_recovered_is_asked_at_the_usual_pace_again() -> None:
    """One bad minute must not slow a host for a day."""
    state = _after(UNKNOWN_HOST, 429)
    for _ in range(12):
        state = after_answer(
            state,
            Response("https://example.org/feed", 200, (), b"x", "d"),
            took_ms=80,
            now_ms=NOW + 60_000,
            concurrency=2,
        )

    assert state == UNKNOWN_HOST


def test_a_slow_host_gets_no_more_than_it_answers() -> None:
    """A host that takes 30 s for each of 200 feeds is given as many as it can work off."""
    state = UNKNOWN_HOST
    for _ in range(20):
        silence = NoResponse("timeout", "example.org did not answer completely in time")
        state = after_answer(state, silence, took_ms=30_000, now_ms=NOW, concurrency=2)

    assert 13_000 < state.gap_ms <= 15_000
    assert state.closed_until_ms == 0


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([("ratelimit", b'"default";r=0;t=30')], HostState(closed_until_ms=NOW + 30_000)),
        ([("ratelimit", b'"default";r=10;t=30')], HostState(gap_ms=3_000, latency_ms=20)),
        ([("ratelimit-remaining", b"0"), ("ratelimit-reset", b"60")], HostState(closed_until_ms=NOW + 60_000)),
        ([("x-ratelimit-remaining", b"30"), ("x-ratelimit-reset", b"60")], HostState(gap_ms=2_000, latency_ms=20)),
        ([("x-ratelimit-remaining", b"0"), ("x-ratelimit-reset", b"1800000000")], UNKNOWN_HOST),
        ([("ratelimit", b'"default";r=5000;t=30')], UNKNOWN_HOST),
        ([("ratelimit", b"nonsense")], UNKNOWN_HOST),
        ([("ratelimit-remaining", b"-1"), ("ratelimit-reset", b"x")], UNKNOWN_HOST),
    ],
)
def test_a_quota_that_a_host_states_is_kept(headers: list[tuple[str, bytes]], expected: HostState) -> None:
    """A host that says what is left spares both sides the refusal; a time of day is no duration."""
    assert _after(UNKNOWN_HOST, 200, *headers) == expected


@given(
    st.integers(100, 999),
    st.lists(st.tuples(st.sampled_from(["retry-after", "ratelimit", "x-ratelimit-reset"]), st.binary(max_size=60))),
    st.integers(0, 10**7),
)
def test_any_answer_leaves_a_host_within_bounds(status: int, headers: list[tuple[str, bytes]], took_ms: int) -> None:
    """Whatever a host sends, its feeds are asked again within a day and never faster than configured."""
    state = _after(HostState(NOW - 5, 500, 700), status, *headers, took_ms=took_ms)

    assert 0 <= state.gap_ms <= 600_000
    assert state.closed_until_ms <= NOW + 86_400_000
    assert state.latency_ms >= 0


@pytest.mark.parametrize(
    ("kind", "url", "scope"),
    [
        ("url", "https://a.example.org/feed", "https://a.example.org/feed"),
        ("host", "https://A.Example.org:8080/feed", "a.example.org"),
        ("domain", "https://news.example.co.uk/feed", "example.co.uk"),
        ("domain", "https://paper.blogspot.com/feed", "paper.blogspot.com"),
        ("platform", "https://paper.blogspot.com/feed", "blogspot.com"),
        ("platform", "https://news.example.co.uk/feed", "example.co.uk"),
        ("domain", "http://127.0.0.1:8080/feed", "127.0.0.1"),
        ("domain", "http://[2001:db8::1]/feed", "2001:db8::1"),
        ("platform", "http://localhost/feed", "localhost"),
        ("host", "http://[broken", ""),
    ],
)
def test_the_scope_says_who_shares_a_hosts_patience(kind: Scope, url: str, scope: str) -> None:
    """Ten thousand blogs of one platform are one server, two papers under co.uk are not."""
    assert politeness_scope(url, kind) == scope
