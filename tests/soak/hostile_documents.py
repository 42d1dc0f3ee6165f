"""Measure what documents built to cost do cost: CPU and memory of each, in a process of its own.

`python tests/soak/hostile_documents.py [NAME...]` prints a table and exits 1 when a document goes beyond a bound.
"""

# ruff: noqa: T201 - a script that prints a table
from __future__ import annotations

import resource
import subprocess
import sys
import time

import paths

from pipeline.model import Reading
from pipeline.stages.reading import read_document
from tests.feeds import LIMIT, URL, document
from tests.hostile import OTHERS, WITH_GOOD_ITEMS

_MOST_CPU_SECONDS = 1.0
_MOST_MIB = 100
_KILLED_AFTER_SECONDS = 60
_BUILDS = {**WITH_GOOD_ITEMS, **OTHERS}


def main(names: list[str]) -> int:
    """Measure the documents *names*, all by default."""
    beyond = 0
    print(f"{'document':36} {'MB':>6} {'CPU s':>7} {'MiB':>6}  result")
    for name in names or _BUILDS:
        done = subprocess.run(
            [sys.executable, __file__, "--one", name],
            capture_output=True,
            text=True,
            check=False,
            cwd=paths.TESTS.parent,
        )
        line = done.stdout.strip() or f"{name:36} died: {done.stderr.strip().splitlines()[-1:] or done.returncode}"
        print(line, flush=True)
        beyond += done.returncode != 0
    print(f"{beyond} beyond {_MOST_CPU_SECONDS:g} s or {_MOST_MIB} MiB")
    return int(beyond > 0)


def _measure(name: str) -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (_KILLED_AFTER_SECONDS, _KILLED_AFTER_SECONDS))
    built = _BUILDS[name]()
    body = built if isinstance(built, bytes) else built.encode()
    del built
    raw = document(body)
    before_mib, start = _peak_mib(), time.process_time()
    reading = read_document(raw, feed_id="0" * 16, feed_url=URL, feed_title=None, limit_bytes=LIMIT)
    seconds, mib = time.process_time() - start, _peak_mib() - before_mib
    said = f"{len(reading.results)} results" if isinstance(reading, Reading) else "unreadable"
    problems = reading.problems if isinstance(reading, Reading) else (reading.reason,)
    print(f"{name:36} {len(body) / 1e6:6.1f} {seconds:7.2f} {mib:6.0f}  {said}; {'; '.join(problems[:3])[:110]}")
    return int(seconds > _MOST_CPU_SECONDS or mib > _MOST_MIB)


def _peak_mib() -> float:
    """Give the peak of memory since the process began: what building the document needed is counted before."""
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024


if __name__ == "__main__":
    sys.exit(_measure(sys.argv[2]) if sys.argv[1:2] == ["--one"] else main(sys.argv[1:]))
