"""Runs the real system against the rows, once for all of them, and keeps what it showed."""

from __future__ import annotations

import signal
import time
from collections.abc import Mapping

from conformance.rows import (
    AUDIT_SECONDS,
    AUDITS,
    CONFIRMATIONS,
    GAP_SECONDS,
    HOSTS,
    INTERVAL_SECONDS,
    LONGEST_SECONDS,
    MAIN,
    PAGES,
    ROWS,
    Evidence,
    Session,
)
from conformance.scripted import ScriptedOrigin
from ledger import Line, published
from system import Running, System, running_system
from waiting import wait_until

from pipeline.adapters.connection import connect
from pipeline.adapters.feed_list import FeedStore
from pipeline.adapters.keys import Keys
from pipeline.model import FeedState
from pipeline.stages.urls import feed_id

_SETTINGS = {
    "SCHEDULE__INTERVAL_SECONDS": INTERVAL_SECONDS,
    "SCHEDULE__MAX_INTERVAL_SECONDS": LONGEST_SECONDS,
    "FETCH__MOVE_CONFIRMATIONS": CONFIRMATIONS,
}
_SESSIONS: Mapping[Session, tuple[Mapping[str, object], float]] = {
    MAIN: ({}, 3 * LONGEST_SECONDS),
    AUDITS: ({"FETCH__AUDIT_SECONDS": AUDIT_SECONDS}, 4 * AUDIT_SECONDS),
    HOSTS: (
        {"FETCH__PER_HOST_GAP_SECONDS": GAP_SECONDS, "PUSH__CALLBACK_URL": "http://127.0.0.1:9"},
        2 * LONGEST_SECONDS,
    ),
    PAGES: ({"ARTICLES__FULL_TEXT": "always"}, 2 * LONGEST_SECONDS),
}
"""The settings of each session, and how many seconds it runs."""
_LONG = 90.0
"""Seconds that a machine with other things to do may take for anything; nothing is judged by it."""


def evidence_of(session: Session) -> dict[str, Evidence]:
    """Run *session* from start to end; what it showed of each of its rows, by name."""
    settings, seconds = _SESSIONS[session]
    return _evidence(session, {**_SETTINGS, **settings}, seconds=seconds)


def _evidence(session: Session, settings: Mapping[str, object], *, seconds: float) -> dict[str, Evidence]:
    """Run the system for *seconds*, stop it and start it again for a while (the main session), and look."""
    rows = [row for row in ROWS if row.session == session]
    scripts = {row.name: row.script for row in rows}
    with ScriptedOrigin(scripts) as origin, running_system(**settings) as system:
        (system.folder / "feeds.txt").write_text(
            "\n".join(origin.url(row.name, path) for row in rows for path in row.paths), "utf-8"
        )
        running = _run(system, origin, "feeds.txt", seconds=seconds)
        restarted_seconds = time.monotonic()
        if session == MAIN:
            _stop(running)
            running = _run(system, origin, seconds=LONGEST_SECONDS)
        _refresh_what_is_gone(system, origin)
        lines, states, counts = _remembered(system, origin)
        _stop(running)
    return {
        name: Evidence(
            name=name,
            origin=origin,
            lines=[line for line in lines if line.feed == _id(origin, name)],
            state=states[name],
            counts=counts[name],
            restarted_seconds=restarted_seconds,
        )
        for name in scripts
    }


def _run(system: System, origin: ScriptedOrigin, *sources: str, seconds: float) -> Running:
    """Start the system and let it run for *seconds* from its first request on."""
    before = sum(map(len, origin.log.values()))
    running = system.start("run", "--workers", "1", *sources)

    def asks() -> bool:
        assert running.process.poll() is None, running.stderr.read_text("utf-8")[-2000:]
        return sum(map(len, origin.log.values())) > before

    wait_until(asks, timeout_seconds=_LONG)
    until = time.monotonic() + seconds
    wait_until(lambda: time.monotonic() >= until, timeout_seconds=seconds + 1)
    return running


def _stop(running: Running) -> None:
    running.signal(signal.SIGTERM)
    finished = running.ended(timeout_seconds=_LONG)
    assert finished.code == 0, finished.stderr[-2000:]
    assert "Traceback" not in finished.stderr, finished.stderr[-4000:]


def _refresh_what_is_gone(system: System, origin: ScriptedOrigin) -> None:
    """Do by hand what comes by itself once a week."""
    if "gone" not in origin.scripts:
        return
    with connect(system.url) as client:
        FeedStore(client, Keys("newswire")).refresh([_id(origin, "gone")])
    wait_until(lambda: any(line.feed == _id(origin, "gone") for line in published(system.url)), timeout_seconds=_LONG)


def _remembered(
    system: System, origin: ScriptedOrigin
) -> tuple[list[Line], dict[str, FeedState], dict[str, dict[str, int]]]:
    with connect(system.url) as client:
        store = FeedStore(client, Keys("newswire"))
        wait_until(lambda: not client.exists(Keys("newswire").backlog), timeout_seconds=_LONG)
        states = {name: store.state(_id(origin, name)) for name in origin.scripts}
        counts = {name: store.counts(_id(origin, name)) for name in origin.scripts}
    return published(system.url), states, counts


def _id(origin: ScriptedOrigin, name: str) -> str:
    return feed_id(origin.url(name))
