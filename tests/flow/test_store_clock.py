"""A store whose clock jumps, real: feeds are polled as often as ever, and nobody is told of what did not happen."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest
from documents import Item, rss
from ledger import published, repeated
from operators_valkey import Valkey
from origin import OriginThread
from system import running_system
from waiting import wait_until

_LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
pytestmark = [
    pytest.mark.flow,
    pytest.mark.skipif(_LIBRARY is None, reason="libfaketime is not installed, which makes a clock of its own"),
]

_FEEDS = 20
_INTERVAL_SECONDS = 2
_PATIENCE_SECONDS = 30
_OFFSETS_SECONDS = (3600, 0, -3600, 31_536_000, 0)
"""By an hour, and by a year, to where it was and beyond."""
_TIMES_SET_BACK = 3


def test_polling_goes_on_when_the_clock_of_the_store_jumps() -> None:
    """Each wait stands in the store as a time of its clock: set back by an hour, nothing was polled for an hour."""
    settings = {"SCHEDULE__KIND": "fixed", "SCHEDULE__INTERVAL_SECONDS": _INTERVAL_SECONDS}
    with running_system(**settings, SCHEDULE__MIN_INTERVAL_SECONDS=1) as system, OriginThread() as origin:
        clock = system.folder / "clock"
        _set(clock, 0)
        valkey = Valkey(system.folder, environment=_by_clock(clock))
        system.settings = {**system.settings, "REDIS_URL": valkey.url}
        paths = [f"/{number}" for number in range(_FEEDS)]
        assert system.run("feeds", "add", *map(origin.url, paths)).code == 0
        running = [system.start("daemon"), system.start("worker")]
        try:
            for news, offset in enumerate((0, *_OFFSETS_SECONDS)):
                _set(clock, offset)
                for path in paths:
                    origin.serve(path, rss([Item(f"{path}-{news}", f"News {news} of feed {path}")]))
                expected, began, asked = _FEEDS * (news + 1), time.monotonic(), len(origin.log)
                wait_until(lambda: len(published(valkey.url)) >= expected, timeout_seconds=_PATIENCE_SECONDS)  # noqa: B023
                polls, seconds = len(origin.log) - asked, time.monotonic() - began
                assert polls <= _FEEDS * (seconds / _INTERVAL_SECONDS + 2), f"{polls} polls in {seconds:.1f} s"
            assert repeated(published(valkey.url)) == []
            for each in running:
                each.signal(signal.SIGTERM)
            daemon = running[0].ended()
        finally:
            valkey.stop()
    assert len(daemon.events("clock_set_back")) == _TIMES_SET_BACK
    assert daemon.events("store_emptied") == []


def _set(clock: Path, offset_seconds: int) -> None:
    """Set *clock*, which is read anew at each look at it."""
    new = clock.with_suffix(".new")
    new.write_text(f"{offset_seconds:+d}", "utf-8")
    new.replace(clock)


def _by_clock(clock: Path) -> dict[str, str]:
    """Give the environment of a process whose time of day is that of *clock*; its waits are as long as ever."""
    return {
        "LD_PRELOAD": str(_LIBRARY),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
