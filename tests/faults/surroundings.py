"""Faults of what surrounds the pipe: the network away, a slow host, no more open files, a full disk for logs."""

from __future__ import annotations

import resource
import time
from pathlib import Path

from documents import rss
from faults.pipe import Pipe, running_pipe
from operators_valkey import NO_LIMIT, limit_files
from origin import OriginThread
from waiting import wait_until

_FAULT_SECONDS = 6.0
_SLOW_FEEDS = 12


def run() -> None:
    """Inject them one after the other into one running pipe."""
    with running_pipe() as pipe:
        _network_gone(pipe)
        _slow_host(pipe)
        _no_more_files(pipe)
        _disk_full_for_logs(pipe)


def _network_gone(pipe: Pipe) -> None:
    """38: every connection to a feed is refused; the pause between polls grows, up to the longest interval."""
    with pipe.fault(38):
        pipe.web_relay.is_refused = True
        pipe.web_relay.cut()
        time.sleep(_FAULT_SECONDS)
        pipe.web_relay.is_refused = False
    assert pipe.events("polled")[-1]["outcome"] == "fresh"


def _slow_host(pipe: Pipe) -> None:
    """39: another host takes two seconds for each answer; the feeds beside it keep their schedule."""
    with OriginThread("127.0.0.2") as slow, pipe.fault(39):
        urls = [slow.url(f"/{number}") for number in range(_SLOW_FEEDS)]
        for number in range(_SLOW_FEEDS):
            slow.serve(f"/{number}", rss([]), delay_seconds=2)
        pipe.follow(urls)
        wait_until(lambda: slow.most_at_once >= 2, timeout_seconds=30)
        pipe.go_on(4)
        assert len(slow.log) > 0
        assert pipe.system.run("feeds", "remove", *urls).code == 0


def _no_more_files(pipe: Pipe) -> None:
    """46: the daemon may open no further file, while all its connections are cut."""
    pid = pipe.system.processes("daemon")[0].pid
    soft, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    with pipe.fault(46):
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, hard))
        pipe.web_relay.cut()
        pipe.relay.cut()
        time.sleep(_FAULT_SECONDS)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (soft, hard))
    assert [process.pid for process in pipe.system.processes("daemon")] == [pid], "the daemon did not live through it"


def _disk_full_for_logs(pipe: Pipe) -> None:
    """23: neither daemon nor workers can write to any file: no log line, no archived document."""
    pids = [process.pid for process in pipe.system.processes("newswire", "daemon", "worker")]
    logs = [running.stderr for running in (*pipe.daemons, *pipe.workers)]
    with pipe.fault(23):
        for pid in pids:
            limit_files(pid, 1)
        before = _sizes(logs)
        pipe.go_on(2)
        assert _sizes(logs) == before, "something could still be written"
        for pid in pids:
            limit_files(pid, NO_LIMIT)
    assert _sizes(logs) != before, "nothing is written any more"


def _sizes(files: list[Path]) -> list[int]:
    return [file.stat().st_size for file in files]
